//! What belongs to a component, to the whole application, and to one instance.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use wasmtime::component::ResourceTable;
use wasmtime_wasi::{WasiCtx, WasiCtxView, WasiView};
use wasmtime_wasi_http::WasiHttpCtx;
use wasmtime_wasi_http::p3::{WasiHttpCtxView, WasiHttpView};

use crate::host::fetch::Fetch;
use crate::host::{keyvalue, postgres};
use crate::outbound::Allowed;

/// One component of the manifest, templates expanded.
#[derive(Debug)]
pub struct Component {
    pub name: String,
    pub variables: BTreeMap<String, String>,
    pub environment: BTreeMap<String, String>,
    pub allowed: Allowed,
    pub stores: BTreeSet<String>,
}

/// What all components share.
#[derive(Default)]
pub struct Services {
    pub postgres: postgres::Pools,
    pub stores: keyvalue::Stores,
}

/// The data of one instance: its WASI contexts and the table of the resources it holds.
pub struct State {
    pub component: Arc<Component>,
    pub services: Arc<Services>,
    pub table: ResourceTable,
    wasi: WasiCtx,
    http: WasiHttpCtx,
    fetch: Fetch,
}

impl State {
    /// No files, no sockets; stdout is ours, so what the guest prints goes to stderr.
    pub fn new(component: Arc<Component>, services: Arc<Services>) -> Self {
        let mut wasi = WasiCtx::builder();
        wasi.stdout(std::io::stderr()).stderr(std::io::stderr());
        for (name, value) in &component.environment {
            wasi.env(name, value);
        }
        Self {
            wasi: wasi.build(),
            http: WasiHttpCtx::new(),
            table: ResourceTable::new(),
            fetch: Fetch(component.clone()),
            component,
            services,
        }
    }
}

impl WasiView for State {
    fn ctx(&mut self) -> WasiCtxView<'_> {
        WasiCtxView {
            ctx: &mut self.wasi,
            table: &mut self.table,
        }
    }
}

impl WasiHttpView for State {
    fn http(&mut self) -> WasiHttpCtxView<'_> {
        WasiHttpCtxView {
            hooks: &mut self.fetch,
            table: &mut self.table,
            ctx: &mut self.http,
        }
    }
}
