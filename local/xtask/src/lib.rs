//! What keeps the tree true. `cargo xtask` is a thin command line over this; the testkit reads the functions' folders with it.
#![forbid(unsafe_code)]
use std::path::{Path, PathBuf};

pub mod check;
pub mod functions;
pub mod sync;
pub mod wasm;

/// The configuration's own file, not the crate `shared`: this crate must build in seconds.
#[path = "../../../shared/src/config.rs"]
pub mod config;

/// The workspace's folder.
pub fn root() -> PathBuf {
    let here = Path::new(env!("CARGO_MANIFEST_DIR"));
    here.ancestors().nth(2).unwrap_or(here).to_owned()
}
