//! The client of DCS against the simulated cloud: what an operation has begun is waited for, and is listed then.

use std::time::Duration;

use otcdb_core::waiter::{PollPolicy, Waiter};
use otcdb_core::{Credentials, Endpoints, ErrorKind, Region, Result, Session};
use otcdb_dcs::Client;
use otcdb_dcs::types::{
    BackupFileToImport, BackupFilesToImport, BackupRecordStatus, ConfigurationValue,
    CopyInstanceRequest, CreateInstanceRequest, CreateInstanceResponseBody,
    CreateMigrationTaskRequest, EngineVersionChoice, InstanceStatus, MigrationMethod,
    MigrationTarget, MigrationTaskStatus, MigrationType, ResizeInstanceRequest,
    RestoreInstanceRequest, UpdateConfigurationsRequest, UpdateSslSwitchRequest,
};
use otcdb_simulator::{Clock, Running, Simulator};

struct Story {
    cloud: Running,
    dcs: Client,
    waiter: Waiter,
}

impl Story {
    /// A cloud whose clock moves on with each question, so that nothing waits in real time. `faults` are as on the
    /// command line.
    async fn begin(faults: &[&str]) -> Self {
        let cloud = Simulator::builder()
            .seed(11)
            .clock(Clock::auto(Duration::from_secs(1)))
            .redis(0, 1, 1)
            .databases(0, 0, 0)
            .faults(faults.iter().map(|fault| fault.parse().unwrap()))
            .start()
            .await
            .unwrap();
        let session = Session::builder(
            Credentials::Token(cloud.token().into()),
            Region::new(cloud.region()).unwrap(),
        )
        .endpoints(Endpoints::all_at(&cloud.base_url()).unwrap())
        .project_id(cloud.project_id())
        .build()
        .unwrap();
        let policy = PollPolicy::default().interval(Duration::from_millis(1));
        Self {
            dcs: Client::connect(&session),
            cloud,
            waiter: Waiter::new("the work", policy),
        }
    }

    /// The instance with a primary and a standby.
    fn instance(&self) -> String {
        self.cloud.redis_instances()[0].id.clone()
    }

    async fn create(&self, name: &str, count: i32) -> Result<CreateInstanceResponseBody> {
        let call = self.dcs.create_instance();
        let body = CreateInstanceRequest::new(
            name,
            "Redis",
            1,
            "redis.ha.xu1.large.r2.1",
            ["region01", "region02"],
            "c5cd009b-9ba9-41f2-9a26-2b8c3f3ffd39",
            "7e95c4d6-d7af-424c-a3cf-2be10968fe81",
        )
        .instance_num(count)
        .engine_version(EngineVersionChoice::V6_0)
        .no_password_access(true);
        let call = call.body(body);
        call.await
    }

    async fn back_up(&self, instance: &str) -> Result<String> {
        let call = self
            .dcs
            .copy_instance()
            .instance_id(instance)
            .body(CopyInstanceRequest::new().remark("before the change"));
        let begun = call.await?;
        let record = self
            .dcs
            .wait_for_copy_instance(&self.waiter, instance, &begun)
            .await?;
        assert_eq!(record.backup_id, begun.backup_id);
        assert_eq!(record.status, BackupRecordStatus::Succeed);
        Ok(record.backup_id)
    }

    async fn names(&self) -> Vec<String> {
        let call = self.dcs.list_instances();
        let all = call.stream().collect_all().await.unwrap();
        all.into_iter().map(|one| one.name).collect()
    }
}

#[tokio::test]
async fn of_several_pieces_of_work_one_that_fails_hides_none() {
    let story = Story::begin(&[]).await;
    let mut begun = story.create("orders", 2).await.unwrap();
    begun.instances[0].instance_id = "7b4ee42e-a9dc-4d9a-9b8c-27ec4ecf5a5d".to_owned();
    let ends = story
        .dcs
        .wait_for_create_instance(&story.waiter, &begun)
        .await
        .unwrap();
    let [missing, made] = ends.as_slice() else {
        panic!("two instances were begun: {ends:?}");
    };
    let error = missing.as_ref().unwrap_err();
    assert_eq!(error.operation(), Some("ShowInstance"), "{error:?}");
    let made = made.as_ref().unwrap();
    assert!(made.status.is(InstanceStatus::Running));
}

#[tokio::test]
async fn an_instance_is_made_resized_and_deleted() {
    let story = Story::begin(&[]).await;
    let Story { dcs, waiter, .. } = &story;
    let begun = story.create("orders", 2).await.unwrap();
    let made = dcs.wait_for_create_instance(waiter, &begun).await.unwrap();
    let made: Vec<_> = made.into_iter().collect::<Result<_>>().unwrap();
    let [first, second] = made.as_slice() else {
        panic!("two instances were begun: {made:?}");
    };
    for one in [first, second] {
        assert_eq!(one.status, InstanceStatus::Running);
        assert!(story.names().await.contains(&one.name));
    }
    let (id, name) = (first.instance_id.clone(), first.name.clone());

    let call = dcs.resize_instance().instance_id(&id);
    let call = call
        .body(ResizeInstanceRequest::new("redis.ha.xu1.large.r2.2", 2).execute_immediately(true));
    call.await.unwrap();
    let grown = dcs.wait_for_resize_instance(waiter, &id).await.unwrap();
    assert_eq!(
        (grown.capacity, grown.spec_code.as_deref()),
        (Some(2), Some("redis.ha.xu1.large.r2.2"))
    );

    let call = dcs.delete_single_instance().instance_id(&id);
    call.await.unwrap();
    assert!(!story.names().await.contains(&name));
    let gone = dcs.show_instance().instance_id(&id);
    let error = gone.await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::NotFound);
    assert_eq!(story.cloud.deviations(), [""; 0]);
    assert_eq!(story.cloud.unknown_parameters(), [""; 0]);
}

