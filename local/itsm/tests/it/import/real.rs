//! The log of a real instance (domain.md, Real data). It is never committed: beside the checkout, or in `ITSM_SHARED_DATA`.
use std::path::{Path, PathBuf};
use std::process::Stdio;
use std::time::{Duration, Instant};

use indicatif::ProgressBar;
use itsm::import::{Imported, servicenow};
use rustix::process::Signal;
use serde_json::Value;
use testkit::desk;

use super::{ALL, BROKEN};
use crate::binary::{command, run, send};

fn log() -> Option<PathBuf> {
    let beside = || Path::new(env!("CARGO_MANIFEST_DIR")).join("../../../shared/data");
    let path = std::env::var_os("ITSM_SHARED_DATA").map_or_else(beside, PathBuf::from).join("servicenow_incident_log.csv");
    if path.exists() {
        return Some(path);
    }
    println!("SKIPPED: no servicenow_incident_log.csv beside the checkout");
    None
}

#[tokio::test]
async fn the_real_log_comes_out_as_its_own_instance_counted_it() {
    let Some(path) = log() else { return };
    desk(async |desk| {
        let begun = Instant::now();
        let summary = servicenow(&desk.database.url, &path, true, &ProgressBar::hidden()).await.unwrap();
        let taken = begun.elapsed();
        println!("{} versions in {} ms", summary.versions_read, taken.as_millis());
        assert!(taken < Duration::from_secs(10), "{taken:?}");
        assert_eq!((summary.versions_read, summary.incidents, summary.closed, summary.rows_refused), (2989, 445, 445, 0));
        assert_eq!((summary.reopen_count.equal, summary.priority.equal), (445, 445));
        assert!(summary.reassignment_count.equal * 100 >= 445 * 99, "{:?}", summary.reassignment_count);
        assert_eq!(desk.rows(BROKEN).await, [""; 0]);

        let before = desk.rows(ALL).await;
        let again = servicenow(&desk.database.url, &path, true, &ProgressBar::hidden()).await.unwrap();
        assert_eq!((again.imported, again.matrix_changed), (Imported::default(), 0));
        assert_eq!(desk.rows(ALL).await, before);
    })
    .await;
}

/// What the log's own instance promised nobody knows: by the demonstration's promises, each incident has its clocks, and the summary counts them.
#[tokio::test]
async fn each_incident_has_its_clocks_by_the_demonstrations_promises() {
    let Some(path) = log() else { return };
    desk(async |desk| {
        let owner = [("DATABASE_URL", desk.database.owner_url.clone())];
        assert!(run(&["sla", "demo"], &owner, "").status.success());
        desk.work().await;
        let imported = run(&["import", "servicenow", path.to_str().unwrap(), "--adopt-matrix"], &owner, "");
        let summary: Value = serde_json::from_slice(&imported.stdout).unwrap();
        println!("{:#}\n{:#}", summary["slas"], summary["slas_by_definition"]);
        // Each has an answer and a solution promised, whatever its priority, and a clock that tells each change.
        let without = "select number from tickets t where (select count(distinct d.metric) from ticket_slas s join slas d on d.id = s.sla_id
                       where s.ticket_id = t.id and s.stage <> 'canceled' and d.metric in ('response', 'resolution') and jsonb_array_length(s.marks) > 0) <> 2";
        assert_eq!(desk.rows(without).await, [""; 0]);
        let counted = "select d.name || '|' || jsonb_build_object('clocks', count(*), 'canceled', count(*) filter (where s.stage = 'canceled'),
                         'completed', count(*) filter (where s.stage = 'completed'),
                         'met', count(*) filter (where s.stage = 'completed' and s.breached_at is null),
                         'breached', count(*) filter (where s.stage <> 'canceled' and s.breached_at is not null))
                       from ticket_slas s join slas d on d.id = s.sla_id group by d.name";
        let mut found = serde_json::Map::new();
        for row in desk.rows(counted).await {
            let (name, counts) = row.split_once('|').unwrap();
            found.insert(name.to_owned(), serde_json::from_str(counts).unwrap());
        }
        let mut told = summary["slas_by_definition"].clone();
        for of in told.as_object_mut().unwrap().values_mut() {
            let share = of.as_object_mut().unwrap().remove("share_met").unwrap();
            let [met, completed] = ["met", "completed"].map(|name| of[name].as_f64().unwrap());
            assert!(share.as_f64().map_or(completed == 0.0, |share| (share - met / completed).abs() < 0.001), "{share} of {of}");
        }
        assert_eq!(told, Value::Object(found));
        let sum = |name: &str| told.as_object().unwrap().values().map(|of| of[name].as_u64().unwrap()).sum::<u64>();
        assert_eq!((sum("clocks"), sum("met")), (summary["slas"]["clocks"].as_u64().unwrap(), summary["slas"]["met"].as_u64().unwrap()));
        assert!(sum("met") > 0 && sum("breached") > 0);
        // Breaches are recorded, and nobody is told.
        assert_eq!(desk.rows("select count(*)::text from events where verb like 'sla_%'").await, ["0"]);
        desk.work().await;
        assert_eq!(desk.rows("select count(*)::text from events where verb like 'sla_%'").await, ["0"]);
    })
    .await;
}

#[tokio::test]
async fn an_import_that_was_killed_is_completed_by_the_next() {
    let Some(path) = log() else { return };
    desk(async |desk| {
        let env = [("DATABASE_URL", desk.database.owner_url.clone())];
        let args = ["import", "servicenow", path.to_str().unwrap()];
        let mut child = command(&args, &env).stdout(Stdio::null()).spawn().unwrap();
        while desk.rows("select count(*)::text from tickets").await == ["0"] {
            assert!(child.try_wait().unwrap().is_none(), "it ended before it began");
        }
        send(child.id(), Signal::KILL);
        child.wait().unwrap();
        let there = desk.rows("select number from tickets").await.len();
        println!("killed with {there} of 445 incidents there");
        assert_eq!(desk.rows(BROKEN).await, [""; 0]);
        let rest = servicenow(&desk.database.url, &path, false, &ProgressBar::hidden()).await.unwrap();
        // A statement under way may still have committed.
        assert!(rest.rows_refused == 0 && rest.imported.incidents as usize <= 445 - there, "{:?}", rest.imported);
        assert_eq!(desk.rows("select count(*)::text from events").await, ["2989"]);
        assert_eq!(desk.rows(BROKEN).await, [""; 0]);
    })
    .await;
}
