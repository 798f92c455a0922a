//! `POST /v1/auth/logout`
use testkit::desk;

use crate::{ada, again, post};

#[tokio::test]
async fn this_session_ends_and_no_other() {
    desk(async |desk| {
        let (first, second) = (ada(desk).await, again(desk).await);
        let reply = post(&first, "/v1/auth/logout").await;
        assert_eq!((reply.status, reply.body.as_str()), (204, ""));
        for path in ["/v1/auth/me", "/v1/incidents"] {
            assert_eq!((first.get(path).await.status, second.get(path).await.status), (401, 200), "{path}");
        }
        assert_eq!(post(&first, "/v1/auth/logout").await.status, 401);
        assert_eq!(post(&desk.nobody(), "/v1/auth/logout").await.status, 401);
    })
    .await;
}