#[tokio::test]
async fn a_backup_is_made_and_restored() {
    let story = Story::begin(&[]).await;
    let Story { dcs, waiter, .. } = &story;
    let instance = story.instance();
    let backup = story.back_up(&instance).await.unwrap();
    let call = dcs
        .restore_instance()
        .instance_id(&instance)
        .body(RestoreInstanceRequest::new(&backup));
    let begun = call.await.unwrap();
    let record = dcs
        .wait_for_restore_instance(waiter, &instance, &begun)
        .await
        .unwrap();
    assert_eq!(record.restore_id, begun.restore_id);
    assert_eq!(record.backup_id, Some(backup));
}

#[tokio::test]
async fn a_failed_backup_is_an_error() {
    let story = Story::begin(&["CopyInstance:job-failed"]).await;
    let error = story.back_up(&story.instance()).await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Service);
    assert!(error.to_string().contains("failed"), "{error}");
}

#[tokio::test]
async fn keys_are_analysed() {
    let story = Story::begin(&[]).await;
    let Story { dcs, waiter, .. } = &story;
    let instance = story.instance();
    let call = dcs.create_bigkey_scan_task().instance_id(&instance);
    let begun = call.await.unwrap();
    let done = dcs
        .wait_for_create_bigkey_scan_task(waiter, &instance, &begun)
        .await
        .unwrap();
    assert!(!done.keys.is_empty());
    let call = dcs.create_hotkey_scan_task().instance_id(&instance);
    let begun = call.await.unwrap();
    let done = dcs
        .wait_for_create_hotkey_scan_task(waiter, &instance, &begun)
        .await
        .unwrap();
    assert!(!done.keys.is_empty());
}

#[tokio::test]
async fn data_is_migrated_from_a_bucket() {
    let story = Story::begin(&[]).await;
    let Story { dcs, waiter, .. } = &story;
    let files = BackupFilesToImport::new([BackupFileToImport::new("dump.rdb")])
        .file_source("self_build_obs")
        .bucket_name("backups");
    let body = CreateMigrationTaskRequest::new(
        "import",
        MigrationType::BackupfileImport,
        MigrationMethod::FullAmountMigration,
        MigrationTarget::new(story.instance()),
    )
    .backup_files(files);
    let call = dcs.create_migration_task().body(body);
    let begun = call.await.unwrap();
    let done = dcs
        .wait_for_create_migration_task(waiter, &begun)
        .await
        .unwrap();
    assert_eq!(done.status, MigrationTaskStatus::Success);
}

#[tokio::test]
async fn parameters_and_ssl_are_changed() {
    let story = Story::begin(&[]).await;
    let Story { dcs, waiter, .. } = &story;
    let instance = story.instance();
    let change = ConfigurationValue::new("1", "timeout", "1000");
    let call = dcs
        .update_configurations()
        .instance_id(&instance)
        .body(UpdateConfigurationsRequest::new([change]));
    call.await.unwrap();
    let done = dcs
        .wait_for_update_configurations(waiter, &instance)
        .await
        .unwrap();
    let timeout = done
        .redis_config
        .iter()
        .find(|one| one.param_name.as_deref() == Some("timeout"));
    assert_eq!(timeout.unwrap().param_value.as_deref(), Some("1000"));

    let call = dcs
        .update_ssl_switch()
        .instance_id(&instance)
        .body(UpdateSslSwitchRequest::new(true));
    let begun = call.await.unwrap();
    dcs.wait_for_update_ssl_switch(waiter, &begun)
        .await
        .unwrap();
    let call = dcs.show_instance_ssl_detail().instance_id(&instance);
    assert_eq!(call.await.unwrap().unwrap().enabled, Some(true));
}

/// The list has the files of earlier collections, too, and the response of the call names none.
#[tokio::test]
async fn run_logs_that_were_there_before_are_not_taken_for_new_ones() {
    let story = Story::begin(&[]).await;
    let Story { dcs, waiter, .. } = &story;
    let instance = story.instance();
    let replica = &story.cloud.redis_instances()[0].replicas[0].id;
    let collect = |days: i32| {
        let call = dcs.create_redislog().instance_id(&instance).log_type("run");
        call.replication_id(replica).query_time(days)
    };
    let list = || dcs.list_redislog().instance_id(&instance).log_type("run");
    let first = collect(1).send_and_wait(waiter).await.unwrap();
    assert_eq!(first.len(), 1);

    let before = list().stream().collect_all().await.unwrap();
    assert_eq!(before, first);
    collect(3).await.unwrap();
    let files = dcs
        .wait_for_create_redislog(waiter, &instance, "run", &before)
        .await
        .unwrap();
    assert_eq!(files.len(), 2, "{files:?}");
    assert!(
        files
            .iter()
            .all(|file| file.status.as_deref() == Some("succeed") && !before.contains(file))
    );

    // Nothing is new where the same days are collected again: then it is what is there.
    let waiter = waiter.clone().settle(Duration::ZERO);
    let again = collect(3).send_and_wait(&waiter).await.unwrap();
    assert_eq!(again.len(), 3);
}
