//! Which part of the page each block belongs to.

use crate::block::{Content, Document};
use crate::vocabulary::{self, Section};

/// Where a block stands.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Spot {
    /// The section.
    pub(crate) section: Section,
    /// The status of the last marker of the section, `Status code: 200`.
    pub(crate) status: Option<u16>,
    /// Whether a label says that it is about failed requests.
    pub(crate) abnormal: bool,
    /// The innermost list label; empty where there is none.
    pub(crate) label: String,
}

/// Where every block stands.
#[derive(Debug)]
pub(crate) struct Spots {
    spots: Vec<Spot>,
    outside: Spot,
}

impl Spots {
    /// Where a block stands.
    pub(crate) fn of(&self, block: usize) -> &Spot {
        self.spots.get(block).unwrap_or(&self.outside)
    }
}

/// Tells the section of every block.
pub(crate) fn spots(doc: &Document) -> Spots {
    let mut spots = Vec::with_capacity(doc.blocks.len());
    let mut status = None;
    let mut others = false;
    for block in &doc.blocks {
        if matches!(block.content, Content::Heading(..)) {
            status = None;
            others = false;
        }
        // The title is not a section, whatever it says.
        let heading = block
            .heading
            .iter()
            .skip(1)
            .rev()
            .find_map(|h| vocabulary::section(h));
        let mut section = heading.unwrap_or(Section::Other);
        for label in block.labels.iter() {
            section = vocabulary::labelled(section, label);
        }
        if let Content::Paragraph(text, _) = &block.content
            && matches!(section, Section::Response | Section::ResponseExample)
            && let Some(marked) = vocabulary::status_marker(&text.plain())
        {
            status = marked;
            // What may come with any other status is no fact of the operation.
            others = marked.is_none();
        }
        if others {
            section = Section::Other;
        }
        spots.push(Spot {
            section,
            status,
            abnormal: block.labels.iter().any(|l| vocabulary::abnormal(l)),
            label: block.labels.last().cloned().unwrap_or_default(),
        });
    }
    Spots {
        spots,
        outside: Spot {
            section: Section::Other,
            status: None,
            abnormal: false,
            label: String::new(),
        },
    }
}
