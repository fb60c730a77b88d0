//! Errors in XML, as object stores and SOAP have them, and in HTML, as proxies have them.

use quick_xml::Reader;
use quick_xml::events::Event;

use super::{Said, bounded, cleaned};

/// How much of the visible text of a page is shown.
const PAGE_CHARS: usize = 300;

/// What is read of a document that may be anything, also broken: reading ends where nothing more can be understood.
pub(super) fn said(text: &str) -> Option<Said> {
    let mut reader = Reader::from_str(text);
    let config = reader.config_mut();
    config.check_end_names = false;
    config.allow_unmatched_ends = true;
    config.allow_dangling_amp = true;
    let mut found = Found::default();
    let mut name = String::new();
    let mut run = String::new();
    loop {
        let event = reader.read_event();
        match &event {
            Ok(Event::Text(text)) => run.push_str(text),
            Ok(Event::CData(data)) => run.push_str(data),
            Ok(Event::GeneralRef(reference)) => match reference.resolve_char_ref() {
                Ok(Some(c)) => run.push(c),
                _ => run.push_str(
                    quick_xml::escape::resolve_predefined_entity(reference).unwrap_or(" "),
                ),
            },
            _ => {
                found.add(&name, &run);
                run.clear();
                name.clear();
            }
        }
        match event {
            Ok(Event::Start(start)) => {
                name = start.local_name().as_ref().to_ascii_lowercase();
            }
            Ok(Event::Eof) | Err(_) => break,
            Ok(_) => {}
        }
    }
    found.into_said()
}

#[derive(Default)]
struct Found {
    code: Option<String>,
    message: Option<String>,
    request_id: Option<String>,
    title: Option<String>,
    texts: Vec<String>,
}

impl Found {
    fn add(&mut self, name: &str, text: &str) {
        if matches!(name, "script" | "style") {
            return;
        }
        let Some(text) = cleaned(text) else { return };
        let place = match name {
            "code" | "errorcode" | "faultcode" => &mut self.code,
            "message" | "errormessage" | "faultstring" | "reason" | "description" => {
                &mut self.message
            }
            "requestid" => &mut self.request_id,
            "title" => &mut self.title,
            // What stores echo: the resource can be a link, the key that of the caller.
            "hostid"
            | "resource"
            | "awsaccesskeyid"
            | "accesskeyid"
            | "stringtosign"
            | "signatureprovided"
            | "canonicalrequest"
            | "stringtosignbytes"
            | "canonicalrequestbytes" => return,
            _ => {
                if !self.texts.contains(&text) {
                    self.texts.push(text);
                }
                return;
            }
        };
        place.get_or_insert(text);
    }

    fn into_said(self) -> Option<Said> {
        let page = || {
            let title = self.title.iter();
            let texts = self
                .texts
                .iter()
                .filter(|text| Some(*text) != self.title.as_ref());
            let words: Vec<_> = title.chain(texts).map(String::as_str).collect();
            (!words.is_empty()).then(|| bounded(&words.join("; "), PAGE_CHARS))
        };
        let message = match (&self.code, self.message) {
            (_, Some(message)) => Some(message),
            (Some(_), None) => self.title,
            (None, None) => page(),
        };
        (self.code.is_some() || message.is_some()).then_some(Said {
            code: self.code,
            message,
            request_id: self.request_id,
            documented: false,
        })
    }
}
