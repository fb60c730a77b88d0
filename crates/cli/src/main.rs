//! The `otcdb` program.

use std::process::ExitCode;

fn main() -> ExitCode {
    otcdb_cli::main()
}
