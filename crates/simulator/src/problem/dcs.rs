//! Documented errors of the Redis service, by what is wrong. Codes and messages are those of its table of errors, or
//! of the page of the operation that refuses with them.

use axum::http::StatusCode;

use super::{Documented, Problem, known};

/// A constant for each error, and all of them.
macro_rules! errors {
    ($($name:ident = $status:literal $code:literal $message:literal;)*) => {
        $(
            pub(crate) const $name: Documented = Documented {
                status: $status,
                code: $code,
                message: $message,
            };
        )*
        pub(super) const ALL: &[Documented] = &[$($name),*];
    };
}

errors! {
    ENGINE = 400 "DCS.4006" "The selected cache engine type is not supported.";
    VERSION = 400 "DCS.4008" "The selected cache engine version is not supported.";
    NAME = 400 "DCS.4010" "Invalid DCS instance name.";
    DESCRIPTION = 400 "DCS.4011" "DCS instance description cannot exceed 1024 characters.";
    CAPACITY = 400 "DCS.4012" "Invalid capacity parameter in the request.";
    VPC = 400 "DCS.4013" "Invalid vpc_id in the request.";
    SECURITY_GROUP = 400 "DCS.4014" "Invalid security_group_id in the request.";
    SUBNET = 400 "DCS.4016" "Invalid subnet_id in the request.";
    PASSWORD = 400 "DCS.4019" "The password does not meet complexity requirements.";
    END_BEFORE_START = 400 "DCS.4025" "The end time must be after the start time.";
    STATE = 400 "DCS.4026" "This operation is not allowed when the DCS instance is in the current state.";
    NODE_UNSUPPORTED = 400 "DCS.4027" "This operation is not supported on this node.";
    INSTANCE_QUOTA = 400 "DCS.4035" "DCS instance quota of the tenant is insufficient.";
    MEMORY_QUOTA = 400 "DCS.4036" "Memory quota of the tenant is insufficient.";
    NO_ZONE = 400 "DCS.4042" "This AZ does not exist.";
    NAME_TAKEN = 400 "DCS.4060" "This DCS instance name already exists.";
    ACTION = 400 "DCS.4064" "The action parameter in the request must be start, stop, or restart.";
    INSTANCES = 400 "DCS.4065" "The instances parameter in the request cannot be a null value or left unspecified.";
    PARAMETER = 400 "DCS.4066" "Invalid value of the configure parameter.";
    SAVE_DAYS = 400 "DCS.4072" "Invalid saveDays instance backup policy parameter in the request.";
    BACKUP_AT = 400 "DCS.4075" "Invalid backupAt instance backup policy parameter in the request.";
    BEGIN_AT = 400 "DCS.4076" "Invalid beginAt instance backup policy parameter in the request.";
    BACKUP_STATE = 400 "DCS.4087" "the backup record status is err when restore this instance";
    NO_BACKUPS = 400 "DCS.4095" "the system is not support backup and restore.";
    BACKING_UP = 400 "DCS.4096" "the instance is backuping.";
    RESTORING = 400 "DCS.4097" "the instance is restoring.";
    REMARK = 400 "DCS.4098" "The value of the remark parameter must be 0 to 128 characters in length.";
    CANNOT_DELETE = 400 "DCS.4099" "DCS instances in the Creating, Starting, Stopping, or Restarting state cannot be deleted.";
    TOO_MANY = 400 "DCS.4100" "The number of instance IDs in an instances array cannot exceed 50.";
    NO_RESIZE = 400 "DCS.4103" "The system is not support resize.";
    WINDOW = 400 "DCS.4106" "The value of maintain time illegal.";
    RESTARTING = 400 "DCS.4111" "the instance is restarting.";
    EXTENDING = 400 "DCS.4113" "the instance is extending.";
    CONFIGURING = 400 "DCS.4114" "the instance is configuring.";
    CREATING = 400 "DCS.4118" "the instance is creating.";
    NO_JOB = 400 "DCS.4133" "Instance job is not found.";
    OTHER_TYPE = 400 "DCS.4200" "Instance type cannot be changed.";
    NO_SSL = 400 "DCS.4201" "Do not support SSL.";
    ALL_ZERO = 400 "DCS.4253" "All replicas have a priority of 0.";
    NO_PASSWORD_ACCESS = 400 "DCS.4843" "The no_password_access parameter is missing or its value is invalid.";
    NO_PASSWORD = 400 "DCS.4845" "The password parameter is missing or its value is invalid.";
    NEEDLESS_PASSWORD = 400 "DCS.4849" "The request parameter new_password should not exist.";
    PASSWORD_FREE = 400 "DCS.4850" "This operation is not supported when Password-Free Access is enabled for the instance.";
    NO_SWAP = 400 "DCS.4855" "Master standby swap is not supported.";
    TOO_MANY_REPLICAS = 400 "DCS.4875" "Create replication number exceed max number limit.";
    LAST_ADDRESS = 400 "DCS.4879" "r/w instance have only one repl can not remove ip from dns";
    BIG_KEYS_RUNNING = 400 "DCS.4918" "Instance bigkey analyze is running.";
    NO_HOT_KEYS = 400 "DCS.4922" "Does not support hotkey analyze.";
    SPEC_CODE = 400 "DCS.4927" "The param spec_code is invalid";
    NODE_LIST = 400 "DCS.4930" "The request param node_list is invalid";
    ZONES = 400 "DCS.4933" "The param available_zones is invalid.";
    LAST_NAMED = 400 "DCS.4935" "Only one slave replication has dns ip, can not delete";
    MASTER = 400 "DCS.4936" "The master node cannot be deleted";
    LAST_REPLICA = 400 "DCS.4937" "Only has one slave node,can not delete";
    PRIORITY = 400 "DCS.4939" "The param slave_priority_weight is invalid.";
    NO_HOT_KEY_TASK = 400 "DCS.4941" "The hotkey id does not exist.";
    NO_BIG_KEY_TASK = 400 "DCS.4942" "The bigkey id does not exist.";
    TASK_STATE = 400 "DCS.4957" "This operation is not allowed when the task is in the current state.";
    DOMAIN_NAME_LATEST = 400 "DCS.4998" "Domain names are up to date.";
    NO_INSTANCE = 404 "DCS.3022" "This DCS instance does not exist.";
    NODE = 400 "DCS.3053" "Incorrect node ID.";
}

