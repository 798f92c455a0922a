//! Prints the API's document as the functions have it now: `cargo xtask sync` writes `docs/openapi.json` with it. Not part of `itsm`, which holds the file:
//! what puts it together is a tenth of its text.
#![allow(clippy::print_stdout)]
fn main() {
    print!("{}", itsm::openapi::json());
}
