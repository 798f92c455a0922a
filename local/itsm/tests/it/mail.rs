//! Large mails. The gateways of some homes have limits below 25 MB, so these are not in the functions' own suites.
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use testkit::desk;

const HEAD: &str = "Authentication-Results: mx.desk.example; dmarc=pass header.from=example.com\r\nFrom: Ada <ada@example.com>\r\nTo: desk@desk.example\r\nMessage-ID: <1@example.com>\r\nSubject: The whole log\r\nMIME-Version: 1.0\r\n\
    Content-Type: multipart/mixed; boundary=b\r\n\r\n--b\r\nContent-Type: text/plain\r\n\r\nIt is attached.\r\n--b\r\n\
    Content-Type: application/octet-stream\r\nContent-Disposition: attachment; filename=log\r\nContent-Transfer-Encoding: base64\r\n\r\n";

/// A message with a file of so many megabytes.
fn message(megabytes: usize) -> Vec<u8> {
    let file = STANDARD.encode(vec![7; megabytes * 1024 * 1024]);
    let lines = file.as_bytes().chunks(76).flat_map(|line| [line, b"\r\n"]);
    [HEAD.as_bytes()].into_iter().chain(lines).chain([&b"--b--\r\n"[..]]).flatten().copied().collect()
}

#[tokio::test]
async fn one_of_25_megabytes_becomes_an_incident_and_its_file_is_kept() {
    desk(async |desk| {
        let raw = message(18);
        assert!(raw.len() > 25_000_000, "{}", raw.len());
        assert_eq!(desk.receive(&raw).await.status, 202);
        desk.work().await;
        let kept = "select state || ' ' || outcome || ' ' || (length(raw) > 25000000) || ' ' || attachments from inbound_mails";
        assert_eq!(desk.rows(kept).await, ["done incident true 1"]);
        assert_eq!(desk.rows("select short_description || '|' || description from tickets").await, ["The whole log|It is attached."]);
    })
    .await;
}

#[tokio::test]
async fn one_that_is_too_large_is_refused_whole() {
    desk(async |desk| {
        let reply = desk.receive(&message(23)).await;
        assert_eq!((reply.status, reply.problem().as_str()), (413, "too-large"));
        assert!(desk.rows("select id::text from inbound_mails").await.is_empty());
    })
    .await;
}
