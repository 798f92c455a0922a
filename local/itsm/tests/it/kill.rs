//! `kill -9` in the middle of writes: what was acknowledged is there once, and a repeat of what was not makes no second.
use std::collections::BTreeMap;
use std::sync::Mutex;
use std::thread;
use std::time::{Duration, Instant};

use rustix::process::Signal;
use serde_json::{Value, json};
use sqlx::{Connection, PgConnection};

use crate::binary::{Admin, Folder, Served, is_alive, request, send, until};

const CLIENTS: usize = 8;
const EACH: usize = 125;

/// What the clients share: where the desk is now, and what it has acknowledged, by key.
struct Shared {
    address: Mutex<String>,
    token: String,
    acknowledged: Mutex<BTreeMap<String, Value>>,
    /// Answers that were neither a yes nor a "try again".
    strange: Mutex<Vec<String>>,
}

impl Shared {
    /// Repeats one write until it is acknowledged.
    fn write(&self, key: &str) {
        let begun = Instant::now();
        let body = json!({"short_description": key}).to_string();
        loop {
            let address = self.address.lock().unwrap().clone();
            let head = format!("POST /v1/incidents HTTP/1.1\r\nauthorization: Bearer {}\r\nidempotency-key: {key}", self.token);
            match request(&address, &head, &body) {
                Ok((201, body)) => {
                    let before = self.acknowledged.lock().unwrap().insert(key.to_owned(), serde_json::from_str(&body).unwrap());
                    return assert!(before.is_none());
                }
                Ok((503, _)) | Err(_) => thread::sleep(Duration::from_millis(2)),
                Ok((status, body)) => return self.strange.lock().unwrap().push(format!("{key}: {status} {body}")),
            }
            assert!(begun.elapsed() < Duration::from_secs(60), "{key} is not acknowledged");
        }
    }

    fn reach(&self, count: usize) {
        until("the clients write", || self.acknowledged.lock().unwrap().len() >= count || !self.strange.lock().unwrap().is_empty());
    }
}

#[test]
fn every_acknowledged_write_is_there_once() {
    let folder = Folder::new();
    let env = [folder.env()];
    Admin::create(&env);
    let mut served = Served::start(&env);
    let shared = Shared {
        address: Mutex::new(served.address.clone()),
        token: Admin::log_in(&served.address),
        acknowledged: Mutex::default(),
        strange: Mutex::default(),
    };
    thread::scope(|scope| {
        for client in 0..CLIENTS {
            let shared = &shared;
            scope.spawn(move || (0..EACH).for_each(|n| shared.write(&format!("{client}-{n}"))));
        }
        for (at, kill) in [(50..250, program as fn(&Folder, &mut Served)), (350..550, postgres), (650..850, both)] {
            shared.reach(fastrand::usize(at));
            kill(&folder, &mut served);
            served = Served::start(&env);
            println!("killed with {} acknowledged, ready again in {} ms", shared.acknowledged.lock().unwrap().len(), served.ms);
            (*shared.address.lock().unwrap()).clone_from(&served.address);
        }
    });
    assert_eq!(*shared.strange.lock().unwrap(), Vec::<String>::new());
    let stored = stored(&folder);
    let acknowledged: BTreeMap<String, Value> = shared.acknowledged.into_inner().unwrap();
    assert_eq!(acknowledged.len(), CLIENTS * EACH);
    assert_eq!(stored.iter().map(|row| row["key"].as_str().unwrap()).collect::<Vec<_>>(), acknowledged.keys().collect::<Vec<_>>());
    for row in &stored {
        let answered = &acknowledged[row["key"].as_str().unwrap()];
        assert_eq!((&row["id"], &row["number"], &row["created"]), (&answered["id"], &answered["number"], &json!(1)), "{answered}");
    }
}

/// The program alone; the kernel tells its Postgres to end.
fn program(_: &Folder, served: &mut Served) {
    served.signal(Signal::KILL);
    served.wait();
}

/// Its Postgres alone. The program has nothing left to serve with and says so, so that whoever supervises it starts it anew.
fn postgres(folder: &Folder, served: &mut Served) {
    send(folder.postmaster().unwrap(), Signal::KILL);
    assert_eq!(served.wait().code(), Some(1));
}

/// Both, with no chance for either to tidy up; the next start comes at once.
fn both(folder: &Folder, served: &mut Served) {
    let postmaster = folder.postmaster().unwrap();
    send(postmaster, Signal::KILL);
    served.signal(Signal::KILL);
    served.wait();
    until("the postmaster is gone", || !is_alive(postmaster));
}

/// Every ticket with its key and how many `created` events it has, by key.
fn stored(folder: &Folder) -> Vec<Value> {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
    let rows: Vec<String> = runtime.block_on(async {
        let mut connection = PgConnection::connect(&folder.url()).await.unwrap();
        let sql = "select json_build_object('key', short_description, 'id', t.id, 'number', t.number, 'created',
                     (select count(*) from events e where e.ticket_id = t.id and e.verb = 'created' and e.version = 1))::text
                   from tickets t order by short_description collate \"C\"";
        sqlx::query_scalar(sql).fetch_all(&mut connection).await.unwrap()
    });
    rows.iter().map(|row| serde_json::from_str(row).unwrap()).collect()
}
