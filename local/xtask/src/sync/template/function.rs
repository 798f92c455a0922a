//! A function's own resource: its program, its variables, and the events that wake it.
use anyhow::{Context, Result};

use super::{parameter_name, pascal, schedule};
use crate::config::VARIABLES;
use crate::functions::{Function, Kind};

/// Where every queue is, for whoever rings.
const QUEUE_URL: &str = r#"          QUEUE_URL: !Sub "https://sqs.${AWS::Region}.${AWS::URLSuffix}/${AWS::AccountId}/${AWS::StackName}-{queue}""#;

/// It depends on the migration, so that it meets no schema that is older than it.
pub(super) fn resource(function: &Function, functions: &[Function]) -> Result<String> {
    let Function { name, description, memory, timeout, .. } = function;
    let variables = variables(function, functions);
    let environment = if variables.is_empty() { String::new() } else { format!("      Environment:\n        Variables:\n{variables}") };
    let (id, events) = (pascal(name), events(function).with_context(|| format!("the events of {name}"))?);
    Ok(format!(
        r#"
  # {description}
  {id}:
    Type: AWS::Serverless::Function
    DependsOn: Migration
    Metadata:
      BuildMethod: rust-cargolambda
      BuildProperties: {{Binary: {name}}}
    Properties:
      CodeUri: functions/{name}
      MemorySize: {memory}
      Timeout: {timeout}
      Role: !GetAtt {id}Role.Arn
      LoggingConfig: {{LogGroup: !Ref {id}Logs}}
      DeploymentPreference:
        Alarms: !If [IsProd, [!Ref {id}Failures, !Sub "${{AWS::StackName}}-server-errors"], []]
{environment}      Events:
{events}"#
    ))
}

fn variables(function: &Function, functions: &[Function]) -> String {
    let line = |name: &String| {
        let is_secret = VARIABLES.iter().any(|variable| variable.name == *name && variable.secret);
        let value = if is_secret {
            format!("!Sub \"{{{{resolve:secretsmanager:${{Secret}}:SecretString:{name}}}}}\"")
        } else {
            format!("!Ref {}", parameter_name(name))
        };
        format!("          {name}: {value}\n")
    };
    let rings = functions.iter().filter_map(Function::queue).any(|queue| function.rings(queue));
    let bell = if rings { format!("{QUEUE_URL}\n") } else { String::new() };
    bell + &function.variables.iter().map(line).collect::<String>()
}

fn events(function: &Function) -> Result<String> {
    match &function.kind {
        Kind::Http { routes, fallback, .. } => Ok(requests(routes, *fallback)),
        Kind::Job { schedule, timezone, .. } => Ok(messages(function) + &clock(schedule.as_deref(), timezone)?),
    }
}

/// Each route and what is below it; the fallback also takes what no other route does.
fn requests(routes: &[String], fallback: bool) -> String {
    let event = |name: &str, path: &str| format!("        {name}: {{Type: HttpApi, Properties: {{ApiId: !Ref Api, Method: ANY, Path: {path}}}}}\n");
    let both = |route: &String| event(&pascal(route), route) + &event(&format!("{}Below", pascal(route)), &format!("\"{route}/{{proxy+}}\""));
    let rest = if fallback { "        Rest: {Type: HttpApi, Properties: {ApiId: !Ref Api}} # $default\n" } else { "" };
    routes.iter().map(both).collect::<String>() + rest
}

/// As many at once as a small database bears.
fn messages(function: &Function) -> String {
    format!(
        r"        Messages:
          Type: SQS
          Properties:
            Queue: !GetAtt {}Queue.Arn
            FunctionResponseTypes: [ReportBatchItemFailures]
            ScalingConfig: {{MaximumConcurrency: 5}}
",
        pascal(&function.name)
    )
}

/// Once a minute it looks by itself for what no message told it, the scheduler also at its clock. A schedule of its own that says something
/// else is an event, too, by the clock of its zone.
fn clock(cron: Option<&str>, timezone: &str) -> Result<String> {
    let look = "        Look: {Type: Schedule, Properties: {Schedule: rate(1 minute)}}\n".to_owned();
    match cron {
        None | Some("* * * * *") => Ok(look),
        Some(cron) => {
            let expression = schedule::expression(cron)?;
            let properties = format!("ScheduleExpression: \"{expression}\", ScheduleExpressionTimezone: {timezone}");
            Ok(look + &format!("        Clock: {{Type: ScheduleV2, Properties: {{{properties}}}}}\n"))
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_schedule_of_every_minute_is_the_look() {
        assert_eq!(clock(None, "UTC").unwrap(), clock(Some("* * * * *"), "UTC").unwrap());
        let own = clock(Some("30 2 * * 1-5"), "Europe/Berlin").unwrap();
        assert!(own.contains("rate(1 minute)"), "{own}");
        assert!(own.contains(r#"ScheduleExpression: "cron(30 2 ? * MON,TUE,WED,THU,FRI *)", ScheduleExpressionTimezone: Europe/Berlin"#), "{own}");
    }
}
