//! The edge as production has it: the tree's nginx configuration with TLS, before an upstream of the test's own that can hang up.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]
use std::collections::HashMap;
use std::io::{BufRead, BufReader, Read, Write};
use std::net::{Ipv4Addr, Shutdown, TcpListener, TcpStream};
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::sync::{Arc, Mutex};
use std::thread;
use std::time::{Duration, Instant};

use anyhow::{Context, Result, bail, ensure};
use tempfile::TempDir;
use xtask::edge::{self, Ports};
use xtask::sync::nginx::upstreams;
use xtask::{functions, root};

/// How often each path was asked for, over all instances.
type Hits = Arc<Mutex<HashMap<String, usize>>>;

/// An instance of every function: answers 200, but hangs up where the path ends with `drop`, and speaks with whoever upgrades.
fn instance(hits: &Hits) -> Result<u16> {
    let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0))?;
    let (port, hits) = (listener.local_addr()?.port(), hits.clone());
    thread::spawn(move || {
        for stream in listener.incoming().flatten() {
            let hits = hits.clone();
            thread::spawn(move || answer(stream, &hits));
        }
    });
    Ok(port)
}

/// Requests of one connection, until it ends.
fn answer(stream: TcpStream, hits: &Hits) -> Result<()> {
    let mut reader = BufReader::new(stream.try_clone()?);
    let mut stream = stream;
    loop {
        let mut head = Vec::new();
        loop {
            let mut line = String::new();
            ensure!(reader.read_line(&mut line)? > 0, "the end");
            if line == "\r\n" {
                break;
            }
            head.push(line.trim_end().to_owned());
        }
        let path = head[0].split(' ').nth(1).unwrap_or_default().to_owned();
        *hits.lock().expect("no panic").entry(path.clone()).or_default() += 1;
        let header = |name: &str| head.iter().find_map(|line| line.strip_prefix(name)).map(str::to_owned);
        let length: u64 = header("Content-Length: ").and_then(|length| length.parse().ok()).unwrap_or_default();
        let read = std::io::copy(&mut (&mut reader).take(length), &mut std::io::sink())?;
        if path.ends_with("drop") {
            return Ok(stream.shutdown(Shutdown::Both)?);
        }
        if header("Upgrade: ").is_some() {
            stream.write_all(b"HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n\r\nhello")?;
            return Ok(stream.shutdown(Shutdown::Both)?);
        }
        let body = format!("{{\"read\":{read},\"filler\":\"{}\"}}", "x".repeat(4000));
        let id = header("X-Request-Id: ").unwrap_or_default();
        write!(stream, "HTTP/1.1 200 OK\r\ncontent-type: application/json\r\nx-request-id: {id}\r\ncontent-length: {}\r\n\r\n{body}", body.len())?;
    }
}

/// nginx before two instances of `incidents` and one of the rest. It ends with this value.
struct Edge {
    nginx: Child,
    folder: TempDir,
    tls: u16,
    plain: u16,
    hits: Hits,
}

fn free_port() -> Result<u16> {
    Ok(TcpListener::bind((Ipv4Addr::LOCALHOST, 0))?.local_addr()?.port())
}

impl Edge {
    fn start() -> Result<Self> {
        // A port that was free a moment ago may be another program's by now: nginx ends then, and is given others.
        for _ in 0..5 {
            if let Some(edge) = Self::try_start()? {
                return Ok(edge);
            }
        }
        bail!("nginx ended five times before it listened")
    }

    /// None where nginx ended.
    fn try_start() -> Result<Option<Self>> {
        let (folder, hits) = (tempfile::Builder::new().prefix("edge").tempdir()?, Hits::default());
        let (tls, plain, status) = (free_port()?, free_port()?, free_port()?);
        configure(folder.path(), [tls, plain, status], [instance(&hits)?, instance(&hits)?])?;
        let path = std::env::var("PATH").unwrap_or_default() + ":/usr/sbin";
        let mut command = Command::new("nginx");
        command.env("PATH", path).arg("-p").arg(folder.path()).args(["-c", "nginx.conf", "-g", "daemon off; master_process off;"]);
        let nginx = command.stdout(std::fs::File::create(folder.path().join("access.log"))?).stderr(Stdio::null()).spawn().context("nginx")?;
        let (mut edge, begun) = (Self { nginx, folder, tls, plain, hits }, Instant::now());
        // Written once all ports are its own: to connect would tell no more than that somebody listens.
        while !edge.folder.path().join("nginx.pid").exists() {
            if edge.nginx.try_wait()?.is_some() {
                return Ok(None);
            }
            ensure!(begun.elapsed() < Duration::from_secs(20), "nginx does not listen");
            thread::sleep(Duration::from_millis(5));
        }
        Ok(Some(edge))
    }

    /// What curl prints of one request, head and body.
    fn curl(&self, path: &str, arguments: &[&str]) -> Result<String> {
        let url = format!("https://127.0.0.1:{}{path}", self.tls);
        let output = Command::new("curl")
            .args(["--silent", "--insecure", "--include", "--max-time", "20"])
            .args(arguments)
            .arg(url)
            .output()
            .context("curl")?;
        Ok(String::from_utf8_lossy(&output.stdout).into_owned())
    }

    fn hits(&self, path: &str) -> usize {
        self.hits.lock().expect("no panic").get(path).copied().unwrap_or_default()
    }
}

impl Drop for Edge {
    fn drop(&mut self) {
        let _already_gone = self.nginx.kill();
        let _reaped = self.nginx.wait();
    }
}

