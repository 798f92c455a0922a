//! Told once, however often the job is run.
use serde_json::json;
use shared::config::MailConfig;
use shared::function::Work;
use shared::job::{self, claim};
use testkit::desk;

use crate::raised;

#[tokio::test]
async fn a_worker_whose_claim_is_gone_tells_nobody_again() {
    desk(async |desk| {
        let (agent, caller) = (desk.person("agent").await, desk.person("requester").await);
        raised(&agent, json!({"short_description": "x", "caller_id": caller.id})).await;
        let app = desk.app(MailConfig { smtp_url: "smtp://127.0.0.1:1".into(), from: "desk@example.com".into(), ..MailConfig::default() });
        let Work::Job(work) = notify::FUNCTION.work else { panic!("a job") };
        let slow = claim::due(&app, &work, 1).await.unwrap().remove(0);
        desk.execute("update jobs set locked_until = now() - interval '1 second' where state = 'running'").await;
        let quick = claim::due(&app, &work, 1).await.unwrap().remove(0);
        for claim in [quick, slow] {
            job::run(app.clone(), work, claim).await;
        }
        let counts = "select (select count(*) from notifications) || ' ' || (select count(*) from mails) || ' ' || (select count(*) from jobs where queue = 'mailer')";
        assert_eq!(desk.rows(counts).await, ["1 1 1"]);
        assert_eq!(desk.rows("select state from jobs where queue = 'notify'").await, ["done"]);
        desk.execute("delete from jobs").await;
    })
    .await;
}
