//! PostgreSQL's own programs, as `backup` and `restore` run them.
use std::ffi::OsStr;

use anyhow::{Context, Result, bail};
use tokio::process::Command;

/// One of them, told where the database is.
pub(crate) struct Program {
    name: &'static str,
    command: Command,
}

impl Program {
    /// `pg_dump` or `pg_restore` on the database at `url`. The password goes by the environment: everybody may read a process's arguments.
    pub(crate) fn new(name: &'static str, url: &str) -> Result<Self> {
        let (url, password) = without_password(url)?;
        let mut command = Command::new(name);
        command.arg("--dbname").arg(url).kill_on_drop(true);
        if let Some(password) = password {
            command.env("PGPASSWORD", password);
        }
        Ok(Self { name, command })
    }

    pub(crate) fn arg(&mut self, argument: impl AsRef<OsStr>) -> &mut Self {
        self.command.arg(argument);
        self
    }

    pub(crate) fn args(&mut self, arguments: impl IntoIterator<Item = impl AsRef<OsStr>>) -> &mut Self {
        self.command.args(arguments);
        self
    }

    /// To its end; what it says is the error.
    pub(crate) async fn run(&mut self) -> Result<()> {
        let output = self.command.output().await.with_context(|| format!("starting {}: is PostgreSQL's client on the PATH?", self.name))?;
        if output.status.success() {
            return Ok(());
        }
        bail!("{}: {}", self.name, String::from_utf8_lossy(&output.stderr).trim())
    }
}

/// `postgres://user:password@host/database` without the password, and the password as it is.
fn without_password(url: &str) -> Result<(String, Option<String>)> {
    let Some((scheme, rest)) = url.split_once("://") else { bail!("DATABASE_URL is no URL") };
    let authority = rest.split(['/', '?']).next().unwrap_or_default();
    let Some((user, password)) = authority.rsplit_once('@').and_then(|(user, _)| user.split_once(':')) else { return Ok((url.to_owned(), None)) };
    let rest = &rest[user.len() + 1 + password.len()..];
    Ok((format!("{scheme}://{user}{rest}"), Some(decoded(password)?)))
}

/// Percent-decoded.
fn decoded(text: &str) -> Result<String> {
    let mut parts = text.split('%');
    let mut bytes = parts.next().unwrap_or_default().as_bytes().to_vec();
    for part in parts {
        let code = part.get(..2).and_then(|code| u8::from_str_radix(code, 16).ok()).context("the password in DATABASE_URL is not percent-encoded")?;
        bytes.push(code);
        bytes.extend_from_slice(&part.as_bytes()[2..]);
    }
    Ok(String::from_utf8(bytes)?)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_password_is_taken_out_of_a_url_and_nothing_else() {
        let taken = |url| without_password(url).unwrap();
        assert_eq!(taken("postgres://me:p%40%3aw@host:1/db?a=b"), ("postgres://me@host:1/db?a=b".into(), Some("p@:w".into())));
        assert_eq!(taken("postgres://me@host/db"), ("postgres://me@host/db".into(), None));
        assert_eq!(taken("postgres:///itsm?host=/a:b@c&user=itsm"), ("postgres:///itsm?host=/a:b@c&user=itsm".into(), None));
        assert!(without_password("postgres://me:%4@host/db").is_err());
    }
}
