//! Lambda's runtime API (<https://docs.aws.amazon.com/lambda/latest/dg/runtimes-api.html>) for one event.
use std::io::{BufRead, BufReader, ErrorKind, Read, Write};
use std::net::{TcpListener, TcpStream};
use std::thread::sleep;
use std::time::{Duration, Instant};

use anyhow::{Context, Result, ensure};

/// A function that says nothing for so long has failed.
const PATIENCE: Duration = Duration::from_secs(10);

/// It gives out its event once.
pub(super) struct Runtime {
    listener: TcpListener,
    event: String,
}

impl Runtime {
    pub(super) fn new(listener: TcpListener, event: String) -> Self {
        Self { listener, event }
    }

    pub(super) fn address(&self) -> Result<String> {
        Ok(self.listener.local_addr()?.to_string())
    }

    /// Gives the event to whoever asks; what was posted of it.
    pub(super) fn answer(&self) -> Result<String> {
        self.listener.set_nonblocking(true)?; // a function that failed at its start never comes
        let begun = Instant::now();
        loop {
            let stream = match self.listener.accept() {
                Ok((stream, _)) => stream,
                Err(error) if error.kind() == ErrorKind::WouldBlock && begun.elapsed() < PATIENCE => {
                    sleep(Duration::from_micros(50));
                    continue;
                }
                Err(error) => return Err(error).context("the function asked for no event"),
            };
            stream.set_nodelay(true)?;
            stream.set_read_timeout(Some(PATIENCE))?;
            if let Some(answer) = self.serve(stream)? {
                return Ok(answer);
            }
        }
    }

    /// A connection's requests, one after another, until a response is posted.
    fn serve(&self, stream: TcpStream) -> Result<Option<String>> {
        let mut reader = BufReader::new(stream);
        while let Some((line, body)) = request(&mut reader)? {
            if line.starts_with("GET ") {
                let length = self.event.len();
                let head = format!(
                    "HTTP/1.1 200 OK\r\ncontent-type: application/json\r\ncontent-length: {length}\r\nlambda-runtime-aws-request-id: 1\r\n\
                     lambda-runtime-deadline-ms: 4102444800000\r\nlambda-runtime-invoked-function-arn: arn:aws:lambda:us-east-1:123456789012:function:f\r\n\r\n"
                );
                reader.get_mut().write_all([head.as_bytes(), self.event.as_bytes()].concat().as_slice())?;
            } else {
                ensure!(line.contains("/response "), "the function failed: {line} {body}");
                return Ok(Some(body));
            }
        }
        Ok(None)
    }
}

/// First line and body; none where the connection ended.
fn request(reader: &mut BufReader<TcpStream>) -> Result<Option<(String, String)>> {
    let (mut first, mut length, mut is_chunked) = (String::new(), 0, false);
    if reader.read_line(&mut first)? == 0 {
        return Ok(None);
    }
    loop {
        let mut line = String::new();
        reader.read_line(&mut line)?;
        let line = line.trim().to_ascii_lowercase();
        match line.split_once(": ") {
            Some(("content-length", value)) => length = value.parse()?,
            Some(("transfer-encoding", _)) => is_chunked = true,
            _ => {}
        }
        if line.is_empty() {
            break;
        }
    }
    let mut body = vec![0; length];
    if is_chunked {
        chunks(reader, &mut body)?;
    } else {
        reader.read_exact(&mut body)?;
    }
    Ok(Some((first, String::from_utf8(body)?)))
}

fn chunks(reader: &mut BufReader<TcpStream>, body: &mut Vec<u8>) -> Result<()> {
    loop {
        let mut size = String::new();
        reader.read_line(&mut size)?;
        let size = usize::from_str_radix(size.trim(), 16)?;
        let mut chunk = vec![0; size + 2]; // with its line's end
        reader.read_exact(&mut chunk)?;
        body.extend_from_slice(chunk.get(..size).unwrap_or_default());
        if size == 0 {
            return Ok(());
        }
    }
}
