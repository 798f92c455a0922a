//! HTTP by axum and hyper: drains on SIGTERM.
use std::convert::Infallible;
use std::future::{Future, IntoFuture};
use std::net::SocketAddr;
use std::time::Duration;

use anyhow::Result;
use axum::Router;
use axum::extract::{ConnectInfo, Request};
use axum::serve::ListenerExt;
use tokio::net::TcpListener;
use tokio::signal::unix::{SignalKind, signal};
use tokio::sync::oneshot;

use crate::client::Peer;
use crate::telemetry::log;

mod rest;

/// What requests under way get to finish in, once told to stop; a client that never finishes its own request does not hold us longer.
const DRAIN: Duration = Duration::from_secs(20);

/// Serves until `stop` resolves, then lets the requests under way finish.
pub async fn serve(listener: TcpListener, router: Router, stop: impl Future<Output = ()> + Send + 'static) -> Result<()> {
    let listener = listener.tap_io(|stream| {
        let _best_effort = stream.set_nodelay(true);
    });
    let (tell, told) = oneshot::channel();
    let stop = async move {
        stop.await;
        let _served_already = tell.send(());
    };
    let late = async {
        match told.await {
            Ok(()) => tokio::time::sleep(DRAIN).await,
            Err(_) => std::future::pending().await,
        }
    };
    let router = router.layer(axum::middleware::from_fn(rest::read)).layer(axum::middleware::map_request(from_socket));
    let router = router.into_make_service_with_connect_info::<SocketAddr>();
    let _written_when_stopped = log::gather();
    tokio::select! {
        served = axum::serve(listener, router).with_graceful_shutdown(stop).into_future() => served?,
        () = late => tracing::warn!("requests still under way were cut off"),
        never = write_log() => match never {},
    }
    Ok(())
}

async fn from_socket(mut request: Request) -> Request {
    if let Some(ConnectInfo(peer)) = request.extensions().get::<ConnectInfo<SocketAddr>>().copied() {
        request.extensions_mut().insert(Peer(peer.ip()));
    }
    request
}

async fn write_log() -> Infallible {
    let mut tick = tokio::time::interval(log::WAIT);
    loop {
        tick.tick().await;
        log::flush();
    }
}

/// SIGTERM or SIGINT, from this call on: a signal that comes before the first poll is not lost.
pub fn stopped() -> impl Future<Output = ()> + Send + 'static {
    let signals = (signal(SignalKind::terminate()), signal(SignalKind::interrupt()));
    async move {
        match signals {
            (Ok(mut term), Ok(mut int)) => tokio::select! { _ = term.recv() => {}, _ = int.recv() => {} },
            _ => std::future::pending().await,
        }
    }
}
