//! The canary: a restricted ticket and a work note hold unique words, and no GET of the API's document shows word, id or number to anybody
//! without the right, whatever the query. The document is read from the home itself, so that a new route is asked too.
use std::collections::BTreeSet;

use http::Method;
use serde_json::{Value, json};
use testkit::{Desk, Person, Reply, desk};
use uuid::Uuid;

const SECRET: &str = "canaryrestricted7c1f";
const NOTE: &str = "canaryworknote9d2e";

/// A GET of the document: its path, its query parameters by name, the media types that it answers with.
struct Route {
    path: String,
    filters: Vec<String>,
    media: Vec<String>,
}

/// All of them, as this home serves them.
async fn routes(document: &Value) -> Vec<Route> {
    let paths = document["paths"].as_object().unwrap().iter();
    let gets = paths.filter_map(|(path, operations)| Some((path, operations.get("get")?)));
    let names = |get: &Value| {
        let parameters = get["parameters"].as_array().cloned().unwrap_or_default();
        let of_query = parameters.iter().filter(|parameter| parameter["in"] == "query");
        of_query.map(|parameter| parameter["name"].as_str().unwrap().to_owned()).collect()
    };
    let media = |get: &Value| get["responses"]["200"]["content"].as_object().map(|content| content.keys().cloned().collect()).unwrap_or_default();
    gets.map(|(path, get)| Route { path: path.clone(), filters: names(get), media: media(get) }).collect()
}

/// What is hidden, and what stands beside it.
struct Canary<'d> {
    desk: &'d Desk,
    inside: Person<'d>,
    /// A restricted ticket.
    secret: Value,
    /// A ticket of this requester's with a work note.
    noted: Value,
    caller: Person<'d>,
    /// An agent who watched both before they were hidden, and was told of what happened then.
    former: Person<'d>,
}

fn text(value: &Value) -> &str {
    value.as_str().unwrap()
}

impl<'d> Canary<'d> {
    async fn new(desk: &'d Desk, document: &Value) -> Self {
        let (inside, owner, caller) = (desk.person("agent").await, desk.person("requester").await, desk.person("requester").await);
        let all = json!({"short_description": SECRET, "description": SECRET, "location": SECRET, "custom": {SECRET: SECRET}, "caller_id": owner.id});
        let secret = raise(&inside, all).await;
        let noted = raise(&inside, json!({"short_description": "nothing special", "caller_id": caller.id})).await;
        let step = json!({"to": "on_hold", "hold_reason": "caller", "comment": SECRET});
        let held = inside.post(&format!("/v1/incidents/{}/transitions", text(&secret["id"])), step).await;
        assert_eq!(held.status, 200, "{}", held.body);
        let canary = Self { desk, inside, secret, noted, caller, former: desk.person("agent").await };
        canary.relate(document).await;
        // What is in inboxes already is hidden with the rest, and what happens meanwhile is told to nobody who may not see it.
        canary.desk.work().await;
        canary.hide().await;
        canary.desk.work().await;
        canary
    }

    /// Whatever leads from the one to the other, as far as the API has it.
    async fn relate(&self, document: &Value) {
        let has = |path: &str| document["paths"].get(path).is_some();
        let noted = format!("/v1/incidents/{}", text(&self.noted["id"]));
        if has("/v1/incidents/{id}/watchers/{user}") {
            for ticket in [&self.secret, &self.noted] {
                let path = format!("/v1/incidents/{}/watchers/{}", text(&ticket["id"]), self.former.id);
                assert_eq!(self.inside.put(&path).await.status, 204);
            }
        }
        if has("/v1/incidents/{id}/children") {
            let reply = self.inside.patch(&noted, json!({"parent_id": self.secret["id"]})).await;
            assert_eq!(reply.status, 200, "{}", reply.body);
        }
        if has("/v1/incidents/{id}/links") {
            let reply = self.inside.post(&format!("{noted}/links"), json!({"kind": "relates", "ticket": self.secret["number"]})).await;
            assert_eq!(reply.status, 201, "{}", reply.body);
        }
        if has("/v1/incidents/{id}/comments") {
            let reply = self.inside.post(&format!("{noted}/comments"), json!({"body": NOTE, "visibility": "work_note"})).await;
            assert_eq!(reply.status, 201, "{}", reply.body);
        }
    }

