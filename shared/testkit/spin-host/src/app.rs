//! The application: the manifest with its variables filled in, and its components compiled and linked.
//!
//! Compiled code is kept in wasmtime's own cache, keyed by compiler, settings and the wasm itself. A test
//! starts a host of its own, so a warm start has to cost little.

use std::collections::HashMap;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::thread::ScopedJoinHandle;

use anyhow::{Context, Result, anyhow};
use wasmtime::component::{Component as Wasm, Linker};
use wasmtime::{Cache, CacheConfig, Config, Engine};
use wasmtime_wasi_http::handler::ProxyHandler;
use wasmtime_wasi_http::p3::bindings::ServicePre;

use crate::arguments::Arguments;
use crate::bell::Bell;
use crate::host;
use crate::host::exported::RungPre;
use crate::manifest::{self, Manifest};
use crate::outbound::Allowed;
use crate::routes::Routes;
use crate::state::{Component, Services, State};
use crate::variables::Variables;
use crate::worker::Workers;

pub struct App {
    pub routes: Routes,
    pub handlers: HashMap<String, ProxyHandler<Workers>>,
    pub bells: Vec<Bell>,
}

impl App {
    pub fn load(arguments: &Arguments) -> Result<Self> {
        let manifest = Manifest::read(&arguments.manifest)?;
        let variables = Variables::resolve(&manifest.variables, &arguments.variables, |name| {
            std::env::var(name).ok()
        })?;
        let engine = engine(&cache_folder(arguments, &manifest)?)?;
        let linker = linker(&engine)?;
        let services = Arc::new(Services::default());
        let load = |name: &str, component: &manifest::Component| {
            let wasm = Wasm::from_file(&engine, &component.source).map_err(foreign)?;
            let pre = linker
                .instantiate_pre(&wasm)
                .and_then(ServicePre::new)
                .map_err(foreign)?;
            let component = Arc::new(granted(name, component, &variables)?);
            Ok(ProxyHandler::new(Workers {
                pre,
                component,
                services: services.clone(),
            }))
        };
        let bell = |trigger: &manifest::RedisTrigger| {
            let component = manifest
                .component(&trigger.component)
                .context("a trigger names a component")?;
            let wasm = Wasm::from_file(&engine, &component.source).map_err(foreign)?;
            Ok(Bell {
                address: variables.expand(&trigger.address)?,
                channel: variables.expand(&trigger.channel)?,
                pre: linker
                    .instantiate_pre(&wasm)
                    .and_then(RungPre::new)
                    .map_err(foreign)?,
                component: Arc::new(granted(&trigger.component, component, &variables)?),
                services: services.clone(),
            })
        };
        let bells = manifest.redis_triggers().iter().map(bell);
        let bells = bells.collect::<Result<_>>()?;
        let handlers = each_in_a_thread(manifest.http_components(), load)?;
        Ok(Self {
            routes: Routes::new(manifest.http_triggers())?,
            handlers,
            bells,
        })
    }
}

/// Reading compiled code takes time that the cores can share.
fn each_in_a_thread<'a, H: Send>(
    components: impl Iterator<Item = (&'a String, &'a manifest::Component)>,
    load: impl Fn(&str, &manifest::Component) -> Result<H> + Sync,
) -> Result<HashMap<String, H>> {
    std::thread::scope(|scope| {
        let load = &load;
        let start = |(name, component): (&'a String, &'a manifest::Component)| {
            (name, scope.spawn(move || load(name, component)))
        };
        let threads: Vec<_> = components.map(start).collect();
        let end = |(name, thread): (&String, ScopedJoinHandle<'_, Result<H>>)| {
            let loaded = thread
                .join()
                .unwrap_or_else(|_| Err(anyhow!("loading panicked")));
            Ok((
                name.clone(),
                loaded.with_context(|| format!("component {name:?}"))?,
            ))
        };
        threads.into_iter().map(end).collect()
    })
}

/// What the manifest lets a component have.
fn granted(
    name: &str,
    component: &manifest::Component,
    variables: &Variables,
) -> Result<Component> {
    let expand = |template: &String| variables.expand(template);
    let hosts: Vec<_> = component
        .allowed_outbound_hosts
        .iter()
        .map(expand)
        .collect::<Result<_>>()?;
    let values = component
        .variables
        .iter()
        .map(|(name, template)| Ok((name.clone(), expand(template)?)));
    Ok(Component {
        name: name.to_owned(),
        variables: values.collect::<Result<_>>()?,
        environment: component.environment.clone(),
        allowed: Allowed::parse(&hosts)?,
        stores: component.key_value_stores.clone(),
    })
}

fn cache_folder(arguments: &Arguments, manifest: &Manifest) -> Result<PathBuf> {
    let beside = || {
        let (_, first) = manifest.components().next()?;
        Some(first.source.parent()?.join("spin-host-cache"))
    };
    let folder = arguments
        .cache
        .clone()
        .or_else(beside)
        .context("there is no component")?;
    Ok(std::path::absolute(folder)?)
}

fn engine(cache: &Path) -> Result<Engine> {
    let mut folder = CacheConfig::new();
    folder.with_directory(cache);
    let mut config = Config::new();
    config.wasm_component_model_async(true);
    config.cache(Some(Cache::new(folder).map_err(foreign)?));
    Engine::new(&config).map_err(foreign)
}

fn linker(engine: &Engine) -> Result<Linker<State>> {
    let mut linker = Linker::new(engine);
    wasmtime_wasi::p2::add_to_linker_async(&mut linker).map_err(foreign)?;
    wasmtime_wasi::p3::add_to_linker(&mut linker).map_err(foreign)?;
    wasmtime_wasi_http::p3::add_to_linker(&mut linker).map_err(foreign)?;
    host::add_to_linker(&mut linker).map_err(foreign)?;
    Ok(linker)
}

/// wasmtime has an error type of its own; `#` keeps its chain of causes.
pub fn foreign(error: wasmtime::Error) -> anyhow::Error {
    anyhow!("{error:#}")
}
