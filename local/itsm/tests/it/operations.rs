//! `itsm backup`, `itsm restore` and `itsm check`, as the real binary on a real database.
use std::fs;
use std::path::PathBuf;

use serde_json::{Value, json};
use sqlx::{AssertSqlSafe, Connection, Executor, PgConnection};
use testkit::{Desk, desk};

use crate::binary::{refusal, run};

fn database(url: &str) -> [(&'static str, String); 1] {
    [("DATABASE_URL", url.to_owned())]
}

/// What a run printed; it succeeded.
fn printed(args: &[&str], url: &str) -> String {
    let output = run(args, &database(url), "");
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    String::from_utf8(output.stdout).unwrap()
}

/// What `itsm check` finds, as `check ticket`.
fn found(url: &str) -> Vec<String> {
    let output = run(&["check"], &database(url), "");
    let said = String::from_utf8(output.stdout).unwrap();
    assert_eq!(output.status.success(), said.is_empty(), "{said}{}", String::from_utf8_lossy(&output.stderr));
    let name = |line: &str| {
        let found: Value = serde_json::from_str(line).unwrap();
        format!("{} {}", found["check"].as_str().unwrap(), found["ticket"].as_str().unwrap())
    };
    said.lines().map(name).collect()
}

/// Incidents that were moved, held, resolved, reopened and closed, under two promises. The first word to the caller ends a clock, and moves what is due.
async fn lived(desk: &Desk) -> Vec<String> {
    let (admin, agent, caller) = (desk.person("admin").await, desk.person("agent").await, desk.person("requester").await);
    let calendar = admin.get("/v1/calendars").await.json()["items"][0]["id"].clone();
    for (metric, seconds) in [("response", 1800), ("resolution", 3600)] {
        let sla = json!({"name": metric, "type": "sla", "metric": metric, "goal": {"seconds": seconds}, "calendar_id": calendar, "position": 1});
        let made = admin.post("/v1/slas", sla).await;
        assert_eq!(made.status, 201, "{}", made.body);
    }
    let mut numbers = Vec::new();
    for steps in [&["in_progress"][..], &["on_hold"], &["in_progress", "resolved"], &["resolved", "in_progress", "resolved"], &["canceled"], &[]] {
        let raised = caller.post("/v1/incidents", json!({"short_description": "x", "impact": 1, "urgency": 1})).await.json();
        let number = raised["number"].as_str().unwrap().to_owned();
        if steps.len() > 2 {
            let said = agent.post(&format!("/v1/incidents/{number}/comments"), json!({"body": "On my way", "visibility": "public"})).await;
            assert_eq!(said.status, 201, "{}", said.body);
        }
        for to in steps {
            let step = match *to {
                "resolved" => json!({"to": to, "close_code": "solved", "close_notes": "x"}),
                "on_hold" => json!({"to": to, "hold_reason": "vendor"}),
                _ => json!({"to": to, "assigned_to": agent.id}),
            };
            let stepped = agent.post(&format!("/v1/incidents/{number}/transitions"), step).await;
            assert_eq!(stepped.status, 200, "{to}: {}", stepped.body);
        }
        numbers.push(number);
    }
    desk.work().await;
    numbers
}

#[tokio::test]
async fn a_desk_that_was_worked_at_agrees_with_its_history_and_each_damage_is_found() {
    desk(async |desk| {
        let url = &desk.database.owner_url;
        let numbers = lived(desk).await;
        assert_eq!(found(url), Vec::<String>::new());
        assert_eq!(desk.rows("select number from tickets where quiet_versions > 0").await, [numbers[3].as_str()]);
        let [open, held, resolved, reopened, canceled, new] = numbers.as_slice() else { panic!("six incidents") };
        let damages = [
            (format!("update tickets set version = version + 1 where number = '{open}'"), format!("version {open}")),
            (format!("update tickets set reassignment_count = 7 where number = '{held}'"), format!("reassignment_count {held}")),
            (format!("update tickets set reopen_count = 0 where number = '{reopened}'"), format!("reopen_count {reopened}")),
            (format!("update tickets set priority = 5 where number = '{new}'"), format!("priority {new}")),
            (
                format!("update ticket_slas set stage = 'in_progress', marks = marks || '[{{\"mark\": \"started\"}}]' where stage = 'completed' and ticket_id = (select id from tickets where number = '{resolved}')"),
                format!("sla_stage {resolved}"),
            ),
            (
                format!("update ticket_slas set marks = '[]' where ctid = (select min(s.ctid) from ticket_slas s join tickets t on t.id = s.ticket_id where number = '{canceled}')"),
                format!("sla_marks {canceled}"),
            ),
            (
                format!("update ticket_slas set due_at = stopped_at - interval '1 second' where stage = 'completed' and ticket_id = (select id from tickets where number = '{reopened}')"),
                format!("sla_breach {reopened}"),
            ),
        ];
        for (damage, _) in &damages {
            desk.execute(damage).await;
        }
        let mut expected: Vec<&str> = damages.iter().map(|(_, found)| found.as_str()).collect();
        let mut told = found(url);
        expected.sort_unstable();
        told.sort_unstable();
        told.dedup(); // two clocks of one ticket
        assert_eq!(told, expected);
        // An event that is gone.
        desk.execute(&format!(
            "alter table events disable trigger events_append_only; delete from events where version = 2 and ticket_id = (select id from tickets where number = '{resolved}')"
        ))
        .await;
        assert!(found(url).contains(&format!("events {resolved}")));
    })
    .await;
}

#[tokio::test]
async fn imported_and_seeded_desks_agree_with_their_history() {
    desk(async |desk| {
        itsm::seed::life::seed(&desk.database.owner_url, 500).await.unwrap();
        let sample = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("samples/servicenow_sample.csv");
        printed(&["import", "servicenow", sample.to_str().unwrap()], &desk.database.owner_url);
        assert_eq!(found(&desk.database.owner_url), Vec::<String>::new());
    })
    .await;
}

#[tokio::test]
async fn the_demonstration_agrees_with_its_history_and_lies_in_the_past() {
    desk(async |desk| {
        itsm::seed::seed(&desk.database.owner_url, 200).await.unwrap();
        assert_eq!(found(&desk.database.owner_url), Vec::<String>::new());
        let wrong = "select number from tickets where updated_at > now() or closed_at < resolved_at or resolved_at < opened_at
                       or updated_at <> (select max(at) from events where ticket_id = tickets.id)";
        assert_eq!(desk.rows(wrong).await, Vec::<String>::new());
        desk.work().await; // its clocks: what is due moves, and versions with it
        assert_eq!(found(&desk.database.owner_url), Vec::<String>::new());
    })
    .await;
}

/// A database of this test's own, beside the desk's; it goes with the desk's server.
async fn fresh(desk: &Desk) -> String {
    let name = format!("{}_restored", desk.database.name());
    let mut connection = PgConnection::connect(&desk.database.owner_url).await.unwrap();
    connection.execute(AssertSqlSafe(format!("create database {name}"))).await.unwrap();
    connection.close().await.unwrap();
    desk.database.owner_url.replace(desk.database.name(), &name)
}

async fn gone(desk: &Desk) {
    desk.execute(&format!("drop database {}_restored with (force)", desk.database.name())).await;
}

#[tokio::test]
async fn a_backup_of_a_desk_at_work_is_restored_whole() {
    desk(async |desk| {
        let (folder, agent) = (tempfile::tempdir().unwrap(), desk.person("agent").await);
        let (dir, metrics) = (folder.path().join("backups"), folder.path().join("backup.prom"));
        lived(desk).await;
        let (url, args) =
            (desk.database.owner_url.clone(), ["backup".to_owned(), dir.display().to_string(), format!("--metrics={}", metrics.display())]);
        // Written to all the while: what is dumped and what is counted are of one moment.
        let mut backing_up = tokio::task::spawn_blocking(move || printed(&args.each_ref().map(String::as_str), &url));
        let dump = loop {
            tokio::select! {
                dump = &mut backing_up => break dump.unwrap(),
                raised = agent.post("/v1/incidents", json!({"short_description": "meanwhile"})) => assert_eq!(raised.status, 201),
            }
        };
        let dump = PathBuf::from(dump.trim());
        assert!(fs::read_to_string(&metrics).unwrap().contains("\nitsm_backup_last_success_seconds 1"));
        let target = fresh(desk).await;
        let held: Value = serde_json::from_str(&printed(&["restore", dump.to_str().unwrap()], &target)).unwrap();
        assert!(held["rows"]["tickets"].as_i64().unwrap() >= 6, "{held}");
        assert_eq!(found(&target), Vec::<String>::new());
        // The functions' role is there with its rights.
        assert!(refusal(&["restore", dump.to_str().unwrap()], &database(&target), "").contains("not empty"));
        gone(desk).await;

        let target = fresh(desk).await;
        let mut damaged = fs::read(&dump).unwrap();
        *damaged.last_mut().unwrap() ^= 1;
        fs::write(&dump, damaged).unwrap();
        assert!(refusal(&["restore", dump.to_str().unwrap()], &database(&target), "").contains("is damaged"));
        gone(desk).await;
    })
    .await;
}

#[tokio::test]
async fn the_newest_backups_are_kept_and_interrupted_ones_are_not() {
    desk(async |desk| {
        let folder = tempfile::tempdir().unwrap();
        for name in ["itsm-20200101T000000Z", "itsm-20200102T000000Z"] {
            for end in ["dump", "dump.sha256", "json"] {
                fs::write(folder.path().join(format!("{name}.{end}")), "x").unwrap();
            }
        }
        fs::write(folder.path().join("itsm-20200103T000000Z.part"), "x").unwrap();
        fs::write(folder.path().join("notes.json"), "x").unwrap();
        let dump = printed(&["backup", folder.path().to_str().unwrap(), "--keep=2"], &desk.database.owner_url);
        let mut left: Vec<String> = fs::read_dir(folder.path()).unwrap().map(|entry| entry.unwrap().file_name().into_string().unwrap()).collect();
        left.sort();
        let stem = PathBuf::from(dump.trim()).file_stem().unwrap().to_str().unwrap().to_owned();
        let mut expected: Vec<String> = [stem.as_str(), "itsm-20200102T000000Z"]
            .iter()
            .flat_map(|stem| ["dump", "dump.sha256", "json"].map(|end| format!("{stem}.{end}")))
            .collect();
        expected.push("notes.json".into());
        expected.sort();
        assert_eq!(left, expected);
    })
    .await;
}

#[tokio::test]
async fn a_database_that_folds_no_letters_is_migrated_with_a_warning() {
    desk(async |desk| {
        let url = &desk.database.owner_url;
        let silent = run(&["migrate"], &database(url), "");
        assert!(silent.status.success() && silent.stderr.is_empty(), "{}", String::from_utf8_lossy(&silent.stderr));
        let name = format!("{}_c", desk.database.name());
        let mut connection = PgConnection::connect(url).await.unwrap();
        connection.execute(AssertSqlSafe(format!("create database {name} template template0 locale 'C'"))).await.unwrap();
        let warned = run(&["migrate"], &database(&url.replace(desk.database.name(), &name)), "");
        connection.execute(AssertSqlSafe(format!("drop database {name}"))).await.unwrap();
        assert!(warned.status.success(), "{}", String::from_utf8_lossy(&warned.stderr));
        assert!(String::from_utf8_lossy(&warned.stderr).contains("LC_CTYPE is C"), "{}", String::from_utf8_lossy(&warned.stderr));
    })
    .await;
}
