//! Documentation pages and the description, on the committed facts and on small pages of our own.

mod additions;
mod addresses;
mod apply;
mod check;
mod diff;
mod draft;
mod draft_names;
mod import;
mod kettle;
mod pages;
mod permissions;
mod recorded;
