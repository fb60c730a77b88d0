//! `otcdb auth check`.

use otcdb_core::config::Settings;
use otcdb_core::{Proof, Result, Service, Session};
use serde::Serialize;

use crate::args::Check;
use crate::cli::Cli;
use crate::console::Console;
use crate::exit::Code;
use crate::output::{self, Format};
use crate::session;

#[derive(Serialize)]
struct Report {
    settings: Vec<Line>,
    /// Where identities are that are not used.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    passed_over: Vec<String>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    notes: Vec<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    session: Option<About>,
    proved: bool,
    #[serde(skip_serializing_if = "Option::is_none")]
    project_id: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    token_expires_at: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    error: Option<String>,
}

#[derive(Serialize)]
struct Line {
    setting: String,
    value: String,
    source: String,
}

#[derive(Serialize)]
struct About {
    identity: &'static str,
    cloud: String,
    region: String,
    endpoints: Vec<At>,
}

#[derive(Serialize)]
struct At {
    service: &'static str,
    url: String,
}

pub(crate) async fn check(cli: &Cli, args: &Check, console: &Console) -> Result<Code> {
    let settings = session::settings(cli, console)?;
    let session = session::session(&cli.calls, &settings);
    let (about, proof) = match session {
        Ok(session) => (Some(about(&session)), session.prove().await),
        Err(error) => (None, Err(error)),
    };
    let report = report(&settings, about, &proof);
    output::write(render(args.output, &report)?.as_bytes())?;
    proof.map(|_| Code::Success)
}

fn about(session: &Session) -> About {
    let endpoints = Service::ALL.into_iter().map(|service| At {
        service: service.as_str(),
        url: otcdb_core::redact::url(session.endpoints().get(service))
            .trim_end_matches('/')
            .to_owned(),
    });
    About {
        identity: session.method(),
        cloud: session.region().cloud().to_string(),
        region: session.region().to_string(),
        endpoints: endpoints.collect(),
    }
}

fn report(settings: &Settings, session: Option<About>, proof: &Result<Proof>) -> Report {
    let lines = settings.report().into_iter().map(|line| Line {
        setting: line.key.to_string(),
        value: line.shown,
        source: line.source.to_string(),
    });
    let good = proof.as_ref().ok();
    Report {
        settings: lines.collect(),
        passed_over: settings.passed_over().map(ToString::to_string).collect(),
        notes: settings.notes().to_vec(),
        session,
        proved: good.is_some(),
        project_id: good.map(|proof| proof.project_id.clone()),
        token_expires_at: good
            .and_then(|proof| proof.token_expires_at)
            .map(|end| end.to_string()),
        error: proof.as_ref().err().map(ToString::to_string),
    }
}

fn render(format: Format, report: &Report) -> Result<String> {
    match format {
        Format::Table => Ok(table(report)),
        Format::Json => output::json(report),
        Format::Jsonl => output::json_line(report),
        Format::Yaml => output::yaml(report),
    }
}

fn table(report: &Report) -> String {
    let mut text = if report.settings.is_empty() {
        "No setting was found in flags, environment or files.\n".to_owned()
    } else {
        let rows = report.settings.iter().map(|line| {
            vec![
                line.setting.clone(),
                line.value.clone(),
                line.source.clone(),
            ]
        });
        output::table(&["SETTING", "VALUE", "SOURCE"], &[], rows)
    };
    for source in &report.passed_over {
        let source = output::clean(source);
        text.push_str(&format!(
            "\nNot used: the identity from {source}, since another comes first.\n"
        ));
    }
    if let Some(session) = &report.session {
        let rows = session
            .endpoints
            .iter()
            .map(|at| vec![at.service.to_owned(), at.url.clone()]);
        text.push('\n');
        text.push_str(&output::table(&["SERVICE", "ENDPOINT"], &[], rows));
        text.push_str(&format!(
            "\nCloud    {}, region {}\nIdentity {}\n",
            session.cloud, session.region, session.identity
        ));
    }
    if let Some(project) = &report.project_id {
        text.push_str(&format!("Project  {}\n", output::clean(project)));
    }
    if let Some(end) = &report.token_expires_at {
        text.push_str(&format!("Token    good until {end}\n"));
    }
    text.push_str(if report.proved {
        "\nProved: the cloud accepts this identity.\n"
    } else {
        "\nNot proved.\n"
    });
    text
}
