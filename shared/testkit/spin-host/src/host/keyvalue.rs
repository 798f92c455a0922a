//! `spin:key-value@3.0.0` in memory: the stores end with the process, and a test wants no other.

use std::collections::{BTreeMap, HashMap};
use std::sync::{Arc, Mutex, PoisonError};

use wasmtime::component::{Accessor, FutureReader, Resource, StreamReader};

use super::Spin;
use super::bindings::spin::key_value::key_value::{Error, Host, HostStore, HostStoreWithStore};
use crate::state::State;

type Values = BTreeMap<String, Vec<u8>>;

/// All stores by label. Components that name the same label share it.
#[derive(Default)]
pub struct Stores(Mutex<HashMap<String, Store>>);

/// The handle that a guest holds.
#[derive(Clone, Default)]
pub struct Store(Arc<Mutex<Values>>);

impl Stores {
    fn open(&self, label: String) -> Store {
        self.0
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .entry(label)
            .or_default()
            .clone()
    }
}

impl Store {
    fn with<R>(&self, work: impl FnOnce(&mut Values) -> R) -> R {
        work(&mut self.0.lock().unwrap_or_else(PoisonError::into_inner))
    }
}

fn store<T>(accessor: &Accessor<T, Spin>, this: &Resource<Store>) -> Result<Store, Error> {
    let found = accessor.with(|mut access| access.get().table.get(this).cloned());
    found.map_err(|error| Error::Other(error.to_string()))
}

impl Host for State {}

impl HostStore for State {
    fn drop(&mut self, this: Resource<Store>) -> wasmtime::Result<()> {
        self.table.delete(this)?;
        Ok(())
    }
}

impl<T: Send> HostStoreWithStore<T> for Spin {
    async fn open(accessor: &Accessor<T, Self>, label: String) -> Result<Resource<Store>, Error> {
        accessor.with(|mut access| {
            let state = access.get();
            if !state.component.stores.contains(&label) {
                return Err(Error::AccessDenied);
            }
            let store = state.services.stores.open(label);
            state.table.push(store).map_err(|_| Error::StoreTableFull)
        })
    }

    async fn get(
        accessor: &Accessor<T, Self>,
        this: Resource<Store>,
        key: String,
    ) -> Result<Option<Vec<u8>>, Error> {
        Ok(store(accessor, &this)?.with(|values| values.get(&key).cloned()))
    }

    async fn set(
        accessor: &Accessor<T, Self>,
        this: Resource<Store>,
        key: String,
        value: Vec<u8>,
    ) -> Result<(), Error> {
        store(accessor, &this)?.with(|values| values.insert(key, value));
        Ok(())
    }

    async fn delete(
        accessor: &Accessor<T, Self>,
        this: Resource<Store>,
        key: String,
    ) -> Result<(), Error> {
        store(accessor, &this)?.with(|values| values.remove(&key));
        Ok(())
    }

    async fn exists(
        accessor: &Accessor<T, Self>,
        this: Resource<Store>,
        key: String,
    ) -> Result<bool, Error> {
        Ok(store(accessor, &this)?.with(|values| values.contains_key(&key)))
    }

    async fn get_keys(
        accessor: &Accessor<T, Self>,
        this: Resource<Store>,
    ) -> wasmtime::Result<(StreamReader<String>, FutureReader<Result<(), Error>>)> {
        let keys: Vec<String> =
            store(accessor, &this)?.with(|values| values.keys().cloned().collect());
        accessor.with(|mut access| {
            let done = async { Ok::<_, wasmtime::Error>(Ok(())) };
            Ok((
                StreamReader::new(&mut access, keys)?,
                FutureReader::new(&mut access, done)?,
            ))
        })
    }
}
