//! The compose file and what it stands on: other programs accept them, and no service lacks what all must have.
use std::fs;
use std::path::PathBuf;
use std::process::Command;

use anyhow::{Context, Result, ensure};
use xtask::{functions, root};

/// A program of `local/setup/venv.sh checks`.
fn tool(name: &str) -> Command {
    Command::new(root().join("target/tools/checks/bin").join(name))
}

fn accepted(command: &mut Command) -> Result<()> {
    let output = command.output().with_context(|| format!("{:?}: run `local/setup/venv.sh checks` first", command.get_program()))?;
    ensure!(output.status.success(), "{}{}", String::from_utf8_lossy(&output.stdout), String::from_utf8_lossy(&output.stderr));
    Ok(())
}

/// The services by name, each with its lines.
fn services() -> Result<Vec<(String, String)>> {
    let text = fs::read_to_string(root().join("local/compose.yaml"))?;
    let text = text.split("\nservices:\n").nth(1).and_then(|rest| rest.split("\nnetworks:\n").next()).context("services")?;
    let mut services: Vec<(String, String)> = Vec::new();
    for line in text.lines().filter(|line| !line.trim_start().starts_with('#')) {
        match line.strip_prefix("  ").filter(|rest| !rest.starts_with(' ') && rest.ends_with(':')) {
            Some(name) => services.push((name.trim_end_matches(':').to_owned(), String::new())),
            None => services.last_mut().context("a service")?.1 += &format!("{line}\n"),
        }
    }
    Ok(services)
}

#[test]
fn compose_the_dockerfile_and_the_scripts_are_accepted() -> Result<()> {
    accepted(tool("check-jsonschema").args(["--builtin-schema", "vendor.compose-spec"]).arg(root().join("local/compose.yaml")))?;
    accepted(tool("hadolint").arg(root().join("local/Dockerfile")))?;
    // Stand-ins take the versions that Debian has: pinned, they would not build a month later.
    accepted(tool("hadolint").args(["--ignore", "DL3008"]).arg(root().join("shared/testkit/compose/Dockerfile")))?;
    let scripts = [
        "local/cluster.sh",
        "local/compose-test.sh",
        "local/env.sh",
        "local/monitoring.sh",
        "local/nginx/certificate.sh",
        "local/postgres/init.sh",
        "local/postgres/pitr.sh",
        "monitoring/alertmanager.sh",
        "shared/testkit/compose/postgres.sh",
    ];
    accepted(tool("shellcheck").args(scripts.map(|script| root().join(script))))
}

#[test]
fn every_instance_of_a_function_is_a_service_and_every_service_is_bounded() -> Result<()> {
    let services = services()?;
    for instance in functions::all(&root())?.iter().flat_map(functions::Function::instances) {
        assert!(services.iter().any(|(name, _)| *name == instance), "{instance}");
    }
    for (name, lines) in &services {
        assert!(lines.contains("<<: *part") || lines.contains("<<: *function"), "{name}");
        assert!((lines.contains("healthcheck: {") || name == "nginx-exporter") && lines.contains("memory: "), "{name}");
        let image = lines.lines().find_map(|line| line.trim().strip_prefix("image: ")).context("an image")?;
        let tag = image.split_once(':').map(|(_, tag)| tag);
        assert!(tag.is_some_and(|tag| tag != "latest" && (tag.starts_with("${ITSM_VERSION") || tag.contains(char::is_numeric))), "{name}: {image}");
        assert!(name == "auth" || !lines.contains("JWT_SIGNING_KEY"), "{name} has the private key");
    }
    Ok(())
}

#[test]
fn no_secret_has_a_value_and_each_is_made_by_the_script() -> Result<()> {
    let example = fs::read_to_string(root().join(".env.example"))?;
    let folder = tempfile::tempdir()?;
    let made: PathBuf = folder.path().join("env");
    accepted(Command::new(root().join("local/env.sh")).arg(&made))?;
    let made = fs::read_to_string(made)?;
    let compose = fs::read_to_string(root().join("local/compose.yaml"))?;
    let named = |mark: &str| {
        compose.split("${").skip(1).filter_map(|part| part.split('}').next()?.split_once(mark).map(|(name, _)| name.to_owned())).collect::<Vec<_>>()
    };
    assert!(named(":?").len() > 10);
    for name in named(":?") {
        assert!(example.lines().any(|line| line == format!("{name}=")), "{name} has a value, or is not in .env.example");
        assert!(made.lines().any(|line| line.strip_prefix(&format!("{name}=")).is_some_and(|value| value.len() >= 43)), "{name}");
    }
    for name in named(":-") {
        assert!(example.lines().any(|line| line.starts_with(&format!("{name}="))), "{name} is not in .env.example");
    }
    Ok(())
}
