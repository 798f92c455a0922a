//! The incident's lifecycle (ITIL 4, incident management practice) as one table: what `GET .../transitions` shows, what the
//! docs draw and what a transition is checked against.
use serde::{Deserialize, Serialize};

/// Where an incident stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum State {
    /// Reported, nobody works on it yet.
    New,
    /// Somebody works on it.
    InProgress,
    /// Waiting, for the reason in `hold_reason`.
    OnHold,
    /// Service is restored; the caller may still object.
    Resolved,
    /// Final.
    Closed,
    /// Final: raised by mistake, or no longer wanted.
    Canceled,
}

/// Whom or what an incident on hold waits for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum HoldReason {
    /// The caller's answer: a public comment says what is asked.
    Caller,
    /// A problem's solution.
    Problem,
    /// A change.
    Change,
    /// A supplier.
    Vendor,
    /// More evidence.
    Evidence,
}

/// What a transition must bring: one of these fields, on the ticket already or with the request.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, utoipa::ToSchema)]
pub struct Requirement {
    /// One of these must have a value.
    pub any_of: &'static [&'static str],
    /// Only where this field has this value.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub when: Option<When>,
}

/// A condition on another field of the same request.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, utoipa::ToSchema)]
pub struct When {
    /// The other field.
    pub field: &'static str,
    /// Its value.
    pub is: &'static str,
}

impl State {
    /// All, in the order of a life.
    pub const ALL: [Self; 6] = [Self::New, Self::InProgress, Self::OnHold, Self::Resolved, Self::Closed, Self::Canceled];

    /// Where it may go from here.
    pub fn targets(self) -> &'static [Self] {
        match self {
            Self::New => &[Self::InProgress, Self::OnHold, Self::Resolved, Self::Canceled],
            Self::InProgress => &[Self::OnHold, Self::Resolved, Self::Canceled],
            Self::OnHold => &[Self::InProgress, Self::Resolved, Self::Canceled],
            Self::Resolved => &[Self::Closed, Self::InProgress],
            Self::Closed | Self::Canceled => &[],
        }
    }

    /// What getting here requires.
    pub fn requires(self) -> &'static [Requirement] {
        const fn always(any_of: &'static [&'static str]) -> Requirement {
            Requirement { any_of, when: None }
        }
        const WAITING_FOR_CALLER: Option<When> = Some(When { field: "hold_reason", is: "caller" });
        match self {
            Self::InProgress => const { &[always(&["assignment_group", "assigned_to"])] },
            Self::OnHold => const { &[always(&["hold_reason"]), Requirement { any_of: &["comment"], when: WAITING_FOR_CALLER }] },
            Self::Resolved => const { &[always(&["close_code"]), always(&["close_notes"])] },
            Self::New | Self::Closed | Self::Canceled => &[],
        }
    }

    /// What the step from here to there requires. A reopening requires nothing: whoever objects may not be one who assigns.
    pub fn step_requires(self, to: Self) -> &'static [Requirement] {
        if self == Self::Resolved && to == Self::InProgress { &[] } else { to.requires() }
    }

    /// Final states keep what they are.
    pub fn is_final(self) -> bool {
        self.targets().is_empty()
    }

    /// What the ticket's own caller, without an agent's role, may do: take it back, object, or agree.
    pub fn open_to_its_caller(self, to: Self) -> bool {
        match self {
            Self::Resolved => matches!(to, Self::InProgress | Self::Closed),
            _ => to == Self::Canceled,
        }
    }

    /// As the database and the API spell it.
    pub fn name(self) -> &'static str {
        match self {
            Self::New => "new",
            Self::InProgress => "in_progress",
            Self::OnHold => "on_hold",
            Self::Resolved => "resolved",
            Self::Closed => "closed",
            Self::Canceled => "canceled",
        }
    }
}

/// The table as a Mermaid diagram, for the docs.
pub fn diagram() -> String {
    let mut lines = vec!["stateDiagram-v2".to_owned(), "    [*] --> new".to_owned()];
    for from in State::ALL {
        lines.extend(from.targets().iter().map(|to| format!("    {} --> {}", from.name(), to.name())));
        if from.is_final() {
            lines.push(format!("    {} --> [*]", from.name()));
        }
    }
    lines.join("\n")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_state_can_be_reached_and_only_final_ones_cannot_be_left() {
        for state in State::ALL {
            let reached = state == State::New || State::ALL.iter().any(|from| from.targets().contains(&state));
            assert!(reached, "{state:?}");
            assert_eq!(state.is_final(), matches!(state, State::Closed | State::Canceled));
            assert!(!state.targets().contains(&state));
        }
    }

    #[test]
    fn names_are_those_of_the_api() {
        for state in State::ALL {
            assert_eq!(serde_json::to_value(state).unwrap(), state.name());
        }
    }

    #[test]
    fn the_diagram_has_every_transition() {
        let arrows: usize = State::ALL.iter().map(|state| state.targets().len().max(1)).sum();
        assert_eq!(diagram().lines().count(), 2 + arrows);
    }
}
