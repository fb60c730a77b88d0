//! The sessions of the projects and clouds whose logs are pulled.

use futures_util::future::join_all;
use otcdb_core::credentials::AccessKey;
use otcdb_core::{Credentials, Error, ErrorKind, Project, Result, Session};
use otcdb_logs::Realm;

use crate::cli::Cli;
use crate::console::Console;
use crate::session::{self, Of};

/// Sessions, and what else pulls need of identities.
#[derive(Clone)]
pub(crate) struct Realms {
    /// One for each project, or why there is none. What they have in common has no name.
    pub(crate) sessions: Vec<(Realm, Result<Session>)>,
    /// The access key of the first cloud, which is good for its store, too.
    pub(crate) key: Option<AccessKey>,
    /// The name of the only project, where a flag says it.
    named: Option<String>,
}

impl Realms {
    /// A single project.
    pub(crate) fn only(session: Session) -> Self {
        Self {
            sessions: vec![(Realm::default(), Ok(session))],
            key: None,
            named: None,
        }
    }

    /// The error of a pull, or that there is no project of the name that was given: who issues tokens does not tell that from a
    /// wrong password.
    pub(crate) async fn explained(&self, error: Error) -> Error {
        let ([(_, Ok(session))], Some(name)) = (self.sessions.as_slice(), &self.named) else {
            return error;
        };
        if !matches!(error.kind(), ErrorKind::Credentials | ErrorKind::NotFound) {
            return error;
        }
        match session.projects().await {
            Ok(projects) if projects.iter().all(|project| project.name != *name) => {
                unknown(name, &projects)
            }
            _ => error,
        }
    }

    /// Whether some project or cloud could not be entered for a reason that may pass.
    pub(crate) fn may_become_more(&self) -> bool {
        let mut errors = self
            .sessions
            .iter()
            .filter_map(|(_, session)| session.as_ref().err());
        errors.any(Error::is_transient)
    }
}

/// The projects and clouds that flags choose. One of several that cannot be entered costs itself.
///
/// # Errors
/// None can be entered, or flags that contradict each other.
pub(crate) async fn chosen(cli: &Cli, all_projects: bool, console: &Console) -> Result<Realms> {
    let identity = &cli.identity;
    let (clouds, names) = (unique(&identity.os_cloud), unique(&identity.project_name));
    if all_projects && (!names.is_empty() || identity.project_id.is_some()) {
        return Err(
            Error::invalid_argument("--all-projects chooses every project").with_hint(
                "leave --project-name and --project-id out, or leave --all-projects out",
            ),
        );
    }
    if clouds.len() < 2 && names.len() < 2 && !all_projects {
        let of = Of {
            cloud: clouds.first().copied(),
            project: names.first().copied(),
        };
        let settings = session::settings_of(cli, of, console)?;
        return Ok(Realms {
            key: settings.credentials().ok().and_then(key_of),
            named: names.first().map(|name| (*name).to_owned()),
            ..Realms::only(session::session(&cli.calls, &settings)?)
        });
    }
    let wanted = match all_projects {
        true => Wanted::All,
        false => Wanted::Named(&names),
    };
    let mut key = None;
    let mut begun = Vec::new();
    let clouds: Vec<Option<&str>> = match clouds.is_empty() {
        true => vec![None],
        false => clouds.into_iter().map(Some).collect(),
    };
    for (number, cloud) in clouds.iter().copied().enumerate() {
        let settings = session::settings_of(
            cli,
            Of {
                cloud,
                project: None,
            },
            console,
        );
        if let (0, Ok(settings)) = (number, &settings) {
            key = settings.credentials().ok().and_then(key_of);
        }
        let session = settings.and_then(|settings| session::session(&cli.calls, &settings));
        let name = cloud.filter(|_| clouds.len() > 1).map(str::to_owned);
        begun.push(of_cloud(name, session, &wanted, console));
    }
    let sessions: Vec<_> = join_all(begun).await.into_iter().flatten().collect();
    match sessions.as_slice() {
        // Nothing tells it from others.
        [(Realm { cloud: None, .. }, Err(error)), rest @ ..]
            if rest.iter().all(|(_, session)| session.is_err()) =>
        {
            Err(error.clone())
        }
        _ => Ok(Realms {
            sessions,
            key,
            named: None,
        }),
    }
}

/// Which projects of a cloud.
enum Wanted<'a> {
    /// Those that the identity can enter in the region.
    All,
    /// Those of these names; without any, the one that its settings say.
    Named(&'a [&'a str]),
}

/// The sessions of the chosen projects of a cloud.
async fn of_cloud(
    cloud: Option<String>,
    session: Result<Session>,
    wanted: &Wanted<'_>,
    console: &Console,
) -> Vec<(Realm, Result<Session>)> {
    let whole = Realm::new(cloud.clone(), None);
    let session = match session {
        Ok(session) if !matches!(wanted, Wanted::Named([])) => session,
        session => return vec![(whole, session)],
    };
    let projects = match session.projects().await {
        Ok(projects) => projects,
        Err(error) => return vec![(whole, Err(error))],
    };
    let realm = |name: &str| Realm::new(cloud.clone(), Some(name.to_owned()));
    let entered = |project: &Project| (realm(&project.name), session.in_project(project));
    let names = match wanted {
        Wanted::Named(names) => names,
        Wanted::All => {
            let (here, elsewhere): (Vec<Project>, Vec<Project>) =
                (projects.into_iter()).partition(|project| project.is_in(session.region()));
            let (open, disabled): (Vec<Project>, Vec<Project>) =
                here.into_iter().partition(|project| project.enabled);
            let skipped = [("disabled", disabled), ("of another region", elsewhere)];
            for (why, skipped) in skipped.iter().filter(|(_, skipped)| !skipped.is_empty()) {
                let shown: Vec<String> = (skipped.iter())
                    .map(|one| realm(&one.name).to_string())
                    .collect();
                console.note(&format!("skipped, since {why}: {}", shown.join(", ")));
            }
            if open.is_empty() {
                let what = format!("no project of {} can be entered", session.region());
                return vec![(
                    whole,
                    Err(Error::new(ErrorKind::NotFound, what)
                        .with_hint("check the region, and which projects the user has rights in")),
                )];
            }
            return open.iter().map(entered).collect();
        }
    };
    let mut sessions = Vec::new();
    for name in *names {
        let found = projects.iter().find(|project| project.name == *name);
        sessions.push(match found {
            Some(project) => entered(project),
            None => (realm(name), Err(unknown(name, &projects))),
        });
    }
    sessions
}

fn unknown(name: &str, projects: &[Project]) -> Error {
    /// An account can have hundreds.
    const SHOWN: usize = 20;
    let mut names: Vec<&str> = projects.iter().map(|one| one.name.as_str()).collect();
    names.sort_unstable();
    let more = match names.len().checked_sub(SHOWN) {
        None | Some(0) => String::new(),
        Some(more) => format!(", and {more} more"),
    };
    names.truncate(SHOWN);
    let what = format!("this identity can enter no project named {name:?}");
    Error::new(ErrorKind::NotFound, what)
        .with_hint(format!("it can enter {}{more}", names.join(", ")))
}

/// Each once, in the order in which they were given.
fn unique(names: &[String]) -> Vec<&str> {
    let mut unique = Vec::new();
    for name in names {
        if !unique.contains(&name.as_str()) {
            unique.push(name.as_str());
        }
    }
    unique
}

/// The access key among credentials.
fn key_of(credentials: Credentials) -> Option<AccessKey> {
    match credentials {
        Credentials::AccessKey(key) => Some(key),
        _ => None,
    }
}
