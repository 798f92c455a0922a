//! `GET /v1/users`
use testkit::{Desk, Person, desk};
use users::user::Page;
use uuid::Uuid;

/// The names in all pages of a list, two at a time.
async fn all(person: &Person<'_>, query: &str) -> Vec<String> {
    let (mut names, mut next) = (Vec::new(), Some(String::new()));
    while let Some(cursor) = next {
        let cursor = if cursor.is_empty() { cursor } else { format!("&cursor={cursor}") };
        let reply = person.get(&format!("/v1/users?limit=2{query}{cursor}")).await;
        assert_eq!(reply.status, 200, "{}", reply.body);
        let page: Page = serde_json::from_str(&reply.body).unwrap();
        assert_eq!(reply.header("link").is_some(), page.next.is_some());
        assert!(page.items.len() == 2 || page.next.is_none(), "a page is never short");
        names.extend(page.items.into_iter().map(|user| user.name));
        next = page.next;
    }
    names
}

/// People added one after the other, a day apart, the earliest first.
async fn add(desk: &Desk, people: &[(&str, &str, &str)]) {
    for (day, (name, email, role)) in people.iter().enumerate() {
        let sql = "insert into users (id, email, name, role, created_at) values";
        desk.execute(&format!("{sql} ('{}', '{email}', '{name}', '{role}', '2026-01-0{}')", Uuid::now_v7(), day + 1)).await;
    }
}

const PEOPLE: &[(&str, &str, &str)] = &[
    ("Zoe Zimmer", "zoe@example.com", "agent"),
    ("ada lovelace", "countess@example.com", "manager"),
    ("Bob_100%", "bob@example.org", "requester"),
    ("Adam Smith", "smith@example.com", "requester"),
    ("Émile Zola", "zola@example.fr", "auditor"),
];

#[tokio::test]
async fn by_name_whatever_its_case_and_the_newest_first() {
    desk(async |desk| {
        let admin = desk.person("admin").await;
        add(desk, PEOPLE).await;
        assert_eq!(all(&admin, "").await, ["A admin", "ada lovelace", "Adam Smith", "Bob_100%", "Zoe Zimmer", "Émile Zola"]);
        assert_eq!(all(&admin, "&sort=name").await, all(&admin, "").await);
        assert_eq!(all(&admin, "&sort=-created_at").await, ["A admin", "Émile Zola", "Adam Smith", "Bob_100%", "ada lovelace", "Zoe Zimmer"]);
        desk.execute("update users set name = 'Same', created_at = '2026-01-01'").await;
        assert_eq!((all(&admin, "").await.len(), all(&admin, "&sort=-created_at").await.len()), (6, 6));
    })
    .await;
}

#[tokio::test]
async fn filters_by_role_active_and_team() {
    desk(async |desk| {
        let admin = desk.person("admin").await;
        add(desk, PEOPLE).await;
        let team = desk.team("Network", false).await;
        desk.execute(&format!("insert into team_members select '{team}', id from users where email = 'zoe@example.com'")).await;
        desk.execute("update users set active = false where email = 'bob@example.org'").await;
        assert_eq!(all(&admin, "&role=requester").await, ["Adam Smith", "Bob_100%"]);
        assert_eq!(all(&admin, "&role=requester&active=true").await, ["Adam Smith"]);
        assert_eq!(all(&admin, "&active=false").await, ["Bob_100%"]);
        assert_eq!(all(&admin, &format!("&team={team}")).await, ["Zoe Zimmer"]);
        assert!(all(&admin, &format!("&team={}", Uuid::nil())).await.is_empty());
    })
    .await;
}

#[tokio::test]
async fn searches_name_and_address_and_takes_each_letter_as_it_is() {
    desk(async |desk| {
        let admin = desk.person("admin").await;
        add(desk, PEOPLE).await;
        for (q, found) in [
            ("ADA", vec!["ada lovelace", "Adam Smith"]),
            ("lace", vec!["ada lovelace"]),
            ("countess@", vec!["ada lovelace"]),
            ("example.org", vec!["Bob_100%"]),
            ("%C3%A9mile", vec!["Émile Zola"]),
            ("%25", vec!["Bob_100%"]),
            ("_", vec!["Bob_100%"]),
            ("%5C", vec![]),
            ("%27%20or%201%3D1--", vec![]),
            ("z", vec!["Zoe Zimmer", "Émile Zola"]),
        ] {
            assert_eq!(all(&admin, &format!("&q={q}")).await, found, "{q}");
        }
        assert_eq!(all(&admin, "&q=ada&role=manager&sort=-created_at").await, ["ada lovelace"]);
    })
    .await;
}

#[tokio::test]
async fn requesters_find_themselves_and_preferences_are_not_listed() {
    desk(async |desk| {
        let requester = desk.person("requester").await;
        let other = desk.person("requester").await;
        for role in ["agent", "manager", "auditor", "admin"] {
            let person = desk.person(role).await;
            assert_eq!(all(&person, &format!("&q={}", other.id)).await, ["A requester"], "{role}");
            let items = person.get("/v1/users").await.json()["items"].clone();
            assert!(items[0]["email"].is_string() && items[0].get("time_zone").is_none(), "{items}");
        }
        for query in ["", "&q=example", "&role=requester", "&active=true", "&sort=-created_at"] {
            assert_eq!(all(&requester, query).await, ["A requester"], "{query}");
        }
        let found = requester.get(&format!("/v1/users?q={}", other.id)).await;
        assert_eq!(found.body, r#"{"items":[],"next":null}"#);
        assert_eq!(desk.nobody().get("/v1/users").await.status, 401);
    })
    .await;
}

#[tokio::test]
async fn who_is_on_a_restricted_team_is_for_those_on_it() {
    desk(async |desk| {
        let (member, outsider, admin) = (desk.person("agent").await, desk.person("manager").await, desk.person("admin").await);
        let team = desk.team("HR", true).await;
        desk.execute(&format!("insert into team_members values ('{team}', '{}')", member.id)).await;
        for (person, found) in [(&member, vec!["A agent"]), (&admin, vec!["A agent"]), (&outsider, vec![])] {
            for sort in ["name", "-created_at"] {
                assert_eq!(all(person, &format!("&team={team}&sort={sort}")).await, found);
            }
        }
    })
    .await;
}

#[tokio::test]
async fn an_unknown_filter_sort_or_cursor_is_a_bad_request() {
    desk(async |desk| {
        let admin = desk.person("admin").await;
        desk.person("agent").await;
        let cursor = admin.get("/v1/users?limit=1").await.json()["next"].as_str().unwrap().to_owned();
        let long = format!("q={}", "x".repeat(101));
        for query in [
            "colour=red",
            "sort=email",
            "sort=created_at",
            "role=boss",
            "active=maybe",
            "team=nonsense",
            "q=",
            "q=a%00b",
            "q=a%0Ab",
            &long,
            "limit=0",
            "limit=201",
            "cursor=nonsense",
            "q=a&q=b",
        ] {
            let reply = admin.get(&format!("/v1/users?{query}")).await;
            assert_eq!((reply.status, reply.problem().as_str()), (400, "bad-request"), "{query}");
        }
        assert_eq!(admin.get(&format!("/v1/users?limit=1&cursor={cursor}")).await.status, 200);
        assert_eq!(admin.get(&format!("/v1/users?limit=1&sort=-created_at&cursor={cursor}")).await.status, 400, "a cursor of another order");
    })
    .await;
}
