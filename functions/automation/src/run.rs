//! One occasion: each rule that has not run on it is judged by the ticket as the rule before left it.
use shared::app::App;
use shared::job::{JobError, Lease};
use shared::metrics::METRICS;
use shared::rules::action::{Actions, Plan};
use shared::rules::condition::{Condition, Facts};
use uuid::Uuid;

use crate::occasion::{Occasion, Rule, Scene};
use crate::write::{Effect, Written, log, write};

/// Rules that may lead to each other. None comes twice in a chain, so this only bounds how long one gets.
const LONGEST_CHAIN: usize = 5;
/// How often a rule is judged anew because somebody changed the ticket meanwhile; then later.
const RACES: usize = 20;

/// What a rule makes of a scene.
enum Judged {
    /// Its conditions do not hold.
    Not,
    /// It is part of what led here, or too much did.
    Looped(&'static str),
    /// This is to be done, by these.
    Do(Plan, Actions),
    /// It cannot be done.
    Cannot(String),
}

/// Until no rule is left, or the claim is another's.
pub(crate) async fn run(app: &App, lease: Lease, occasion: &Occasion) -> Result<(), JobError> {
    let (mut after, mut races) = ((-1, Uuid::nil()), 0);
    'scene: while let Some(scene) = occasion.scene(app, lease, after).await? {
        for rule in &scene.rules {
            let effect = Effect { lease, occasion, scene: &scene, rule };
            let outcome = match judge(app, &scene, rule) {
                Judged::Not => None,
                Judged::Looped(why) => Some(log(app, &effect, "skipped", why).await?),
                Judged::Cannot(why) => Some(log(app, &effect, "failed", &why).await?),
                Judged::Do(plan, actions) => match write(app, &effect, &plan).await? {
                    Written::Lost if races < RACES => {
                        races += 1;
                        continue 'scene; // somebody changed the ticket, the rule, or the claim: look again
                    }
                    Written::Lost => return Err(JobError::Retry(anyhow::anyhow!("the ticket is changed by others all the time"))),
                    Written::Refused(why) => Some(log(app, &effect, "failed", &actions.refused(&why)).await?),
                    Written::Done => Some("done"),
                },
            };
            after = (rule.position, rule.id);
            if let Some(outcome) = outcome {
                METRICS.rules.with_label_values(&[outcome]).inc();
            }
            if outcome == Some("done") {
                continue 'scene; // the next one sees what this one did
            }
        }
        break;
    }
    Ok(())
}

fn judge(app: &App, scene: &Scene, rule: &Rule) -> Judged {
    let condition = Condition::parse_all(&rule.conditions, "");
    let (Ok(condition), Ok(actions)) = (condition, Actions::parse(&rule.actions, "")) else {
        return Judged::Cannot("the rule is not one that this version understands".into());
    };
    if !condition.holds(Facts { ticket: &scene.ticket, changes: &scene.changes }) {
        return Judged::Not;
    }
    if scene.chain.contains(&rule.id) {
        return Judged::Looped("what led here was done by this rule");
    }
    if scene.chain.len() >= LONGEST_CHAIN {
        return Judged::Looped("five rules led here, one by the other");
    }
    match actions.plan(&scene.ticket, &app.now().to_string()) {
        Ok(plan) => Judged::Do(plan, actions),
        Err(why) => Judged::Cannot(why),
    }
}
