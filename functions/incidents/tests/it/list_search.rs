//! `GET /v1/incidents?q=`
use serde_json::json;
use testkit::{Person, desk};

use crate::list::all;

async fn reported(by: &Person<'_>, short_description: &str, description: &str) {
    let reply = by.post("/v1/incidents", json!({"short_description": short_description, "description": description})).await;
    assert_eq!(reply.status, 201, "{}", reply.body);
}

#[tokio::test]
async fn words_are_found_in_their_language_the_best_first() {
    desk(async |desk| {
        let agent = desk.person("agent").await;
        reported(&agent, "Outlook does not start", "The printers on floor 3 are fine, and that is all.").await;
        reported(&agent, "Printer jams", "It is the one on the third floor.").await;
        reported(&agent, "Drucker druckt nicht", "Die Rechnungen müssen heute noch in die Buchhaltung.").await;
        for (query, found) in [
            ("printer", vec!["Printer jams", "Outlook does not start"]),
            ("Rechnung", vec!["Drucker druckt nicht"]),
            ("rechnungen m%C3%BCssen", vec!["Drucker druckt nicht"]),
            ("floor jam", vec!["Printer jams"]),
            ("%22third+floor%22", vec!["Printer jams"]),
            ("printer+-jam", vec!["Outlook does not start"]),
            ("jam or outlook", vec!["Outlook does not start", "Printer jams"]),
            ("the", vec![]),
            ("%27%3B%20drop%20table%20tickets", vec![]),
            ("!%26%7C%28%29%3A*", vec![]),
        ] {
            let mut listed = all(&agent, &format!("&q={}", query.replace(' ', "%20"))).await;
            if query.contains(" or ") {
                listed.sort();
            }
            assert_eq!(listed, found, "{query}");
        }
        assert_eq!(all(&agent, "&q=printer&sort=opened_at").await, ["Outlook does not start", "Printer jams"]);
        assert_eq!(all(&agent, "&q=printer&priority=1").await, [""; 0]);
        let counted = agent.get("/v1/incidents?q=printer&count=true&limit=1").await.json();
        assert_eq!((&counted["total"], &counted["total_is"]), (&json!(2), &json!("exact")));
    })
    .await;
}

#[tokio::test]
async fn a_mistyped_word_is_taken_for_the_one_most_like_it() {
    desk(async |desk| {
        let (agent, requester) = (desk.person("agent").await, desk.person("requester").await);
        reported(&agent, "Printer jams", "").await;
        reported(&requester, "Netzwerk langsam", "").await;
        assert_eq!(all(&agent, "&q=pritner").await, ["Printer jams"]);
        assert_eq!(all(&agent, "&q=netzwrek+langsam").await, ["Netzwerk langsam"]);
        assert_eq!(all(&agent, "&q=xyzzyx").await, [""; 0]);
        assert_eq!(all(&requester, "&q=pritner").await, [""; 0], "corrected, and still not theirs");
        assert_eq!(all(&requester, "&q=netzwrek").await, ["Netzwerk langsam"]);
        // A word that came with a change is known, too.
        let id = agent.get("/v1/incidents?q=printer").await.json()["items"][0]["number"].as_str().unwrap().to_owned();
        assert_eq!(agent.patch(&format!("/v1/incidents/{id}"), json!({"short_description": "Photocopier jams"})).await.status, 200);
        assert_eq!(all(&agent, "&q=photocoper").await, ["Photocopier jams"]);
        assert_eq!(all(&agent, "&q=printer").await, [""; 0]);
    })
    .await;
}

#[tokio::test]
async fn what_is_restricted_lends_no_word_to_a_correction() {
    desk(async |desk| {
        let (admin, agent) = (desk.person("admin").await, desk.person("agent").await);
        let team = desk.team("HR", true).await;
        reported(&admin, "Harmless", "").await;
        let id = admin.get("/v1/incidents?q=harmless").await.json()["items"][0]["id"].as_str().unwrap().to_owned();
        let url = format!("/v1/incidents/{id}");
        assert_eq!(admin.patch(&url, json!({"short_description": "Zanzibar", "restricted_to": team})).await.status, 200);
        assert_eq!(all(&admin, "&q=zanzibar").await, ["Zanzibar"]);
        assert_eq!(all(&admin, "&q=zanzibra").await, [""; 0]);
        assert_eq!(all(&agent, "&q=zanzibar").await, [""; 0]);
        assert_eq!(admin.patch(&url, json!({"restricted_to": null})).await.status, 200);
        assert_eq!(all(&agent, "&q=zanzibra").await, ["Zanzibar"]);
    })
    .await;
}

#[tokio::test]
async fn pages_of_a_search_have_no_gap_and_no_double() {
    desk(async |desk| {
        let agent = desk.person("agent").await;
        for number in 0..5 {
            reported(&agent, &format!("Printer {number}"), &"printer ".repeat(number % 2)).await;
        }
        let mut found = all(&agent, "&q=printer").await;
        found.sort();
        assert_eq!(found, ["Printer 0", "Printer 1", "Printer 2", "Printer 3", "Printer 4"]);
        let cursor = agent.get("/v1/incidents?q=printer&limit=1").await.json()["next"].as_str().unwrap().to_owned();
        assert_eq!(agent.get(&format!("/v1/incidents?limit=1&cursor={cursor}")).await.status, 400, "a cursor of a search");
    })
    .await;
}

#[tokio::test]
async fn comments_are_not_searched_and_history_does_not_show_what_is_derived() {
    desk(async |desk| {
        let agent = desk.person("agent").await;
        reported(&agent, "Printer jams", "").await;
        let id = agent.get("/v1/incidents?q=printer").await.json()["items"][0]["number"].as_str().unwrap().to_owned();
        desk.execute(&format!(
            "insert into comments (id, ticket_id, author_id, visibility, body, created_at)
             select gen_random_uuid(), id, '{}', visibility, 'canary', now() from tickets, (values ('public'), ('work_note')) as v(visibility)",
            agent.id
        ))
        .await;
        assert_eq!(all(&agent, "&q=canary").await, [""; 0]);
        agent.patch(&format!("/v1/incidents/{id}"), json!({"short_description": "Scanner jams"})).await;
        let history = agent.get(&format!("/v1/incidents/{id}/history")).await.json();
        assert_eq!(history["items"][1]["changes"], json!({"short_description": ["Printer jams", "Scanner jams"]}));
    })
    .await;
}
