//! The functions that this process serves. Written by `cargo xtask sync` from the folders in `functions/`.
use shared::function::Function;
use shared::schedule::Declared;
use utoipa::OpenApi;

/// All of them, by name.
#[rustfmt::skip]
pub const FUNCTIONS: &[Function] = &[
    alerts::FUNCTION,
    auth::FUNCTION,
    automation::FUNCTION,
    calendars::FUNCTION,
    children::FUNCTION,
    events::FUNCTION,
    health::FUNCTION,
    incidents::FUNCTION,
    intake::FUNCTION,
    jobs::FUNCTION,
    mail::FUNCTION,
    mailer::FUNCTION,
    notifications::FUNCTION,
    notify::FUNCTION,
    rules::FUNCTION,
    schedules::FUNCTION,
    settings::FUNCTION,
    sla::FUNCTION,
    slas::FUNCTION,
    sweep::FUNCTION,
    teams::FUNCTION,
    users::FUNCTION,
    webhook::FUNCTION,
    webhooks::FUNCTION,
];

/// When those with a schedule run.
#[rustfmt::skip]
pub const SCHEDULES: &[Declared] = &[
    Declared { name: "automation", queue: "automation", cron: "* * * * *", timezone: "UTC" },
    Declared { name: "sla", queue: "sla", cron: "* * * * *", timezone: "UTC" },
    Declared { name: "sweep", queue: "sweep", cron: "* * * * *", timezone: "UTC" },
    Declared { name: "webhook", queue: "webhook", cron: "23 * * * *", timezone: "UTC" },
];

/// What those with routes say of them.
#[rustfmt::skip]
pub fn documents() -> Vec<utoipa::openapi::OpenApi> {
    vec![
        alerts::Api::openapi(),
        auth::Api::openapi(),
        calendars::Api::openapi(),
        events::Api::openapi(),
        health::Api::openapi(),
        incidents::Api::openapi(),
        jobs::Api::openapi(),
        mail::Api::openapi(),
        notifications::Api::openapi(),
        rules::Api::openapi(),
        schedules::Api::openapi(),
        settings::Api::openapi(),
        slas::Api::openapi(),
        teams::Api::openapi(),
        users::Api::openapi(),
        webhooks::Api::openapi(),
    ]
}
