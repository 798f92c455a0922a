//! The monitoring is whole: Prometheus' own tools accept it, every alert is tested and has its runbook, and what it asks for is measured.
use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Context, Result, ensure};
use serde_json::{Value, json};
use xtask::root;

/// What each of these files says, by name.
fn files(folder: &str) -> Result<Vec<(PathBuf, String)>> {
    let mut paths = fs::read_dir(root().join("monitoring").join(folder))?.map(|entry| Ok(entry?.path())).collect::<Result<Vec<_>>>()?;
    paths.sort();
    paths.into_iter().map(|path| Ok((path.clone(), fs::read_to_string(path)?))).collect()
}

/// The values of the lines that begin so.
fn values<'a>(text: &'a str, key: &str) -> Vec<&'a str> {
    text.lines().filter_map(|line| line.trim_start().trim_start_matches("- ").strip_prefix(key)).map(str::trim).collect()
}

fn alerts() -> Result<Vec<String>> {
    Ok(files("rules")?.iter().flat_map(|(_, text)| values(text, "alert:").into_iter().map(str::to_owned).collect::<Vec<_>>()).collect())
}

/// Fails with what the tool says unless it succeeds.
fn accepted(command: &mut Command) -> Result<String> {
    let output =
        command.output().with_context(|| format!("{:?}: run `local/setup/system.sh prometheus alertmanager` first", command.get_program()))?;
    let said = format!("{}{}", String::from_utf8_lossy(&output.stdout), String::from_utf8_lossy(&output.stderr));
    ensure!(output.status.success(), "{said}");
    Ok(said)
}

#[test]
fn prometheus_accepts_its_configuration_and_every_rule() -> Result<()> {
    let folder = root().join("monitoring");
    accepted(Command::new("promtool").args(["check", "config", "--syntax-only"]).arg(folder.join("prometheus.yml")))?;
    accepted(Command::new("promtool").args(["check", "rules"]).args(files("rules")?.iter().map(|(path, _)| path)))?;
    Ok(())
}

#[test]
fn every_alert_fires_when_it_must_and_not_otherwise() -> Result<()> {
    accepted(Command::new("promtool").args(["test", "rules"]).args(files("tests")?.iter().map(|(path, _)| path)))?;
    let names: BTreeSet<String> =
        files("tests")?.iter().flat_map(|(_, text)| values(text, "name:").into_iter().map(str::to_owned).collect::<Vec<_>>()).collect();
    let wanted: BTreeSet<String> = alerts()?.iter().flat_map(|alert| [format!("{alert} fires"), format!("{alert} does not fire")]).collect();
    assert_eq!(names, wanted);
    // What a test is called it also does: each is of the alert in its name, and the second kind expects nothing.
    for (_, text) in files("tests")? {
        for test in text.split("  - name: ").skip(1) {
            let (alert, kind) = test.lines().next().and_then(|name| name.split_once(' ')).context("a name of two words")?;
            assert!(test.contains(&format!("alertname: {alert}\n")) || test.contains(&format!("alertname: {alert},")), "{test}");
            assert_eq!(test.contains("exp_alerts: []"), kind == "does not fire", "{test}");
        }
    }
    Ok(())
}

#[test]
fn there_are_four_groups_of_alerts_and_each_alert_has_a_severity_and_its_runbook() -> Result<()> {
    let groups = files("rules")?.iter().filter(|(_, text)| text.contains("alert:")).count();
    assert!(groups >= 4 && alerts()?.len() >= 10, "{groups} groups, {} alerts", alerts()?.len());
    for (path, text) in files("rules")? {
        for rule in text.split("- alert: ").skip(1) {
            let name = rule.lines().next().unwrap_or_default();
            assert!(rule.contains("severity: critical") || rule.contains("severity: warning"), "{}: {name}", path.display());
            assert!(rule.contains(&format!("runbook: docs/RUNBOOKS.md#{}\n", name.to_lowercase())), "{}: {name}", path.display());
        }
    }
    let runbooks = fs::read_to_string(root().join("docs/RUNBOOKS.md"))?;
    let sections: Vec<&str> = values(&runbooks, "## ");
    assert_eq!(sections.iter().map(|name| (*name).to_owned()).collect::<BTreeSet<_>>(), alerts()?.into_iter().collect());
    let hollow = |section: &&str| !section.contains("**Look**") || !section.to_lowercase().contains("**do**");
    assert_eq!(runbooks.split("\n## ").skip(1).filter(hollow).collect::<Vec<_>>(), Vec::<&str>::new());
    Ok(())
}

/// What each panel of each dashboard asks, with its variables as they are where all is chosen; by the dashboard's name and the panel's.
fn panels() -> Result<Vec<(String, String)>> {
    let mut asked = Vec::new();
    for (path, text) in files("grafana/dashboards")? {
        let board: Value = serde_json::from_str(&text).with_context(|| path.display().to_string())?;
        let variables = board["templating"]["list"].as_array().into_iter().flatten().filter_map(|variable| variable["name"].as_str());
        let variables: Vec<String> = variables.map(|name| format!("${name}")).collect();
        for panel in board["panels"].as_array().context("panels")? {
            for target in panel["targets"].as_array().context("targets")? {
                let asks = target["expr"].as_str().context("an expression")?;
                let asks = variables.iter().fold(asks.to_owned(), |asks, variable| asks.replace(variable, ".*"));
                ensure!(!asks.contains('$'), "{}: {asks}", path.display());
                asked.push((format!("{}: {}", board["title"], panel["title"]), asks));
            }
        }
    }
    Ok(asked)
}

