//! `otcdb logs show`.

use jiff::Timestamp;
use otcdb_core::{Error, ErrorKind, Result};
use otcdb_logs::Folder;

use super::logs::{Chosen, Logs, chosen, filter};
use super::printer::Printer;
use super::{Place, pull_first};
use crate::args::Show;
use crate::cli::Cli;
use crate::console::Console;
use crate::exit::Code;

pub(crate) async fn run(cli: &Cli, args: &Show, console: &Console) -> Result<Code> {
    let (choice, first) = (&args.choice, &args.first);
    let filter = filter(choice, &args.window, Timestamp::now())?;
    let place = Place::of(args.dir.as_deref(), first.simulate)?;
    let since = args.window.since;
    let failed = pull_first(cli, first, choice, since, place.path(), console).await?;
    let folder = Folder::open(place.path())?;
    for note in folder.notes() {
        console.note(note);
    }
    let logs = chosen(&folder, choice)?;
    let logs = logs.into_iter().map(Chosen::whole);
    let mut logs = Logs::new(&folder, logs, &choice.log_timezone, filter);
    let mut printer = Printer::new(args.output, None)?;
    let console = console.clone();
    // The signal that was caught for the pull has to be heard meanwhile.
    let code = tokio::task::spawn_blocking(move || {
        let is_read = printer.print(&mut logs, |_| Ok(()))?;
        let mut kinds = logs.tell_failures(&console);
        kinds.extend((0..failed).map(|_| ErrorKind::Service));
        Ok(match is_read {
            true => Code::of_parts(kinds),
            false => Code::Success,
        })
    });
    code.await
        .map_err(|_| Error::new(ErrorKind::Cancelled, "the program is ending"))?
}
