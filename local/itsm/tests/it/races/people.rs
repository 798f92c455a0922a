//! Administrators who leave at once, and two who change one person.
use futures_util::future::join;
use serde_json::json;
use testkit::{Person, desk};

fn path(person: &Person<'_>) -> String {
    format!("/v1/users/{}", person.id)
}

/// Each counts on the other; only one of them may.
#[tokio::test]
async fn of_two_administrators_who_leave_at_once_one_stays() {
    desk(async |desk| {
        for round in 0..15 {
            let (one, two) = (desk.person("admin").await, desk.person("admin").await);
            let (a, b) = match round % 3 {
                0 => join(one.patch("/v1/users/me", json!({"role": "agent"})), two.patch("/v1/users/me", json!({"active": false}))).await,
                1 => join(one.patch(&path(&two), json!({"active": false})), two.patch(&path(&one), json!({"role": "auditor"}))).await,
                _ => join(one.post(&format!("{}/erasure", path(&two)), json!({})), two.patch(&path(&one), json!({"active": false}))).await,
            };
            let mut statuses = [a.status, b.status];
            statuses.sort_unstable();
            assert!(statuses[0] == 200 && [401, 403, 409].contains(&statuses[1]), "round {round}: {} {}", a.body, b.body);
            assert_eq!(desk.rows("select count(*)::text from users where role = 'admin' and active").await, ["1"], "round {round}");
            desk.execute("update users set active = false").await;
        }
    })
    .await;
}

#[tokio::test]
async fn without_if_match_both_write_and_neither_is_lost() {
    desk(async |desk| {
        let (admin, person) = (desk.person("admin").await, desk.person("agent").await);
        for round in 0..15 {
            let (role, name) = (if round % 2 == 0 { "manager" } else { "agent" }, format!("Name {round}"));
            let (a, b) = join(admin.patch(&path(&person), json!({"role": role})), person.patch("/v1/users/me", json!({"name": name}))).await;
            assert_eq!((a.status, b.status), (200, 200), "{} {}", a.body, b.body);
            let now = admin.get(&path(&person)).await.json();
            assert_eq!((&now["name"], &now["role"], &now["version"]), (&json!(name), &json!(role), &json!(3 + 2 * round)));
        }
    })
    .await;
}
