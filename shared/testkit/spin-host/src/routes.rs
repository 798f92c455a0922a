//! Which component answers a path. `routefinder` is the router of Spin itself, so the rules are its own:
//! an exact segment goes before `:name`, which goes before a trailing `/...`; a trailing slash does not count.

use anyhow::{Result, anyhow};

use crate::manifest::{HttpTrigger, Route};

#[derive(Debug, Default)]
pub struct Routes(routefinder::Router<Target>);

#[derive(Debug)]
struct Target {
    pattern: String,
    component: String,
}

/// The component of a path, and what Spin tells it of the match.
#[derive(Debug, PartialEq)]
pub struct Found<'a> {
    pub component: &'a str,
    pub pattern: &'a str,
    /// What stood in place of the trailing `/...`.
    pub path_info: String,
}

impl Routes {
    pub fn new(triggers: &[HttpTrigger]) -> Result<Self> {
        let mut router = routefinder::Router::new();
        for HttpTrigger { route, component } in triggers {
            let Route::Pattern(pattern) = route else {
                continue;
            };
            let spec = match pattern.strip_suffix("/...") {
                Some(prefix) => format!("{prefix}/*"),
                None => pattern.clone(),
            };
            let target = Target {
                pattern: pattern.clone(),
                component: component.clone(),
            };
            router
                .add(spec.as_str(), target)
                .map_err(|error| anyhow!("route {pattern:?}: {error}"))?;
        }
        Ok(Self(router))
    }

    pub fn find(&self, path: &str) -> Option<Found<'_>> {
        let found = self.0.best_match(path)?;
        let rest = found.captures().wildcard().map(|rest| {
            let slash = if path.ends_with('/') { "/" } else { "" };
            if rest.is_empty() {
                slash.to_owned()
            } else {
                format!("/{rest}{slash}")
            }
        });
        let Target { pattern, component } = found.handler();
        Some(Found {
            component,
            pattern,
            path_info: rest.unwrap_or_default(),
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn routes(patterns: &[&str]) -> Routes {
        let trigger = |pattern: &&str| HttpTrigger {
            route: Route::Pattern((*pattern).to_owned()),
            component: (*pattern).to_owned(),
        };
        let mut triggers: Vec<_> = patterns.iter().map(trigger).collect();
        triggers.push(HttpTrigger {
            route: Route::Private { private: true },
            component: "private".into(),
        });
        Routes::new(&triggers).unwrap()
    }

    #[test]
    fn the_most_specific_route_wins_whatever_the_order() {
        let mut patterns = [
            "/...",
            "/v1/a",
            "/v1/a/...",
            "/v1/a/b/...",
            "/v1/:id",
            "/v1/:id/x",
        ];
        for _ in 0..patterns.len() {
            patterns.rotate_left(1);
            let routes = routes(&patterns);
            for (path, pattern) in [
                ("/", "/..."),
                ("/v2/a", "/..."),
                ("/v1/a", "/v1/a"),
                ("/v1/a/", "/v1/a"),
                ("/v1/a/1", "/v1/a/..."),
                ("/v1/a/b/c/d", "/v1/a/b/..."),
                ("/v1/7", "/v1/:id"),
                ("/v1/7/x", "/v1/:id/x"),
                ("/v1/7/y", "/..."),
            ] {
                assert_eq!(
                    routes.find(path).unwrap().component,
                    pattern,
                    "{path} in {patterns:?}"
                );
            }
        }
    }

    #[test]
    fn a_wildcard_takes_its_own_prefix_and_whole_segments_only() {
        let routes = routes(&["/v1/incidents/..."]);
        for (path, info) in [
            ("/v1/incidents", ""),
            ("/v1/incidents/", "/"),
            ("/v1/incidents/7", "/7"),
            ("/v1/incidents/7/comments/", "/7/comments/"),
        ] {
            assert_eq!(routes.find(path).unwrap().path_info, info, "{path}");
        }
        assert_eq!(routes.find("/v1/incidents-of-others"), None);
        assert_eq!(routes.find("/v1"), None);
        assert_eq!(routes.find("/private"), None);
    }
}
