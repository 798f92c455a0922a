//! HTTP/1.1 in front of the components: find the route, hand the request over, pass the answer through.

use std::convert::Infallible;
use std::net::SocketAddr;
use std::sync::Arc;

use anyhow::{Context, Result};
use bytes::Bytes;
use http::uri::{Authority, PathAndQuery, Scheme, Uri};
use http::{HeaderName, HeaderValue, Request, Response, StatusCode, header};
use http_body_util::combinators::UnsyncBoxBody;
use http_body_util::{BodyExt, Full};
use hyper::body::Incoming;
use hyper::server::conn::http1;
use hyper::service::service_fn;
use tokio::net::{TcpListener, TcpStream};
use wasmtime_wasi_http::handler::ErrorCode;
use wasmtime_wasi_http::io::TokioIo;
use wasmtime_wasi_http::p3::bindings::http::types;

use crate::app::{App, foreign};
use crate::routes::Found;

type Body = UnsyncBoxBody<Bytes, wasmtime::Error>;

/// Spin answers below it itself.
const WELL_KNOWN: &str = "/.well-known/spin/";

pub async fn serve(listener: TcpListener, app: App) -> Result<()> {
    let app = Arc::new(app);
    loop {
        let (stream, peer) = listener.accept().await?;
        stream.set_nodelay(true)?;
        tokio::spawn(connection(stream, peer, app.clone()));
    }
}

async fn connection(stream: TcpStream, peer: SocketAddr, app: Arc<App>) {
    let service =
        service_fn(async |request| Ok::<_, Infallible>(answer(&app, request, peer).await));
    let served = http1::Builder::new()
        .serve_connection(TokioIo::new(stream), service)
        .await;
    if let Err(error) = served
        && !error.is_incomplete_message()
    {
        eprintln!("spin-host: connection: {error}");
    }
}

async fn answer(app: &App, request: Request<Incoming>, peer: SocketAddr) -> Response<Body> {
    let path = request.uri().path().to_owned();
    if let Some(known) = path.strip_prefix(WELL_KNOWN) {
        return if known == "health" {
            plain(StatusCode::OK, "OK")
        } else {
            plain(StatusCode::NOT_FOUND, "")
        };
    }
    let Some(found) = app.routes.find(&path) else {
        return plain(StatusCode::NOT_FOUND, "");
    };
    match call(app, &found, request, peer).await {
        Ok(response) => response,
        Err(error) => {
            eprintln!("spin-host: component {:?}: {error:#}", found.component);
            plain(StatusCode::INTERNAL_SERVER_ERROR, "")
        }
    }
}

async fn call(
    app: &App,
    found: &Found<'_>,
    mut request: Request<Incoming>,
    peer: SocketAddr,
) -> Result<Response<Body>> {
    let handler = app
        .handlers
        .get(found.component)
        .context("a route names a loaded component")?;
    *request.uri_mut() = absolute(&request)?;
    tell(&mut request, found, peer)?;
    let broken = |error| ErrorCode::P3(types::ErrorCode::from_hyper_request_error(error));
    let request = request.map(|body| body.map_err(broken).boxed_unsync());
    handler.handle((), request).await.map_err(foreign)
}

/// A guest sees the whole address; on the wire most of it is the `Host` header.
fn absolute(request: &Request<Incoming>) -> Result<Uri> {
    let host = request
        .headers()
        .get(header::HOST)
        .context("there is no Host header")?;
    let authority = Authority::try_from(host.as_bytes()).context("Host header")?;
    let root = PathAndQuery::from_static("/");
    let path = request.uri().path_and_query().cloned().unwrap_or(root);
    Ok(Uri::builder()
        .scheme(Scheme::HTTP)
        .authority(authority)
        .path_and_query(path)
        .build()?)
}

/// The headers by which Spin tells a component how it was reached. They replace any that the client sent.
fn tell(request: &mut Request<Incoming>, found: &Found<'_>, peer: SocketAddr) -> Result<()> {
    let prefix = found.pattern.strip_suffix("/...").unwrap_or(found.pattern);
    for (name, value) in [
        ("spin-path-info", found.path_info.clone()),
        ("spin-full-url", request.uri().to_string()),
        ("spin-matched-route", found.pattern.to_owned()),
        ("spin-base-path", "/".to_owned()),
        ("spin-raw-component-route", found.pattern.to_owned()),
        ("spin-component-route", prefix.to_owned()),
        ("spin-client-addr", peer.to_string()),
    ] {
        request
            .headers_mut()
            .insert(HeaderName::from_static(name), HeaderValue::try_from(value)?);
    }
    Ok(())
}

fn plain(status: StatusCode, text: &'static str) -> Response<Body> {
    let body = Full::new(Bytes::from_static(text.as_bytes())).map_err(|never| match never {});
    let mut response = Response::new(body.boxed_unsync());
    *response.status_mut() = status;
    response
}
