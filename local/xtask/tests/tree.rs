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
