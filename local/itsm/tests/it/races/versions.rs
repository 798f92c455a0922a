//! Two writers and one version: one wins, nothing is lost.
use futures_util::future::join;
use serde_json::json;
use testkit::{Desk, Person, desk};

const ROUNDS: i64 = 25;

async fn raised(by: &Person<'_>) -> String {
    let raised = by.post("/v1/incidents", json!({"short_description": "x"})).await;
    format!("/v1/incidents/{}", raised.json()["id"].as_str().unwrap())
}

/// The versions that the history tells of, in its order.
async fn versions(desk: &Desk, path: &str) -> Vec<i64> {
    let id = path.rsplit('/').next().unwrap();
    let sql = format!("select version::text from events where ticket_id = '{id}' and version is not null order by epoch, xact, seq");
    desk.rows(&sql).await.iter().map(|version| version.parse().unwrap()).collect()
}

#[tokio::test]
async fn of_two_with_one_if_match_exactly_one_writes() {
    desk(async |desk| {
        let (one, two) = (desk.person("agent").await, desk.person("agent").await);
        let path = raised(&one).await;
        for round in 1..=ROUNDS {
            let tag = format!("\"{round}\"");
            let headers = [("if-match", tag.as_str())];
            let (a, b) = join(
                one.patch_with(&path, &headers, json!({"location": format!("one {round}")})),
                two.patch_with(&path, &headers, json!({"location": format!("two {round}")})),
            )
            .await;
            let mut statuses = [a.status, b.status];
            statuses.sort_unstable();
            assert_eq!(statuses, [200, 412], "round {round}: {} {}", a.body, b.body);
            let winner = if a.status == 200 { a } else { b };
            let now = one.get(&path).await;
            assert_eq!((winner.body, winner.headers.get("etag")), (now.body.clone(), now.headers.get("etag")));
            assert_eq!(now.json()["version"], round + 1);
        }
        assert_eq!(versions(desk, &path).await, (1..=ROUNDS + 1).collect::<Vec<_>>());
    })
    .await;
}

#[tokio::test]
async fn without_if_match_both_write_and_neither_is_lost() {
    desk(async |desk| {
        let (one, two) = (desk.person("agent").await, desk.person("agent").await);
        let path = raised(&one).await;
        for round in 1..=ROUNDS {
            let (location, description) = (format!("here {round}"), format!("said {round}"));
            let mine = one.patch(&path, json!({"location": location, "custom": {"one": round}}));
            let (a, b) = join(mine, two.patch(&path, json!({"description": description, "custom": {"two": round}}))).await;
            assert_eq!((a.status, b.status), (200, 200), "{} {}", a.body, b.body);
            let now = one.get(&path).await.json();
            assert_eq!(now["version"], 1 + 2 * round);
            assert_eq!((&now["location"], &now["description"]), (&json!(location), &json!(description)));
            assert_eq!(now["custom"], json!({"one": round, "two": round}));
        }
        assert_eq!(versions(desk, &path).await, (1..=1 + 2 * ROUNDS).collect::<Vec<_>>());
    })
    .await;
}

#[tokio::test]
async fn a_step_and_a_patch_at_once_both_happen() {
    desk(async |desk| {
        let (one, two) = (desk.person("agent").await, desk.person("agent").await);
        for _ in 0..ROUNDS {
            let path = raised(&one).await;
            let steps = format!("{path}/transitions");
            let step = json!({"to": "on_hold", "hold_reason": "vendor"});
            let (step, patch) = join(one.post(&steps, step), two.patch(&path, json!({"urgency": 1}))).await;
            assert_eq!((step.status, patch.status), (200, 200), "{} {}", step.body, patch.body);
            let now = one.get(&path).await.json();
            assert_eq!((&now["state"], &now["urgency"], &now["version"]), (&json!("on_hold"), &json!(1), &json!(3)));
            assert_eq!(versions(desk, &path).await, [1, 2, 3]);
        }
    })
    .await;
}

/// Two steps out of one state: the second is judged by the state that the first left.
#[tokio::test]
async fn of_two_steps_the_second_is_judged_anew() {
    desk(async |desk| {
        let (one, two) = (desk.person("agent").await, desk.person("agent").await);
        for _ in 0..ROUNDS {
            let path = raised(&one).await;
            let steps = format!("{path}/transitions");
            let resolve = json!({"to": "resolved", "close_code": "solved", "close_notes": "done"});
            let (a, b) = join(one.post(&steps, json!({"to": "canceled"})), two.post(&steps, resolve)).await;
            let mut statuses = [a.status, b.status];
            statuses.sort_unstable();
            assert_eq!(statuses, [200, 409], "{} {}", a.body, b.body);
            assert_eq!(versions(desk, &path).await, [1, 2]);
        }
    })
    .await;
}
