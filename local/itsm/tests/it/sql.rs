//! Every `.sql` file is a statement that Postgres accepts on the migrated schema, and keeps the rules of the database port:
//! one text column, placeholders numbered without gaps and each cast where it stands, no whole row in a body.
use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};

use sqlx::{AssertSqlSafe, Column, Connection, Either, Executor, PgConnection, SqlSafeStr, Statement, TypeInfo};
use testkit::desk;

/// What is not one statement with one text column, and why.
const EXEMPT: &[(&str, &str)] = &[
    ("shared/sql/roles.sql", "a script: DDL of `itsm migrate`"),
    ("local/itsm/sql/epoch.sql", "a script: DDL of `itsm migrate`"),
    ("local/itsm/sql/seed_people.sql", "answers nothing: `itsm seed` only executes it"),
    ("local/itsm/sql/seed_incidents.sql", "answers nothing: `itsm seed` only executes it"),
    ("local/itsm/sql/seed_company.sql", "answers nothing: `itsm seed` only executes it"),
    ("local/itsm/sql/seed_slas.sql", "answers nothing: `itsm seed` only executes it"),
    ("local/itsm/sql/seed_words.sql", "answers nothing: `itsm seed` only executes it"),
    ("local/itsm/sql/seed_life.sql", "answers nothing: `itsm seed` only executes it"),
    ("functions/events/sql/list.sql", "a fragment: checked joined, as events::STATEMENTS"),
    ("functions/events/sql/list_page.sql", "a fragment: checked joined, as events::STATEMENTS"),
    ("functions/events/sql/list_stream.sql", "a fragment: checked joined, as events::STATEMENTS"),
];
/// Names that bodies are made under, each with a named select list.
const BODIES: &[&str] = &["body", "item", "found"];

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../..").canonicalize().unwrap()
}

/// Name and text of all statements, the joined ones included.
fn statements() -> Vec<(String, String)> {
    let mut folders = vec![root().join("shared/sql"), root().join("local/itsm/sql")];
    folders.extend(fs::read_dir(root().join("functions")).unwrap().map(|entry| entry.unwrap().path().join("sql")));
    let files = folders.iter().filter_map(|folder| fs::read_dir(folder).ok()).flatten().map(|entry| entry.unwrap().path());
    let mut all: Vec<(String, String)> = files
        .filter(|path| path.extension().is_some_and(|end| end == "sql"))
        .map(|path| (path.strip_prefix(root()).unwrap().to_string_lossy().into_owned(), fs::read_to_string(&path).unwrap()))
        .collect();
    // A file with a line `--: name` is put together with others: what comes of it is checked instead.
    all.retain(|(_, sql)| !sql.lines().any(|line| line.trim_start().starts_with("--: ")));
    all.extend(incidents::statements().into_iter().enumerate().map(|(at, sql)| (format!("incidents::statements {at}"), sql.to_owned())));
    all.extend(events::STATEMENTS.iter().enumerate().map(|(at, sql)| (format!("events::STATEMENTS {at}"), (*sql).to_owned())));
    all.sort();
    all
}

fn is_exempt(name: &str) -> bool {
    EXEMPT.iter().any(|(file, _)| *file == name)
}

/// The statement without its comments.
fn code(sql: &str) -> String {
    sql.lines().map(|line| line.split("--").next().unwrap_or_default()).collect::<Vec<_>>().join("\n")
}

#[tokio::test]
async fn each_is_prepared_and_answers_one_text_column() {
    desk(async |desk| {
        let mut connection = PgConnection::connect(&desk.database.url).await.unwrap();
        let mut checked = 0;
        for (name, sql) in statements().into_iter().filter(|(name, _)| !is_exempt(name)) {
            let prepared = connection.prepare(AssertSqlSafe(sql).into_sql_str()).await.unwrap_or_else(|error| panic!("{name}: {error}"));
            let columns: Vec<&str> = prepared.columns().iter().map(|column| column.type_info().name()).collect();
            assert_eq!(columns, ["TEXT"], "{name}");
            let Some(Either::Left(parameters)) = prepared.parameters() else { panic!("{name}: parameters without types") };
            for parameter in parameters {
                assert!(["TEXT", "INT8", "BOOL"].contains(&parameter.name()), "{name}: {}", parameter.name());
            }
            checked += 1;
        }
        println!("{checked} statements prepared");
        assert!(checked >= 25);
        connection.close().await.unwrap();
    })
    .await;
}

