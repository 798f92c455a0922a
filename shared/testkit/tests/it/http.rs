//! What the home `http` alone can show: a stream that is held passes nginx part by part.
use crate::elsewhere;
use serde_json::json;
use testkit::desk;
use tokio::io::{AsyncRead, AsyncReadExt, AsyncWriteExt};

/// Reads on until this was said.
async fn until(stream: &mut (impl AsyncRead + Unpin), read: &mut String, said: &str) {
    let mut part = [0; 4096];
    while !read.contains(said) {
        let bytes = stream.read(&mut part).await.unwrap();
        assert!(bytes > 0, "it ended before {said}: {read}");
        read.push_str(std::str::from_utf8(&part[..bytes]).unwrap());
    }
}

#[tokio::test]
async fn a_held_stream_shows_each_event_as_it_comes_and_ends() {
    if elsewhere("http") {
        return;
    }
    desk(async |desk| {
        let agent = desk.person("agent").await;
        assert_eq!(agent.get("/v1/events").await.status, 200); // its process runs
        let mut stream = desk.gateway().await;
        let token = agent.token.as_deref().unwrap();
        let head = format!("GET /v1/events?hold=20 HTTP/1.1\r\nhost: desk\r\naccept: text/event-stream\r\nauthorization: Bearer {token}\r\n\r\n");
        stream.write_all(head.as_bytes()).await.unwrap();
        let mut read = String::new();
        until(&mut stream, &mut read, "retry: 1000\n\n").await;
        for word in ["first", "second"] {
            assert_eq!(agent.post("/v1/incidents", json!({"short_description": word})).await.status, 201);
            until(&mut stream, &mut read, word).await;
        }
        desk.execute("update sessions set revoked_at = now()").await;
        until(&mut stream, &mut read, "\r\n0\r\n\r\n").await; // the last chunk: it ended, and was not cut
    })
    .await;
}
