//! The folder a server lives in, and what lies where in it.

use std::fs::{self, DirBuilder, File, OpenOptions, Permissions};
use std::os::unix::fs::{DirBuilderExt, OpenOptionsExt, PermissionsExt};
use std::path::{Path, PathBuf};

use crate::error::{EmbeddedError, Trying};

/// A log longer than this is set aside at the next start.
const LOG_LIMIT: u64 = 8 << 20;

#[derive(Clone, Debug)]
pub(crate) struct Folder(PathBuf);

impl Folder {
    /// Made if need be. As root it must let the server's user pass, but nobody list it; a folder with
    /// something in it keeps the mode it has, because it may be more than ours.
    pub(crate) fn open(dir: &Path) -> Result<Self, EmbeddedError> {
        let root = rustix::process::geteuid().is_root();
        let mode = if root { 0o711 } else { 0o700 };
        let mut builder = DirBuilder::new();
        let made = builder.recursive(true).mode(mode).create(dir);
        made.trying("make", dir)?;
        let dir = fs::canonicalize(dir).trying("find", dir)?;
        let empty = fs::read_dir(&dir).trying("list", &dir)?.next().is_none();
        if empty {
            let permissions = Permissions::from_mode(mode);
            fs::set_permissions(&dir, permissions).trying("set the mode of", &dir)?;
        }
        Ok(Self(dir))
    }

    pub(crate) fn path(&self) -> &Path {
        &self.0
    }

    pub(crate) fn lock(&self) -> PathBuf {
        self.0.join("lock")
    }

    pub(crate) fn log(&self) -> PathBuf {
        self.0.join("log")
    }

    pub(crate) fn socket(&self) -> PathBuf {
        self.0.join("socket")
    }

    pub(crate) fn cluster(&self) -> PathBuf {
        self.0.join("postgres")
    }

    pub(crate) fn data(&self) -> PathBuf {
        data(&self.cluster())
    }

    pub(crate) fn password(&self) -> PathBuf {
        password(&self.cluster())
    }

    /// Where a cluster is made before it gets its name.
    pub(crate) fn draft(&self) -> Result<PathBuf, EmbeddedError> {
        Ok(self.0.join(format!("new.{}", random_hex(4)?)))
    }

    /// Remove what a killed start left. Its `initdb` may still be writing: what resists is for next time.
    pub(crate) fn sweep(&self) {
        let entries = fs::read_dir(&self.0).into_iter().flatten().flatten();
        for entry in entries {
            if entry.file_name().as_encoded_bytes().starts_with(b"new.") {
                let _ = fs::remove_dir_all(entry.path());
            }
        }
    }

    /// The log to append to. It is opened here, not by the server's user, and so is no way for that user to
    /// write elsewhere as root.
    pub(crate) fn open_log(&self) -> Result<File, EmbeddedError> {
        let path = self.log();
        if fs::metadata(&path).is_ok_and(|log| log.len() > LOG_LIMIT) {
            let old = self.0.join("log.old");
            fs::rename(&path, &old).trying("rename", &path)?;
        }
        let mut options = OpenOptions::new();
        let opened = options.append(true).create(true).mode(0o600).open(&path);
        opened.trying("open", &path)
    }
}

/// The data folder of a cluster, or of the draft of one.
pub(crate) fn data(cluster: &Path) -> PathBuf {
    cluster.join("data")
}

/// The owner's password, in the same folder, so that one rename brings both.
pub(crate) fn password(cluster: &Path) -> PathBuf {
    cluster.join("password")
}

/// That many random bytes, in hexadecimal.
pub(crate) fn random_hex(bytes: usize) -> Result<String, EmbeddedError> {
    use std::io::Read;
    let source = Path::new("/dev/urandom");
    let mut random = vec![0; bytes];
    File::open(source).and_then(|mut file| file.read_exact(&mut random)).trying("read", source)?;
    Ok(random.iter().map(|byte| format!("{byte:02x}")).collect())
}
