//! What a rule does, and what comes of it for one ticket: a plan that one statement carries out. Pure; the order of the actions counts.
use serde::Deserialize;
use serde_json::{Map, Value, json};
use uuid::Uuid;

use super::condition::Fault;
use super::field::settable;
use super::incident::{Current, Refused, Transition, count_reassignment};
use super::lifecycle::{HoldReason, State};

/// Actions of a rule at most.
const ACTIONS: usize = 20;
/// Bytes of the organisation's own fields, as for everybody.
const CUSTOM: usize = 64 * 1024;
/// Characters of a comment or a notice.
const TEXT: usize = 4000;

/// One thing that is done.
#[derive(Debug, Clone, Deserialize)]
#[serde(tag = "do", rename_all = "snake_case", deny_unknown_fields)]
enum Action {
    /// Fields to new values.
    Set { fields: Map<String, Value> },
    /// A step of its life.
    Transition { to: State, hold_reason: Option<HoldReason>, close_code: Option<String>, close_notes: Option<String>, comment: Option<String> },
    /// To a team, a person, or away from both; what is not said stays.
    Assign {
        #[serde(default, deserialize_with = "said")]
        assignment_group: Option<Option<Uuid>>,
        #[serde(default, deserialize_with = "said")]
        assigned_to: Option<Option<Uuid>>,
    },
    /// Something said on it.
    Comment { body: String, visibility: Visibility },
    /// People to tell: `caller`, `assignee`, `group`, `watchers` or ids.
    Notify { users: Vec<String>, text: String },
    /// A webhook to call, whatever it asks for.
    Webhook { webhook: Uuid },
}

#[derive(Debug, Clone, Copy, Deserialize)]
#[serde(rename_all = "snake_case")]
enum Visibility {
    Public,
    WorkNote,
}

fn said<'de, D: serde::Deserializer<'de>>(deserializer: D) -> Result<Option<Option<Uuid>>, D::Error> {
    Option::deserialize(deserializer).map(Some)
}

/// What a rule does, in order.
#[derive(Debug, Clone)]
pub struct Actions(Vec<Action>);

/// What is to be written for one ticket. It is shown as it is in a dry run and in the log.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Plan {
    /// Columns and their new values; nothing if the ticket stays as it is.
    pub set: Map<String, Value>,
    /// What the ticket's event is called.
    pub verb: String,
    /// In order: `{"comment", "visibility"}`, `{"notify", "text"}`, `{"webhook"}`.
    pub steps: Vec<Value>,
}

impl Actions {
    /// Reads a list of actions; `pointer` is where it stands in its document.
    pub fn parse(value: &Value, pointer: &str) -> Result<Self, Fault> {
        let items = value.as_array().filter(|items| (1..=ACTIONS).contains(&items.len()));
        let items = items.ok_or_else(|| Fault::at(pointer, format!("It is a list of 1 to {ACTIONS} actions.")))?;
        items.iter().enumerate().map(|(at, item)| Action::parse(item, &format!("{pointer}/{at}"))).collect::<Result<_, _>>().map(Self)
    }

    /// What they do to this ticket (as the API shows it) at `now` (RFC 3339), or why they cannot.
    pub fn plan(&self, ticket: &Value, now: &str) -> Result<Plan, String> {
        let mut planning = Planning { ticket: ticket.clone(), plan: Plan { verb: "updated".into(), ..Plan::default() } };
        self.0.iter().enumerate().try_for_each(|(at, action)| planning.apply(action, now).map_err(|why| format!("action {at}: {why}")))?;
        planning.finish(ticket)
    }

    /// Why the desk's rules (`refusal` in the schema), or a constraint of tickets, do not permit what came of them; with the action that it is about
    /// and its field, where that is known.
    pub fn refused(&self, why: &str) -> String {
        let (field, detail) = match why {
            "inactive" => ("assignment_group", "the group is not there or not active"),
            "group" => ("assignment_group", "a restricted incident stays with its team"),
            "assignee" => ("assigned_to", "nobody active who works tickets, or of a restricted incident nobody of its team"),
            _ => (why.strip_prefix("tickets_").and_then(|name| name.rsplit_once('_')).map_or("", |(field, _)| field), why),
        };
        let at = self.0.iter().rposition(|action| action.sets(field));
        at.map_or_else(|| detail.to_owned(), |at| format!("action {at}, {field}: {detail}"))
    }
}

impl Action {
    /// Whether it says what this field is to be.
    fn sets(&self, field: &str) -> bool {
        match (self, field) {
            (Self::Set { fields }, _) => fields.contains_key(field),
            (Self::Assign { assignment_group, .. }, "assignment_group") => assignment_group.is_some(),
            (Self::Assign { assigned_to, .. }, "assigned_to") => assigned_to.is_some(),
            (Self::Transition { close_code, .. }, "close_code") => close_code.is_some(),
            (Self::Transition { close_notes, .. }, "close_notes") => close_notes.is_some(),
            _ => false,
        }
    }

