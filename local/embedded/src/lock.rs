//! One program per folder. The kernel drops the lock with the process that holds it, however that ends, so
//! there is no stale lock; the pid inside is only for the message.

use std::fs::{File, OpenOptions, TryLockError};
use std::io::{Read, Write};
use std::os::unix::fs::OpenOptionsExt;

use crate::error::{EmbeddedError, Trying};
use crate::folder::Folder;

/// Held while it lives. The file stays: to remove it would let two hold different files of one name.
#[derive(Debug)]
pub(crate) struct Lock(#[expect(dead_code, reason = "it is the lock")] File);

impl Lock {
    pub(crate) fn take(folder: &Folder) -> Result<Self, EmbeddedError> {
        let path = folder.lock();
        let mut options = OpenOptions::new();
        let options = options.read(true).write(true).create(true).truncate(false);
        let mut file = options.mode(0o600).open(&path).trying("open", &path)?;
        match file.try_lock() {
            Ok(()) => {}
            Err(TryLockError::WouldBlock) => return Err(in_use(folder, file)),
            Err(TryLockError::Error(source)) => return Err(source).trying("lock", &path),
        }
        file.set_len(0).and_then(|()| write!(file, "{}", std::process::id())).trying("write", &path)?;
        Ok(Self(file))
    }
}

fn in_use(folder: &Folder, mut file: File) -> EmbeddedError {
    let mut pid = String::new();
    let known = file.read_to_string(&mut pid).is_ok() && !pid.is_empty();
    EmbeddedError::InUse { dir: folder.path().to_owned(), pid: if known { pid } else { "unknown".to_owned() } }
}
