//! What keeps the tree true. `cargo xtask` is a thin command line over this; the testkit reads the functions' folders with it.
#![forbid(unsafe_code)]
use std::path::PathBuf;

pub mod check;
pub mod edge;
pub mod functions;
pub mod sync;
pub mod wasm;

/// The configuration's own file, not the crate `shared`: this crate must build in seconds.
#[path = "../../../shared/src/config.rs"]
pub mod config;

/// The workspace's folder. As cargo says when it runs this: of two copies of the tree with one target folder, it builds one program.
pub fn root() -> PathBuf {
    let here = std::env::var_os("CARGO_MANIFEST_DIR").map_or_else(|| env!("CARGO_MANIFEST_DIR").into(), PathBuf::from);
    here.ancestors().nth(2).unwrap_or(&here).to_owned()
}
