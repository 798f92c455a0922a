//! `spin:variables@3.0.0`: the component's own `variables` table, filled in when the manifest was read.

use wasmtime::component::Accessor;

use super::Spin;
use super::bindings::spin::variables::variables::{Error, Host, HostWithStore};
use crate::state::State;
use crate::variables::is_name;

impl Host for State {}

impl<T: Send> HostWithStore<T> for Spin {
    async fn get(accessor: &Accessor<T, Self>, name: String) -> Result<String, Error> {
        if !is_name(&name) {
            return Err(Error::InvalidName(name));
        }
        let value =
            accessor.with(|mut access| access.get().component.variables.get(&name).cloned());
        value.ok_or_else(|| Error::Undefined(format!("no variable {name:?} for this component")))
    }
}
