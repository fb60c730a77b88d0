//! What a person still has to write.

/// Stands wherever a draft cannot know the words: the rule `unwritten` refuses it, the generators take it as it is.
///
/// What a page states beside its prose may follow it, to write from.
pub const UNWRITTEN: &str = "TODO: what it does …";
