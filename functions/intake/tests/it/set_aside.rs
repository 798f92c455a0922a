//! What is held aside, and holds nothing up.
use testkit::desk;

use crate::{Sample, Told, address, comes};

#[tokio::test]
async fn a_poisonous_one_is_set_aside_after_three_attempts() {
    desk(async |desk| {
        let told = Told::new(desk).await;
        desk.execute(
            "create function poison() returns trigger language plpgsql as $$ begin raise exception 'poison' using errcode = 'XX000'; end $$;
             create trigger poison before insert on comments for each row when (new.body like '%still drops%') execute function poison()",
        )
        .await;
        assert_eq!(desk.receive(told.answer("reply").text().as_bytes()).await.status, 202);
        // Another one comes behind it.
        let behind = Sample::new("new", &told.from()).text();
        assert_eq!(desk.receive(behind.as_bytes()).await.status, 202);
        let mut tried = 0;
        while tried < 3 {
            desk.execute("update jobs set run_at = now() where queue = 'intake' and state = 'queued'").await;
            desk.work().await;
            let found = desk.rows("select tries || ' ' || state from inbound_mails order by received_at").await;
            // Once more each time; oftener where the work takes longer than the pause before the next attempt.
            let now: i32 = found[0].split(' ').next().unwrap().parse().unwrap();
            assert!((tried + 1..=4).contains(&now), "{found:?} after {tried}");
            assert!(found[0].ends_with(if now > 3 { " set_aside" } else { " received" }), "{found:?}");
            assert_eq!(found[1], "1 done");
            tried = now;
        }
        desk.execute("update jobs set run_at = now() where queue = 'intake' and state = 'queued'").await;
        desk.work().await;
        assert_eq!(desk.rows("select state || ' ' || outcome from inbound_mails order by received_at").await, ["set_aside poison", "done incident"]);
        assert_eq!(desk.rows("select distinct state from jobs where queue = 'intake'").await, ["done"]);
        desk.execute("drop trigger poison on comments; drop function poison").await;
    })
    .await;
}

/// Small as they are, each would need more memory, stack or time than there is; and none of them harms what comes with it.
#[tokio::test]
async fn what_is_made_to_be_more_than_it_is() {
    desk(async |desk| {
        let person = desk.person("requester").await;
        let head = "From: a@elsewhere.example\r\nTo: desk@desk.example\r\nMIME-Version: 1.0\r\n";
        let nested = |times: usize| format!("{head}{}", "Content-Type: message/rfc822\r\n\r\n".repeat(times));
        let multiparts: String = (0..300).map(|n| format!("Content-Type: multipart/mixed; boundary={n}\r\n\r\n--{n}\r\n")).collect();
        let bombs = [
            nested(110_000),
            format!("{head}{multiparts}"),
            format!("{head}Content-Type: multipart/mixed; boundary=x\r\n\r\n{}", "--x\r\n\r\n".repeat(110_000)),
            format!("{head}Cc: {}\r\n\r\n", "a,".repeat(110_000)),
        ];
        for bomb in &bombs {
            assert_eq!(comes(desk, bomb.as_bytes()).await, "set_aside unreadable");
        }
        // Deep, and nothing to fear.
        assert_ne!(comes(desk, nested(50_000).as_bytes()).await, "set_aside unreadable");
        assert_eq!(Sample::new("new", &address(&person, "requester")).comes(desk).await, "done incident");
        desk.work().await;
    })
    .await;
}

#[tokio::test]
async fn more_than_so_many_in_an_hour() {
    desk(async |desk| {
        let person = desk.person("requester").await;
        let from = address(&person, "requester");
        for sender in [from.as_str(), "mailer-daemon@example.com", ""] {
            desk.execute(&format!(
                "insert into inbound_mails (id, mailbox, identity, hash, raw, state, outcome, sender, received_at, ended_at)
                 select gen_random_uuid(), 'x', '{sender}' || n, 'x', '', 'done', 'x', '{sender}', now() - interval '10 minutes', now()
                 from generate_series(1, 31) n"
            ))
            .await;
        }
        // Whatever was sent in their name, they are heard; what is sent in it is not.
        assert_eq!(Sample::new("new", &from).comes(desk).await, "done incident");
        assert_eq!(Sample::new("new", &from).with("$DMARC", "fail").comes(desk).await, "set_aside capped");
        let told = Told::new(desk).await;
        let bounce = || Sample::new("bounce", "").with("$TO", &told.reply_to);
        assert_eq!(bounce().comes(desk).await, "set_aside capped");
        assert_eq!(bounce().with("From: Mail Delivery System <MAILER-DAEMON@example.com>\r\n", "").comes(desk).await, "set_aside capped");
        assert_eq!(
            desk.rows("select verified || ' ' || outcome from inbound_mails where outcome <> 'x' order by received_at").await,
            ["true incident", "false capped", "false capped", "false capped"]
        );
        desk.execute("update inbound_mails set verified = true").await;
        assert_eq!(Sample::new("new", &from).comes(desk).await, "set_aside capped");
        desk.execute("update inbound_mails set received_at = received_at - interval '1 hour'").await;
        assert_eq!(Sample::new("new", &from).comes(desk).await, "done incident");
    })
    .await;
}

#[tokio::test]
async fn nobody_who_may_not_write_and_nobody_at_all() {
    desk(async |desk| {
        let (gone, auditor) = (desk.person("requester").await, desk.person("auditor").await);
        desk.execute(&format!("update users set active = false where id = '{}'", gone.id)).await;
        assert_eq!(Sample::new("new", &address(&gone, "requester")).comes(desk).await, "set_aside inactive_sender");
        assert_eq!(Sample::new("new", &address(&auditor, "auditor")).comes(desk).await, "set_aside auditor");
        assert_eq!(Sample::new("new", "ada@example.com").with("$DMARC", "fail").comes(desk).await, "set_aside unverified");
        let two = Sample::new("new", "ada@example.com")
            .text()
            .replace("From: Ada Lovelace <ada@example.com>", "From: <ada@example.com>, <bob@example.com>");
        assert_eq!(comes(desk, two.as_bytes()).await, "set_aside no_author");
        assert_eq!(desk.rows("select count(*)::text from tickets").await, ["0"]);
    })
    .await;
}
