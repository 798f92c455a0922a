//! Whatever it is written in.
use testkit::desk;

use crate::{Sample, comes};

#[tokio::test]
async fn koi8_r_in_every_part() {
    desk(async |desk| {
        assert_eq!(Sample::new("koi8r", "ada@example.com").comes(desk).await, "done incident");
        assert_eq!(desk.rows("select short_description || '|' || description from tickets").await, ["Не печатает|Принтер не работает с утра."]);
        assert_eq!(desk.rows("select name from users").await, ["Ада"]);
    })
    .await;
}

#[tokio::test]
async fn html_becomes_text() {
    desk(async |desk| {
        assert_eq!(Sample::new("html", "ada@example.com").comes(desk).await, "done incident");
        let ticket = desk.rows("select short_description || '|' || description from tickets").await.remove(0);
        assert_eq!(ticket, "Drucker klemmt \u{1f61c}|Der Drucker klemmt & piept.");
    })
    .await;
}

#[tokio::test]
async fn bytes_that_no_charset_has_and_nulls_break_nothing() {
    desk(async |desk| {
        let text = Sample::new("new", "ada@example.com").text();
        let (head, _) = text.split_once("\r\n\r\n").unwrap();
        let raw = [head.as_bytes(), b"\r\n\r\nbroken \xff\xfe \x00 bytes \xc3\x28\r\n"].concat();
        assert_eq!(comes(desk, &raw).await, "done incident");
        assert!(desk.rows("select description from tickets").await[0].starts_with("broken"));
    })
    .await;
}