fn configure(folder: &Path, [tls, plain, status]: [u16; 3], instances: [u16; 2]) -> Result<()> {
    let at = |port: u16| (Ipv4Addr::LOCALHOST, port).into();
    let upstreams = upstreams(&functions::all(&root())?, |_| format!("127.0.0.1:{}", instances[0]));
    edge::lay_out(folder, &Ports { tls: at(tls), plain: at(plain), status: at(status) }, &upstreams)?;
    let two = format!("upstream fn_incidents {{ server 127.0.0.1:{} max_fails=0; server", instances[1]);
    edge::replace(&folder.join("upstreams.conf"), "upstream fn_incidents { server", &two)?;
    // The largest body that a function may ask for.
    edge::replace(&folder.join("routes.conf"), "client_max_body_size 31m", "client_max_body_size 101m")
}

#[test]
fn tls_http2_compression_and_what_every_answer_says() -> Result<()> {
    let edge = Edge::start()?;
    let answer = edge.curl("/v1/incidents", &["--http2", "--compressed"])?.to_lowercase();
    for said in [
        "http/2 200",
        "strict-transport-security: max-age=63072000",
        "x-content-type-options: nosniff",
        "content-encoding: gzip",
        "content-security-policy: default-src 'none'",
    ] {
        assert!(answer.contains(said), "{said}: {answer}");
    }
    let plain = Command::new("curl").args(["--silent", "--include"]).arg(format!("http://127.0.0.1:{}/v1/incidents?a=b", edge.plain)).output()?;
    let plain = String::from_utf8_lossy(&plain.stdout).into_owned();
    assert!(plain.contains("308 Permanent Redirect") && plain.contains("Location: https://127.0.0.1/v1/incidents?a=b"), "{plain}");
    Ok(())
}

#[test]
fn what_is_the_same_for_everybody_is_asked_for_once() -> Result<()> {
    let edge = Edge::start()?;
    let ids: Vec<String> = (0..3).map(|_| edge.curl("/openapi.json", &[])).collect::<Result<_>>()?;
    assert_eq!(edge.hits("/openapi.json"), 1);
    let id = |answer: &String| answer.lines().find(|line| line.starts_with("x-request-id")).map(str::to_owned);
    assert!(id(&ids[0]).is_some() && id(&ids[0]) != id(&ids[1]), "{ids:?}");
    for _ in 0..2 {
        edge.curl("/v1/incidents", &[])?;
    }
    assert_eq!(edge.hits("/v1/incidents"), 2);
    Ok(())
}

#[test]
fn a_get_goes_to_another_instance_a_post_does_not_and_neither_closes_a_function() -> Result<()> {
    let edge = Edge::start()?;
    let posted = edge.curl("/v1/incidents/post-drop", &["--data", "x"])?;
    assert!(posted.contains("HTTP/2 502") && posted.contains("urn:itsm:problem:bad-gateway"), "{posted}");
    assert_eq!(edge.hits("/v1/incidents/post-drop"), 1);
    assert!(edge.curl("/v1/incidents/get-drop", &[])?.contains("HTTP/2 502"));
    assert_eq!(edge.hits("/v1/incidents/get-drop"), 2);
    for _ in 0..4 {
        assert!(edge.curl("/v1/incidents", &["--data", "x"])?.contains("HTTP/2 200"));
    }
    Ok(())
}

#[test]
fn a_hundred_megabytes_pass_where_a_function_takes_them_and_elsewhere_are_a_problem() -> Result<()> {
    let edge = Edge::start()?;
    let file = edge.folder.path().join("body");
    std::fs::File::create(&file)?.set_len(100 << 20)?;
    let data = format!("@{}", file.display());
    let taken = edge.curl("/v1/mail/inbound", &["--header", "expect:", "--data-binary", &data])?;
    assert!(taken.contains("\"read\":104857600,"), "{}", &taken[..taken.len().min(600)]);
    let refused = edge.curl("/v1/incidents", &["--header", "expect:", "--data-binary", &data])?;
    assert!(refused.contains("urn:itsm:problem:too-large"), "{refused}");
    assert!(edge.curl("/nothing", &[])?.contains("urn:itsm:problem:not-found"));
    Ok(())
}

#[test]
fn a_web_socket_passes_through() -> Result<()> {
    let edge = Edge::start()?;
    let upgrade = ["--http1.1", "--header", "connection: upgrade", "--header", "upgrade: websocket"];
    let answer = edge.curl("/v1/events", &upgrade)?;
    assert!(answer.contains("101 Switching Protocols") && answer.ends_with("hello"), "{answer}");
    Ok(())
}

#[test]
fn a_flood_of_one_token_is_answered_429_and_another_goes_on() -> Result<()> {
    let edge = Edge::start()?;
    let begun = Instant::now();
    let flood = edge.curl("/v1/users?n=[1-2000]", &["--parallel", "--header", "authorization: Bearer flood"])?;
    let passed = edge.hits.lock().expect("no panic").keys().filter(|path| path.starts_with("/v1/users?n=")).count();
    // The burst of 100, and what came back at 50 a second meanwhile.
    let most = 102.0 + 50.0 * begun.elapsed().as_secs_f64();
    assert!(passed >= 100 && (passed as f64) < most, "{passed} of at most {most}");
    for said in ["HTTP/2 429", "retry-after: 1", "urn:itsm:problem:too-many-requests"] {
        assert!(flood.contains(said), "{said}");
    }
    assert!(edge.curl("/v1/users", &["--header", "authorization: Bearer other"])?.contains("HTTP/2 200"));
    let log = std::fs::read_to_string(edge.folder.path().join("access.log"))?;
    let line = log.lines().next().context("a line")?;
    let line: serde_json::Value = serde_json::from_str(line)?;
    assert!(line["request_id"].is_string() && line["upstream_seconds"].is_string() && line["status"] == 200, "{line}");
    Ok(())
}
