//! What a component imports beside WASI. One file per interface; the WIT is in `wit/`.

pub mod fetch;
pub mod keyvalue;
pub mod postgres;
mod redis;
mod values;
mod variables;

use wasmtime::component::{HasData, Linker};

use crate::state::State;

pub mod bindings {
    wasmtime::component::bindgen!({
        path: "wit",
        world: "host",
        imports: { "spin:key-value/key-value.[method]store.get-keys": trappable },
        with: {
            "spin:key-value/key-value.store": super::keyvalue::Store,
            "spin:postgres/postgres.connection": super::postgres::Connection,
            "spin:redis/redis.connection": super::redis::Connection,
        },
    });
}

pub mod exported {
    wasmtime::component::bindgen!({
        path: "wit",
        world: "rung",
    });
}

/// The key under which the functions of the interfaces find an instance's [`State`].
pub struct Spin;

impl HasData for Spin {
    type Data<'a> = &'a mut State;
}

pub fn add_to_linker(linker: &mut Linker<State>) -> wasmtime::Result<()> {
    bindings::Host_::add_to_linker::<_, Spin>(linker, |state| state)
}
