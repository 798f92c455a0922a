//! How long an instance lives and how much it takes on: Spin's own numbers.

use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll};
use std::time::{Duration, Instant};

use tokio::time::Sleep;
use wasmtime::component::GuestTaskId;
use wasmtime::{Store, StoreContextMut};
use wasmtime_wasi_http::handler::{
    HandlerState, Instance, Proxy, ShouldAccept, ViewFn, WorkerExpiration, WorkerState,
    WorkerStatus,
};
use wasmtime_wasi_http::p3::WasiHttpView;
use wasmtime_wasi_http::p3::bindings::ServicePre;

use crate::state::{Component, Services, State};

const AT_ONCE: usize = 16;
const IN_A_LIFE: usize = 128;
const IDLE: Duration = Duration::from_secs(1);

/// Makes the instances of one component.
pub struct Workers {
    pub pre: ServicePre<State>,
    pub component: Arc<Component>,
    pub services: Arc<Services>,
}

impl HandlerState for Workers {
    type StoreData = State;
    type WorkerExpiration = Idle;
    type WorkerState = Reuse;

    async fn instantiate(&self) -> wasmtime::Result<Instance<State, Idle, Reuse>> {
        let state = State::new(self.component.clone(), self.services.clone());
        let mut store = Store::new(self.pre.engine(), state);
        let proxy = Proxy::P3(self.pre.instantiate_async(&mut store).await?);
        let expiration = Idle(Box::pin(tokio::time::sleep(IDLE)));
        Ok(Instance {
            store,
            proxy,
            view: ViewFn::P3(State::http),
            expiration,
            state: Reuse,
        })
    }
}

/// An idle instance ends after a second; a request may take as long as it wants.
pub struct Idle(Pin<Box<Sleep>>);

impl WorkerExpiration for Idle {
    fn poll(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        status: WorkerStatus,
        start: Instant,
    ) -> Poll<()> {
        if status != WorkerStatus::Idle {
            return Poll::Pending;
        }
        let deadline = (start + IDLE).into();
        if self.0.deadline() != deadline {
            self.0.as_mut().reset(deadline);
        }
        self.0.as_mut().poll(cx)
    }
}

pub struct Reuse;

impl WorkerState for Reuse {
    type StoreData = State;
    type RequestId = ();

    fn should_accept_request(&self, at_once: usize, so_far: usize) -> ShouldAccept {
        if so_far >= IN_A_LIFE {
            ShouldAccept::Never
        } else if at_once >= AT_ONCE {
            ShouldAccept::No
        } else {
            ShouldAccept::Yes
        }
    }

    fn on_request_start(
        &self,
        _: StoreContextMut<'_, State>,
        (): (),
        _: GuestTaskId,
    ) -> Pin<Box<dyn Future<Output = ()> + Send + Sync>> {
        Box::pin(std::future::pending())
    }

    fn drop(&self, store: Store<State>, result: Result<(), wasmtime::Error>) {
        if let Err(error) = result {
            eprintln!(
                "spin-host: component {:?}: {error:#}",
                store.data().component.name
            );
        }
    }
}
