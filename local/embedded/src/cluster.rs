//! Making a cluster, once. It is made under another name and renamed when it is whole, so whatever ends this
//! half way (a signal, the power) leaves nothing that a later start could take for a database.

use std::fs::{self, DirBuilder, File};
use std::io::Write;
use std::os::unix::fs::DirBuilderExt;
use std::path::Path;
use std::process::{Command, Stdio};

use crate::OWNER;
use crate::account::{Account, hand_over};
use crate::binaries::Binaries;
use crate::error::{EmbeddedError, Trying};
use crate::folder::{self, Folder, random_hex};
use crate::process::{AtOurDeath, command};

/// In the order of preference. All sort by bytes, so an index outlives an update of the system's C library;
/// the first two also know upper and lower case beyond ASCII.
const LOCALES: [&[&str]; 3] = [&["--locale=C.UTF-8"], &["--locale=C", "--lc-ctype=en_US.UTF-8"], &["--locale=C"]];

/// The major version a cluster was made by, if there is one.
pub(crate) fn made_by(folder: &Folder) -> Option<u32> {
    let text = fs::read_to_string(folder.data().join("PG_VERSION")).ok()?;
    text.trim().parse().ok()
}

/// Make the cluster with its owner, the owner's password and the database that bears the owner's name.
pub(crate) fn make(folder: &Folder, binaries: &Binaries, account: Option<&Account>, durable: bool) -> Result<(), EmbeddedError> {
    let draft = folder.draft()?;
    let made = fill(&draft, binaries, account, durable).and_then(|()| {
        let cluster = folder.cluster();
        fs::rename(&draft, &cluster).trying("rename to its place", &draft)?;
        let dir = folder.path();
        File::open(dir).and_then(|dir| dir.sync_all()).trying("sync", dir)
    });
    if made.is_err() {
        let _ = fs::remove_dir_all(&draft);
    }
    made
}

fn fill(draft: &Path, binaries: &Binaries, account: Option<&Account>, durable: bool) -> Result<(), EmbeddedError> {
    let made = DirBuilder::new().mode(0o700).create(draft);
    made.trying("make", draft)?;
    write_password(&folder::password(draft), account)?;
    hand_over(draft, 0o700, account)?;
    let run = |name: &str| command(&binaries.program(name), account, AtOurDeath::Kill);
    initdb(draft, || run("initdb"))?;
    create_database(draft, run("postgres"))?;
    if durable {
        // Once, for everything that the steps before have written.
        let mut sync = run("initdb");
        sync.arg("--sync-only").arg("-D").arg(folder::data(draft));
        finish("initdb --sync-only", sync, "")?;
    }
    Ok(())
}

fn write_password(path: &Path, account: Option<&Account>) -> Result<(), EmbeddedError> {
    let password = random_hex(24)?;
    let write = |mut file: File| {
        file.write_all(password.as_bytes())?;
        file.sync_all()
    };
    File::create_new(path).and_then(write).trying("write", path)?;
    hand_over(path, 0o600, account)
}

fn initdb(draft: &Path, run: impl Fn() -> Command) -> Result<(), EmbeddedError> {
    let attempt = |locale: &[&str]| {
        let mut initdb = run();
        initdb.args(["--encoding=UTF8", "--no-sync", "--no-instructions"]);
        initdb.args(["--auth-local=trust", "--auth-host=scram-sha-256"]);
        initdb.arg(format!("--username={OWNER}")).args(locale);
        initdb.arg("--pwfile").arg(folder::password(draft));
        initdb.arg("-D").arg(folder::data(draft));
        finish("initdb", initdb, "")
    };
    let mut outcome = Ok(());
    for locale in LOCALES {
        outcome = attempt(locale);
        match &outcome {
            Err(EmbeddedError::Init { output, .. }) if output.contains("locale") => {}
            _ => break,
        }
    }
    outcome
}

/// In single-user mode, so no half-ready server is ever up for somebody to meet.
fn create_database(draft: &Path, mut single: Command) -> Result<(), EmbeddedError> {
    single.arg("--single").arg("-D").arg(folder::data(draft));
    single.args(["-F", "-c", "exit_on_error=on", "-c", "log_checkpoints=off"]);
    single.arg("postgres");
    finish("postgres --single", single, &format!("create database {OWNER}\n"))
}

/// Run to the end. A failure carries everything that was said.
fn finish(name: &str, mut command: Command, input: &str) -> Result<(), EmbeddedError> {
    let program = Path::new(command.get_program()).to_owned();
    command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped());
    let mut child = command.spawn().trying("run", &program)?;
    if let Some(mut stdin) = child.stdin.take() {
        // A child that ended already will say why below.
        let _ = stdin.write_all(input.as_bytes());
    }
    let done = child.wait_with_output().trying("run", &program)?;
    if done.status.success() {
        return Ok(());
    }
    let said = |bytes: &[u8]| String::from_utf8_lossy(bytes).trim().to_owned();
    Err(EmbeddedError::Init { program: name.to_owned(), output: format!("{}; {} {}", done.status, said(&done.stderr), said(&done.stdout)) })
}
