//! Guessing passwords is slowed, per account and per address, and shuts nobody out.
use futures_util::future::join_all;
use serde_json::json;
use testkit::{Desk, Reply};

use crate::{PASSWORD, ada, known, login_from};

const ATTACKER: &str = "203.0.113.66";
const OWNER: &str = "198.51.100.1";

async fn guess(desk: &Desk, address: &str, email: &str) -> Reply {
    login_from(desk, address, email, "battery staple").await
}

fn assert_slowed(reply: &Reply) {
    assert_eq!((reply.status, reply.problem().as_str()), (429, "too-many-requests"), "{}", reply.body);
    let seconds: u32 = reply.header("retry-after").unwrap().parse().unwrap();
    assert!((1..=300).contains(&seconds), "{seconds}");
}

/// Every attempt so far lies this much longer ago.
async fn pass(desk: &Desk, interval: &str) {
    desk.execute(&format!("update login_attempts set next_at = next_at - interval '{interval}'")).await;
}

#[tokio::test]
async fn who_guesses_waits_and_the_right_password_passes_after_the_wait() {
    testkit::desk(async |desk| {
        known(desk, "ada@example.com", PASSWORD).await;
        for email in ["ada@example.com", "nobody@example.com"] {
            for _ in 0..11 {
                assert_eq!(guess(desk, ATTACKER, email).await.status, 401);
            }
            desk.execute("update login_attempts set next_at = now() + interval '250 seconds' where kind = 'pair'").await;
            assert_slowed(&guess(desk, ATTACKER, email).await);
            assert_slowed(&login_from(desk, ATTACKER, email, PASSWORD).await);
        }
        // The owner is elsewhere, and does not wait for what happens there.
        assert_eq!(login_from(desk, OWNER, "ada@example.com", PASSWORD).await.status, 200);
        pass(desk, "300 seconds").await;
        assert_eq!(login_from(desk, ATTACKER, "Ada@example.com", PASSWORD).await.status, 200);
        // And begins anew.
        assert_eq!(guess(desk, ATTACKER, "ada@example.com").await.status, 401);
        assert_eq!(login_from(desk, ATTACKER, "ada@example.com", PASSWORD).await.status, 200);
    })
    .await;
}

#[tokio::test]
async fn what_is_refused_is_not_counted_so_the_wait_ends() {
    testkit::desk(async |desk| {
        known(desk, "ada@example.com", PASSWORD).await;
        assert_eq!(guess(desk, ATTACKER, "ada@example.com").await.status, 401);
        desk.execute("update login_attempts set failures = 12, next_at = now() + interval '250 seconds' where kind = 'pair'").await;
        let before = desk.rows("select kind || failures || next_at from login_attempts order by kind").await;
        for _ in 0..5 {
            assert_slowed(&guess(desk, ATTACKER, "ada@example.com").await);
        }
        assert_eq!(desk.rows("select kind || failures || next_at from login_attempts order by kind").await, before);
    })
    .await;
}

#[tokio::test]
async fn many_addresses_slow_an_account_a_little_and_not_where_its_owner_has_been() {
    testkit::desk(async |desk| {
        known(desk, "ada@example.com", PASSWORD).await;
        assert_eq!(login_from(desk, OWNER, "ada@example.com", PASSWORD).await.status, 200);
        assert_eq!(guess(desk, ATTACKER, "ada@example.com").await.status, 401);
        desk.execute("update login_attempts set failures = 1000 where kind = 'account'").await;
        assert_eq!(guess(desk, "203.0.113.67", "ada@example.com").await.status, 401);
        let wait = desk.rows("select (next_at - now() between '1 second' and '15 seconds')::text from login_attempts where kind = 'account'").await;
        assert_eq!(wait, ["true"], "however many failures");
        desk.execute("update login_attempts set next_at = now() + interval '15 seconds' where kind = 'account'").await;
        assert_slowed(&guess(desk, "203.0.113.68", "ada@example.com").await);
        assert_slowed(&login_from(desk, "198.51.100.2", "ada@example.com", PASSWORD).await);
        assert_eq!(login_from(desk, OWNER, "ada@example.com", PASSWORD).await.status, 200);
    })
    .await;
}

#[tokio::test]
async fn one_address_is_slowed_whomever_it_guesses() {
    testkit::desk(async |desk| {
        known(desk, "ada@example.com", PASSWORD).await;
        assert_eq!(guess(desk, "2001:db8:1:2::66", "nobody@example.com").await.status, 401);
        assert_eq!(desk.rows("select name from login_attempts where kind = 'address'").await, ["2001:db8:1:2::/64"]);
        desk.execute("update login_attempts set failures = 60, next_at = now() + interval '20 seconds' where kind = 'address'").await;
        for (address, email) in [("2001:db8:1:2::66", "ada@example.com"), ("2001:db8:1:2:ffff::1", "else@example.com")] {
            assert_slowed(&guess(desk, address, email).await);
        }
        assert_eq!(login_from(desk, "2001:db8:1:3::66", "ada@example.com", PASSWORD).await.status, 200);
    })
    .await;
}

#[tokio::test]
async fn of_many_guesses_at_once_no_more_pass_than_one_after_the_other() {
    testkit::desk(async |desk| {
        known(desk, "ada@example.com", PASSWORD).await;
        assert_eq!(guess(desk, ATTACKER, "ada@example.com").await.status, 401);
        desk.execute("update login_attempts set failures = 30, next_at = now() where kind = 'pair'").await;
        let replies = join_all((0..8).map(|_| guess(desk, ATTACKER, "ada@example.com"))).await;
        let mut statuses: Vec<u16> = replies.iter().map(|reply| reply.status).collect();
        statuses.sort_unstable();
        assert_eq!(statuses, [401, 429, 429, 429, 429, 429, 429, 429]);
    })
    .await;
}

#[tokio::test]
async fn success_takes_its_own_attempt_back_and_old_failures_are_forgotten() {
    testkit::desk(async |desk| {
        known(desk, "ada@example.com", PASSWORD).await;
        for _ in 0..3 {
            assert_eq!(login_from(desk, OWNER, "ada@example.com", PASSWORD).await.status, 200);
        }
        assert_eq!(desk.rows("select kind || failures from login_attempts order by kind").await, ["account0", "address0", "pair0"]);
        assert_eq!(guess(desk, ATTACKER, "other@example.com").await.status, 401);
        pass(desk, "61 minutes").await;
        assert_eq!(guess(desk, OWNER, "ada@example.com").await.status, 401);
        let left = desk.rows("select kind || failures from login_attempts order by kind").await;
        assert_eq!(left, ["account1", "address1", "pair1"], "those of the other address are gone");
    })
    .await;
}

#[tokio::test]
async fn the_current_password_is_not_guessed_faster_than_at_the_door() {
    testkit::desk(async |desk| {
        let ada = ada(desk).await;
        let body = json!({"current_password": "battery staple", "new_password": crate::OTHER});
        assert_eq!(ada.post("/v1/auth/password", body.clone()).await.status, 422);
        desk.execute("update login_attempts set failures = 30, next_at = now() + interval '250 seconds' where kind = 'pair'").await;
        assert_slowed(&ada.post("/v1/auth/password", body).await);
        assert_slowed(&crate::login(desk, "ada@example.com", PASSWORD).await);
    })
    .await;
}
