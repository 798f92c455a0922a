//! `POST /v1/auth/logout-everywhere`
use testkit::desk;

use crate::{ada, again, key, post};

#[tokio::test]
async fn every_session_of_the_person_ends_and_nobody_elses() {
    desk(async |desk| {
        let (first, second, other) = (ada(desk).await, again(desk).await, desk.person("agent").await);
        let (_, holder) = key(&first, &["*:read"]).await;
        assert_eq!(post(&first, "/v1/auth/logout-everywhere").await.status, 204);
        for person in [&first, &second] {
            assert_eq!(person.get("/v1/auth/me").await.status, 401);
            assert_eq!(post(person, "/v1/auth/logout-everywhere").await.status, 401);
        }
        assert_eq!((other.get("/v1/auth/me").await.status, holder.get("/v1/auth/me").await.status), (200, 200));
        assert_eq!(post(&desk.nobody(), "/v1/auth/logout-everywhere").await.status, 401);
    })
    .await;
}
