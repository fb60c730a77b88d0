//! Documented errors of the Redis service, by what is wrong. Codes and messages are those of its table of errors, or
//! of the page of the operation that refuses with them.

use crate::problem::Documented;

const fn refusal(status: u16, code: &'static str, message: &'static str) -> Documented {
    Documented {
        status,
        code,
        message,
    }
}

pub(crate) const ENGINE: Documented = refusal(
    400,
    "DCS.4006",
    "The selected cache engine type is not supported.",
);
pub(crate) const VERSION: Documented = refusal(
    400,
    "DCS.4008",
    "The selected cache engine version is not supported.",
);
pub(crate) const NAME: Documented = refusal(400, "DCS.4010", "Invalid DCS instance name.");
pub(crate) const DESCRIPTION: Documented = refusal(
    400,
    "DCS.4011",
    "DCS instance description cannot exceed 1024 characters.",
);
pub(crate) const CAPACITY: Documented = refusal(
    400,
    "DCS.4012",
    "Invalid capacity parameter in the request.",
);
pub(crate) const VPC: Documented = refusal(400, "DCS.4013", "Invalid vpc_id in the request.");
pub(crate) const SECURITY_GROUP: Documented =
    refusal(400, "DCS.4014", "Invalid security_group_id in the request.");
pub(crate) const SUBNET: Documented = refusal(400, "DCS.4016", "Invalid subnet_id in the request.");
pub(crate) const PASSWORD: Documented = refusal(
    400,
    "DCS.4019",
    "The password does not meet complexity requirements.",
);
pub(crate) const END_BEFORE_START: Documented = refusal(
    400,
    "DCS.4025",
    "The end time must be after the start time.",
);
pub(crate) const STATE: Documented = refusal(
    400,
    "DCS.4026",
    "This operation is not allowed when the DCS instance is in the current state.",
);
pub(crate) const NODE_UNSUPPORTED: Documented = refusal(
    400,
    "DCS.4027",
    "This operation is not supported on this node.",
);
pub(crate) const INSTANCE_QUOTA: Documented = refusal(
    400,
    "DCS.4035",
    "DCS instance quota of the tenant is insufficient.",
);
pub(crate) const MEMORY_QUOTA: Documented = refusal(
    400,
    "DCS.4036",
    "Memory quota of the tenant is insufficient.",
);
pub(crate) const NO_ZONE: Documented = refusal(400, "DCS.4042", "This AZ does not exist.");
pub(crate) const NAME_TAKEN: Documented =
    refusal(400, "DCS.4060", "This DCS instance name already exists.");
pub(crate) const ACTION: Documented = refusal(
    400,
    "DCS.4064",
    "The action parameter in the request must be start, stop, or restart.",
);
pub(crate) const INSTANCES: Documented = refusal(
    400,
    "DCS.4065",
    "The instances parameter in the request cannot be a null value or left unspecified.",
);
pub(crate) const PARAMETER: Documented =
    refusal(400, "DCS.4066", "Invalid value of the configure parameter.");
pub(crate) const SAVE_DAYS: Documented = refusal(
    400,
    "DCS.4072",
    "Invalid saveDays instance backup policy parameter in the request.",
);
pub(crate) const BACKUP_AT: Documented = refusal(
    400,
    "DCS.4075",
    "Invalid backupAt instance backup policy parameter in the request.",
);
pub(crate) const BEGIN_AT: Documented = refusal(
    400,
    "DCS.4076",
    "Invalid beginAt instance backup policy parameter in the request.",
);
pub(crate) const BACKUP_STATE: Documented = refusal(
    400,
    "DCS.4087",
    "the backup record status is err when restore this instance",
);
pub(crate) const NO_BACKUPS: Documented = refusal(
    400,
    "DCS.4095",
    "the system is not support backup and restore.",
);
pub(crate) const BACKING_UP: Documented = refusal(400, "DCS.4096", "the instance is backuping.");
pub(crate) const RESTORING: Documented = refusal(400, "DCS.4097", "the instance is restoring.");
pub(crate) const REMARK: Documented = refusal(
    400,
    "DCS.4098",
    "The value of the remark parameter must be 0 to 128 characters in length.",
);
pub(crate) const CANNOT_DELETE: Documented = refusal(
    400,
    "DCS.4099",
    "DCS instances in the Creating, Starting, Stopping, or Restarting state cannot be deleted.",
);
pub(crate) const TOO_MANY: Documented = refusal(
    400,
    "DCS.4100",
    "The number of instance IDs in an instances array cannot exceed 50.",
);
pub(crate) const NO_RESIZE: Documented =
    refusal(400, "DCS.4103", "The system is not support resize.");
