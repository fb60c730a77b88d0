//! Why a simulated cloud does not start.

use thiserror::Error;

/// Why a simulated cloud does not start.
#[derive(Debug, Error)]
#[non_exhaustive]
pub enum StartError {
    /// The port is taken or may not be used.
    #[error(
        "cannot listen on 127.0.0.1:{port}: {source}; choose another port, or 0 for any free one"
    )]
    Listen {
        /// The port that was asked for.
        port: u16,
        /// What the system says.
        source: std::io::Error,
    },
    /// So high a port that the services after the first have none.
    #[error(
        "each of the {services} services has a port of its own, and there are too few from {port} on; choose a smaller \
         one, or 0 for any free ones"
    )]
    TooFewPorts {
        /// The port that was asked for.
        port: u16,
        /// How many services there are.
        services: usize,
    },
    /// A bundle cannot be read.
    #[error("a bundled description cannot be read: {0}")]
    Description(String),
    /// What is simulated does not fit the bundled descriptions.
    #[error("the simulator does not fit the bundled descriptions: {0}")]
    Misfit(String),
    /// A fault names an operation that no bundle has.
    #[error(
        "the fault {fault:?} names the operation {operation}, which no bundled description has"
    )]
    UnknownOperation {
        /// The fault's text.
        fault: String,
        /// The operationId.
        operation: String,
    },
    /// The smallest size of log files is larger than the largest.
    #[error("log files cannot have from {0} to {1} bytes; the first number is the smaller one")]
    LogSize(u64, u64),
    /// More of something than a simulated cloud can hold or serve in useful time.
    #[error("there cannot be {given} {what}; {most} is the most")]
    TooMany {
        /// What there would be.
        what: &'static str,
        /// How many of it were asked for.
        given: u64,
        /// How many there can be.
        most: u64,
    },
    /// No client of it can be set up.
    #[error("no session with the simulated cloud can be made: {0}")]
    Session(#[from] otcdb_core::Error),
    /// The cloud could not be made.
    #[error("the simulated cloud could not be made; try it with fewer instances and files")]
    Unmade,
}
