//! Where in a JSON document a position of its text is.
//!
//! serde_json tells where in the text an error is. A deserializer that keeps track of the way instead is another copy of the
//! code of every type, in each program that uses a client.

use std::fmt;

use serde_json::Value;

/// The way to a value of a document.
#[derive(Debug)]
pub(super) struct Place(Vec<Step>);

#[derive(Debug)]
enum Step {
    Field(String),
    Item(usize),
}

impl Place {
    /// Where an error of serde_json is in the valid JSON that it was found in.
    pub(super) fn of(error: &serde_json::Error, text: &[u8]) -> Self {
        let lines = text.split_inclusive(|byte| *byte == b'\n');
        let before = lines.take(error.line().saturating_sub(1));
        let before: usize = before.map(<[u8]>::len).sum();
        let mut walk = Walk {
            text,
            at: 0,
            wanted: before + error.column(),
            way: Vec::new(),
        };
        walk.value();
        Self(walk.way)
    }

    /// The values on the way, from the document itself to the place.
    pub(super) fn through<'a>(&self, document: &'a Value) -> impl Iterator<Item = &'a Value> {
        let mut steps = self.0.iter();
        std::iter::successors(Some(document), move |value| match steps.next()? {
            Step::Field(name) => value.get(name),
            Step::Item(index) => value.get(index),
        })
    }
}

/// `instances[3].port`
impl fmt::Display for Place {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (index, step) in self.0.iter().enumerate() {
            match step {
                Step::Field(name) if index == 0 => f.write_str(name)?,
                Step::Field(name) => write!(f, ".{name}")?,
                Step::Item(item) => write!(f, "[{item}]")?,
            }
        }
        Ok(())
    }
}

/// A walk through valid JSON, up to a position.
struct Walk<'a> {
    text: &'a [u8],
    at: usize,
    wanted: usize,
    way: Vec<Step>,
}

impl Walk<'_> {
    /// Passes a value, and tells whether the position is at its beginning or in it. serde_json stops where a value begins,
    /// behind it, or where the next token begins; what is not there is missed where the object ends.
    fn value(&mut self) -> bool {
        self.space();
        if self.at >= self.wanted {
            return true;
        }
        match self.peek() {
            Some(b'{') => {
                self.at += 1;
                while self.has_more(b'}') {
                    let name = self.string();
                    self.space();
                    // The colon.
                    self.at += 1;
                    self.way.push(Step::Field(name));
                    if self.value() {
                        return true;
                    }
                    self.way.pop();
                }
            }
            Some(b'[') => {
                self.at += 1;
                let mut index = 0;
                while self.has_more(b']') {
                    self.way.push(Step::Item(index));
                    if self.value() {
                        return true;
                    }
                    self.way.pop();
                    index += 1;
                }
            }
            Some(b'"') => drop(self.string()),
            _ => self.pass(|byte| !matches!(byte, b',' | b']' | b'}')),
        }
        self.space();
        self.at >= self.wanted
    }

    /// Whether another element comes before the end of an object or a list, which is passed, as commas are.
    fn has_more(&mut self, end: u8) -> bool {
        self.pass(|byte| matches!(byte, b' ' | b'\t' | b'\r' | b'\n' | b','));
        match self.peek() {
            None => false,
            Some(byte) if byte == end => {
                self.at += 1;
                false
            }
            Some(_) => true,
        }
    }

    fn string(&mut self) -> String {
        let start = self.at;
        self.at += 1;
        while let Some(byte) = self.peek() {
            self.at += 1;
            match byte {
                b'\\' => self.at += 1,
                b'"' => break,
                _ => {}
            }
        }
        let text = self.text.get(start..self.at).unwrap_or_default();
        serde_json::from_slice(text).unwrap_or_default()
    }

    fn space(&mut self) {
        self.pass(|byte| byte.is_ascii_whitespace());
    }

    fn pass(&mut self, whether: impl Fn(u8) -> bool) {
        while self.peek().is_some_and(&whether) {
            self.at += 1;
        }
    }

    fn peek(&self) -> Option<u8> {
        self.text.get(self.at).copied()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_position_is_in_the_innermost_value_around_it() {
        let text = br#" {"a" : [1, {"b\"":"x\\"} , []] , "c": {}, "d":null }"#;
        let document: Value = serde_json::from_slice(text).unwrap();
        let mut seen = Vec::new();
        for wanted in 0..=text.len() {
            let mut walk = Walk {
                text,
                at: 0,
                wanted,
                way: Vec::new(),
            };
            assert!(walk.value(), "{wanted}");
            let place = Place(walk.way);
            let way: Vec<_> = place.through(&document).collect();
            assert_eq!(way.len(), place.0.len() + 1, "{wanted}: {place}");
            let shown = place.to_string();
            if seen.last() != Some(&shown) {
                seen.push(shown);
            }
        }
        assert_eq!(
            seen,
            [
                "", "a", "a[0]", "a[1]", "a[1].b\"", "a[1]", "a[2]", "a", "c", "d", ""
            ]
        );
    }
}
