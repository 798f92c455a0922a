//! `PUT /v1/calendars/{id}/holidays`
use http::Method;
use serde_json::{Value, json};
use testkit::{Person, Reply, desk};

use crate::{added, path};

async fn import(person: &Person<'_>, calendar: &Value, query: &str, kind: &str, text: &str) -> Reply {
    let url = format!("{}/holidays{query}", path(calendar));
    person.send(Method::PUT, &url, &[("content-type", kind)], Some(text.as_bytes().to_vec())).await
}

fn file(event: &str) -> String {
    format!(
        "BEGIN:VCALENDAR\r\nVERSION:2.0\r\nPRODID:-//x//EN\r\nBEGIN:VEVENT\r\nUID:1\r\nDTSTAMP:20260101T000000Z\r\n{event}\r\nEND:VEVENT\r\nEND:VCALENDAR\r\n"
    )
}

#[tokio::test]
async fn a_file_replaces_what_the_last_one_brought_and_leaves_what_was_written_by_hand() {
    desk(async |desk| {
        let manager = desk.person("manager").await;
        let calendar = added(&manager, "x").await;
        assert_eq!(manager.patch(&path(&calendar), json!({"holidays": [{"date": "2027-12-25", "name": "by hand"}]})).await.status, 200);
        let yearly = file("DTSTART;VALUE=DATE:20201225\r\nRRULE:FREQ=YEARLY\r\nSUMMARY:Christmas");
        let span = "?from=2026-01-01&to=2028-12-31";
        let taken = import(&manager, &calendar, span, "text/calendar; charset=utf-8", &yearly).await;
        assert_eq!(taken.status, 200, "{}", taken.body);
        let names = |reply: &Reply| {
            reply.json()["holidays"]
                .as_array()
                .unwrap()
                .iter()
                .map(|day| format!("{} {}", day["date"], day["name"]).replace('"', ""))
                .collect::<Vec<_>>()
        };
        assert_eq!(names(&taken), ["2026-12-25 Christmas", "2027-12-25 by hand", "2028-12-25 Christmas"]);
        let again = import(&manager, &calendar, span, "text/calendar", &yearly).await;
        assert_eq!(again.json()["version"], taken.json()["version"], "the same file changes nothing");
        let other = import(&manager, &calendar, span, "text/calendar", &file("DTSTART;VALUE=DATE:20260501\r\nSUMMARY:May")).await;
        assert_eq!(names(&other), ["2026-05-01 May", "2027-12-25 by hand"]);
        desk.work().await;
    })
    .await;
}

#[tokio::test]
async fn what_is_no_such_file_is_refused() {
    desk(async |desk| {
        let (agent, manager) = (desk.person("agent").await, desk.person("manager").await);
        let calendar = added(&manager, "x").await;
        let good = file("DTSTART;VALUE=DATE:20260501\r\nSUMMARY:May");
        for (query, kind, text, status) in [
            ("", "application/json", good.as_str(), 415),
            ("", "text/calendar", "hello", 422),
            ("", "text/calendar", &file("DTSTART:20260101T000000Z\r\nRRULE:FREQ=SECONDLY"), 422),
            ("?from=2026-05-01&to=2025-05-01", "text/calendar", &good, 400),
            ("?from=2026-05-01&to=2126-05-01", "text/calendar", &good, 400),
            ("?colour=red", "text/calendar", &good, 400),
        ] {
            let reply = import(&manager, &calendar, query, kind, text).await;
            assert_eq!(reply.status, status, "{query} {kind}: {}", reply.body);
        }
        assert_eq!(import(&agent, &calendar, "", "text/calendar", &good).await.status, 403);
    })
    .await;
}
