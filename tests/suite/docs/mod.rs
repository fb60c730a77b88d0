//! Documentation pages and the description, on the committed facts and on small pages of our own.

mod check;
mod diff;
mod import;
mod pages;
mod permissions;
