//! The log of a real instance (domain.md, Real data). It is never committed: beside the checkout, or in `ITSM_SHARED_DATA`.
use std::path::{Path, PathBuf};
use std::process::Stdio;
use std::time::{Duration, Instant};

use indicatif::ProgressBar;
use itsm::import::{Imported, servicenow};
use rustix::process::Signal;
use testkit::desk;

use super::{ALL, BROKEN};
use crate::binary::{command, send};

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
