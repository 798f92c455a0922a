//! schemathesis asks the served API whatever its document permits and much that it does not, also one request after another with what
//! the first one made: there is no 5xx, and no answer that the document does not describe. Bounded here; `make soak` does not end.
use std::process::{Command, Output};

use serde_json::Value;
use shared::serve::{http, process};
use testkit::{Desk, Person, desk};
use tokio::net::TcpListener;
use tokio::sync::oneshot;

use crate::router::app;

/// Cases of an operation and phase, where it is to end.
const CASES: &str = "5";
/// Seconds of one person in a round of `make soak`: access tokens live for fifteen minutes.
const ROUND: &str = "600";
/// Routes that end the session they are asked with: asked last, and by themselves.
const ENDING: &str = "^/v1/auth/(logout|sessions|password)";
/// A signed message of another media type than JSON, which the tool cannot make: functions/mail/tests asks for it.
const OUTSIDE: &str = "^/v1/mail/inbound";

/// A bad body is refused for whichever reason is seen first: a precondition that fails is one.
const CONFIG: &str = r#"
[checks.negative_data_rejection]
expected-statuses = ["400", "401", "403", "404", "405", "406", "409", "412", "413", "415", "422", "428", "429"]
"#;

/// Where the API is served, and what ends it.
struct Served {
    url: String,
    stop: oneshot::Sender<()>,
}

impl Served {
    async fn new(desk: &Desk) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let url = format!("http://{}", listener.local_addr().unwrap());
        let (stop, stopped) = oneshot::channel::<()>();
        let router = process(itsm::serve::routes(), app(&desk.database.url, 10), false);
        tokio::spawn(http::serve(listener, router, async { stopped.await.unwrap_or_default() }));
        Self { url, stop }
    }

    /// Everything that schemathesis checks, but for one: that what the document permits is accepted. Rules are more than shapes.
    async fn keeps_its_promises(&self, who: &str, person: &Person<'_>, routes: [&str; 2]) {
        let mut run = Command::new(tool());
        run.args(["run", &format!("{}/openapi.json", self.url), "--checks", "all", "--exclude-checks", "positive_data_acceptance"]);
        run.args(["--request-timeout", "30", "--continue-on-failure", "--no-color"]).args(routes);
        match is_soak() {
            true => run.args(["--max-time", ROUND, "--generation-database", "none"]),
            false => run.args(["--max-examples", CASES, "--generation-deterministic"]),
        };
        if let Some(token) = &person.token {
            run.args(["--header", &format!("Authorization: Bearer {token}")]);
        }
        let folder = tempfile::tempdir().unwrap(); // it leaves files where it runs
        std::fs::write(folder.path().join("schemathesis.toml"), CONFIG).unwrap();
        run.current_dir(folder.path());
        let Output { status, stdout, stderr } = tokio::task::spawn_blocking(move || run.output().unwrap()).await.unwrap();
        let said = String::from_utf8_lossy(&stdout);
        assert!(status.success(), "as {who}:\n{said}{}", String::from_utf8_lossy(&stderr));
        println!("as {who}: {}", said.lines().find(|line| line.contains(" generated, ")).unwrap_or_default().trim());
    }
}

fn is_soak() -> bool {
    std::env::var_os("ITSM_SOAK").is_some()
}

fn tool() -> std::path::PathBuf {
    let tool = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("../../target/tools/schemathesis/bin/st");
    assert!(tool.is_file(), "{} is not there: run `local/setup/venv.sh schemathesis` first", tool.display());
    tool
}

/// Each role and nobody, once.
async fn round(desk: &Desk, served: &Served) {
    for role in ["requester", "agent", "manager", "admin", "auditor"] {
        served.keeps_its_promises(role, &desk.person(role).await, ["--exclude-path-regex", &format!("{ENDING}|{OUTSIDE}")]).await;
    }
    let document: Value = desk.nobody().get("/openapi.json").await.json();
    if document["paths"].as_object().unwrap().keys().any(|path| path.starts_with("/v1/auth/logout")) {
        served.keeps_its_promises("who logs out", &desk.person("agent").await, ["--include-path-regex", ENDING]).await;
    }
    served.keeps_its_promises("nobody", &desk.nobody(), ["--exclude-path-regex", OUTSIDE]).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn the_served_document_is_kept_to_the_letter() {
    desk(async |desk| {
        itsm::seed::seed(&desk.database.owner_url, 40).await.unwrap();
        let served = Served::new(desk).await;
        round(desk, &served).await;
        while is_soak() {
            round(desk, &served).await;
        }
        served.stop.send(()).unwrap();
        // It resolved incidents at a desk that closes at once, it may be.
        desk.work().await;
    })
    .await;
}
