//! No mail is left behind by a job that ended without it.
use shared::app::App;
use shared::db::DbError;
use shared::job::Lease;

/// Those that nothing would take any more are set aside.
pub(crate) async fn set_aside(app: &App, lease: Lease) -> Result<(), DbError> {
    app.db.row(MAILS, &[lease.id.into(), lease.attempt.into()]).await.map(drop)
}
const MAILS: &str = include_str!("../sql/mails.sql");
