//! `allowed_outbound_hosts`: `scheme://host[:port]`, each part of which may be `*`. What no entry allows is
//! refused before a socket is opened, as Spin does.

use anyhow::{Context, Result, bail, ensure};

/// Where one component may connect to.
#[derive(Debug, Default)]
pub struct Allowed(Vec<Pattern>);

#[derive(Debug)]
struct Pattern {
    scheme: Option<String>,
    host: Host,
    ports: Ports,
}

#[derive(Debug)]
enum Host {
    Any,
    /// With its leading dot.
    Suffix(String),
    Exactly(String),
}

#[derive(Debug)]
enum Ports {
    Any,
    /// The end is not part of it.
    Range(u32, u32),
}

impl Allowed {
    pub fn parse(entries: &[String]) -> Result<Self> {
        let pattern = |entry: &String| {
            Pattern::parse(entry.trim())
                .with_context(|| format!("allowed_outbound_hosts: {entry:?}"))
        };
        entries.iter().map(pattern).collect::<Result<_>>().map(Self)
    }

    /// Says on stderr what to add to the manifest when the answer is no.
    pub fn allows(&self, scheme: &str, host: &str, port: Option<u16>) -> bool {
        let port = port.or_else(|| well_known_port(scheme));
        let allowed = self
            .0
            .iter()
            .any(|pattern| pattern.allows(scheme, host, port));
        if !allowed {
            let port = port.map(|port| format!(":{port}")).unwrap_or_default();
            eprintln!("spin-host: not in allowed_outbound_hosts: \"{scheme}://{host}{port}\"");
        }
        allowed
    }
}

impl Pattern {
    fn parse(entry: &str) -> Result<Self> {
        let (scheme, rest) = entry.split_once("://").context("there is no scheme")?;
        let rest = rest.strip_suffix('/').unwrap_or(rest);
        ensure!(
            !rest.contains('/'),
            "a path or a network range is not understood"
        );
        let (host, port) = match rest.rsplit_once(':') {
            Some((host, port)) if !port.ends_with(']') => (host, port),
            _ => (rest, ""),
        };
        let scheme = (scheme != "*").then(|| scheme.to_owned());
        let ports = Ports::parse(port, scheme.as_deref())?;
        Ok(Self {
            scheme,
            host: Host::parse(host)?,
            ports,
        })
    }

    fn allows(&self, scheme: &str, host: &str, port: Option<u16>) -> bool {
        let scheme_fits = self.scheme.as_deref().is_none_or(|wanted| wanted == scheme);
        let host_fits = match &self.host {
            Host::Any => true,
            Host::Suffix(suffix) => host.ends_with(suffix),
            Host::Exactly(wanted) => wanted == host,
        };
        let port_fits = match self.ports {
            Ports::Any => true,
            Ports::Range(start, end) => {
                port.is_some_and(|port| (start..end).contains(&port.into()))
            }
        };
        scheme_fits && host_fits && port_fits
    }
}

impl Host {
    fn parse(text: &str) -> Result<Self> {
        match text.strip_prefix("*.") {
            _ if text == "*" => Ok(Self::Any),
            Some(domain) if !domain.contains('*') => Ok(Self::Suffix(format!(".{domain}"))),
            None if text == "self" || text.ends_with(".spin.internal") => {
                bail!("requests to the application itself are not understood")
            }
            None if !text.is_empty() && !text.contains('*') => Ok(Self::Exactly(text.to_owned())),
            _ => bail!("a host is a name, *.name or *"),
        }
    }
}

impl Ports {
    fn parse(text: &str, scheme: Option<&str>) -> Result<Self> {
        let number = |text: &str| {
            text.parse::<u16>()
                .map(u32::from)
                .with_context(|| format!("port {text:?}"))
        };
        if text == "*" {
            return Ok(Self::Any);
        }
        if let Some((start, end)) = text.split_once("..") {
            return Ok(Self::Range(number(start)?, number(end)?));
        }
        let port = match text {
            "" => scheme
                .and_then(well_known_port)
                .map(u32::from)
                .context("there is no port")?,
            _ => number(text)?,
        };
        Ok(Self::Range(port, port + 1))
    }
}

fn well_known_port(scheme: &str) -> Option<u16> {
    match scheme {
        "http" => Some(80),
        "https" => Some(443),
        "postgres" => Some(5432),
        "redis" => Some(6379),
        "mysql" => Some(3306),
        "mqtt" => Some(1883),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn allows(entry: &str, scheme: &str, host: &str, port: impl Into<Option<u16>>) -> bool {
        Allowed::parse(&[entry.to_owned()])
            .unwrap()
            .allows(scheme, host, port.into())
    }

    #[test]
    fn each_part_has_to_fit() {
        assert!(allows("postgres://db:5433", "postgres", "db", 5433));
        assert!(!allows("postgres://db:5433", "postgres", "db", None));
        assert!(!allows("postgres://db:5433", "redis", "db", 5433));
        assert!(!allows("postgres://db:5433", "postgres", "db2", 5433));
        assert!(allows("redis://cache/", "redis", "cache", None));
        assert!(allows("http://[::1]:80", "http", "[::1]", None));
        assert!(allows("https://[::1]", "https", "[::1]", 443));
    }

    #[test]
    fn wildcards() {
        assert!(allows("*://*:*", "anything", "anywhere", 1));
        assert!(allows(
            "https://*.example.com",
            "https",
            "a.example.com",
            None
        ));
        assert!(!allows(
            "https://*.example.com",
            "https",
            "example.com",
            None
        ));
        assert!(allows("http://*:8000..8002", "http", "a", 8001));
        assert!(!allows("http://*:8000..8002", "http", "a", 8002));
    }

    #[test]
    fn what_is_not_understood_is_refused() {
        for entry in [
            "",
            "*",
            "db:5432",
            "http://a/b",
            "*://a",
            "http://a:b",
            "http://a.*",
            "http://self",
            "http://10.0.0.0/8",
        ] {
            assert!(Allowed::parse(&[entry.to_owned()]).is_err(), "{entry:?}");
        }
        assert!(!Allowed::default().allows("http", "a", None));
    }
}
