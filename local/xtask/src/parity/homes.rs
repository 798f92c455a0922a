//! The homes, and what each needs before its tests can run.
use std::path::Path;

use anyhow::{Context, Result};
use xtask::wasm;

use super::cluster;
use super::sqs::Emulator;
use crate::ground;

/// As `ITSM_HOME` spells them.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, clap::ValueEnum)]
pub(super) enum Home {
    /// One router in the test's process.
    InProcess,
    /// Processes behind nginx.
    Http,
    /// The whole cluster, its gateway and its database the same for all tests.
    Cluster,
    /// The Lambda runtime interface emulator.
    Lambda,
    /// The same with SQS.
    Sqs,
    /// WebAssembly components in Spin's host.
    Spin,
}

/// What runs beside the tests of a home.
#[derive(Default)]
pub(super) struct Stage {
    /// It ends with this value.
    _sqs: Option<Emulator>,
    /// It ends with this value.
    _cluster: Option<xtask::cluster::Cluster>,
    variables: Vec<(&'static str, String)>,
}

impl Home {
    /// In the order of the report; the first is the one that others are compared with.
    pub(super) const ALL: [Self; 6] = [Self::InProcess, Self::Http, Self::Cluster, Self::Lambda, Self::Sqs, Self::Spin];

    pub(super) fn name(self) -> &'static str {
        match self {
            Self::InProcess => "in-process",
            Self::Http => "http",
            Self::Cluster => "cluster",
            Self::Lambda => "lambda",
            Self::Sqs => "sqs",
            Self::Spin => "spin",
        }
    }

    /// Tests that run at once: the cluster has one database for all.
    pub(super) fn threads(self) -> &'static str {
        if self == Self::Cluster { "1" } else { "4" }
    }

    /// Builds one component where one is named, and all where none is. An error is why its tests cannot run.
    pub(super) async fn set_up(self, root: &Path, component: Option<&str>) -> Result<Stage> {
        match self {
            Self::InProcess => {}
            Self::Http => {
                let version = ground::command("nginx").arg("-v").output().await;
                version.context("nginx is not installed")?;
            }
            Self::Cluster => {
                let cluster = cluster::start(root).await?;
                let variables = cluster.as_ref().map(cluster::variables).transpose()?.unwrap_or_default();
                return Ok(Stage { variables, _cluster: cluster, ..Stage::default() });
            }
            Self::Lambda => tools(root).await?,
            Self::Sqs => {
                tools(root).await?;
                let sqs = Emulator::start(root).await?;
                let variables = vec![("TEST_SQS_ENDPOINT", sqs.endpoint().to_owned())];
                return Ok(Stage { _sqs: Some(sqs), variables, ..Stage::default() });
            }
            Self::Spin => {
                let (root, component) = (root.to_owned(), component.map(str::to_owned));
                tokio::task::spawn_blocking(move || wasm::build(&root, component.as_deref())).await?.context("the components cannot be built")?;
            }
        }
        Ok(Stage::default())
    }
}

impl Stage {
    /// More variables for the tests.
    pub(super) fn variables(&self) -> impl Iterator<Item = (&'static str, &str)> {
        self.variables.iter().map(|(name, value)| (*name, value.as_str()))
    }
}

async fn tools(root: &Path) -> Result<()> {
    ground::succeed(&mut ground::command(root.join("local/setup/lambda.sh"))).await.context("local/setup/lambda.sh")
}
