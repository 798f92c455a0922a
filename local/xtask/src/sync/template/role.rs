//! Who a function is to AWS: a role of its own, with its own log and no other.

/// The role and the log; `statements` is what it may do besides.
pub(super) fn role(id: &str, name: &str, statements: &[String]) -> String {
    let more: String = statements.iter().map(|statement| format!("              - {statement}\n")).collect();
    format!(
        r#"  {id}Role:
    Type: AWS::IAM::Role
    Properties:
      AssumeRolePolicyDocument:
        Version: "2012-10-17"
        Statement:
          - {{Effect: Allow, Principal: {{Service: lambda.amazonaws.com}}, Action: "sts:AssumeRole"}}
      ManagedPolicyArns: [!Ref Runs]
      Policies:
        - PolicyName: own
          PolicyDocument:
            Version: "2012-10-17"
            Statement:
              - {{Effect: Allow, Action: ["logs:CreateLogStream", "logs:PutLogEvents"], Resource: !GetAtt {id}Logs.Arn}}
{more}  {id}Logs:
    Type: AWS::Logs::LogGroup
    Properties:
      LogGroupName: !Sub "/itsm/${{AWS::StackName}}/{name}"
      RetentionInDays: !FindInMap [Stages, !Ref Stage, LogDays]
"#
    )
}
