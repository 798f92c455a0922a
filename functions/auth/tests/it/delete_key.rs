//! `DELETE /v1/auth/api-keys/{id}`
use testkit::desk;

use crate::{ada, delete, key, token};

#[tokio::test]
async fn it_is_out_at_its_next_request() {
    desk(async |desk| {
        let ada = ada(desk).await;
        let (made, holder) = key(&ada, &["*:read", "*:write"]).await;
        let (_, another) = key(&ada, &["*:read"]).await;
        let path = format!("/v1/auth/api-keys/{}", token(&made, "id"));
        assert_eq!(holder.get("/v1/incidents").await.status, 200);
        assert_eq!(delete(&desk.person("admin").await, &path).await.status, 404);
        assert_eq!(delete(&holder, &path).await.status, 403);
        assert_eq!(delete(&desk.nobody(), &path).await.status, 401);
        assert_eq!(delete(&ada, &path).await.status, 204);
        for path in ["/v1/incidents", "/v1/auth/me", "/v1/settings"] {
            assert_eq!((holder.get(path).await.status, another.get(path).await.status), (401, 200), "{path}");
        }
        assert_eq!(delete(&ada, &path).await.status, 404);
        assert_eq!(delete(&ada, "/v1/auth/api-keys/x").await.status, 404);
    })
    .await;
}