#[tokio::test]
async fn who_is_asking_is_one_look_up_among_sessions_and_one_among_keys() {
    desk(async |desk| {
        let person = desk.person("agent").await;
        desk.execute(
            "insert into users (id, email, name, role) select gen_random_uuid(), n || '@example.com', 'x', 'agent' from generate_series(1, 2000) n;
             insert into sessions (id, user_id, refresh_hash, expires_at) select gen_random_uuid(), id, id::text, now() + interval '1 day' from users;
             insert into api_keys (id, session_id, user_id, name, prefix, scopes, expires_at)
             select gen_random_uuid(), gen_random_uuid(), id, 'x', 'x', '{}', now() + interval '1 day' from users;
             analyze users, sessions, api_keys;",
        )
        .await;
        let plan = desk.rows(&format!("explain select id, role from callers where session_id = '{}'", person.session)).await.join("\n");
        for index in ["sessions_pkey", "api_keys_session_key", "users_pkey"] {
            assert_eq!(plan.matches(index).count(), 1, "{plan}");
        }
        assert!(!plan.contains("Seq Scan") && !plan.contains("Bitmap"), "{plan}");
    })
    .await;
}

#[test]
fn placeholders_have_no_gaps_and_each_is_cast_where_it_stands() {
    for (name, sql) in statements().into_iter().filter(|(name, _)| !name.ends_with("roles.sql")) {
        let code = code(&sql);
        let mut numbers = BTreeSet::new();
        for after in code.split('$').skip(1) {
            let digits: String = after.chars().take_while(char::is_ascii_digit).collect();
            if digits.is_empty() {
                continue; // a dollar quote
            }
            let cast = &after[digits.len()..];
            let is_cast =
                ["::text", "::int8", "::bool"].iter().any(|of| cast.strip_prefix(of).is_some_and(|rest| !rest.starts_with(char::is_alphanumeric)));
            assert!(is_cast, "{name}: ${digits} is not cast where it stands: ...{}", cast.chars().take(20).collect::<String>());
            numbers.insert(digits.parse::<usize>().unwrap());
        }
        assert_eq!(numbers.into_iter().collect::<Vec<_>>(), (1..=highest(&sql)).collect::<Vec<_>>(), "{name}: numbered, used and described");
    }
}

/// The highest placeholder that the comments describe or the code uses.
fn highest(sql: &str) -> usize {
    let numbers = sql.split('$').skip(1).filter_map(|after| after.split(|c: char| !c.is_ascii_digit()).next()?.parse().ok());
    numbers.max().unwrap_or(0)
}

#[test]
fn a_body_names_its_columns() {
    for (name, sql) in statements() {
        let code = code(&sql);
        let diffs: Vec<(usize, usize)> = code.match_indices("changes(").map(|(at, call)| (at, closing(&code, at + call.len() - 1))).collect();
        for (at, _) in code.match_indices("to_jsonb(") {
            assert!(diffs.iter().any(|(from, to)| (*from..*to).contains(&at)), "{name}: to_jsonb outside of changes()");
        }
        for (at, call) in code.match_indices("row_to_json(") {
            let argument = code[at + call.len()..].split(')').next().unwrap();
            assert!(BODIES.contains(&argument), "{name}: row_to_json({argument})");
        }
        for body in BODIES {
            for (at, _) in code.match_indices(&format!(") as {body}")) {
                let list = own_level(&code[opening(&code, at)..at]);
                let list = list.split(" from ").next().unwrap();
                assert!(!list.contains('*'), "{name}: {body} holds whole rows: {list}");
            }
        }
    }
}

/// Where the parenthesis at `open` closes.
fn closing(code: &str, open: usize) -> usize {
    let mut depth = 0;
    let end = code[open..].char_indices().find(|(_, c)| {
        depth += i32::from(*c == '(') - i32::from(*c == ')');
        depth == 0
    });
    open + end.expect("a closing parenthesis").0
}

/// Where the parenthesis that closes at `close` opens.
fn opening(code: &str, close: usize) -> usize {
    let mut depth = 0;
    let begin = code[..=close].char_indices().rev().find(|(_, c)| {
        depth += i32::from(*c == ')') - i32::from(*c == '(');
        depth == 0
    });
    begin.expect("an opening parenthesis").0
}

/// The text without what stands in further parentheses.
fn own_level(text: &str) -> String {
    let mut depth = 0;
    text.chars()
        .filter(|c| {
            depth += i32::from(*c == '(') - i32::from(*c == ')');
            depth == 1 && *c != '('
        })
        .collect()
}
