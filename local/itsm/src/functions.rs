//! The functions that this process serves. Written by `cargo xtask sync` from the folders in `functions/`.
use shared::function::Function;
use utoipa::OpenApi;

/// All of them, by name.
#[rustfmt::skip]
pub const FUNCTIONS: &[Function] = &[
    auth::FUNCTION,
    events::FUNCTION,
    health::FUNCTION,
    incidents::FUNCTION,
    settings::FUNCTION,
    sweep::FUNCTION,
];

/// What those with routes say of them.
#[rustfmt::skip]
pub fn documents() -> Vec<utoipa::openapi::OpenApi> {
    vec![
        auth::Api::openapi(),
        events::Api::openapi(),
        health::Api::openapi(),
        incidents::Api::openapi(),
        settings::Api::openapi(),
    ]
}
