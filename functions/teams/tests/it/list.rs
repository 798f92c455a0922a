//! `GET /v1/teams`
use teams::team::Page;
use testkit::{Person, desk};

/// The names in all pages of a list, two at a time.
async fn all(person: &Person<'_>, query: &str) -> Vec<String> {
    let (mut names, mut next) = (Vec::new(), Some(String::new()));
    while let Some(cursor) = next {
        let cursor = if cursor.is_empty() { cursor } else { format!("&cursor={cursor}") };
        let reply = person.get(&format!("/v1/teams?limit=2{query}{cursor}")).await;
        assert_eq!(reply.status, 200, "{}", reply.body);
        let page: Page = serde_json::from_str(&reply.body).unwrap();
        assert!(page.items.len() == 2 || page.next.is_none(), "a page is never short");
        names.extend(page.items.into_iter().map(|team| team.name));
        next = page.next;
    }
    names
}

#[tokio::test]
async fn by_name_with_filters_and_restricted_ones_not_for_requesters() {
    desk(async |desk| {
        let (agent, requester) = (desk.person("agent").await, desk.person("requester").await);
        let network = desk.team("network", false).await;
        for (name, restricted) in [("Workplace", false), ("HR", true), ("Security", true), ("100%_sure", false)] {
            desk.team(name, restricted).await;
        }
        desk.execute(&format!(
            "insert into team_members values ('{network}', '{}'); update teams set active = false where name = 'Workplace'",
            agent.id
        ))
        .await;
        assert_eq!(all(&agent, "").await, ["100%_sure", "HR", "network", "Security", "Workplace"]);
        assert_eq!(all(&agent, "&q=WORK").await, ["network", "Workplace"]);
        assert_eq!(all(&agent, "&q=%25").await, ["100%_sure"]);
        assert_eq!(all(&agent, "&restricted=true").await, ["HR", "Security"]);
        assert_eq!(all(&agent, "&restricted=false&active=true").await, ["100%_sure", "network"]);
        assert_eq!(all(&agent, "&mine=true").await, ["network"]);
        assert_eq!(all(&agent, "&mine=false&active=true").await, ["100%_sure", "HR", "Security"]);
        assert_eq!(all(&requester, "").await, ["100%_sure", "network", "Workplace"]);
        assert!(all(&requester, "&restricted=true").await.is_empty());
        assert!(all(&requester, "&q=HR").await.is_empty());
        for role in ["manager", "admin", "auditor"] {
            assert_eq!(all(&desk.person(role).await, "").await.len(), 5, "{role}");
        }
        assert_eq!(desk.nobody().get("/v1/teams").await.status, 401);
        for query in ["colour=red", "sort=name", "mine=maybe", "q=", "q=%00", "restricted=1", "limit=0", "cursor=x"] {
            assert_eq!(agent.get(&format!("/v1/teams?{query}")).await.status, 400, "{query}");
        }
    })
    .await;
}
