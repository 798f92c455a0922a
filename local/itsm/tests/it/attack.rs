//! What nobody should send: each is refused as a problem, none is a server error, and nothing shows to whom it is not meant for.
use testkit::Reply;

mod bodies;
mod headers;
mod queries;
mod rights;

/// A refusal as the API promises it: a client's error, a problem, with a request id.
fn refused(reply: &Reply, what: &str) -> u16 {
    assert!((400..500).contains(&reply.status), "{what}: {} {}", reply.status, reply.body);
    assert!(!reply.problem().is_empty());
    let problem = reply.json();
    assert_eq!(problem["status"], reply.status, "{what}");
    assert_eq!(problem["request_id"].as_str(), reply.header("x-request-id"), "{what}");
    assert!(problem["detail"].as_str().unwrap().len() > 10, "{what}: {}", reply.body);
    reply.status
}

/// Anything but a server error; a refusal is a problem.
fn answered(reply: &Reply, what: &str) -> u16 {
    if reply.status < 400 { reply.status } else { refused(reply, what) }
}