/// What the service answers; the gateway has spoken before it.
pub(super) fn of(problem: &Problem) -> (StatusCode, &'static str, String) {
    let (status, code, message) = match problem {
        Problem::UnknownPath => (404, "DCS.4001", "The requested URL does not exist."),
        Problem::UnknownMethod => (405, "DCS.5001", "This request method is not allowed."),
        Problem::NoToken => (401, "DCS.1003", "No token in the request."),
        Problem::BadToken => (401, "DCS.1001", "Invalid token."),
        Problem::ExpiredToken => (401, "DCS.1002", "Token expired."),
        Problem::Forbidden(_) => (
            403,
            "DCS.3003",
            "This role does not have the permission to perform this operation.",
        ),
        Problem::EmptyBody => (400, "DCS.4004", "Empty request body."),
        Problem::NotJson => (
            400,
            "DCS.4005",
            "The message body contains invalid characters or is not in JSON format.",
        ),
        Problem::BadParameter(name) => {
            let message = format!("Invalid {name} in the request.");
            return (StatusCode::BAD_REQUEST, "DCS.4800", message);
        }
        Problem::NoInstance => (404, "DCS.3022", "This DCS instance does not exist."),
        // No code is documented for a log that does not exist.
        Problem::NoObject(_) | Problem::NoJob => (400, "DCS.4800", "Invalid id in the request."),
        Problem::OtherEngine => (
            400,
            "DCS.4027",
            "This operation is not supported on this node.",
        ),
        _ => (500, "DCS.5000", "Internal service error."),
    };
    (known(status), code, message.to_owned())
}

/// The documented error for a member of a body, where there is one of its own.
pub(super) fn of_field(field: &str, why: &str) -> Problem {
    Problem::Documented(match field {
        "name" => NAME,
        "description" => DESCRIPTION,
        "capacity" | "new_capacity" => CAPACITY,
        "vpc_id" => VPC,
        "subnet_id" => SUBNET,
        "security_group_id" => SECURITY_GROUP,
        "engine_version" => VERSION,
        "spec_code" => SPEC_CODE,
        "password" | "new_password" => PASSWORD,
        "no_password_access" => NO_PASSWORD_ACCESS,
        "instances" if why.contains("has more than") => TOO_MANY,
        "instances" => INSTANCES,
        "slave_priority_weight" => PRIORITY,
        "available_zones" => ZONES,
        "node_list" => NODE_LIST,
        "remark" => REMARK,
        _ => return Problem::BadParameter(field.to_owned()),
    })
}
