//! Whom `GET /v1/incidents` shows what is restricted, in every order, count and search.
use serde_json::json;
use testkit::desk;

use crate::list::all;
use crate::{path, raised};

/// A query for each way to get at incidents.
const WAYS: &[&str] = &[
    "&sort=opened_at",
    "&sort=-updated_at",
    "&sort=number",
    "&sort=priority",
    "&sort=due",
    "&sort=number&opened_from=2020-01-01&opened_to=2020-01-31",
    "&q=canary",
    "&q=canari",
    "&sort=number&q=canary",
    "&sort=number&q=INC0",
    "&sort=number&state=new&assignment_group=none",
    "&sort=number&assigned_to=none&open=true&category=Pets",
];

#[tokio::test]
async fn its_team_its_caller_its_watchers_and_administrators_alone() {
    desk(async |desk| {
        let (outsider, member, admin) = (desk.person("agent").await, desk.person("manager").await, desk.person("admin").await);
        let (caller, agent_caller, watcher) = (desk.person("requester").await, desk.person("agent").await, desk.person("agent").await);
        let (auditor, inner_auditor, stranger) = (desk.person("auditor").await, desk.person("auditor").await, desk.person("requester").await);
        let (team, other) = (desk.team("HR", true).await, desk.team("Security", true).await);
        let of = |team, person: &testkit::Person<'_>| format!("insert into team_members values ('{team}', '{}');", person.id);
        desk.execute(&(of(team, &member) + &of(team, &inner_auditor) + &of(other, &outsider))).await;
        let first = raised(&caller, "canary one").await;
        let second = raised(&agent_caller, "canary two").await;
        let watched = format!("insert into watchers select id, '{}' from tickets where short_description = 'canary two';", watcher.id);
        desk.execute("insert into categories values ('Pets')").await;
        desk.execute(&format!("{watched} update tickets set restricted_to = '{team}', category = 'Pets', opened_at = ('2020-01-0' || right(number, 1) || 'T00:00:00Z')::timestamptz")).await;
        for way in WAYS {
            for (person, names) in [
                (&outsider, vec![]),
                (&member, vec!["canary one", "canary two"]),
                (&admin, vec!["canary one", "canary two"]),
                (&caller, vec!["canary one"]),
                (&agent_caller, vec!["canary two"]),
                (&watcher, vec!["canary two"]),
                (&auditor, vec![]),
                (&inner_auditor, vec!["canary one", "canary two"]),
                (&stranger, vec![]),
            ] {
                let mut listed = all(person, way).await;
                listed.sort();
                assert_eq!(listed, names, "{way}");
                let counted = person.get(&format!("/v1/incidents?count=true{way}")).await;
                let mistyped = way.contains("canari");
                assert!(mistyped || counted.json()["total"] == names.len(), "{way} {}", counted.body);
                let csv = person.get_with(&format!("/v1/incidents?expand=parent{way}"), &[("accept", "text/csv")]).await;
                assert_eq!(csv.body.matches("canary").count(), names.len(), "{way}");
            }
        }
        // Out of the team, out of the list, at the next request.
        desk.execute(&format!("delete from team_members where user_id = '{}'", member.id)).await;
        assert!(all(&member, "").await.is_empty());
        // A child that may be seen does not tell its parent.
        desk.execute(&format!("update tickets set restricted_to = null, parent_id = '{}' where id = '{}'", first["id"].as_str().unwrap(), second["id"].as_str().unwrap())).await;
        for (person, told) in [(&outsider, false), (&admin, true), (&agent_caller, false)] {
            let one = person.get(&format!("{}?expand=parent,caller", path(&second))).await.json();
            assert_eq!(one["expanded"]["parent"]["short_description"] == "canary one", told);
            assert_eq!(one["expanded"]["caller"]["id"], json!(agent_caller.id));
            let listed = person.get("/v1/incidents?sort=-number&limit=1&expand=parent,caller").await.json();
            assert_eq!(listed["items"][0]["expanded"], one["expanded"]);
            assert_eq!(listed["items"][0]["parent_id"], if told { first["id"].clone() } else { json!(null) });
            // Nor is it a filter's: to those who do not see it, there is none.
            let numbered = format!("&sort=number&parent_id={}", first["number"].as_str().unwrap());
            assert_eq!(all(person, &numbered).await, if told { vec!["canary two"] } else { vec![] });
            assert_eq!(all(person, "&sort=number&parent_id=none").await.contains(&"canary two".to_owned()), !told);
            let csv = person.get_with("/v1/incidents?fields=number,parent_id&sort=-number&limit=1", &[("accept", "text/csv")]).await.body;
            assert_eq!(csv.contains(first["id"].as_str().unwrap()), told);
            let counted = person.get(&format!("/v1/incidents?count=true{numbered}")).await.json();
            assert_eq!(counted["total"], i32::from(told));
        }
    })
    .await;
}

#[tokio::test]
async fn restricted_and_open_to_all_are_one_order() {
    desk(async |desk| {
        let (agent, member, admin) = (desk.person("agent").await, desk.person("agent").await, desk.person("admin").await);
        let team = desk.team("HR", true).await;
        desk.execute(&format!("insert into team_members values ('{team}', '{}')", member.id)).await;
        for name in ["a", "b", "c", "d", "e", "f", "g"] {
            raised(&agent, name).await;
        }
        desk.execute(&format!("update tickets set restricted_to = '{team}', caller_id = '{}' where short_description in ('b', 'e', 'f')", admin.id))
            .await;
        for person in [&member, &admin] {
            assert_eq!(all(person, "&sort=number").await.concat(), "abcdefg");
            assert_eq!(all(person, "&sort=-opened_at").await.concat(), "gfedcba");
        }
        assert_eq!(all(&agent, "&sort=number").await.concat(), "acdg");
        let narrow = "&sort=number&updated_from=2026-01-01&updated_to=2026-01-02";
        desk.execute("update tickets set updated_at = '2026-01-01T00:00:00Z'").await;
        assert_eq!(all(&member, narrow).await.concat(), "abcdefg");
        assert_eq!(all(&agent, narrow).await.concat(), "acdg");
    })
    .await;
}
