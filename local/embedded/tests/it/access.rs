//! Nobody else may connect.

use std::fs;
use std::os::unix::fs::{MetadataExt, PermissionsExt};
use std::os::unix::process::CommandExt;
use std::process::Command;

use crate::{folder, psql, run_psql, start};

const NOBODY: u32 = 65534;

#[tokio::test]
async fn tcp_wants_the_password() {
    let dir = folder();
    let server = start(dir.path()).await;
    let url = server.tcp_url("postgres").unwrap();
    assert_eq!(psql(&server, &url, "select inet_server_addr()"), "127.0.0.1");

    let (before, rest) = url.split_once("itsm:").unwrap();
    let (password, after) = rest.split_once('@').unwrap();
    assert_eq!(password.len(), 48);
    for wrong in [format!("{before}itsm:guessed@{after}"), format!("{before}itsm@{after}")] {
        let mut program = Command::new(server.binaries().join("psql"));
        let refused = run_psql(&mut program, &wrong, "select 1");
        let said = String::from_utf8(refused.stderr).unwrap();
        assert!(said.contains("password"), "{said}");
    }
}

#[tokio::test]
async fn only_the_servers_user_reaches_the_socket_and_the_password() {
    let dir = folder();
    let server = start(dir.path()).await;
    let owner = fs::metadata(dir.path().join("postgres/data")).unwrap().uid();
    for (path, mode) in [("socket", 0o700), ("postgres", 0o700), ("postgres/password", 0o600)] {
        let found = fs::metadata(dir.path().join(path)).unwrap();
        assert_eq!((found.permissions().mode() & 0o777, found.uid()), (mode, owner), "{path}");
    }
    let root = fs::metadata("/proc/self").is_ok_and(|me| me.uid() == 0);
    if root && owner != NOBODY {
        let mut as_nobody = Command::new(server.binaries().join("psql"));
        as_nobody.uid(NOBODY).gid(NOBODY);
        let refused = run_psql(&mut as_nobody, &server.url("itsm"), "select 1");
        let said = String::from_utf8(refused.stderr).unwrap();
        assert!(said.contains("Permission denied"), "{said}");
    }
}
