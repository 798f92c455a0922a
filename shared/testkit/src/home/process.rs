//! A program that serves one test. What it prints belongs to the test's output.
use std::process::Stdio;

use tokio::io::{AsyncBufReadExt, AsyncRead, BufReader};
use tokio::process::{Child, Command};
use tokio::sync::mpsc;

/// It ends with this value.
pub(super) struct Process {
    name: String,
    child: Child,
}

impl Process {
    /// Starts it and waits for the line in which it says that it is ready; answers that line.
    pub(super) async fn start(command: &mut Command, ready: &str) -> (Self, String) {
        let path = command.as_std().get_program().to_owned();
        let name = std::path::Path::new(&path).file_name().unwrap_or_default().to_string_lossy().into_owned();
        command.stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::piped()).kill_on_drop(true);
        let mut child = command.spawn().unwrap_or_else(|error| panic!("starting {}: {error}", path.display()));
        let (sender, mut lines) = mpsc::unbounded_channel();
        tokio::spawn(read(child.stdout.take().expect("a pipe"), name.clone(), sender.clone()));
        tokio::spawn(read(child.stderr.take().expect("a pipe"), name.clone(), sender));
        while let Some(line) = lines.recv().await {
            if line.contains(ready) {
                return (Self { name, child }, line);
            }
        }
        panic!("{name} ended before it was ready: {:?}", child.wait().await)
    }

    pub(super) async fn stop(mut self) {
        if let Ok(Some(status)) = self.child.try_wait() {
            panic!("{} ended during the test: {status}", self.name);
        }
        self.child.kill().await.expect("a running process can be killed");
    }
}

/// Until the pipe closes; a full one would stop the program.
async fn read(pipe: impl AsyncRead + Unpin, name: String, lines: mpsc::UnboundedSender<String>) {
    let mut pipe = BufReader::new(pipe).lines();
    while let Ok(Some(line)) = pipe.next_line().await {
        println!("{name}: {line}");
        let _ready_already = lines.send(line);
    }
}
