//! Where each table of fields belongs: parameters, request body, responses.

use super::examples::Examples;
use super::nesting::{self, Budget, Nesting};
use super::section::Spots;
use super::tables::{FieldTable, StatusRow};
use super::uri;
use crate::block::{Content, Document};
use crate::facts::{Body, Field, Form, Operation, Parameters, Place, Response, State, Stated};
use crate::finding::{Finding, Kind};
use crate::read_error::ReadError;
use crate::vocabulary::{self, Section};

/// The tables of a page, placed.
#[derive(Debug)]
pub(crate) struct Parts {
    /// Parameters outside the bodies.
    pub(crate) parameters: Parameters,
    /// The request body.
    pub(crate) request: Body,
    /// Responses by status.
    pub(crate) responses: Vec<Response>,
}

/// What placing the tables needs to know.
#[derive(Debug)]
pub(crate) struct Placing<'a> {
    /// The page.
    pub(crate) doc: &'a Document,
    /// Where its blocks stand.
    pub(crate) spots: &'a Spots,
    /// Its tables of fields.
    pub(crate) tables: &'a [FieldTable],
    /// The references between them.
    pub(crate) nesting: &'a Nesting<'a>,
    /// Method and path.
    pub(crate) operation: Option<&'a Operation>,
    /// Its examples.
    pub(crate) examples: &'a Examples,
    /// The status of normal responses.
    pub(crate) success: Option<u16>,
    /// How much may still be written out.
    pub(crate) budget: &'a mut Budget,
    /// Where findings go.
    pub(crate) findings: &'a mut Vec<Finding>,
}

/// What a top-level table lists.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Side {
    Parameters(Place),
    Body,
    /// Not stated: each field's name decides.
    Mixed,
}

