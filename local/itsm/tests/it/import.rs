//! `itsm import servicenow`: what it makes of the sample, and that nothing but what is new is ever added.
mod command;
mod real;

use std::path::{Path, PathBuf};

use indicatif::ProgressBar;
use itsm::import::{Imported, Summary, servicenow};
use serde_json::{Value, json};
use tempfile::NamedTempFile;
use testkit::{Desk, desk};

pub(crate) const SAMPLE: &str = include_str!("../../samples/servicenow_sample.csv");

/// What an import may touch, a line per row. Ids of tickets are new in each database, so rows are told by number.
const ALL: &str = "
    select 'ticket ' || (to_jsonb(t) - 'id')::text from tickets t
    union all select 'event ' || concat_ws(' ', t.number, e.version, e.at, e.actor_id, e.subject, e.verb, e.visibility, e.changes - 'id')
              from events e left join tickets t on t.id = e.ticket_id where e.subject <> 'settings'
    union all select 'user ' || concat_ws(' ', id, email, name, role, active, version, password_hash is null) from users
    union all select 'team ' || concat_ws(' ', id, name, version) from teams
    union all select 'category ' || name from categories
    union all select 'subcategory ' || category || ' ' || name from subcategories
    union all select 'priority ' || concat_ws(' ', impact, urgency, priority) from priorities
    union all select 'settings ' || version || ' ' || auto_close_days from settings
    union all select 'number ' || last_value from incident_number
    union all select 'jobs ' || count(*) from jobs
    union all select 'events ' || count(*) from events
    order by 1";

/// Tickets whose history does not add up: a version without its event, or events that do not lead to the row.
pub(crate) const BROKEN: &str = "
    select t.number from tickets t
    where t.version <> (select count(*) from events e where e.ticket_id = t.id and e.version is not null)
       or (select jsonb_object_agg(key, value) from (
             select distinct on (c.key) c.key, c.value -> 1 as value from events e, jsonb_each(e.changes) c where e.ticket_id = t.id
             order by c.key, e.version desc) as last where value <> 'null')
          is distinct from jsonb_strip_nulls(to_jsonb(t) - array['kind', 'version', 'quiet_versions', 'due_at', 'created_at', 'updated_at', 'search'])";

pub(crate) fn file(text: &str) -> NamedTempFile {
    let file = NamedTempFile::new().unwrap();
    std::fs::write(file.path(), text).unwrap();
    file
}

pub(crate) fn sample() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("samples/servicenow_sample.csv")
}

/// As the functions' own role: the import needs no more.
async fn import(desk: &Desk, path: &Path) -> Summary {
    servicenow(&desk.database.url, path, false, &ProgressBar::hidden()).await.unwrap()
}

async fn imported(desk: &Desk, text: &str) -> Summary {
    import(desk, file(text).path()).await
}

/// The sample with the lines that `keep` keeps; it sees number, position in its incident and line.
fn part(keep: impl Fn(&str, usize) -> bool) -> String {
    let mut lines = SAMPLE.lines();
    let mut text = lines.next().unwrap().to_owned() + "\n";
    let (mut last, mut position) = ("", 0);
    for line in lines {
        let number = line.split(',').next().unwrap();
        position = if number == last { position + 1 } else { 0 };
        last = number;
        if keep(number, position) {
            text += line;
            text += "\n";
        }
    }
    text
}

#[tokio::test]
async fn the_sample_becomes_its_history() {
    desk(async |desk| {
        let summary = import(desk, &sample()).await;
        assert_eq!((summary.versions_read, summary.incidents, summary.closed, summary.rows_refused), (50, 12, 10, 0));
        assert_eq!((summary.imported.incidents, summary.imported.versions), (12, 50));
        assert_eq!((summary.reopen_count.equal, summary.reassignment_count.equal), (12, 12));
        assert_eq!(desk.rows(BROKEN).await, [""; 0]);
        assert_eq!(desk.rows("select count(*)::text from jobs").await, ["0"]);
        assert_eq!(desk.rows("select ticket_number('INC', nextval('incident_number'))").await, ["INC0009013"]);

        let agent = desk.person("agent").await;
        let incident = agent.get("/v1/incidents/INC0009002").await.json();
        assert_eq!((&incident["state"], &incident["version"], &incident["reopen_count"]), (&json!("closed"), &json!(7), &json!(1)));
        assert_eq!((&incident["resolved_at"], &incident["close_code"]), (&json!("2021-03-03T12:30:00+00:00"), &json!("code 5")));
        assert_eq!((&incident["short_description"], &incident["priority"]), (&json!("Category 911 / Subcategory 916"), &json!(3)));
        assert_eq!(incident["custom"]["servicenow"]["sys_mod_count"], 6);
        let history = agent.get("/v1/incidents/INC0009002/history").await.json();
        let told: Vec<[&Value; 3]> =
            history["items"].as_array().unwrap().iter().map(|event| [&event["verb"], &event["actor"], &event["at"]]).collect();
        let expected = [
            ["created", "Updated by 51", "2021-03-01T08:40:00+00:00"],
            ["updated", "Updated by 53", "2021-03-01T08:41:00+00:00"],
            ["in_progress", "Updated by 54", "2021-03-01T09:12:00+00:00"],
            ["resolved", "Updated by 54", "2021-03-01T16:00:00+00:00"],
            ["in_progress", "Updated by 51", "2021-03-02T07:55:00+00:00"],
            ["resolved", "Updated by 54", "2021-03-03T12:30:00+00:00"],
            ["closed", "Updated by 59", "2021-03-08T13:00:00+00:00"],
        ];
        assert_eq!(json!(told), json!(expected));
        let reopened = &history["items"][4]["changes"];
        assert_eq!((&reopened["reopen_count"], &reopened["resolved_at"]), (&json!([0, 1]), &json!(["2021-03-01T16:00:00+00:00", null])));
        assert_eq!(history["items"][1]["changes"]["reassignment_count"], json!([0, 1]));
    })
    .await;
}

