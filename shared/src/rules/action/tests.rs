use super::*;

const TEAM: &str = "018f0000-0000-7000-8000-00000000000a";
const NOW: &str = "2026-11-24T12:00:00Z";

fn ticket(state: &str) -> Value {
    json!({"state": state, "assignment_group": null, "assigned_to": null, "reassignment_count": 0, "reopen_count": 0, "impact": 3,
           "close_code": null, "close_notes": null, "hold_reason": null, "resolved_at": null, "custom": {"site": "A"}})
}

fn plan(actions: &Value, ticket: &Value) -> Result<Plan, String> {
    Actions::parse(actions, "").unwrap().plan(ticket, NOW)
}

#[test]
fn actions_follow_each_other_and_one_write_comes_of_them() {
    let actions = json!([
        {"do": "set", "fields": {"impact": 1, "custom.site": "B", "custom.seen": true}},
        {"do": "assign", "assignment_group": TEAM},
        {"do": "transition", "to": "in_progress"},
        {"do": "comment", "body": "Taken.", "visibility": "work_note"},
        {"do": "transition", "to": "resolved", "close_code": "solved", "close_notes": "Done."},
        {"do": "notify", "users": ["caller", TEAM], "text": "Done."},
        {"do": "webhook", "webhook": TEAM},
    ]);
    let plan = plan(&actions, &ticket("new")).unwrap();
    let expected = json!({"impact": 1, "custom": {"site": "B", "seen": true}, "assignment_group": TEAM, "reassignment_count": 1, "state": "resolved",
                          "resolved_at": NOW, "close_code": "solved", "close_notes": "Done."});
    assert_eq!((json!(plan.set), plan.verb.as_str()), (expected, "resolved"));
    let steps = json!([{"comment": "Taken.", "visibility": "work_note"}, {"notify": ["caller", TEAM], "text": "Done."}, {"webhook": TEAM}]);
    assert_eq!(json!(plan.steps), steps);
}

#[test]
fn what_is_so_already_is_no_change() {
    let plan = plan(
        &json!([{"do": "set", "fields": {"impact": 3, "custom.site": "A", "custom.none": null}}, {"do": "assign", "assigned_to": null}]),
        &ticket("new"),
    );
    assert_eq!(plan.unwrap().set, Map::new());
}

#[test]
fn the_lifecycle_holds_for_rules_too() {
    assert!(plan(&json!([{"do": "transition", "to": "closed"}]), &ticket("new")).unwrap_err().contains("cannot go to closed"));
    assert!(plan(&json!([{"do": "transition", "to": "in_progress"}]), &ticket("new")).unwrap_err().contains("assignment_group"));
    assert!(plan(&json!([{"do": "transition", "to": "on_hold", "hold_reason": "caller"}]), &ticket("new")).unwrap_err().contains("comment"));
    assert!(plan(&json!([{"do": "set", "fields": {"impact": 1}}]), &ticket("closed")).is_err());
    assert!(plan(&json!([{"do": "webhook", "webhook": TEAM}]), &ticket("closed")).is_ok());
}

#[test]
fn what_is_refused_names_the_last_action_that_said_so() {
    let closed = plan(&json!([{"do": "webhook", "webhook": TEAM}, {"do": "set", "fields": {"impact": 1}}]), &ticket("closed")).unwrap_err();
    assert_eq!(closed, "action 1: A closed or canceled incident does not change any more.");
    let actions = json!([
        {"do": "assign", "assignment_group": null, "assigned_to": TEAM},
        {"do": "assign", "assignment_group": TEAM},
        {"do": "set", "fields": {"category": "None", "custom.site": "B"}},
        {"do": "transition", "to": "resolved", "close_code": "solved", "close_notes": "Done."},
    ]);
    let actions = Actions::parse(&actions, "").unwrap();
    for (why, said) in [
        ("inactive", "action 1, assignment_group: the group is not there or not active"),
        ("group", "action 1, assignment_group: a restricted incident stays with its team"),
        ("assignee", "action 0, assigned_to: nobody active who works tickets, or of a restricted incident nobody of its team"),
        ("tickets_category_fkey", "action 2, category: tickets_category_fkey"),
        ("tickets_close_code_check", "action 3, close_code: tickets_close_code_check"),
        ("tickets_location_check", "tickets_location_check"),
        ("comments_body_check", "comments_body_check"),
        ("a value too long", "a value too long"),
    ] {
        assert_eq!(actions.refused(why), said);
    }
}

#[test]
fn what_is_wrong_is_pointed_at() {
    for (pointer, actions) in [
        ("/actions", json!([])),
        ("/actions", json!({})),
        ("/actions/0", json!([{"do": "dance"}])),
        ("/actions/0", json!([{"do": "assign"}])),
        ("/actions/0", json!([{"do": "comment", "body": "x", "visibility": "public", "more": 1}])),
        ("/actions/0", json!([{"do": "transition", "to": "done"}])),
        ("/actions/0/fields", json!([{"do": "set", "fields": {}}])),
        ("/actions/0/fields/state", json!([{"do": "set", "fields": {"state": "closed"}}])),
        ("/actions/0/fields/restricted_to", json!([{"do": "set", "fields": {"restricted_to": null}}])),
        ("/actions/1/fields/impact", json!([{"do": "set", "fields": {"impact": 1}}, {"do": "set", "fields": {"impact": 9}}])),
        ("/actions/0/body", json!([{"do": "comment", "body": " ", "visibility": "public"}])),
        ("/actions/0/users", json!([{"do": "notify", "users": ["boss"], "text": "x"}])),
        ("/actions/0/text", json!([{"do": "notify", "users": ["caller"], "text": ""}])),
    ] {
        assert_eq!(Actions::parse(&actions, "/actions").unwrap_err().pointer, pointer, "{actions}");
    }
}