#[test]
fn there_are_four_dashboards_and_prometheus_can_read_all_that_they_ask() -> Result<()> {
    let boards: BTreeSet<String> = files("grafana/dashboards")?.iter().filter_map(|(path, _)| Some(path.file_stem()?.to_str()?.to_owned())).collect();
    assert_eq!(boards.into_iter().collect::<Vec<_>>(), ["desk", "service", "stores", "work"]);
    let rules = panels()?.iter().enumerate().map(|(place, (_, asks))| json!({"record": format!("panel:{place}"), "expr": asks})).collect::<Vec<_>>();
    let folder = tempfile::tempdir()?;
    let path = folder.path().join("panels.yml"); // JSON is YAML
    fs::write(&path, json!({"groups": [{"name": "panels", "rules": rules}]}).to_string())?;
    accepted(Command::new("promtool").args(["check", "rules"]).arg(path))?;
    Ok(())
}

/// A name of ours that no program of ours measures would be an alert that never fires and a panel without a line; so would a recorded one that is not.
#[test]
fn what_rules_and_dashboards_ask_of_us_is_measured() -> Result<()> {
    let sources = ["shared/src/metrics.rs", "shared/src/serve/gauges.rs", "local/itsm/src/backup.rs"];
    let measured = sources.iter().map(|path| fs::read_to_string(root().join(path)).unwrap_or_default()).collect::<String>();
    let rules = files("rules")?;
    let recorded: BTreeSet<&str> =
        rules.iter().flat_map(|(_, text)| text.split("record: \"").skip(1).filter_map(|rest| rest.split('"').next())).collect();
    let lines = rules.iter().flat_map(|(path, text)| text.lines().map(|line| (path.display().to_string(), line.to_owned())));
    let is_word = |letter: char| letter.is_ascii_alphanumeric() || letter == '_' || letter == ':';
    for (place, line) in lines.filter(|(_, line)| !line.trim_start().starts_with('#')).chain(panels()?) {
        for name in line.split(|letter| !is_word(letter)) {
            let plain = name.trim_end_matches("_bucket").trim_end_matches("_count");
            let is_known = measured.contains(&format!("\"{plain}\"")) || measured.contains(&format!("{plain} "));
            assert!(is_known || !name.starts_with("itsm_"), "{place}: {name}");
            let is_level = |level: &str| name.starts_with(level) && name.contains(":itsm_");
            assert!(
                recorded.contains(name) || !["desk:", "function:", "queue:", "stage:", "schedule:", "circuit:"].into_iter().any(is_level),
                "{place}: {name}"
            );
        }
    }
    Ok(())
}

#[test]
fn alertmanager_tells_whom_the_environment_names() -> Result<()> {
    let folder = tempfile::tempdir()?;
    let none = configured(&folder.path().join("none.yml"), &[])?;
    assert!(!none.contains("url:") && !none.contains("key:") && !none.contains("smtp_"), "{none}");
    let all = [
        ("ALERT_WEBHOOK_URL", "http://127.0.0.1:9/alerts"),
        ("ALERT_DESK_URL", "https://desk.example.com/v1/alerts"),
        ("ALERT_DESK_KEY", "key"),
        ("ALERT_SLACK_URL", "https://slack.example/x"),
        ("ALERT_PAGERDUTY_KEY", "key"),
        ("ALERT_EMAIL_TO", "ops@example.com"),
        ("ALERT_SMTP_HOST", "mail.example.com:587"),
        ("ALERT_SMTP_FROM", "desk@example.com"),
        ("ALERT_SMTP_USER", "desk"),
        ("ALERT_SMTP_PASSWORD", r#"a"b\c&d"#),
    ];
    let path = folder.path().join("all.yml");
    let told = configured(&path, &all)?;
    assert!(told.contains(r#"smtp_auth_password: "a\"b\\c&d""#) && told.matches("webhook_configs").count() == 2, "{told}");
    for (labels, receiver) in [("severity=critical", "critical"), ("severity=warning", "warning"), ("alertname=Unknown", "warning")] {
        let routed = accepted(Command::new("amtool").args(["config", "routes", "test", "--config.file"]).arg(&path).arg(labels))?;
        assert!(routed.lines().any(|line| line == receiver), "{labels}: {routed}");
    }
    Ok(())
}

/// Alertmanager's configuration from this environment, which `amtool` accepts.
fn configured(path: &Path, variables: &[(&str, &str)]) -> Result<String> {
    let mut command = Command::new(root().join("monitoring/alertmanager.sh"));
    accepted(command.arg(path).env_clear().env("PATH", std::env::var_os("PATH").unwrap_or_default()).envs(variables.iter().copied()))?;
    accepted(Command::new("amtool").arg("check-config").arg(path))?;
    Ok(fs::read_to_string(path)?)
}