    async fn hide(&self) {
        let (team, member) = (self.desk.team("HR", true).await, self.desk.person("agent").await);
        let (secret, noted, author) = (text(&self.secret["id"]), text(&self.noted["id"]), self.inside.id);
        self.desk
            .execute(&format!(
                "update tickets set restricted_to = '{team}' where id = '{secret}';
                 delete from watchers where ticket_id = '{secret}' and user_id = '{}';
                 insert into team_members (team_id, user_id) values ('{team}', '{author}'), ('{team}', '{}');
                 insert into comments (id, ticket_id, author_id, visibility, body, created_at)
                 values ('{}', '{secret}', '{author}', 'work_note', '{SECRET}', now()), ('{}', '{noted}', '{author}', 'work_note', '{NOTE}', now());
                 insert into events (at, ticket_id, actor_id, subject, verb, visibility, changes)
                 select now(), id::uuid, '{author}', 'incident', 'commented', 'work_note', jsonb_build_object('comment', jsonb_build_array(null, word))
                 from (values ('{secret}', '{SECRET}'), ('{noted}', '{NOTE}')) as note(id, word)",
                self.former.id,
                member.id,
                Uuid::now_v7(),
                Uuid::now_v7()
            ))
            .await;
    }

    /// What nobody without the right may see.
    fn traces(&self) -> [String; 3] {
        [SECRET.to_owned(), text(&self.secret["id"]).to_owned(), text(&self.secret["number"]).to_owned()]
    }

    /// Those who would ask: a requester, one on the team (who does not work there), and everybody who works elsewhere.
    async fn outsiders(&self) -> Vec<(&'static str, Person<'d>)> {
        let on_team = self.desk.person("requester").await;
        self.desk.execute(&format!("insert into team_members (team_id, user_id) select id, '{}' from teams where name = 'HR'", on_team.id)).await;
        let mut all = vec![("nobody", self.desk.nobody()), ("a requester on the team", on_team), ("who watched it", self.former.clone())];
        for role in ["requester", "agent", "manager", "auditor"] {
            all.push((role, self.desk.person(role).await));
        }
        all
    }

    /// The path with these in its braces, the first of them where a ticket is meant.
    fn filled(path: &str, ticket: &str) -> String {
        let segment = |segment: &str| if segment.starts_with('{') { ticket.to_owned() } else { segment.to_owned() };
        path.split('/').map(segment).collect::<Vec<_>>().join("/")
    }
}

async fn raise(by: &Person<'_>, new: Value) -> Value {
    let raised = by.post("/v1/incidents", new).await;
    assert_eq!(raised.status, 201, "{}", raised.body);
    raised.json()
}

/// Each query worth a try: none, what lists take, and each filter with each trace as its value.
fn queries(route: &Route, traces: &[String]) -> Vec<String> {
    let takes = |name: &str| route.filters.iter().any(|filter| filter == name);
    let mut queries = BTreeSet::from([String::new()]);
    for (name, value) in [("limit", "200"), ("count", "true"), ("expand", "caller,assigned_to,assignment_group,parent"), ("fields", "number")] {
        if takes(name) {
            queries.insert(format!("?{name}={value}"));
        }
    }
    let asked = route.filters.iter().filter(|name| !["limit", "cursor", "count", "sort", "hold", "fields", "expand"].contains(&name.as_str()));
    for name in asked {
        queries.extend(traces.iter().map(|trace| format!("?{name}={trace}{}", if takes("count") { "&count=true" } else { "" })));
    }
    queries.into_iter().collect()
}

async fn ask(person: &Person<'_>, path: &str, media: &str) -> Reply {
    let hold = if media != "text/event-stream" {
        ""
    } else if path.contains('?') {
        "&hold=0"
    } else {
        "?hold=0"
    };
    person.send(Method::GET, &format!("{path}{hold}"), &[("accept", media)], None).await
}

