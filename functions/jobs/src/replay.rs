//! The answer to a repeat: a second statement, because the first one's snapshot is older than what it met.
use shared::app::App;
use shared::caller::Caller;
use shared::db::Json;
use shared::error::Error;
use shared::idempotency::{IdempotencyKey, replay};

/// What this key was answered for this job.
pub(crate) async fn replayed(app: &App, caller: &Caller, route: &'static str, id: i64, key: &IdempotencyKey) -> Result<Json, Error> {
    replay(&caller.ask(app, REPLAY, &[route.into(), id.into(), key.param()]).await?.body()?, "")
}
const REPLAY: &str = include_str!("../sql/replay.sql");
