//! The wasm entry: Spin hands in a request.
use spin_sdk::http::{IntoResponse, Request};

#[spin_sdk::http_service]
async fn handle(request: Request) -> impl IntoResponse {
    shared::serve::spin::handle(crate::FUNCTION, request).await
}
