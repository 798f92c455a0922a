//! `PROGRAM health`: whether the process on `PORT` of this machine is ready. What a container's health check runs.
use std::io::{Read, Result, Write};
use std::net::{Ipv4Addr, TcpStream};
use std::process::ExitCode;
use std::time::Duration;

/// A success where it answers 200; else what it answered goes to standard error.
pub(super) fn ask() -> ExitCode {
    let port = std::env::var("PORT").ok().and_then(|port| port.parse().ok()).unwrap_or(8080);
    match answer(port) {
        Ok(answer) if answer.starts_with("HTTP/1.1 200 ") => ExitCode::SUCCESS,
        Ok(answer) => failed(answer.trim_end()),
        Err(error) => failed(&error.to_string()),
    }
}

fn failed(said: &str) -> ExitCode {
    eprintln!("not ready: {said}");
    ExitCode::FAILURE
}

fn answer(port: u16) -> Result<String> {
    let mut stream = TcpStream::connect((Ipv4Addr::LOCALHOST, port))?;
    stream.set_read_timeout(Some(Duration::from_secs(4)))?;
    stream.write_all(b"GET /health/ready HTTP/1.1\r\nhost: localhost\r\nconnection: close\r\n\r\n")?;
    let mut answer = String::new();
    stream.read_to_string(&mut answer)?;
    Ok(answer)
}
