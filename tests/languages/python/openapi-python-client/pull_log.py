import os, sys, time, urllib.request
from dcs_client import AuthenticatedClient
from dcs_client.api.lifecycle_management import list_instances
from dcs_client.api.log_management import create_redislog, create_redislog_download_link as make_link, list_redislog
endpoint, project, token = (os.environ[f"OTCDB_{name}"] for name in ("DCS_ENDPOINT", "PROJECT_ID", "TOKEN"))
dcs = AuthenticatedClient(endpoint, token, prefix="", auth_header_name="X-Auth-Token")
instances, run, ended = [], list_redislog.RedislogType.RUN, ("succeed", "failed")
while page := list_instances.sync(project, client=dcs, offset=len(instances), limit=2).instances:
    instances += page
instance = next(one.instance_id for one in instances if one.name == sys.argv[1])
create_redislog.sync(project, instance, client=dcs, log_type=run)
while not (logs := list_redislog.sync(project, instance, client=dcs, log_type=run)) or logs.file_list[0].status not in ended:
    time.sleep(1)
assert logs.file_list[0].status == "succeed", "the log could not be collected"
urllib.request.urlretrieve(make_link.sync(project, instance, logs.file_list[0].id, client=dcs).link, "redis.log")
