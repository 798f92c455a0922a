//! The command line, in the words of `spin up`.

use std::net::SocketAddr;
use std::path::PathBuf;

use anyhow::{Context, Result, bail};

pub const USAGE: &str = "\
usage: spin-host --from spin.toml [--listen 127.0.0.1:0] [--variable NAME=VALUE]... [--cache DIR]

Serves the HTTP components of a Spin manifest. When ready, one line `listening on http://HOST:PORT`
goes to stdout; what the components print goes to stderr. SIGTERM ends it.

  --from      the manifest
  --listen    address and port, port 0 for any free one
  --variable  an application variable; SPIN_VARIABLE_NAME in the environment does the same
  --cache     where compiled components are kept (default: spin-host-cache beside the first component)";

#[derive(Debug, PartialEq)]
pub struct Arguments {
    pub manifest: PathBuf,
    pub listen: SocketAddr,
    pub variables: Vec<(String, String)>,
    pub cache: Option<PathBuf>,
}

impl Arguments {
    pub fn parse(words: impl IntoIterator<Item = String>) -> Result<Self> {
        let mut words = words.into_iter();
        let mut manifest = None;
        let mut listen = SocketAddr::from(([127, 0, 0, 1], 0));
        let mut variables = Vec::new();
        let mut cache = None;
        while let Some(flag) = words.next() {
            let mut value = || {
                words
                    .next()
                    .with_context(|| format!("{flag} needs a value"))
            };
            match flag.as_str() {
                "--from" => manifest = Some(value()?.into()),
                "--listen" => listen = value()?.parse().context("--listen takes IP:PORT")?,
                "--variable" => variables.push(pair(&value()?)?),
                "--cache" => cache = Some(value()?.into()),
                _ => bail!("unknown argument {flag:?}\n\n{USAGE}"),
            }
        }
        let manifest = manifest.with_context(|| format!("--from is missing\n\n{USAGE}"))?;
        Ok(Self {
            manifest,
            listen,
            variables,
            cache,
        })
    }
}

fn pair(text: &str) -> Result<(String, String)> {
    let (name, value) = text
        .split_once('=')
        .context("--variable takes NAME=VALUE")?;
    Ok((name.to_owned(), value.to_owned()))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parse(line: &str) -> Result<Arguments> {
        Arguments::parse(line.split_whitespace().map(str::to_owned))
    }

    #[test]
    fn flags_take_the_word_behind_them() {
        let arguments =
            parse("--from spin.toml --variable a=b=c --variable empty= --cache x").unwrap();
        assert_eq!(arguments.manifest, PathBuf::from("spin.toml"));
        assert_eq!(
            arguments.variables,
            [("a".into(), "b=c".into()), ("empty".into(), String::new())]
        );
        assert_eq!(arguments.cache, Some("x".into()));
        assert_eq!(arguments.listen.to_string(), "127.0.0.1:0");
    }

    #[test]
    fn a_wrong_line_says_what_is_wrong() {
        for (line, text) in [
            ("", "--from is missing"),
            ("--from", "--from needs a value"),
            ("--from a --variable b", "NAME=VALUE"),
            ("--from a --listen b", "IP:PORT"),
            ("--form a", "unknown argument \"--form\""),
        ] {
            let error = format!("{:#}", parse(line).unwrap_err());
            assert!(error.contains(text), "{line}: {error}");
        }
    }
}