    fn parse(value: &Value, pointer: &str) -> Result<Self, Fault> {
        let action = Self::deserialize(value).map_err(|error| Fault::at(pointer, format!("It is not an action: {error}.")))?;
        let text = |name: &str, text: &str| match text.chars().count() {
            1..=TEXT if !text.trim().is_empty() && !text.contains('\0') => Ok(()),
            _ => Err(Fault::at(&format!("{pointer}/{name}"), format!("It is a text of 1 to {TEXT} characters."))),
        };
        match &action {
            Self::Set { fields } if fields.is_empty() || fields.len() > 50 => {
                return Err(Fault::at(&format!("{pointer}/fields"), "It has 1 to 50 fields."));
            }
            Self::Set { fields } => {
                let fault = |name: &str, detail| Fault::at(&format!("{pointer}/fields/{}", name.replace('~', "~0").replace('/', "~1")), detail);
                fields.iter().try_for_each(|(name, value)| settable(name, value).map_err(|detail: String| fault(name, detail)))?;
            }
            Self::Transition { close_code, close_notes, comment, .. } => {
                for (name, written) in [("close_code", close_code), ("close_notes", close_notes), ("comment", comment)] {
                    written.as_deref().map_or(Ok(()), |written| text(name, written))?;
                }
            }
            Self::Assign { assignment_group: None, assigned_to: None } => {
                return Err(Fault::at(pointer, "It names assignment_group, assigned_to or both."));
            }
            Self::Assign { .. } | Self::Webhook { .. } => {}
            Self::Comment { body, .. } => text("body", body)?,
            Self::Notify { users, text: said } => {
                let known = |user: &String| ["caller", "assignee", "group", "watchers"].contains(&user.as_str()) || Uuid::parse_str(user).is_ok();
                if !(1..=50).contains(&users.len()) || !users.iter().all(known) {
                    return Err(Fault::at(&format!("{pointer}/users"), "It is 1 to 50 of caller, assignee, group, watchers and ids of users."));
                }
                text("text", said)?;
            }
        }
        Ok(action)
    }
}

/// A ticket as the actions so far leave it.
struct Planning {
    ticket: Value,
    plan: Plan,
}

impl Planning {
    fn apply(&mut self, action: &Action, now: &str) -> Result<(), String> {
        let current = Current::deserialize(&self.ticket).map_err(|error| error.to_string())?;
        let told = matches!(action, Action::Notify { .. } | Action::Webhook { .. });
        if current.state.is_final() && !told {
            return Err("A closed or canceled incident does not change any more.".into());
        }
        match action {
            Action::Set { fields } => fields.iter().for_each(|(name, value)| self.set(name, value)),
            Action::Assign { assignment_group, assigned_to } => {
                for (name, id) in [("assignment_group", assignment_group), ("assigned_to", assigned_to)] {
                    if let Some(id) = id {
                        self.set(name, &json!(id));
                    }
                }
            }
            Action::Transition { to, hold_reason, close_code, close_notes, comment } => {
                let transition = Transition {
                    to: *to,
                    hold_reason: *hold_reason,
                    close_code: close_code.clone(),
                    close_notes: close_notes.clone(),
                    comment: comment.clone(),
                    assignment_group: None,
                    assigned_to: None,
                };
                let set = transition.apply(&current, now).map_err(|refused| explain(&refused, current.state, *to))?;
                set.iter().for_each(|(name, value)| self.set(name, value));
                self.plan.verb = to.name().into();
                self.plan.steps.extend(comment.iter().map(|comment| json!({"comment": comment, "visibility": "public"})));
            }
            Action::Comment { body, visibility } => {
                let visibility = if matches!(visibility, Visibility::Public) { "public" } else { "work_note" };
                self.plan.steps.push(json!({"comment": body, "visibility": visibility}));
            }
            Action::Notify { users, text } => self.plan.steps.push(json!({"notify": users, "text": text})),
            Action::Webhook { webhook } => self.plan.steps.push(json!({"webhook": webhook})),
        }
        Ok(())
    }

    fn set(&mut self, name: &str, value: &Value) {
        match (name.strip_prefix("custom."), self.ticket["custom"].as_object_mut()) {
            (Some(own), Some(custom)) if value.is_null() => drop(custom.remove(own)),
            (Some(own), Some(custom)) => drop(custom.insert(own.to_owned(), value.clone())),
            (Some(own), None) => self.ticket["custom"] = json!({own: value}),
            (None, _) => self.ticket[name] = value.clone(),
        }
    }

    /// What differs from the ticket as it was; a change of team counts once.
    fn finish(mut self, before: &Value) -> Result<Plan, String> {
        if self.ticket["custom"].to_string().len() > CUSTOM {
            return Err(format!("custom has at most {CUSTOM} bytes."));
        }
        let after = self.ticket.as_object().ok_or("The ticket is none.")?;
        self.plan.set =
            after.iter().filter(|(name, value)| before[name.as_str()] != **value).map(|(name, value)| (name.clone(), value.clone())).collect();
        self.plan.set.remove("reassignment_count");
        count_reassignment(&Current::deserialize(before).map_err(|error| error.to_string())?, &mut self.plan.set);
        Ok(self.plan)
    }
}

fn explain(refused: &Refused, from: State, to: State) -> String {
    match refused {
        Refused::NotAllowed => format!("An incident that is {} cannot go to {}.", from.name(), to.name()),
        Refused::Missing(_, detail) => detail.clone(),
    }
}

#[cfg(test)]
mod tests;
