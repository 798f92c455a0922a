//! The tree is as it should be: what is generated is current, and no rule is broken.
use anyhow::Result;
use xtask::{check, root, sync};

#[test]
fn what_sync_writes_is_current() -> Result<()> {
    sync::check(&root())
}

#[test]
fn no_rule_is_broken() -> Result<()> {
    check::check(&root())
}

#[test]
fn the_private_key_is_given_to_auth_alone() -> Result<()> {
    let spin = std::fs::read_to_string(root().join("spin.toml"))?;
    let has_it = |part: &&str| part.contains("{{ jwt_signing_key }}");
    let components: Vec<_> = spin.split("\n[component.").skip(1).filter(has_it).filter_map(|part| part.split('.').next()).collect();
    assert_eq!(components, ["auth"]);
    let template = std::fs::read_to_string(root().join("template.yaml"))?;
    let mut functions = template.split("Type: AWS::Serverless::Function");
    assert!(functions.next().is_some_and(|head| !head.contains("JWT_SIGNING_KEY:")), "given to all");
    let functions: Vec<_> =
        functions.filter(|part| part.contains("JWT_SIGNING_KEY:")).filter_map(|part| part.split("CodeUri: ").nth(1)?.lines().next()).collect();
    assert_eq!(functions, ["functions/auth"]);
    Ok(())
}
