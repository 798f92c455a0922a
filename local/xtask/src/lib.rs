//! What keeps the tree true. `cargo xtask` is a thin command line over this; the testkit reads the functions' folders with it.
#![forbid(unsafe_code)]
use std::path::PathBuf;
use std::process::Command;

pub mod check;
pub mod cluster;
pub mod edge;
pub mod functions;
pub mod sync;
pub mod told;
pub mod wasm;

/// The configuration's own file, not the crate `shared`: this crate must build in seconds.
#[path = "../../../shared/src/config.rs"]
pub mod config;

/// The workspace's folder. As cargo says when it runs this: of two copies of the tree with one target folder, it builds one program.
pub fn root() -> PathBuf {
    let here = std::env::var_os("CARGO_MANIFEST_DIR").map_or_else(|| env!("CARGO_MANIFEST_DIR").into(), PathBuf::from);
    here.ancestors().nth(2).unwrap_or(&here).to_owned()
}

/// The cargo that runs this, as it is when called by hand.
pub fn cargo() -> Command {
    by_hand(Command::new(std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into())))
}

/// A command without what cargo tells the programs that it runs. Build scripts watch these variables (that of `ring` does): whatever stands on such a
/// script would be built anew each time that cargo is started from here after it was started by hand, and the other way round.
pub fn by_hand(mut command: Command) -> Command {
    for (name, _) in std::env::vars_os() {
        if name.to_str().is_some_and(|name| name.starts_with("CARGO_PKG_") || name.starts_with("CARGO_MANIFEST_")) {
            command.env_remove(name);
        }
    }
    command
}
