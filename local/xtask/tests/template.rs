//! `template.yaml` as AWS would read it: `sam validate --lint` finds nothing in it, and the same linter finds every error that is planted in a
//! copy. Newer versions of it pass most of these, so its version is pinned (`local/setup/requirements-sam.txt`).
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]
use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};

use xtask::functions;
use xtask::{root, sync};

/// What is wrong, what stands there, and what is put in its place, once. The template is that of two functions: a copy is read in seconds.
const PLANTED: &[(&str, &str, &str)] = &[
    ("a property that is none", "MemorySize: ", "MemorySizes: "),
    ("too little memory", "MemorySize: 256", "MemorySize: 64"),
    ("a runtime that is none", "provided.al2023", "provided.al2042"),
    ("a type that is none", "Type: AWS::SQS::Queue\n", "Type: AWS::SQS::Queues\n"),
    ("a resource that is not there", "!GetAtt SweepQueue.Arn", "!GetAtt SwepQueue.Arn"),
    ("an attribute that is none", "!GetAtt SweepDeadLetters.Arn", "!GetAtt SweepDeadLetters.Arm"),
    ("a parameter that is not there", "!Ref JwtKeys", "!Ref JwtKey"),
    ("a condition that is not there", "Condition: HasProxy\n", "Condition: HasProxies\n"),
    ("a map that is not there", "!FindInMap [Stages,", "!FindInMap [Stage,"),
    ("a variable of !Sub that is not there", "https://${Api}.", "https://${Apis}."),
    ("text for a number", "VisibilityTimeout: 360", "VisibilityTimeout: long"),
    ("an operator that is none", "ComparisonOperator: GreaterThanThreshold", "ComparisonOperator: GreaterThan"),
    ("a statistic that is none", "Statistic: Sum", "Statistic: Total"),
    ("an effect that is none", "{Effect: Allow, Action: \"sqs:SendMessage\"", "{Effect: Permit, Action: \"sqs:SendMessage\""),
    ("a policy's version that is none", "Version: \"2012-10-17\"", "Version: \"2012-10-18\""),
    ("a response type that is none", "[ReportBatchItemFailures]", "[ReportFailures]"),
    ("an engine that is none", "EngineFamily: POSTGRESQL", "EngineFamily: POSTGRES"),
    ("a property that is missing", "      ServiceToken: !GetAtt Migrate.Arn\n", ""),
    ("a name twice", "  Runs:\n    Type: AWS::IAM::ManagedPolicy\n", "  Api:\n    Type: AWS::IAM::ManagedPolicy\n"),
    ("resources that wait for each other", "DependsOn: Migration\n", "DependsOn: [Migration, AuthFailures]\n"),
];

fn tool(name: &str) -> Command {
    let program = root().join("target/tools/sam/bin").join(name);
    assert!(program.is_file(), "{} is not there: run `local/setup/venv.sh sam` first", program.display());
    let mut command = Command::new(program);
    // Neither an account nor a network is needed, but the SDK below wants a region.
    command
        .env("SAM_CLI_TELEMETRY", "0")
        .env("AWS_DEFAULT_REGION", "us-east-1")
        .env("AWS_ACCESS_KEY_ID", "none")
        .env("AWS_SECRET_ACCESS_KEY", "none");
    command
}

fn said(output: &Output) -> String {
    [&output.stdout, &output.stderr].map(|text| String::from_utf8_lossy(text).into_owned()).concat()
}

#[test]
fn sam_finds_nothing_in_the_template() {
    let output = tool("sam").args(["validate", "--lint", "--template"]).arg(root().join("template.yaml")).output().unwrap();
    assert!(output.status.success(), "{}", said(&output));
}

/// Each in a copy of its own; the linter reads all of them at once.
#[test]
fn the_linter_finds_every_planted_error() {
    let functions: Vec<_> = functions::all(&root()).unwrap().into_iter().filter(|function| ["auth", "sweep"].contains(&&*function.name)).collect();
    let (template, folder) = (sync::template::template(&functions).unwrap(), tempfile::tempdir().unwrap());
    let sound = folder.path().join("sound.yaml");
    fs::write(&sound, &template).unwrap();
    let copies: Vec<PathBuf> = (0..PLANTED.len()).map(|number| folder.path().join(format!("{number:02}.yaml"))).collect();
    for ((what, there, instead), copy) in PLANTED.iter().zip(&copies) {
        assert!(template.contains(there), "{what}: {there:?} is not in the template");
        fs::write(copy, template.replacen(there, instead, 1)).unwrap();
    }
    let output = tool("cfn-lint").args(["--regions", "us-east-1", "--format", "parseable", "--"]).arg(&sound).args(&copies).output().unwrap();
    let said = said(&output);
    let is_found = |copy: &Path| said.lines().any(|line| line.starts_with(&*copy.to_string_lossy()) && line.contains(":E"));
    assert!(!said.contains("sound.yaml"), "{said}");
    let missed: Vec<&str> = PLANTED.iter().zip(&copies).filter(|(_, copy)| !is_found(copy)).map(|((what, ..), _)| *what).collect();
    assert!(missed.is_empty(), "not found: {missed:?}\n{said}");
}
