//! Rules whose time comes.
use serde_json::{Value, json};
use testkit::{Desk, desk};

use crate::{raise, rule, runs};

fn after(minutes: i64, since: &str, actions: &Value) -> Value {
    json!({"after": {"minutes": minutes, "since": since}, "actions": actions})
}

/// Everything was so many minutes earlier.
async fn pass(desk: &Desk, minutes: i64) {
    desk.execute(&format!(
        "alter table events disable trigger user;
         update events set at = at - interval '{minutes} minutes';
         alter table events enable trigger user;
         update tickets set opened_at = opened_at - interval '{minutes} minutes', updated_at = updated_at - interval '{minutes} minutes';
         update rule_runs set at = at - interval '{minutes} minutes';
         update rules set checked_until = checked_until - interval '{minutes} minutes'"
    ))
    .await;
    desk.work().await;
}

#[tokio::test]
async fn each_ticket_once_when_its_time_has_come() {
    desk(async |desk| {
        let (admin, agent) = (desk.person("admin").await, desk.person("agent").await);
        let urgent = json!([{"do": "set", "fields": {"urgency": 1}}]);
        let path = rule(&admin, "old", after(60, "opened", &urgent)).await;
        let ticket = raise(&agent, json!({"short_description": "x"})).await;
        pass(desk, 59).await;
        assert!(runs(&admin, &path).await.is_empty());
        pass(desk, 1).await;
        assert_eq!((runs(&admin, &path).await, &agent.get(&ticket).await.json()["urgency"]), (vec!["done".to_owned()], &json!(1)));
        agent.patch(&ticket, json!({"urgency": 3})).await;
        pass(desk, 600).await;
        assert_eq!(runs(&admin, &path).await.len(), 1);
        assert_eq!(agent.get(&ticket).await.json()["urgency"], 3);
    })
    .await;
}

#[tokio::test]
async fn since_the_last_change_begins_anew_with_each_but_its_own() {
    desk(async |desk| {
        let (admin, agent) = (desk.person("admin").await, desk.person("agent").await);
        let path = rule(&admin, "idle", after(60, "updated", &json!([{"do": "set", "fields": {"custom.idle": true}}]))).await;
        let ticket = raise(&agent, json!({"short_description": "x"})).await;
        pass(desk, 40).await;
        agent.patch(&ticket, json!({"location": "A"})).await;
        pass(desk, 40).await;
        assert!(runs(&admin, &path).await.is_empty());
        pass(desk, 20).await;
        assert_eq!(runs(&admin, &path).await, ["done"]);
        pass(desk, 300).await;
        assert_eq!(runs(&admin, &path).await, ["done"], "it does not react to itself");
        agent.patch(&ticket, json!({"location": "B"})).await;
        pass(desk, 60).await;
        assert_eq!(runs(&admin, &path).await, ["done", "done"]);
    })
    .await;
}

#[tokio::test]
async fn since_a_state_was_entered_if_it_is_still_that() {
    desk(async |desk| {
        let (admin, agent) = (desk.person("admin").await, desk.person("agent").await);
        let held = json!({"after": {"minutes": 30, "since": "state"}, "conditions": [{"field": "state", "op": "eq", "value": "on_hold"}],
                          "actions": [{"do": "comment", "body": "Still held.", "visibility": "work_note"}]});
        let path = rule(&admin, "held", held).await;
        let (stays, leaves) = (raise(&agent, json!({"short_description": "x"})).await, raise(&agent, json!({"short_description": "x"})).await);
        pass(desk, 10).await;
        for ticket in [&stays, &leaves] {
            agent.post(&format!("{ticket}/transitions"), json!({"to": "on_hold", "hold_reason": "vendor"})).await;
        }
        pass(desk, 25).await;
        agent.patch(&stays, json!({"location": "A"})).await;
        agent.post(&format!("{leaves}/transitions"), json!({"to": "in_progress", "assigned_to": agent.id})).await;
        pass(desk, 5).await;
        assert_eq!(runs(&admin, &path).await, ["done"]);
        assert_eq!(agent.get(&format!("{stays}/comments")).await.json()["items"][0]["body"], "Still held.");
        pass(desk, 60).await;
        assert_eq!(runs(&admin, &path).await, ["done"]);
    })
    .await;
}

#[tokio::test]
async fn two_that_undo_each_other_come_to_an_end() {
    desk(async |desk| {
        let (admin, agent) = (desk.person("admin").await, desk.person("agent").await);
        let mut rules = Vec::new();
        for impact in [1, 2] {
            let mut new = after(60, "updated", &json!([{"do": "set", "fields": {"impact": impact}}]));
            new["conditions"] = json!([{"field": "impact", "op": "ne", "value": impact}]);
            rules.push(rule(&admin, &format!("impact {impact}"), new).await);
        }
        let ticket = raise(&agent, json!({"short_description": "x"})).await;
        // Also where the clocks that a rule moves make another version of the ticket.
        let sla = json!({"name": "all", "type": "sla", "metric": "resolution", "goal": {"seconds": 14400}, "conditions": {"impact": [1]},
                         "calendar_id": "00000000-0000-7000-8000-000000000247"});
        assert_eq!(admin.post("/v1/slas", sla).await.status, 201);
        for _ in 0..6 {
            pass(desk, 60).await;
        }
        let all = [runs(&admin, &rules[0]).await, runs(&admin, &rules[1]).await].concat();
        assert_eq!(all.iter().filter(|run| *run == "done").count(), 2, "{all:?}");
        assert!(all.contains(&"skipped: what led here was done by this rule".to_owned()), "{all:?}");
        // What somebody else does begins anew.
        agent.patch(&ticket, json!({"location": "A"})).await;
        pass(desk, 60).await;
        let again = [runs(&admin, &rules[0]).await, runs(&admin, &rules[1]).await].concat();
        assert_eq!(again.iter().filter(|run| *run == "done").count(), 3, "{again:?}");
    })
    .await;
}

#[tokio::test]
async fn one_of_time_and_one_of_events_come_to_an_end() {
    desk(async |desk| {
        let (admin, agent) = (desk.person("admin").await, desk.person("agent").await);
        let held = json!([{"field": "state", "op": "eq", "value": "on_hold"}]);
        let (goes_on, holds) =
            (json!({"do": "transition", "to": "in_progress"}), json!({"do": "transition", "to": "on_hold", "hold_reason": "vendor"}));
        let mut new = after(60, "state", &json!([goes_on]));
        new["conditions"] = held;
        let timed = rule(&admin, "goes on", new).await;
        let event = rule(&admin, "holds", json!({"events": ["in_progress"], "actions": [holds]})).await;
        let ticket = raise(&agent, json!({"short_description": "x", "assigned_to": agent.id})).await;
        agent.post(&format!("{ticket}/transitions"), json!({"to": "on_hold", "hold_reason": "vendor"})).await;
        for _ in 0..5 {
            pass(desk, 60).await;
        }
        assert_eq!(runs(&admin, &timed).await, ["done", "skipped: what led here was done by this rule"]);
        assert_eq!(runs(&admin, &event).await, ["done"]);
    })
    .await;
}
