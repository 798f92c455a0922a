//! The command as it is typed: what it prints, and how it ends.
use std::process::Output;

use serde_json::Value;
use testkit::{Desk, desk};

use super::{SAMPLE, file, sample};
use crate::binary::{refusal, run};

fn env(desk: &Desk) -> [(&'static str, String); 1] {
    [("DATABASE_URL", desk.database.owner_url.clone())]
}

fn import(desk: &Desk, path: &std::path::Path, flags: &[&str]) -> Output {
    run(&[&["import", "servicenow", path.to_str().unwrap()], flags].concat(), &env(desk), "")
}

fn summary(output: &Output) -> Value {
    serde_json::from_slice(&output.stdout).unwrap_or_else(|_| panic!("{}", String::from_utf8_lossy(&output.stderr)))
}

#[tokio::test]
async fn every_row_taken_is_a_success_twice() {
    desk(async |desk| {
        for versions in [50, 0] {
            let output = import(desk, &sample(), &[]);
            assert_eq!(output.status.code(), Some(0));
            assert_eq!(String::from_utf8_lossy(&output.stderr), "", "no bar where there is no terminal");
            let summary = summary(&output);
            assert_eq!((&summary["versions_read"], &summary["incidents"]), (&50.into(), &12.into()));
            assert_eq!((&summary["imported"]["versions"], &summary["lifecycle"]["closed -> in_progress"]), (&versions.into(), &1.into()));
        }
    })
    .await;
}

#[tokio::test]
async fn the_logs_matrix_is_adopted_once() {
    desk(async |desk| {
        let without = import(desk, &sample(), &[]);
        assert_eq!(summary(&without)["priority"]["different"], 1, "{}", String::from_utf8_lossy(&without.stdout));
        desk.execute("alter table events disable trigger events_append_only; truncate tickets, events cascade").await;
        for changed in [1, 0] {
            let adopted = summary(&import(desk, &sample(), &["--adopt-matrix"]));
            assert_eq!((&adopted["matrix_changed"], &adopted["priority"]["equal"]), (&changed.into(), &12.into()));
        }
        let settings =
            desk.rows("select s.version || ' ' || e.verb || ' ' || e.changes from settings s, events e where e.subject = 'settings'").await;
        assert_eq!(settings, [r#"2 updated {"priority_33": [5, 4]}"#]);
    })
    .await;
}

#[tokio::test]
async fn bad_rows_cost_only_themselves() {
    desk(async |desk| {
        let mut lines: Vec<Vec<u8>> = SAMPLE.lines().map(|line| line.as_bytes().to_vec()).collect();
        lines[2] = SAMPLE.lines().nth(2).unwrap().replace("Active", "Dreaming").into();
        lines[8] = SAMPLE.lines().nth(8).unwrap().replace("01-03-2021 09:12", "soon").into();
        lines.push(b"a,b,c".to_vec());
        lines.push(b"\xff".to_vec());
        let damaged = file("");
        std::fs::write(damaged.path(), lines.join(&b'\n')).unwrap();
        let output = import(desk, damaged.path(), &[]);
        assert_eq!(output.status.code(), Some(1));
        let told = String::from_utf8(output.stderr.clone()).unwrap();
        let expected = "line 3: incident_state \"Dreaming\" is no state\n\
                        line 9: sys_updated_at \"soon\" is not dd-mm-yyyy hh:mm\n\
                        line 52: 3 cells where the header has 36\n\
                        line 53: not UTF-8\n\
                        itsm: rows refused: 4; every other row was taken\n";
        assert_eq!(told, expected);
        let summary = summary(&output);
        assert_eq!((&summary["rows_refused"], &summary["imported"]["versions"], &summary["incidents"]), (&4.into(), &48.into(), &12.into()));
    })
    .await;
}

#[tokio::test]
async fn what_cannot_be_imported_at_all_leaves_nothing_behind() {
    desk(async |desk| {
        let before = desk.rows(super::ALL).await;
        let mut lines: Vec<String> = SAMPLE.lines().map(str::to_owned).collect();
        lines[5] = lines[5].replace("3 - Moderate", "2 - High");
        let contradiction = file(&lines.join("\n"));
        let another = file(&SAMPLE.replace("incident_state", "state"));
        for (path, flags, words) in [
            (
                contradiction.path(),
                &["--adopt-matrix"][..],
                "with impact 2 and urgency 2, line 2 has priority 3 and line 6 has priority 2; nothing was imported",
            ),
            (another.path(), &[], "is not a ServiceNow incident log: its first line lacks the columns incident_state"),
            (std::path::Path::new("nowhere.csv"), &[], "reading nowhere.csv: No such file"),
        ] {
            let told = refusal(&[&["import", "servicenow", path.to_str().unwrap()], flags].concat(), &env(desk), "");
            assert!(told.contains(words), "{told}");
        }
        assert_eq!(desk.rows(super::ALL).await, before);
    })
    .await;
}
