//! The answer to a repeat of a POST: a second statement, because the first one's snapshot is older than what it met.
use shared::app::App;
use shared::caller::Caller;
use shared::db::{Json, Param};
use shared::error::Error;
use shared::idempotency::{IdempotencyKey, replay};

/// What this key was answered for this webhook or delivery.
pub(crate) async fn answered(app: &App, caller: &Caller, route: &'static str, id: Param, key: &IdempotencyKey) -> Result<Json, Error> {
    replay(&caller.ask(app, ANSWERED, &[route.into(), id, key.param()]).await?.body()?, "")
}
const ANSWERED: &str = include_str!("../sql/answered.sql");
