//! Exit codes: one table for the program, its help and its manual pages.

use std::fmt::Write as _;
use std::process::ExitCode;

use otcdb_core::ErrorKind;

/// How the program ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Code {
    Success,
    Incomplete,
    Usage,
    Credentials,
    NotFound,
    Service,
    Timeout,
    Connection,
    Internal,
    Interrupted,
}

impl Code {
    const ALL: [Self; 10] = [
        Self::Success,
        Self::Incomplete,
        Self::Usage,
        Self::Credentials,
        Self::NotFound,
        Self::Service,
        Self::Timeout,
        Self::Connection,
        Self::Internal,
        Self::Interrupted,
    ];

    /// The number that the shell sees.
    pub(crate) const fn number(self) -> u8 {
        match self {
            Self::Success => 0,
            Self::Incomplete => 1,
            Self::Usage => 2,
            Self::Credentials => 3,
            Self::NotFound => 4,
            Self::Service => 5,
            Self::Timeout => 6,
            Self::Connection => 7,
            Self::Internal => 8,
            // 128 and the number of SIGINT, as shells have it.
            Self::Interrupted => 130,
        }
    }

    const fn meaning(self) -> &'static str {
        match self {
            Self::Success => "Done",
            Self::Incomplete => {
                "Parts of the work failed, such as sources of a pull or instances that were made together, and the rest is \
                 done. If all that failed did so for one of the reasons below, other than 5, the code is that of the reason"
            }
            Self::Usage => "Wrong usage, or an argument, setting or local file that cannot be used",
            Self::Credentials => "No credentials, or refused ones, or ones that do not allow this",
            Self::NotFound => "The instance, project or path does not exist",
            Self::Service => "The service failed, or its response is not as documented",
            Self::Timeout => "No response, or no end of asynchronous work, in time",
            Self::Connection => "No connection, or still too many requests after all retries",
            Self::Internal => {
                "A fault of the program, or a system that gives no threads or sockets"
            }
            Self::Interrupted => {
                "Interrupted, or not confirmed; `otcdb logs pull` goes on where it stopped when it is run again, and the \
                 service with what an operation has begun"
            }
        }
    }

    /// The code for an error that ended a command.
    pub(crate) fn of(kind: ErrorKind) -> Self {
        match kind {
            ErrorKind::Credentials | ErrorKind::Permission => Self::Credentials,
            ErrorKind::NotFound => Self::NotFound,
            ErrorKind::Timeout => Self::Timeout,
            ErrorKind::Connection | ErrorKind::Throttled => Self::Connection,
            ErrorKind::Service | ErrorKind::UndocumentedResponse => Self::Service,
            ErrorKind::Cancelled => Self::Interrupted,
            ErrorKind::Internal => Self::Internal,
            // What is left is about arguments, settings and local files.
            _ => Self::Usage,
        }
    }

    /// The code for work that failed before any part of it was begun: the reason that all failures share, whatever it is.
    pub(crate) fn of_whole(failures: impl IntoIterator<Item = ErrorKind>) -> Self {
        let mut codes = failures.into_iter().map(Self::of);
        let Some(first) = codes.next() else {
            return Self::Success;
        };
        if codes.all(|code| code == first) {
            first
        } else {
            Self::Incomplete
        }
    }

    /// The code for work of which parts failed. An interruption outweighs everything, since what is missing may just
    /// not have been tried; a reason that all failures share is told; the rest is incomplete. What a service refuses
    /// in the middle of such work is no wrong usage: that was checked before.
    pub(crate) fn of_parts(failures: impl IntoIterator<Item = ErrorKind>) -> Self {
        let mut result = Self::Success;
        for kind in failures {
            let code = match kind {
                ErrorKind::InvalidArgument => Self::Service,
                kind => Self::of(kind),
            };
            result = match (result, code) {
                (Self::Interrupted, _) | (_, Self::Interrupted) => Self::Interrupted,
                (_, Self::Service) => Self::Incomplete,
                (Self::Success, code) => code,
                (before, code) if before == code => code,
                _ => Self::Incomplete,
            };
        }
        result
    }
}

impl From<Code> for ExitCode {
    fn from(code: Code) -> Self {
        code.number().into()
    }
}

/// The table, for help and manual pages.
pub(crate) fn help() -> String {
    let mut text = "Exit codes:\n".to_owned();
    for code in Code::ALL {
        // Writing to a String does not fail.
        let _ = writeln!(text, "  {:>3}  {}", code.number(), code.meaning());
    }
    text.truncate(text.trim_end().len());
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_reason_that_all_parts_share_is_told() {
        use ErrorKind::{
            Cancelled, Connection, Credentials, Internal, InvalidArgument, Permission, Service,
            Storage, Throttled, Timeout,
        };
        for (failures, code) in [
            (&[][..], 0),
            (&[Timeout, Timeout], 6),
            (&[Credentials, Permission], 3),
            (&[Connection, Throttled], 7),
            (&[Service], 1),
            (&[InvalidArgument], 1),
            (&[Storage, Storage], 2),
            (&[Internal, Internal], 8),
            (&[Internal, Storage], 1),
            (&[Timeout, Connection], 1),
            (&[Timeout, Connection, Timeout], 1),
            (&[Service, Timeout], 1),
            (&[Timeout, Service], 1),
            (&[Timeout, Cancelled, Service], 130),
        ] {
            assert_eq!(
                Code::of_parts(failures.iter().copied()).number(),
                code,
                "{failures:?}"
            );
        }
        for (failures, code) in [
            (&[][..], 0),
            (&[Service], 5),
            (&[Service, Service], 5),
            (&[Permission, Permission], 3),
            (&[Permission, Service], 1),
        ] {
            assert_eq!(
                Code::of_whole(failures.iter().copied()).number(),
                code,
                "{failures:?}"
            );
        }
    }
}
