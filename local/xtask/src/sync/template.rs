//! `template.yaml`: AWS SAM. What is the same whatever the functions are is `template/head.yaml`.
use crate::config::VARIABLES;
use crate::functions::{Function, Kind};

const HEAD: &str = include_str!("template/head.yaml");

pub(super) fn template(functions: &[Function]) -> String {
    let mut text = HEAD.to_owned() + &bell(functions);
    for function in functions {
        text += &match &function.kind {
            Kind::Http { routes, fallback, .. } => resource(function, &requests(routes, *fallback)),
            Kind::Job { queue, .. } => resource(function, &events(function)) + &queues(function, queue),
        };
    }
    text
}

fn resource(function: &Function, events: &str) -> String {
    let Function { name, description, memory, timeout, variables, .. } = function;
    let secret = |name: &String| format!("          {name}: !Sub \"{{{{resolve:secretsmanager:${{Secret}}:SecretString:{name}}}}}\"\n");
    let is_secret = |name: &&String| VARIABLES.iter().any(|variable| variable.name == **name && variable.secret);
    let secrets: String = variables.iter().filter(is_secret).map(secret).collect();
    let environment = if secrets.is_empty() { String::new() } else { format!("      Environment:\n        Variables:\n{secrets}") };
    format!(
        r#"
  # {description}
  {id}:
    Type: AWS::Serverless::Function
    Metadata:
      BuildMethod: rust-cargolambda
      BuildProperties: {{Binary: {name}}}
    Properties:
      CodeUri: functions/{name}
      MemorySize: {memory}
      Timeout: {timeout}
{environment}      Policies: [!Ref Bell]
      Events:
{events}"#,
        id = pascal(name)
    )
}

/// Each route and what is below it; the fallback also takes what no other route does.
fn requests(routes: &[String], fallback: bool) -> String {
    let event = |route: &String| {
        let name = pascal(route);
        format!(
            "        {name}: {{Type: HttpApi, Properties: {{Method: ANY, Path: {route}}}}}\n\
             {space}{name}Below: {{Type: HttpApi, Properties: {{Method: ANY, Path: \"{route}/{{proxy+}}\"}}}}\n",
            space = "        "
        )
    };
    let rest = if fallback { "        Rest: {Type: HttpApi} # $default\n" } else { "" };
    routes.iter().map(event).collect::<String>() + rest
}

/// Its messages; and once a minute it looks by itself for what no message told it, the scheduler also at its clock.
fn events(function: &Function) -> String {
    format!(
        "        Messages:\n          Type: SQS\n          Properties:\n            Queue: !GetAtt {}Queue.Arn\n            \
         FunctionResponseTypes: [ReportBatchItemFailures]\n        Schedule: {{Type: Schedule, Properties: {{Schedule: rate(1 minute)}}}}\n",
        pascal(&function.name)
    )
}

/// A message is hidden six times as long as the function may run, as AWS advises; after five receipts it is set aside.
fn queues(function: &Function, queue: &str) -> String {
    let (id, hidden) = (pascal(&function.name), function.timeout * 6);
    format!(
        r#"  {id}Queue:
    Type: AWS::SQS::Queue
    Properties:
      QueueName: !Sub "${{AWS::StackName}}-{queue}"
      VisibilityTimeout: {hidden}
      SqsManagedSseEnabled: true
      RedrivePolicy: {{deadLetterTargetArn: !GetAtt {id}DeadLetters.Arn, maxReceiveCount: 5}}
  {id}DeadLetters:
    Type: AWS::SQS::Queue
    Properties:
      QueueName: !Sub "${{AWS::StackName}}-{queue}-dead"
      MessageRetentionPeriod: 1209600 # 14 days, the longest there is
      SqsManagedSseEnabled: true
"#
    )
}

/// Any function may add a job, and rings its queue then.
fn bell(functions: &[Function]) -> String {
    let jobs = functions.iter().filter(|function| !function.is_http());
    let arns: Vec<String> = jobs.map(|function| format!("!GetAtt {}Queue.Arn", pascal(&function.name))).collect();
    format!(
        r#"  Bell:
    Type: AWS::IAM::ManagedPolicy
    Properties:
      Description: Tells a job's queue that a job is there
      PolicyDocument:
        Version: "2012-10-17"
        Statement:
          - {{Effect: Allow, Action: "sqs:SendMessage", Resource: [{}]}}
"#,
        arns.join(", ")
    )
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
    }
}
