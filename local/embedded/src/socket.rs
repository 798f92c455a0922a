//! The folder of the Unix socket. Its mode is what keeps everybody else out.

use std::fs::{self, DirBuilder};
use std::io;
use std::os::unix::ffi::OsStrExt;
use std::os::unix::fs::DirBuilderExt;
use std::path::{Path, PathBuf};

use crate::account::{Account, hand_over};
use crate::error::{EmbeddedError, Trying};
use crate::folder::{Folder, random_hex};

/// A socket's address holds 107 bytes on Linux and 103 on macOS; the file in it is `/.s.PGSQL.` and a port.
const LONGEST: usize = 103 - "/.s.PGSQL.65535".len();

#[derive(Debug)]
pub(crate) struct SocketFolder {
    path: PathBuf,
    temporary: bool,
}

impl SocketFolder {
    /// In the server's folder, or where that one's path is too long, under `/tmp` by a name nobody can guess
    /// (not `TMPDIR`, which may be long as well, and closed to the server's user).
    pub(crate) fn make(folder: &Folder, account: Option<&Account>) -> Result<Self, EmbeddedError> {
        let within = folder.socket();
        let temporary = within.as_os_str().as_bytes().len() > LONGEST;
        let path = match temporary {
            true => PathBuf::from(format!("/tmp/itsm-{}", random_hex(8)?)),
            false => within,
        };
        match DirBuilder::new().mode(0o700).create(&path) {
            Err(error) if error.kind() == io::ErrorKind::AlreadyExists && !temporary => {}
            made => made.trying("make", &path)?,
        }
        let made = Self { path, temporary };
        hand_over(&made.path, 0o700, account)?;
        Ok(made)
    }

    pub(crate) fn path(&self) -> &Path {
        &self.path
    }
}

impl Drop for SocketFolder {
    fn drop(&mut self) {
        if self.temporary {
            let _ = fs::remove_dir_all(&self.path);
        }
    }
}
