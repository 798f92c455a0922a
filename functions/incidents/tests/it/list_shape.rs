//! `fields`, `expand`, `count` and `Accept: text/csv`, on the list and on one incident.
use serde_json::{Value, json};
use testkit::desk;

use crate::{path, raised};

#[tokio::test]
async fn fields_are_those_asked_for_in_their_usual_order() {
    desk(async |desk| {
        let agent = desk.person("agent").await;
        let incident = raised(&agent, "x").await;
        let (id, number) = (incident["id"].as_str().unwrap(), incident["number"].as_str().unwrap());
        let one = agent.get(&format!("{}?fields=state,number,id", path(&incident))).await;
        assert_eq!(one.body, format!(r#"{{"id":"{id}","number":"{number}","state":"new"}}"#));
        assert_eq!(one.header("etag"), Some("\"1\""));
        assert_eq!(agent.get_with(&format!("{}?fields=state", path(&incident)), &[("if-none-match", "\"1\"")]).await.status, 304);
        let list = agent.get("/v1/incidents?fields=state,number").await;
        assert_eq!(list.body, format!(r#"{{"items":[{{"number":"{number}","state":"new"}}],"next":null}}"#));
        assert_eq!(agent.get(&format!("{}?fields=colour", path(&incident))).await.status, 400);
        assert_eq!(agent.get(&format!("{}?colour=red", path(&incident))).await.status, 400);
    })
    .await;
}

#[tokio::test]
async fn expand_embeds_and_takes_the_etag_away() {
    desk(async |desk| {
        let agent = desk.person("agent").await;
        let (parent, incident) = (raised(&agent, "the whole").await, raised(&agent, "a part").await);
        let team = desk.team("Network", false).await;
        desk.execute(&format!(
            "update tickets set parent_id = '{}', assignment_group = '{team}' where short_description = 'a part'",
            parent["id"].as_str().unwrap()
        ))
        .await;
        let url = format!("{}?expand=caller,opened_by,assignee,group,parent", path(&incident));
        let one = agent.get(&url).await;
        let me = json!({"id": agent.id, "name": "A agent"});
        let expanded = json!({"caller": me, "opened_by": me, "group": {"id": team, "name": "Network"},
                              "parent": {"id": parent["id"], "number": parent["number"], "short_description": "the whole"}});
        assert_eq!((one.status, &one.json()["expanded"]), (200, &expanded));
        assert_eq!((one.header("etag"), one.header("vary")), (None, Some("Authorization, Accept")));
        assert_eq!(agent.get_with(&url, &[("if-none-match", "*")]).await.status, 200);
        let listed = agent.get("/v1/incidents?sort=-number&limit=1&fields=number&expand=caller,opened_by,assignee,group,parent").await.json();
        assert_eq!(listed["items"], json!([{"number": incident["number"], "expanded": expanded}]));
        assert_eq!(agent.get(&format!("{}?expand=watchers", path(&incident))).await.status, 400);
        assert_eq!(agent.get("/v1/incidents/INC9999999?expand=caller").await.status, 404);
        assert_eq!(agent.get(&format!("{}?expand=caller", path(&incident))).await.json()["custom"], json!({}));
    })
    .await;
}

#[tokio::test]
async fn csv_is_the_same_page_with_its_link() {
    desk(async |desk| {
        let agent = desk.person("agent").await;
        agent.post("/v1/incidents", json!({"short_description": "=1+1", "description": "said \"no\",\nthen left", "custom": {"a": [1]}})).await;
        raised(&agent, "+49 is busy").await;
        raised(&agent, "plain").await;
        let csv = agent
            .get_with(
                "/v1/incidents?sort=number&limit=2&fields=short_description,description,custom,category&expand=caller",
                &[("accept", "text/csv")],
            )
            .await;
        assert_eq!((csv.status, csv.header("content-type")), (200, Some("text/csv; charset=utf-8; header=present")));
        assert_eq!(
            csv.body,
            "short_description,description,custom,category,caller.name\r\n\
             '=1+1,\"said \"\"no\"\",\nthen left\",\"{\"\"a\"\": [1]}\",,A agent\r\n\
             '+49 is busy,,{},,A agent\r\n"
        );
        let link = csv.header("link").unwrap().to_owned();
        let next = link.trim_start_matches('<').split_once('>').unwrap().0.to_owned();
        let rest = agent.get_with(&next, &[("accept", "text/csv, application/json;q=0.5")]).await;
        assert!(rest.body.ends_with("plain,,{},,A agent\r\n") && rest.header("link").is_none(), "{}", rest.body);
        let whole = agent.get_with("/v1/incidents", &[("accept", "text/csv")]).await;
        assert!(whole.body.starts_with("id,number,short_description,") && whole.body.lines().next().unwrap().ends_with(",created_at,updated_at"));
        let wide = agent.get_with("/v1/incidents?count=true", &[("accept", "text/csv;q=0.1, */*")]).await.json();
        assert_eq!((&wide["total"], &wide["next"]), (&json!(3), &Value::Null));
    })
    .await;
}
