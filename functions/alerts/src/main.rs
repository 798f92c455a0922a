//! The native entry: HTTP or AWS Lambda, by environment.
fn main() -> std::process::ExitCode {
    shared::serve::main(alerts::FUNCTION)
}
