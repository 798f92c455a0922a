//! `template.yaml`: AWS SAM. What is the same whatever the functions are is in `template/*.yaml`.
use crate::config::{VARIABLES, Variable};
use crate::functions::{Function, Kind};

mod alarm;
mod function;
mod queue;
mod role;
pub(crate) mod schedule;

const HEAD: &str = include_str!("template/head.yaml");
const SETTINGS: &str = include_str!("template/settings.yaml");
const MIGRATE: &str = include_str!("template/migrate.yaml");
const STACK: &str = include_str!("template/stack.yaml");

/// What no function reads here: `Globals` bounds the pool, an event is one batch, no internal route is served, and how many environments there are
/// nobody knows.
pub(crate) const UNUSED: &[&str] = &["CLOUD_EVENTS", "INTERNAL_TOKEN", "JOB_CONCURRENCY", "RATE_LIMIT_INSTANCES"];

/// The whole file, for these functions.
pub fn template(functions: &[Function]) -> anyhow::Result<String> {
    let mut text = [HEAD, &parameters(functions), SETTINGS, MIGRATE, &role::role("Migrate", "migrate", &[]), STACK].concat();
    for each in functions {
        text += &function::resource(each, functions)?;
        text += &role::role(&pascal(&each.name), &each.name, &statements(each, functions));
        text += &alarm::failures(each);
        if let Kind::Job { queue, .. } = &each.kind {
            text += &(queue::queues(each, queue) + &alarm::backlog(each, queue));
        }
    }
    Ok(text)
}

/// Rings, and takes its own messages.
fn statements(function: &Function, functions: &[Function]) -> Vec<String> {
    let rung: Vec<String> = functions.iter().filter(|job| job.queue().is_some_and(|queue| function.rings(queue))).map(arn).collect();
    let send = (!rung.is_empty()).then(|| format!("{{Effect: Allow, Action: \"sqs:SendMessage\", Resource: [{}]}}", rung.join(", ")));
    let take = r#"Action: ["sqs:ReceiveMessage", "sqs:DeleteMessage", "sqs:GetQueueAttributes"]"#;
    let receive = function.queue().map(|_| format!("{{Effect: Allow, {take}, Resource: {}}}", arn(function)));
    send.into_iter().chain(receive).collect()
}

fn arn(job: &Function) -> String {
    format!("!GetAtt {}Queue.Arn", pascal(&job.name))
}

/// Variables that only some functions name, and that are no secret: each is a parameter of the stack.
fn parameters(functions: &[Function]) -> String {
    let own = |variable: &&Variable| !variable.secret && functions.iter().any(|function| function.variables.iter().any(|name| name == variable.name));
    let parameter = |variable: &Variable| {
        let (name, meaning) = (parameter_name(variable.name), variable.meaning.replace('`', "").replace('"', "'"));
        let default = variable.default.unwrap_or_default();
        format!("  {name}:\n    Type: String\n    Default: {default:?}\n    Description: {meaning:?}\n")
    };
    VARIABLES.iter().filter(own).map(parameter).collect()
}

/// `MAIL_FROM` is `MailFrom`.
fn parameter_name(variable: &str) -> String {
    pascal(&variable.to_lowercase())
}

/// A logical id: letters and digits.
fn pascal(name: &str) -> String {
    let words = name.split(|letter: char| !letter.is_ascii_alphanumeric()).filter(|word| !word.is_empty());
    words.map(|word| word[..1].to_uppercase() + &word[1..]).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn logical_ids_have_letters_and_digits_alone() {
        assert_eq!(pascal("/.well-known/jwks.json"), "WellKnownJwksJson");
        assert_eq!(parameter_name("MAIL_FROM"), "MailFrom");
    }
}
