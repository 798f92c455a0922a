//! Whom the server runs as.

use std::fs::{self, Permissions};
use std::os::unix::fs::{MetadataExt, PermissionsExt, chown};
use std::path::Path;

use crate::error::{EmbeddedError, Trying};

/// An unprivileged user that root hands the server to.
#[derive(Clone, Debug)]
pub(crate) struct Account {
    pub(crate) name: String,
    pub(crate) uid: u32,
    pub(crate) gid: u32,
}

impl Account {
    /// None when we are not root: the server is then simply ours. The owner of a cluster that exists stays
    /// its owner, whoever comes to start it.
    pub(crate) fn of_server(cluster: &Path) -> Result<Option<Self>, EmbeddedError> {
        let me = rustix::process::geteuid();
        let owner = fs::metadata(cluster).ok();
        match owner {
            Some(owner) if !me.is_root() && owner.uid() != me.as_raw() => {
                Err(EmbeddedError::NotOwner { dir: cluster.to_owned(), owner: owner.uid() })
            }
            _ if !me.is_root() => Ok(None),
            Some(owner) if owner.uid() != 0 => Ok(Some(Self { name: format!("the user {}", owner.uid()), uid: owner.uid(), gid: owner.gid() })),
            _ => Self::unprivileged().map(Some),
        }
    }

    fn unprivileged() -> Result<Self, EmbeddedError> {
        let file = Path::new("/etc/passwd");
        let passwd = fs::read_to_string(file).trying("read", file)?;
        ["postgres", "nobody"].iter().find_map(|name| passwd.lines().find_map(|line| Self::parse(line, name))).ok_or(EmbeddedError::NoUser)
    }

    fn parse(line: &str, name: &str) -> Option<Self> {
        let mut fields = line.split(':');
        (fields.next() == Some(name)).then_some(())?;
        let uid = fields.nth(1)?.parse().ok()?;
        let gid = fields.next()?.parse().ok()?;
        let name = name.to_owned();
        Some(Self { name, uid, gid })
    }

    /// Root passes every door; this user needs the search permission of each folder on the way.
    pub(crate) fn check_reaches(&self, dir: &Path) -> Result<(), EmbeddedError> {
        for barrier in dir.ancestors() {
            let found = fs::metadata(barrier).trying("look at", barrier)?;
            let needs = match (found.uid() == self.uid, found.gid() == self.gid) {
                (true, _) => 0o100,
                (_, true) => 0o010,
                _ => 0o001,
            };
            if found.mode() & needs == 0 {
                return Err(EmbeddedError::NotReachable {
                    user: self.name.clone(),
                    dir: dir.to_owned(),
                    barrier: barrier.to_owned(),
                    mode: found.mode() & 0o7777,
                });
            }
        }
        Ok(())
    }
}

/// Make a file or folder the server's alone.
pub(crate) fn hand_over(path: &Path, mode: u32, to: Option<&Account>) -> Result<(), EmbeddedError> {
    fs::set_permissions(path, Permissions::from_mode(mode)).trying("set the mode of", path)?;
    match to {
        Some(to) => chown(path, Some(to.uid), Some(to.gid)).trying("change the owner of", path),
        None => Ok(()),
    }
}
