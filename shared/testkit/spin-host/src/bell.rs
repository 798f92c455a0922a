//! The redis trigger, as Spin has it: a connection for each address that is spelled differently, one message of it at a time,
//! at most once, a new instance for each; and when a connection ends, so does the application.

use std::collections::BTreeMap;
use std::future::Future;
use std::sync::Arc;

use anyhow::{Context, Result, anyhow, bail};
use futures::StreamExt;
use redis::aio::PubSub;
use tokio::task::JoinSet;
use wasmtime::Store;

use crate::app::foreign;
use crate::host::exported::RungPre;
use crate::state::{Component, Services, State};

/// One trigger of the manifest, templates expanded.
pub struct Bell {
    pub address: String,
    pub channel: String,
    pub pre: RungPre<State>,
    pub component: Arc<Component>,
    pub services: Arc<Services>,
}

/// Subscribes to all of them; what it answers takes their messages, until a connection ends.
pub async fn hear(bells: Vec<Bell>) -> Result<impl Future<Output = Result<()>>> {
    let mut addresses = BTreeMap::<String, Vec<Bell>>::new();
    for bell in bells {
        addresses
            .entry(bell.address.clone())
            .or_default()
            .push(bell);
    }
    let mut listeners = JoinSet::new();
    for (address, bells) in addresses {
        let client =
            redis::Client::open(address.as_str()).context("the address of a redis trigger")?;
        let mut heard = client.get_async_pubsub().await?;
        for bell in &bells {
            heard.subscribe(&bell.channel).await?;
        }
        listeners.spawn(listen(heard, bells));
    }
    Ok(async move {
        match listeners.join_next().await {
            Some(ended) => ended?,
            None => std::future::pending().await,
        }
    })
}

async fn listen(mut heard: PubSub, bells: Vec<Bell>) -> Result<()> {
    let mut messages = heard.on_message();
    while let Some(message) = messages.next().await {
        let channel = message.get_channel_name();
        for bell in bells.iter().filter(|bell| bell.channel == channel) {
            if let Err(error) = bell.rung(message.get_payload_bytes().to_vec()).await {
                eprintln!("spin-host: component {:?}: {error:#}", bell.component.name);
            }
        }
    }
    bail!("a redis trigger was disconnected")
}

impl Bell {
    async fn rung(&self, payload: Vec<u8>) -> Result<()> {
        let state = State::new(self.component.clone(), self.services.clone());
        let mut store = Store::new(self.pre.engine(), state);
        let guest = self
            .pre
            .instantiate_async(&mut store)
            .await
            .map_err(foreign)?;
        let entry = guest.spin_redis_inbound_redis();
        let called = store
            .run_concurrent(async |accessor| entry.call_handle_message(accessor, payload).await)
            .await;
        let answer = called.and_then(|answer| answer).map_err(foreign)?;
        answer.map_err(|error| anyhow!("{error:?}"))
    }
}