pub(crate) const WINDOW: Documented =
    refusal(400, "DCS.4106", "The value of maintain time illegal.");
pub(crate) const RESTARTING: Documented = refusal(400, "DCS.4111", "the instance is restarting.");
pub(crate) const EXTENDING: Documented = refusal(400, "DCS.4113", "the instance is extending.");
pub(crate) const CONFIGURING: Documented = refusal(400, "DCS.4114", "the instance is configuring.");
pub(crate) const CREATING: Documented = refusal(400, "DCS.4118", "the instance is creating.");
pub(crate) const NO_JOB: Documented = refusal(400, "DCS.4133", "Instance job is not found.");
pub(crate) const OTHER_TYPE: Documented =
    refusal(400, "DCS.4200", "Instance type cannot be changed.");
pub(crate) const NO_SSL: Documented = refusal(400, "DCS.4201", "Do not support SSL.");
pub(crate) const ALL_ZERO: Documented =
    refusal(400, "DCS.4253", "All replicas have a priority of 0.");
pub(crate) const NO_PASSWORD_ACCESS: Documented = refusal(
    400,
    "DCS.4843",
    "The no_password_access parameter is missing or its value is invalid.",
);
pub(crate) const NO_PASSWORD: Documented = refusal(
    400,
    "DCS.4845",
    "The password parameter is missing or its value is invalid.",
);
pub(crate) const NEEDLESS_PASSWORD: Documented = refusal(
    400,
    "DCS.4849",
    "The request parameter new_password should not exist.",
);
pub(crate) const PASSWORD_FREE: Documented = refusal(
    400,
    "DCS.4850",
    "This operation is not supported when Password-Free Access is enabled for the instance.",
);
pub(crate) const NO_SWAP: Documented =
    refusal(400, "DCS.4855", "Master standby swap is not supported.");
pub(crate) const TOO_MANY_REPLICAS: Documented = refusal(
    400,
    "DCS.4875",
    "Create replication number exceed max number limit.",
);
pub(crate) const LAST_ADDRESS: Documented = refusal(
    400,
    "DCS.4879",
    "r/w instance have only one repl can not remove ip from dns",
);
pub(crate) const BIG_KEYS_RUNNING: Documented =
    refusal(400, "DCS.4918", "Instance bigkey analyze is running.");
pub(crate) const NO_HOT_KEYS: Documented =
    refusal(400, "DCS.4922", "Does not support hotkey analyze.");
pub(crate) const SPEC_CODE: Documented = refusal(400, "DCS.4927", "The param spec_code is invalid");
pub(crate) const NODE_LIST: Documented =
    refusal(400, "DCS.4930", "The request param node_list is invalid");
pub(crate) const ZONES: Documented =
    refusal(400, "DCS.4933", "The param available_zones is invalid.");
pub(crate) const LAST_NAMED: Documented = refusal(
    400,
    "DCS.4935",
    "Only one slave replication has dns ip, can not delete",
);
pub(crate) const MASTER: Documented = refusal(400, "DCS.4936", "The master node cannot be deleted");
pub(crate) const LAST_REPLICA: Documented =
    refusal(400, "DCS.4937", "Only has one slave node,can not delete");
pub(crate) const PRIORITY: Documented = refusal(
    400,
    "DCS.4939",
    "The param slave_priority_weight is invalid.",
);
pub(crate) const NO_HOT_KEY_TASK: Documented =
    refusal(400, "DCS.4941", "The hotkey id does not exist.");
pub(crate) const NO_BIG_KEY_TASK: Documented =
    refusal(400, "DCS.4942", "The bigkey id does not exist.");
pub(crate) const TASK_STATE: Documented = refusal(
    400,
    "DCS.4957",
    "This operation is not allowed when the task is in the current state.",
);
pub(crate) const DOMAIN_NAME_LATEST: Documented =
    refusal(400, "DCS.4998", "Domain names are up to date.");
pub(crate) const NODE: Documented = refusal(400, "DCS.3053", "Incorrect node ID.");
