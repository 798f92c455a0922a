//! Several who work on the same incidents at once: nothing said is lost, nothing deadlocks, and no rule is slipped past.
use futures_util::future::{join, join_all, join3};
use serde_json::{Value, json};
use sqlx::{AssertSqlSafe, Connection, Executor, PgConnection};
use testkit::{Desk, Person, desk};

const ROUNDS: usize = 15;

async fn raised(by: &Person<'_>) -> String {
    let raised = by.post("/v1/incidents", json!({"short_description": "x"})).await;
    raised.json()["id"].as_str().unwrap().to_owned()
}

fn path(id: &str) -> String {
    format!("/v1/incidents/{id}")
}

async fn merge(by: &Person<'_>, source: &str, into: &str) -> u16 {
    by.post(&format!("{}/merge", path(source)), json!({"into": into})).await.status
}

async fn said(by: &Person<'_>, id: &str) -> usize {
    by.get(&format!("{}/comments?limit=200", path(id))).await.json()["items"].as_array().unwrap().len()
}

#[tokio::test]
async fn of_two_opposite_merges_one_happens() {
    desk(async |desk| {
        let (one, two) = (desk.person("agent").await, desk.person("agent").await);
        for _ in 0..ROUNDS {
            let (a, b) = (raised(&one).await, raised(&one).await);
            let (first, second) = join(merge(&one, &a, &b), merge(&two, &b, &a)).await;
            let mut statuses = [first, second];
            statuses.sort_unstable();
            assert_eq!(statuses, [200, 409]);
        }
        let done = "select count(merged_into) || ' ' || (select count(*) from links) from tickets";
        assert_eq!(desk.rows(done).await, [format!("{ROUNDS} {ROUNDS}")]);
    })
    .await;
}

#[tokio::test]
async fn a_comment_during_a_merge_is_refused_or_moves_with_the_others() {
    desk(async |desk| {
        let (one, two) = (desk.person("agent").await, desk.person("agent").await);
        for _ in 0..ROUNDS {
            let (a, b) = (raised(&one).await, raised(&one).await);
            let url = format!("{}/comments", path(&a));
            let comments = join_all((0..4).map(|at| two.post(&url, json!({"body": format!("{at}")}))));
            let (comments, merged) = join(comments, merge(&one, &a, &b)).await;
            assert_eq!(merged, 200);
            let taken = comments.iter().filter(|reply| reply.status == 201).count();
            assert!(comments.iter().all(|reply| matches!(reply.status, 201 | 409)));
            assert_eq!((said(&one, &a).await, said(&one, &b).await), (0, taken));
        }
    })
    .await;
}

async fn parents(desk: &Desk) -> Vec<String> {
    // Nobody is a parent and a child, and no child hangs on what is over.
    desk.rows(
        "select c.number from tickets c join tickets p on p.id = c.parent_id where p.parent_id is not null or p.state in ('closed', 'canceled')",
    )
    .await
}

#[tokio::test]
async fn parents_stay_one_level_deep_and_open() {
    desk(async |desk| {
        let (one, two) = (desk.person("agent").await, desk.person("agent").await);
        let take = async |by: &Person<'_>, child: &str, parent: &str| by.patch(&path(child), json!({"parent_id": parent})).await.status;
        for _ in 0..ROUNDS {
            let (a, b, c) = (raised(&one).await, raised(&one).await, raised(&one).await);
            // In a ring, each way round at once.
            let (first, second, third) = join3(take(&one, &a, &b), take(&two, &b, &c), take(&one, &c, &a)).await;
            assert!([first, second, third].iter().all(|status| matches!(status, 200 | 422)), "{first} {second} {third}");
            assert!([first, second, third].contains(&200));
            let (d, e) = (raised(&one).await, raised(&one).await);
            let (taken, gone) = join(take(&one, &d, &e), merge(&two, &e, &c)).await;
            assert!(matches!((taken, gone), (200, 409) | (422, 200 | 409)), "{taken} {gone}");
        }
        assert_eq!(parents(desk).await, [""; 0]);
    })
    .await;
}

