//! A delivery as the API shows it.
use serde::Deserialize;
use utoipa::ToSchema;
use uuid::Uuid;

/// One event for one webhook, and what became of it.
#[derive(Debug, Deserialize, ToSchema)]
#[allow(dead_code)]
pub(crate) struct Delivery {
    /// Without hyphens, and with `msg_` before it, its `webhook-id`; the same however often it is sent.
    id: Uuid,
    /// Where it stands.
    state: State,
    /// What happened.
    #[schema(example = "incident.created")]
    r#type: String,
    /// The event's `seq` in the feed.
    event: i64,
    /// The ticket, if it is one's.
    ticket_id: Option<Uuid>,
    /// Its `webhook-sequence`, once begun: 1, 2, 3 ... of the webhook, without a gap.
    sequence: Option<i64>,
    /// How often it was sent, or tried to.
    attempts: i64,
    /// The status of the last answer, if there was one.
    response_status: Option<i64>,
    /// The beginning of its body, 1 KiB at most.
    response_body: Option<String>,
    /// Why there was none.
    error: Option<String>,
    /// How long the last attempt took.
    milliseconds: Option<i64>,
    #[schema(format = "date-time")]
    created_at: String,
    /// The last attempt.
    #[schema(format = "date-time")]
    last_at: Option<String>,
    /// The next attempt, of the delivery whose turn it is.
    #[schema(format = "date-time")]
    next_at: Option<String>,
    /// When it was delivered, or given up.
    #[schema(format = "date-time")]
    finished_at: Option<String>,
}

/// A page of deliveries, the newest event first.
#[derive(Debug, Deserialize, ToSchema)]
#[allow(dead_code)]
#[schema(as = DeliveryPage)]
pub(crate) struct Page {
    items: Vec<Delivery>,
    /// The cursor of the next page, or null.
    next: Option<String>,
}

/// Where a delivery stands.
#[derive(Debug, Clone, Copy, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
#[schema(as = DeliveryState)]
pub(crate) enum State {
    /// Waits for its turn, or for its next attempt.
    Pending,
    /// Taken: the webhook answered 2xx.
    Delivered,
    /// Given up after a day.
    Dead,
    /// Not sent: the ticket was restricted before its turn came, and the webhook is not told of such.
    Withheld,
}

impl State {
    /// As the database and the API spell it.
    pub(crate) fn name(self) -> &'static str {
        match self {
            Self::Pending => "pending",
            Self::Delivered => "delivered",
            Self::Dead => "dead",
            Self::Withheld => "withheld",
        }
    }
}