/// What the caller sent may come back in a refusal; nothing else may.
fn tells_nothing(reply: &Reply, path: &str, traces: &[String], who: &str) {
    for trace in traces.iter().filter(|trace| reply.status < 400 || !path.contains(trace.as_str())) {
        assert!(!reply.body.contains(trace), "{who}: GET {path} shows {trace}: {}", reply.body);
        let shown = reply.headers.values().any(|value| String::from_utf8_lossy(value.as_bytes()).contains(trace));
        assert!(!shown || path.contains(trace), "{who}: GET {path} shows {trace} in a header");
    }
}

/// Asks everything with each of these queries and, in the path, each of these names.
async fn ask_everything(routes: &[Route], person: &Person<'_>, names: &[&str], traces: &[String], who: &str) {
    let json = "application/json".to_owned();
    for route in routes {
        let names = if route.path.contains('{') { names } else { &[""] };
        for (query, name) in queries(route, traces).iter().flat_map(|query| names.iter().map(move |name| (query, name))) {
            let path = format!("{}{query}", Canary::filled(&route.path, name));
            for media in BTreeSet::from_iter(route.media.iter().chain([&json])) {
                let reply = ask(person, &path, media).await;
                assert!(reply.status < 500, "{who}: GET {path}: {}", reply.body);
                tells_nothing(&reply, &path, traces, who);
                if query.contains("count=true") && reply.status == 200 && media == "application/json" {
                    let body = reply.json();
                    assert_eq!(body["total"], body["items"].as_array().unwrap().len(), "{who}: GET {path}: {}", reply.body);
                }
            }
        }
    }
}

#[tokio::test]
async fn a_restricted_ticket_is_shown_to_nobody_without_the_right() {
    desk(async |desk| {
        let document = desk.nobody().get("/openapi.json").await.json();
        let routes = routes(&document).await;
        assert!(routes.len() >= 10);
        let canary = Canary::new(desk, &document).await;
        let (traces, missing) = (canary.traces(), Uuid::now_v7().to_string());
        let names = [traces[1].as_str(), traces[2].as_str(), text(&canary.noted["id"])];
        for (who, person) in canary.outsiders().await {
            ask_everything(&routes, &person, &names, &traces, who).await;
            // And it answers as if there were nothing.
            for route in routes.iter().filter(|route| route.path.contains('{')) {
                let [there, nothing] = [traces[1].as_str(), &missing].map(|name| Canary::filled(&route.path, name));
                let (there, nothing) = (person.get(&there).await, person.get(&nothing).await);
                assert_eq!(there.status, nothing.status, "{who}: GET {}", route.path);
                if nothing.status >= 400 {
                    assert_eq!(there.json()["detail"], nothing.json()["detail"], "{who}: GET {}", route.path);
                }
            }
        }
        // The words are there to be found.
        for path in [format!("/v1/incidents/{}", traces[2]), "/v1/incidents".into(), format!("/v1/events?ticket={}", traces[2])] {
            assert!(canary.inside.get(&path).await.body.contains(SECRET), "{path}");
        }
    })
    .await;
}

#[tokio::test]
async fn a_work_note_is_shown_to_no_requester() {
    desk(async |desk| {
        let document = desk.nobody().get("/openapi.json").await.json();
        let routes = routes(&document).await;
        let canary = Canary::new(desk, &document).await;
        let watcher = desk.person("requester").await;
        desk.execute(&format!("insert into watchers (ticket_id, user_id) values ('{}', '{}')", text(&canary.noted["id"]), watcher.id)).await;
        let (traces, names) = ([NOTE.to_owned()], [text(&canary.noted["id"]), text(&canary.noted["number"])]);
        for (who, person) in [("the caller", &canary.caller), ("a watcher", &watcher), ("a requester", &desk.person("requester").await)] {
            ask_everything(&routes, person, &names, &traces, who).await;
        }
        assert!(canary.inside.get(&format!("/v1/incidents/{}/history", names[0])).await.body.contains(NOTE));
        assert!(desk.person("agent").await.get("/v1/events?verb=commented").await.body.contains(NOTE));
    })
    .await;
}
