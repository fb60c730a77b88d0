//! Requests made of what was typed, and what comes of them.

pub(super) mod links;
pub(super) mod names;
pub(super) mod pages;
pub(super) mod prompt;
pub(super) mod request;
pub(super) mod run;
pub(super) mod send;
pub(super) mod wait;
pub(super) mod wait_command;
