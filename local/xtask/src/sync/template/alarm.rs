//! What somebody should hear of: a function that fails, a queue that is not worked off, messages that were set aside.
use super::pascal;
use crate::functions::Function;

/// An alarm over one metric. `properties` are the lines that say which, and how it is read.
fn alarm(id: &str, description: &str, properties: &str) -> String {
    format!(
        r"  {id}:
    Type: AWS::CloudWatch::Alarm
    Condition: IsWatched
    Properties:
      AlarmDescription: {description}
{properties}      ComparisonOperator: GreaterThanThreshold
      TreatMissingData: notBreaching
      AlarmActions: !If [HasTopic, [!Ref AlarmTopic], !Ref AWS::NoValue]
"
    )
}

/// Of the version that was deployed last alone: in production its share of the traffic goes back to the one before.
pub(super) fn failures(function: &Function) -> String {
    let (id, name) = (pascal(&function.name), &function.name);
    let properties = format!(
        r#"      Namespace: AWS/Lambda
      MetricName: Errors
      Dimensions:
        - {{Name: FunctionName, Value: !Ref {id}}}
        - {{Name: Resource, Value: !Sub "${{{id}}}:live"}}
        - {{Name: ExecutedVersion, Value: !GetAtt {id}.Version.Version}}
      Statistic: Sum
      Period: 60
      EvaluationPeriods: 1
      Threshold: 0
"#
    );
    alarm(&format!("{id}Failures"), &format!("The newest version of {name} ends without an answer"), &properties)
}

/// Messages of a job's queue that wait, and those that were set aside.
pub(super) fn backlog(function: &Function, queue: &str) -> String {
    let id = pascal(&function.name);
    let late = of_queue(&format!("{id}Queue"), "ApproximateAgeOfOldestMessage", "EvaluationPeriods: 5\n      Threshold: 300");
    let dead = of_queue(&format!("{id}DeadLetters"), "ApproximateNumberOfMessagesVisible", "EvaluationPeriods: 1\n      Threshold: 0");
    alarm(&format!("{id}Late"), &format!("The oldest message of {queue} has waited five minutes"), &late)
        + &alarm(&format!("{id}Dead"), &format!("Messages of {queue} were set aside"), &dead)
}

fn of_queue(id: &str, metric: &str, limits: &str) -> String {
    format!(
        r"      Namespace: AWS/SQS
      MetricName: {metric}
      Dimensions: [{{Name: QueueName, Value: !GetAtt {id}.QueueName}}]
      Statistic: Maximum
      Period: 60
      {limits}
"
    )
}