impl Placing<'_> {
    /// Places all tables.
    ///
    /// # Errors
    /// References that multiply without end.
    pub(crate) fn parts(&mut self, statuses: &[StatusRow]) -> Result<Parts, ReadError> {
        let mut parameters = Parameters::default();
        let mut request = Body::default();
        let mut responses: Vec<Response> = statuses
            .iter()
            .map(|row| Response {
                status: Stated::Value(row.status),
                line: row.line,
                headers: Vec::new(),
                body: Body::default(),
            })
            .collect();
        for at in 0..self.tables.len() {
            let Some(table) = self.tables.get(at) else {
                break;
            };
            if !self.is_root(at, table) {
                continue;
            }
            let fields = self.nesting.fields(at, self.budget, self.findings)?;
            match table.spot.section {
                Section::Uri | Section::Request | Section::RequestExample => {
                    self.place_request(table, fields, &mut parameters, &mut request);
                }
                Section::Response | Section::ResponseExample => {
                    self.place_response(table, fields, &mut responses);
                }
                Section::Status | Section::Other => {}
            }
        }
        self.unreached();
        self.nothing_stated(&mut parameters, &mut request, &mut responses);
        nesting::duplicates(&parameters.items, "parameter", self.findings);
        self.unlisted(statuses, &responses);
        responses.sort_by_key(|r| r.status.value().copied().unwrap_or(u16::MAX));
        Ok(Parts {
            parameters,
            request,
            responses,
        })
    }

    /// Top-level tables are those no field leads to, unless their caption says
    /// that they are the fields of something.
    fn is_root(&self, at: usize, table: &FieldTable) -> bool {
        if self.nesting.reached.get(at).copied().unwrap_or(true) {
            return false;
        }
        let titled = vocabulary::titled_field(table.title());
        let side = self.side(table);
        titled.is_none() || side != Side::Mixed || self.is_first_of_region(at, table)
    }

    fn is_first_of_region(&self, at: usize, table: &FieldTable) -> bool {
        !self
            .tables
            .iter()
            .take(at)
            .any(|t| t.spot.section == table.spot.section && t.spot.status == table.spot.status)
    }

    /// What the words over a table say it lists.
    fn side(&self, table: &FieldTable) -> Side {
        let title = table.title().to_lowercase();
        let nested = vocabulary::titled_field(table.title()).is_some();
        if title.contains("header") && !title.contains('.') {
            Side::Parameters(Place::Header)
        } else if title.contains("body") && !nested {
            Side::Body
        } else if title.contains("path param") || title.contains("路径参数") {
            Side::Parameters(Place::Path)
        } else if title.contains("query param") || title.contains("query参数") {
            Side::Parameters(Place::Query)
        } else {
            Side::Mixed
        }
    }

    fn place_request(
        &mut self,
        table: &FieldTable,
        fields: Vec<Field>,
        parameters: &mut Parameters,
        request: &mut Body,
    ) {
        let side = self.side(table);
        let mut body = Vec::new();
        for (mut field, row) in fields.into_iter().zip(&table.rows) {
            let place = match side {
                _ if row.place.is_some() => row.place.flatten(),
                Side::Parameters(place) => Some(place),
                Side::Body => None,
                Side::Mixed => self.place_of(table, &field),
            };
            field.place = place;
            if place.is_some() {
                parameters.state = State::Stated;
                // The same parameter listed for each use of the page is one.
                let twice = place == Some(Place::Header)
                    && parameters.items.iter().any(|p| {
                        p.place == place
                            && p.name == field.name
                            && p.mandatory == field.mandatory
                            && p.type_word == field.type_word
                    });
                if !twice {
                    parameters.items.push(field);
                }
            } else {
                body.push(field);
            }
        }
        if !body.is_empty() {
            request.state = State::Stated;
            request.forms.push(Form {
                line: table.line,
                fields: body,
            });
        }
    }

    /// The place of a field whose table does not say what it lists.
    fn place_of(&mut self, table: &FieldTable, field: &Field) -> Option<Place> {
        if vocabulary::is_header_name(&field.name) {
            return Some(Place::Header);
        }
        let (path, query, method) = match self.operation {
            Some(op) => (
                uri::placeholders(&op.path),
                op.query.as_slice(),
                op.method.as_str(),
            ),
            None => (Vec::new(), [].as_slice(), ""),
        };
        let in_uri = table.spot.section == Section::Uri;
        if path.contains(&field.name) && (in_uri || !self.body_shown()) {
            return Some(Place::Path);
        }
        if query.contains(&field.name) {
            return Some(Place::Query);
        }
        if in_uri && self.operation.is_none() {
            self.infer(field, Place::Path, "the URI is lost and its table lists it");
            return Some(Place::Path);
        }
        if in_uri {
            self.findings.push(Finding::new(
                Kind::ParameterNotInUri,
                format!("query {}", field.name),
                field.line,
                "the table lists it and the URI does not have it",
            ));
            return Some(Place::Query);
        }
        let bodiless =
            matches!(method, "GET" | "HEAD") || (method == "DELETE" && !self.body_shown());
        if bodiless {
            self.infer(field, Place::Query, "the method carries no body");
            return Some(Place::Query);
        }
        None
    }

    fn infer(&mut self, field: &Field, place: Place, why: &str) {
        self.findings.push(Finding::new(
            Kind::PlaceInferred,
            format!("{} {}", place.as_str(), field.name),
            field.line,
            format!("read as a {} parameter because {why}", place.as_str()),
        ));
    }

    fn body_shown(&self) -> bool {
        self.examples.requests.iter().any(|(e, _)| e.body.is_some())
    }

    fn place_response(
        &mut self,
        table: &FieldTable,
        fields: Vec<Field>,
        responses: &mut Vec<Response>,
    ) {
        let status = match table.spot.status {
            Some(code) => Stated::Value(code),
            None if table.spot.abnormal => Stated::Missing,
            None => self.success.map_or(Stated::Missing, Stated::Value),
        };
        let headers = self.side(table) == Side::Parameters(Place::Header);
        let at = match responses.iter().position(|r| r.status == status) {
            Some(at) => at,
            None => {
                responses.push(Response {
                    status,
                    line: table.line,
                    headers: Vec::new(),
                    body: Body::default(),
                });
                responses.len() - 1
            }
        };
        let Some(response) = responses.get_mut(at) else {
            return;
        };
        if headers {
            response.headers.extend(fields);
        } else {
            response.body.state = State::Stated;
            response.body.forms.push(Form {
                line: table.line,
                fields,
            });
        }
    }

    fn unreached(&mut self) {
        for (at, table) in self.tables.iter().enumerate() {
            if table.spot.section != Section::Other && !self.budget.visited.contains(&at) {
                self.findings.push(Finding::new(
                    Kind::TableNotReached,
                    table.title(),
                    table.line,
                    "no field of the page leads to this table of fields",
                ));
            }
        }
    }

    /// `None` under a heading or label.
    fn nothing_stated(
        &self,
        parameters: &mut Parameters,
        request: &mut Body,
        responses: &mut [Response],
    ) {
        for (index, block) in self.doc.blocks.iter().enumerate() {
            let Content::Paragraph(text, _) = &block.content else {
                continue;
            };
            if !vocabulary::is_none(&text.plain()) {
                continue;
            }
            let spot = self.spots.of(index);
            match spot.section {
                Section::Request if request.state == State::Missing => {
                    request.state = State::None;
                }
                Section::Uri if parameters.state == State::Missing => {
                    parameters.state = State::None;
                }
                Section::Response => {
                    let wanted = spot.status.or(self.success);
                    for response in responses.iter_mut() {
                        let code = response.status.value().copied();
                        let success = code.is_some_and(|c| (200..300).contains(&c));
                        let meant = match wanted {
                            Some(_) => code == wanted,
                            None => success,
                        };
                        if meant && !spot.abnormal && response.body.state == State::Missing {
                            response.body.state = State::None;
                        }
                    }
                }
                _ => {}
            }
        }
    }

    fn unlisted(&mut self, statuses: &[StatusRow], responses: &[Response]) {
        if statuses.is_empty() {
            self.findings.push(Finding::new(
                Kind::Lost,
                "statuses",
                0,
                "the page lists no status",
            ));
            return;
        }
        for response in responses.iter() {
            if let Some(code) = response.status.value()
                && !statuses.iter().any(|row| row.status == *code)
            {
                self.findings.push(Finding::new(
                    Kind::StatusNotListed,
                    format!("response {code}"),
                    response.line,
                    "it has a table and is not in the list of statuses",
                ));
            }
        }
    }
}