/// The resolution's snapshot is from before the child was taken, and it waits for the lock of who takes it.
#[tokio::test]
async fn a_child_taken_while_its_parent_waits_to_be_resolved_is_resolved_with_it() {
    desk(async |desk| {
        let agent = desk.person("agent").await;
        let (parent, early, late) = (raised(&agent).await, raised(&agent).await, raised(&agent).await);
        assert_eq!(agent.patch(&path(&early), json!({"parent_id": parent})).await.status, 200);
        let mut taking = PgConnection::connect(&desk.database.owner_url).await.unwrap();
        let take = format!("begin; update tickets set parent_id = '{parent}' where id = '{late}'");
        taking.execute(AssertSqlSafe(take)).await.unwrap();
        let steps = format!("{}/transitions", path(&parent));
        let resolve = agent.post(&steps, json!({"to": "resolved", "close_code": "solved", "close_notes": "x"}));
        let waiting = "select 'it'::text from pg_stat_activity where datname = current_database() and wait_event_type = 'Lock'";
        let commit = async {
            while desk.rows(waiting).await.is_empty() {
                tokio::task::yield_now().await;
            }
            taking.execute("commit").await.unwrap();
        };
        let (resolved, ()) = join(resolve, commit).await;
        assert_eq!(resolved.status, 200, "{}", resolved.body);
        taking.close().await.unwrap();
        desk.work().await;
        for child in [&early, &late] {
            assert_eq!(agent.get(&path(child)).await.json()["state"], "resolved");
        }
    })
    .await;
}

#[tokio::test]
async fn nobody_outside_slips_in_as_a_watcher_while_it_is_restricted() {
    desk(async |desk| {
        let (outside, member) = (desk.person("agent").await, desk.person("agent").await);
        let team = desk.team("HR", true).await;
        desk.execute(&format!("insert into team_members values ('{team}', '{}')", member.id)).await;
        for _ in 0..ROUNDS {
            let id = raised(&member).await;
            let me = format!("{}/watchers/me", path(&id));
            let (watched, restricted) = join(outside.put(&me), member.patch(&path(&id), json!({"restricted_to": team}))).await;
            assert_eq!(restricted.status, 200, "{}", restricted.body);
            assert!(matches!(watched.status, 204 | 403 | 404), "{}", watched.status);
            assert_eq!(outside.get(&path(&id)).await.status, 404);
        }
        assert_eq!(desk.rows("select user_id::text from watchers").await, [""; 0]);
    })
    .await;
}

#[tokio::test]
async fn a_callers_answers_at_once_take_it_back_once() {
    desk(async |desk| {
        let (agent, caller) = (desk.person("agent").await, desk.person("requester").await);
        for _ in 0..ROUNDS {
            let id = raised(&caller).await;
            let hold = json!({"to": "on_hold", "hold_reason": "caller", "comment": "Which floor?"});
            assert_eq!(agent.post(&format!("{}/transitions", path(&id)), hold).await.status, 200);
            let url = format!("{}/comments", path(&id));
            let replies = join_all((0..4).map(|at| caller.post(&url, json!({"body": format!("{at}")})))).await;
            assert!(replies.iter().all(|reply| reply.status == 201), "{}", replies[0].body);
            let now: Value = agent.get(&path(&id)).await.json();
            assert_eq!((&now["state"], &now["version"]), (&json!("in_progress"), &json!(3)));
            assert_eq!(said(&agent, &id).await, 5);
        }
    })
    .await;
}

#[tokio::test]
async fn of_one_key_at_once_each_thing_is_done_once() {
    desk(async |desk| {
        let agent = desk.person("agent").await;
        let (a, b) = (raised(&agent).await, raised(&agent).await);
        let key = [("idempotency-key", "k")];
        let url = format!("{}/comments", path(&a));
        let replies = join_all((0..6).map(|_| agent.post_with(&url, &key, json!({"body": "once"})))).await;
        assert!(replies.iter().all(|reply| reply.status == 201 && reply.body == replies[0].body));
        let operations = json!({"operations": [
            {"id": a, "method": "comment", "body": {"body": "in a bulk"}},
            {"id": a, "method": "patch", "body": {"location": "here"}}
        ]});
        let replies = join_all((0..6).map(|_| agent.post_with("/v1/incidents/bulk", &key, operations.clone()))).await;
        assert!(replies.iter().all(|reply| reply.status == 200 && reply.body == replies[0].body), "{replies:?}");
        let merges = format!("{}/merge", path(&a));
        let replies = join_all((0..6).map(|_| agent.post_with(&merges, &key, json!({"into": b})))).await;
        assert!(replies.iter().all(|reply| reply.status == 200 && reply.body == replies[0].body));
        assert_eq!(said(&agent, &b).await, 2);
        assert_eq!(desk.rows("select max(version)::text from tickets").await, ["3"]);
    })
    .await;
}
