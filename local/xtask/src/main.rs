//! What keeps the tree true: `sync` writes every home's manifest from the functions' folders, `parity` runs the suite in every home.
#![forbid(unsafe_code)]
#![allow(clippy::print_stdout)]
use std::process::ExitCode;

use clap::{Parser, Subcommand};

#[derive(Debug, Parser)]
#[command(name = "xtask")]
struct Cli {
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, Subcommand)]
enum Command {}

fn main() -> ExitCode {
    match Cli::parse().command {}
}
