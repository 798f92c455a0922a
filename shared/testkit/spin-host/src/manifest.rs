//! `spin.toml`, manifest version 2: the part of it that an application of prebuilt components uses, woken by HTTP or by Redis.
//!
//! A key of a component that this host does not honour is an error, not a surprise later.

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};

use anyhow::{Context, Result, bail, ensure};
use serde::Deserialize;
use serde::de::IgnoredAny;

#[derive(Debug, Deserialize)]
pub struct Manifest {
    spin_manifest_version: u8,
    #[serde(default)]
    pub variables: BTreeMap<String, Variable>,
    #[serde(default)]
    trigger: Triggers,
    #[serde(default)]
    component: BTreeMap<String, Component>,
}

/// An application variable. A default makes it optional; without one it is required.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Variable {
    pub default: Option<String>,
    #[serde(default)]
    required: bool,
    #[serde(default, rename = "secret")]
    _secret: bool,
    #[serde(default, rename = "description")]
    _description: String,
}

/// Triggers of other kinds belong to other hosts.
#[derive(Debug, Default, Deserialize)]
struct Triggers {
    #[serde(default)]
    http: Vec<HttpTrigger>,
    #[serde(default)]
    redis: Vec<RedisTrigger>,
}

/// Wakes a component by a message of a channel. Spin knows a default for the address; here each names its own.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct RedisTrigger {
    pub address: String,
    pub channel: String,
    pub component: String,
}

#[derive(Debug, Deserialize)]
pub struct HttpTrigger {
    pub route: Route,
    pub component: String,
}

#[derive(Debug, Deserialize)]
#[serde(untagged)]
pub enum Route {
    Pattern(String),
    /// Loaded and checked, but no outside path leads to it.
    Private {
        private: bool,
    },
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Component {
    /// The wasm file. Relative to the manifest in the file, absolute once read.
    pub source: PathBuf,
    #[serde(default)]
    pub variables: BTreeMap<String, String>,
    #[serde(default)]
    pub environment: BTreeMap<String, String>,
    #[serde(default)]
    pub allowed_outbound_hosts: Vec<String>,
    #[serde(default)]
    pub key_value_stores: BTreeSet<String>,
    #[serde(default, rename = "description")]
    _description: String,
    #[serde(default, rename = "build")]
    _build: Option<IgnoredAny>,
    #[serde(default, rename = "tool")]
    _tool: Option<IgnoredAny>,
}

impl Manifest {
    pub fn read(path: &Path) -> Result<Self> {
        let path = path
            .canonicalize()
            .with_context(|| format!("no manifest {}", path.display()))?;
        let text = std::fs::read_to_string(&path)?;
        let mut manifest =
            Self::parse(&text).with_context(|| format!("manifest {}", path.display()))?;
        let folder = path.parent().context("a file has a folder")?;
        for component in manifest.component.values_mut() {
            component.source = folder.join(&component.source);
        }
        Ok(manifest)
    }

    fn parse(text: &str) -> Result<Self> {
        let manifest: Self = toml::from_str(text)?;
        ensure!(
            manifest.spin_manifest_version == 2,
            "spin_manifest_version must be 2"
        );
        ensure!(
            !manifest.trigger.http.is_empty() || !manifest.trigger.redis.is_empty(),
            "there is no [[trigger.http]] and no [[trigger.redis]]"
        );
        for (name, variable) in &manifest.variables {
            if variable.required && variable.default.is_some() {
                bail!("variable {name:?} is required and has a default: it can be one of them");
            }
        }
        for RedisTrigger {
            channel, component, ..
        } in manifest.redis_triggers()
        {
            ensure!(
                manifest.component.contains_key(component),
                "channel {channel:?} names the component {component:?}, which there is not"
            );
        }
        for trigger in manifest.http_triggers() {
            let HttpTrigger { route, component } = trigger;
            ensure!(
                manifest.component.contains_key(component),
                "route {route:?} names the component {component:?}, which there is not"
            );
            ensure!(
                !matches!(route, Route::Private { private: false }),
                "{component:?}: private can only be true"
            );
        }
        Ok(manifest)
    }

    pub fn http_triggers(&self) -> &[HttpTrigger] {
        &self.trigger.http
    }

    pub fn redis_triggers(&self) -> &[RedisTrigger] {
        &self.trigger.redis
    }

    pub fn component(&self, name: &str) -> Option<&Component> {
        self.component.get(name)
    }

    pub fn components(&self) -> impl Iterator<Item = (&String, &Component)> {
        self.component.iter()
    }

    /// The components that some HTTP trigger names, each once.
    pub fn http_components(&self) -> impl Iterator<Item = (&String, &Component)> {
        let named: BTreeSet<_> = self
            .trigger
            .http
            .iter()
            .map(|trigger| &trigger.component)
            .collect();
        self.component
            .iter()
            .filter(move |(name, _)| named.contains(name))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const HEAD: &str = "spin_manifest_version = 2\n[application]\nname = 'a'\n";
    const ONE: &str =
        "[[trigger.http]]\nroute = '/a/...'\ncomponent = 'a'\n[component.a]\nsource = 'a.wasm'\n";

    #[test]
    fn other_triggers_and_build_tables_are_left_alone() {
        let other =
            "[[trigger.mqtt]]\ntopic = 'c'\ncomponent = 'b'\n[component.b]\nsource = 'b.wasm'\n";
        let build = "[component.a.build]\ncommand = 'make'\n";
        let manifest = Manifest::parse(&format!("{HEAD}{ONE}{build}{other}")).unwrap();
        let names: Vec<_> = manifest
            .http_components()
            .map(|(name, _)| name.as_str())
            .collect();
        assert_eq!(names, ["a"]);
    }

    #[test]
    fn what_is_not_understood_is_refused() {
        for (tail, text) in [
            ("files = ['x']\n", "unknown field `files`"),
            (
                "[[trigger.http]]\nroute = '/b'\ncomponent = 'b'\n",
                "\"b\", which there is not",
            ),
            (
                "[[trigger.redis]]\naddress = 'redis://h'\nchannel = 'c'\ncomponent = 'b'\n",
                "\"b\", which there is not",
            ),
            (
                "[variables]\nv = { default = '', required = true }\n",
                "required and has a default",
            ),
            (
                "[[trigger.http]]\nroute = { private = false }\ncomponent = 'a'\n",
                "private can only be true",
            ),
        ] {
            let error = format!(
                "{:#}",
                Manifest::parse(&format!("{HEAD}{ONE}{tail}")).unwrap_err()
            );
            assert!(error.contains(text), "{error}");
        }
        assert!(Manifest::parse("spin_manifest_version = 1").is_err());
    }
}
