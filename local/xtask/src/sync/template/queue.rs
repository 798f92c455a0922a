//! A job's queue, and where its messages are set aside.
use super::pascal;
use crate::functions::Function;

/// A message is hidden six times as long as the function may run, as AWS advises; after five receipts it is set aside.
pub(super) fn queues(function: &Function, queue: &str) -> String {
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
