//! The orders of the list.
use serde::Deserialize;

/// The key, and the id where keys are equal; `-` is the other way round. What has no due time comes after what has.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize, utoipa::ToSchema)]
#[schema(as = IncidentSort)]
pub(crate) enum Sort {
    #[serde(rename = "-opened_at")]
    NewestOpened,
    #[serde(rename = "opened_at")]
    OldestOpened,
    #[serde(rename = "-updated_at")]
    NewestUpdated,
    #[serde(rename = "updated_at")]
    OldestUpdated,
    #[serde(rename = "-number")]
    HighestNumber,
    #[serde(rename = "number")]
    LowestNumber,
    #[serde(rename = "-priority")]
    LeastUrgent,
    #[serde(rename = "priority")]
    MostUrgent,
    #[serde(rename = "-due")]
    LatestDue,
    #[serde(rename = "due")]
    EarliestDue,
}

impl Sort {
    /// All of them.
    pub(crate) const ALL: [Self; 10] = [
        Self::NewestOpened,
        Self::OldestOpened,
        Self::NewestUpdated,
        Self::OldestUpdated,
        Self::HighestNumber,
        Self::LowestNumber,
        Self::LeastUrgent,
        Self::MostUrgent,
        Self::LatestDue,
        Self::EarliestDue,
    ];

    /// What cursors are sealed for, and the column of the key.
    pub(crate) fn key(self) -> (&'static str, &'static str) {
        match self {
            Self::NewestOpened => ("incidents -opened_at", "opened_at"),
            Self::OldestOpened => ("incidents opened_at", "opened_at"),
            Self::NewestUpdated => ("incidents -updated_at", "updated_at"),
            Self::OldestUpdated => ("incidents updated_at", "updated_at"),
            Self::HighestNumber => ("incidents -number", "number"),
            Self::LowestNumber => ("incidents number", "number"),
            Self::LeastUrgent => ("incidents -priority", "priority"),
            Self::MostUrgent => ("incidents priority", "priority"),
            Self::LatestDue => ("incidents -due", "due_at"),
            Self::EarliestDue => ("incidents due", "due_at"),
        }
    }
}
