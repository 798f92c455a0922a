//! pgbench with the same statements: what Postgres alone does, with no handler in front of it.
use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Context, Result, bail};

use super::INCIDENTS;
use super::load::CONNECTIONS;
use super::stage::Stage;
use super::tools::output;

/// Another incident at each twentieth turn: choosing one must not cost as much as the statement.
const CHOOSE: &str = r"\set turn random(1, 20)
\set i random(1, :count)
\if :turn = 1
select coalesce((select id::text from tickets where number = 'INC' || lpad(:i::text, 7, '0') and restricted_to is null), :id) as id \gset
\endif
";
/// The parts of the list that are not files: the order; and nothing where nobody asks, as the platform sends it.
const NEWEST_OPENED: [(&str, &str); 4] =
    [("filters", ""), ("after", ""), ("order", "order by t.opened_at desc, t.id desc\n"), ("item", "row_to_json(body)\n")];
const REPORT: &str = r#""short_description":"E-mail does not send","description":"Since this morning, from the whole floor.","impact":2,"urgency":1,"category":"Software","subcategory":"E-mail","channel":"phone","location":"Floor 3","caller_id":null,"assignment_group":null,"assigned_to":null,"major":false,"custom":{}}"#;

/// Transactions a second.
pub(super) fn run(stage: &Stage<'_>, script: &str, seconds: u16) -> Result<f64> {
    let sql = stage.tools.scripts.join("../../functions/incidents/sql");
    let file = stage.database.dir().join("pgbench.sql");
    std::fs::write(&file, transaction(&sql, script)?)?;
    let id = stage.sql("select id from tickets where state = 'new' and restricted_to is null limit 1")?;
    let mut pgbench = Command::new(stage.database.program("pgbench"));
    pgbench.args(["-n", "-M", "prepared", "-c", CONNECTIONS, "-j", "1", "-T", &seconds.to_string(), "-f"]).arg(&file);
    let digest = "0".repeat(64);
    for (name, value) in [
        ("session", stage.session.as_str()),
        ("id", id.trim()),
        ("count", &INCIDENTS.to_string()),
        ("column", "opened_at"),
        ("now", "2026-01-01T00:00:00Z"),
        ("digest", &digest),
        ("report", REPORT),
    ] {
        pgbench.args(["-D", &format!("{name}={value}")]);
    }
    let said = output(pgbench.arg(&stage.url))?;
    let tps = said.lines().find_map(|line| line.strip_prefix("tps = ")).context("pgbench's report has changed")?;
    Ok(tps.split(' ').next().unwrap_or_default().parse()?)
}

/// The script for pgbench.
fn transaction(sql: &Path, script: &str) -> Result<String> {
    let text = |name: &str| -> Result<String> {
        let path: PathBuf = sql.join(name);
        std::fs::read_to_string(&path).with_context(|| format!("reading {}", path.display()))
    };
    Ok(match script {
        "get" => format!("{CHOOSE}{};\n", filled(&text("get.sql")?, &[":session", ":id"])),
        "list" => {
            let mut joined = text("list.sql")?.replace("--: page\n", &text("parts/page.sql")?);
            joined = NEWEST_OPENED.iter().fold(joined, |joined, (part, sql)| joined.replace(&format!("--: {part}\n"), sql));
            let mut values = ["null"; 32];
            (values[0], values[28], values[31]) = (":session", "50", ":column");
            filled(&joined, &values) + ";\n"
        }
        "create" => {
            let incident = r#"('{"id":"' || gen_random_uuid() || '",' || :report)"#;
            filled(&text("create.sql")?, &[":session", incident, ":now", "null", ":digest", "null"]) + ";\n"
        }
        "patch" => {
            let read = filled(&text("read.sql")?, &[":session", ":id", "null", "''"]);
            let set = r#"('{"short_description":"Printer jams ' || clock_timestamp() || '"}')"#;
            let update = filled(&text("update.sql")?, &[":session", ":id", ":version", set, ":now", ":role", "null", "''", ":digest", "null"]);
            let taken = "select answer::json #>> '{incident,version}' as version, answer::json ->> 'role' as role";
            format!("{CHOOSE}{taken} from ({read}) as found(answer) \\gset\n{update};\n")
        }
        other => bail!("no transaction for {other}"),
    })
}

/// The statement without its comments, each `$n` replaced: the casts beside them stay.
fn filled(sql: &str, values: &[&str]) -> String {
    let code: String = sql.lines().filter(|line| !line.trim_start().starts_with("--")).fold(String::new(), |all, line| all + line + "\n");
    let numbered = values.iter().enumerate().rev();
    numbered.fold(code, |code, (at, value)| code.replace(&format!("${}", at + 1), value)).trim_end().to_owned()
}