#[tokio::test]
async fn a_second_run_changes_nothing() {
    desk(async |desk| {
        import(desk, &sample()).await;
        let before = desk.rows(ALL).await;
        let again = import(desk, &sample()).await;
        assert_eq!((again.imported, again.versions_already_there, again.reopen_count.equal), (Imported::default(), 50, 12));
        assert_eq!(desk.rows(ALL).await, before);
        // A shorter log of the same incidents has nothing new either.
        let shorter = imported(desk, &part(|_, position| position < 2)).await;
        assert_eq!((shorter.imported, shorter.rows_refused), (Imported::default(), 0));
        assert_eq!(desk.rows(ALL).await, before);
    })
    .await;
}

#[tokio::test]
async fn a_longer_log_adds_what_is_new_and_comes_to_the_same() {
    desk(async |whole| {
        import(whole, &sample()).await;
        desk(async |grown| {
            for known in 1..4 {
                imported(grown, &part(|_, position| position < known)).await;
                assert_eq!(grown.rows(BROKEN).await, [""; 0]);
            }
            let rest = import(grown, &sample()).await;
            assert_eq!((rest.imported.incidents, rest.versions_already_there + rest.imported.versions as usize), (0, 50));
            assert_eq!(grown.rows(ALL).await, whole.rows(ALL).await);
        })
        .await;
    })
    .await;
}

#[tokio::test]
async fn two_imports_at_once_make_one_history() {
    desk(async |desk| {
        let path = sample();
        let (one, two) = tokio::join!(import(desk, &path), import(desk, &path));
        assert_eq!((one.imported.incidents + two.imported.incidents, one.imported.people + two.imported.people), (12, 19));
        assert_eq!(desk.rows("select count(*)::text from events").await, ["50"]);
        assert_eq!(desk.rows(BROKEN).await, [""; 0]);
    })
    .await;
}

#[tokio::test]
async fn what_is_this_desks_own_is_left_alone() {
    desk(async |desk| {
        let agent = desk.person("agent").await;
        // A team of that name, a person of that address, a ticket of that number: the first two are used, the third is in the way.
        let team = desk.team("Group 902", false).await;
        desk.execute("insert into users (id, email, name, role) values ('0190a000-0000-7000-8000-000000000000', 'caller-7007@servicenow.import.invalid', 'Known', 'requester')").await;
        desk.execute("alter sequence incident_number restart with 9005").await;
        assert_eq!(agent.post("/v1/incidents", json!({"short_description": "our own"})).await.json()["number"], "INC0009005");

        let summary = import(desk, &sample()).await;
        assert_eq!((summary.imported.incidents, summary.rows_refused), (11, 5));
        assert_eq!(summary.refused[0].to_string(), "line 23: INC0009005 is a ticket of this desk already, not from such a log");
        assert_eq!(agent.get("/v1/incidents/INC0009005").await.json()["short_description"], "our own");
        let used = agent.get("/v1/incidents/INC0009009").await.json();
        assert_eq!((&used["assignment_group"], &used["caller_id"]), (&json!(team), &json!("0190a000-0000-7000-8000-000000000000")));
    })
    .await;
}

#[tokio::test]
async fn what_the_database_refuses_costs_only_its_incident() {
    desk(async |desk| {
        desk.execute("alter table tickets add constraint no_mail check (channel <> 'email')").await;
        let summary = import(desk, &sample()).await;
        assert_eq!((summary.imported.incidents, summary.rows_refused), (11, 3));
        let told = summary.refused[0].to_string();
        assert!(told.starts_with("line 20: INC0009004: the database refuses it: ") && told.contains("no_mail"), "{told}");
    })
    .await;
}

#[tokio::test]
async fn history_is_not_rewritten() {
    desk(async |desk| {
        // Without its second version, which comes too late; and one that was worked on here before the log grew.
        imported(desk, &part(|number, position| !(number == "INC0009001" && position == 1 || number == "INC0009003" && position > 2))).await;
        let agent = desk.person("agent").await;
        let moved =
            agent.post("/v1/incidents/INC0009003/transitions", json!({"to": "resolved", "close_code": "solved", "close_notes": "here"})).await;
        assert_eq!(moved.status, 200, "{}", moved.body);

        let summary = import(desk, &sample()).await;
        let told: Vec<String> = summary.refused.iter().map(ToString::to_string).collect();
        let changed = "INC0009003 was changed here after it was imported";
        let expected = [
            "line 3: INC0009001 has later versions already, and history is not rewritten".to_owned(),
            format!("line 17: {changed}"),
            format!("line 18: {changed}"),
            format!("line 19: {changed}"),
        ];
        assert_eq!(told, expected);
        assert_eq!(agent.get("/v1/incidents/INC0009003").await.json()["close_notes"], "here");
    })
    .await;
}
