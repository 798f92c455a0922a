//! A worker of the fault test: the platform's own, with a job that can be counted.
fn main() -> std::process::ExitCode {
    shared::serve::main(soak::job::FUNCTION)
}
