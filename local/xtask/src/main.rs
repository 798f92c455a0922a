//! What keeps the tree true: `sync` writes every home's manifest from the functions' folders, `check` finds what has drifted,
//! `wasm` builds the components.
#![forbid(unsafe_code)]
#![allow(clippy::print_stdout)]
use std::process::ExitCode;

use anyhow::Result;
use clap::{Parser, Subcommand};
use xtask::{check, root, sync, wasm};

mod bench;
mod ground;
mod parity;
mod test;
mod throwaway;

#[derive(Debug, Parser)]
#[command(name = "xtask")]
struct Cli {
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, Subcommand)]
enum Command {
    /// Write each home's manifest, the list that `itsm` serves and the table in functions/README.md.
    Sync {
        /// Write nothing; fail where something is stale or breaks a rule of the tree.
        #[arg(long)]
        check: bool,
    },
    /// Fail where something breaks a rule of the tree.
    Check,
    /// Build every function as a WebAssembly component, and the host that the tests run them in.
    Wasm,
    /// Measure what the platform costs over a bare handler with the same statements; writes docs/performance.md.
    Bench(bench::Effort),
    /// Run every test of the workspace on a private Postgres.
    Test(test::Choice),
    /// Follow docs/ADDING-A-FUNCTION.md to the letter in a copy of the tree, and run what comes of it in every home.
    Throwaway,
    /// Run the conformance suite in every home and compare what it saw; writes docs/PARITY.md.
    Parity(parity::Choice),
}

fn main() -> ExitCode {
    match run(Cli::parse().command) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("xtask: {error:#}");
            ExitCode::FAILURE
        }
    }
}

fn run(command: Command) -> Result<()> {
    let root = root();
    match command {
        Command::Sync { check: false } => sync::write(&root)?.iter().for_each(|path| println!("wrote {path}")),
        Command::Sync { check: true } => {
            sync::check(&root)?;
            check::check(&root)?;
        }
        Command::Check => check::check(&root)?,
        Command::Wasm => wasm::build(&root, None)?,
        Command::Bench(effort) => bench::run(&root, &effort)?,
        Command::Test(choice) => test::run(&root, &choice)?,
        Command::Throwaway => throwaway::run(&root)?,
        Command::Parity(choice) => parity::run(&root, &choice)?,
    }
    Ok(())
}
