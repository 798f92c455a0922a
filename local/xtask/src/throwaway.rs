//! `cargo xtask throwaway`: follows `docs/ADDING-A-FUNCTION.md` to the letter in a copy of the tree, and runs the suite of the function
//! that comes of it in every home. So the page is true, and a new function is one folder plus `cargo xtask sync`.
use std::collections::BTreeSet;
use std::fs;
use std::os::unix::fs::symlink;
use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Context, Result, ensure};

const PAGE: &str = "docs/ADDING-A-FUNCTION.md";
/// The function that the page makes.
const NAME: &str = "stats";
/// What the copy's packages are called beside: the two trees share a target folder, where cargo tells their packages apart by version and
/// by nothing else. Without it a tree is given what was built of the copy, whose files lie in that folder and never look changed.
const VERSION: &str = "-throwaway";

/// Makes the copy, the function, and runs it.
pub(crate) fn run(root: &Path) -> Result<()> {
    let copy = root.join("target/throwaway");
    let tree = mirror(root, &copy)?;
    let made = blocks(&fs::read_to_string(root.join(PAGE))?);
    let folder = format!("functions/{NAME}/");
    ensure!(made.len() >= 8 && made.iter().all(|(path, _)| path.starts_with(&folder)), "{PAGE} makes one folder, {folder}");
    for (path, text) in &made {
        write_if_new(&copy.join(path), text.as_bytes())?;
    }
    cargo(&copy, &["xtask", "sync"])?;
    for path in changed(root, &copy, &tree)? {
        ensure!(xtask::sync::WRITES.contains(&path.as_str()), "{path} had to change, and `sync` does not write it");
    }
    cargo(&copy, &["xtask", "parity", "--function", NAME, "--keep-components"])?;
    let _component_of_a_function_that_is_none = fs::remove_file(root.join(format!("target/wasm/{NAME}.wasm")));
    Ok(())
}

/// A copy of what git has or would have. Times are kept, so a second run compiles little; the target folder is shared.
fn mirror(root: &Path, copy: &Path) -> Result<Vec<PathBuf>> {
    fs::create_dir_all(copy)?;
    let listed = Command::new("git").args(["ls-files", "-co", "--exclude-standard", "-z"]).current_dir(root).output()?;
    ensure!(listed.status.success(), "git ls-files failed");
    let listed = String::from_utf8(listed.stdout)?;
    let tree: Vec<PathBuf> = listed.split('\0').filter(|path| !path.is_empty() && root.join(path).is_file()).map(PathBuf::from).collect();
    for path in &tree {
        let (from, to) = (root.join(path), copy.join(path));
        fs::create_dir_all(to.parent().unwrap_or(copy))?;
        fs::write(&to, mirrored(root, path)?)?;
        fs::set_permissions(&to, from.metadata()?.permissions())?;
        fs::File::options().write(true).open(&to)?.set_modified(from.metadata()?.modified()?)?;
    }
    // Where clones share a target folder, the copy may be another clone's, which may be gone: its link is laid anew each time.
    let target = copy.join("target");
    if target.symlink_metadata().is_ok() {
        fs::remove_file(&target)?;
    }
    symlink(root.join("target"), &target)?;
    forget(copy, copy, &tree.iter().map(PathBuf::as_path).collect())?;
    Ok(tree)
}

/// A file as the copy has it at first.
fn mirrored(root: &Path, path: &Path) -> Result<Vec<u8>> {
    let bytes = fs::read(root.join(path)).with_context(|| format!("reading {}", path.display()))?;
    if path != Path::new("Cargo.toml") {
        return Ok(bytes);
    }
    let (before, rest) = str::from_utf8(&bytes)?.split_once("\nversion = \"").context("the workspace has a version")?;
    let (version, after) = rest.split_once('"').context("the version ends")?;
    Ok(format!("{before}\nversion = \"{version}{VERSION}\"{after}").into_bytes())
}

/// Takes away what the copy has and the tree no longer has, but for the new function itself: its folder is written over.
fn forget(copy: &Path, folder: &Path, tree: &BTreeSet<&Path>) -> Result<()> {
    for entry in fs::read_dir(folder)? {
        let entry = entry?;
        let path = entry.path();
        let inside = path.strip_prefix(copy)?;
        if entry.file_type()?.is_dir() {
            if inside != Path::new("functions").join(NAME) {
                forget(copy, &path, tree)?;
            }
        } else if inside != Path::new("target") && !tree.contains(inside) {
            fs::remove_file(&path)?;
        }
    }
    Ok(())
}

/// The page's files: a line that begins with the path in bold, then the next fenced block.
fn blocks(page: &str) -> Vec<(String, String)> {
    let (mut files, mut path, mut text): (Vec<(String, String)>, Option<String>, Option<String>) = (Vec::new(), None, None);
    for line in page.lines() {
        match (&mut text, line.starts_with("```")) {
            (Some(_), true) => {
                if let (Some(path), Some(text)) = (path.take(), text.take()) {
                    files.push((path, text));
                }
            }
            (Some(text), false) => *text += &format!("{line}\n"),
            (None, true) if path.is_some() => text = Some(String::new()),
            (None, _) => path = line.strip_prefix("**`").and_then(|rest| rest.split_once("`**")).map(|(path, _)| path.to_owned()).or(path),
        }
    }
    files
}

fn write_if_new(path: &Path, bytes: &[u8]) -> Result<()> {
    if fs::read(path).ok().as_deref() != Some(bytes) {
        fs::create_dir_all(path.parent().unwrap_or(path))?;
        fs::write(path, bytes)?;
    }
    Ok(())
}

/// Files of the tree that differ in the copy.
fn changed(root: &Path, copy: &Path, tree: &[PathBuf]) -> Result<BTreeSet<String>> {
    let mut changed = BTreeSet::new();
    for path in tree {
        if mirrored(root, path)? != fs::read(copy.join(path))? && path.as_path() != Path::new("Cargo.lock") {
            changed.insert(path.display().to_string());
        }
    }
    Ok(changed)
}

fn cargo(folder: &Path, arguments: &[&str]) -> Result<()> {
    let status = xtask::cargo().args(arguments).current_dir(folder).status()?;
    ensure!(status.success(), "cargo {} failed in the copy", arguments.join(" "));
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_copy_of_another_clone_is_taken_over() {
        let root = xtask::root();
        let copy = std::env::temp_dir().join(format!("itsm-throwaway-{}", std::process::id()));
        fs::create_dir_all(copy.join("functions/gone")).unwrap();
        fs::create_dir_all(copy.join("functions").join(NAME)).unwrap();
        fs::write(copy.join("functions/gone/Cargo.toml"), "").unwrap();
        fs::write(copy.join("functions").join(NAME).join("Cargo.toml"), "").unwrap();
        symlink("/nowhere/target", copy.join("target")).unwrap();
        mirror(&root, &copy).unwrap();
        assert_eq!(fs::read_link(copy.join("target")).unwrap(), root.join("target"));
        let manifest = fs::read_to_string(copy.join("Cargo.toml")).unwrap();
        let version = concat!("\nversion = \"", env!("CARGO_PKG_VERSION"), "-throwaway\"\n");
        assert!(manifest.contains(version), "cargo would take one tree's packages for the other's: {manifest}");
        assert!(!copy.join("functions/gone/Cargo.toml").exists() && copy.join("functions").join(NAME).join("Cargo.toml").exists());
        fs::remove_dir_all(&copy).unwrap();
    }

    #[test]
    fn a_block_belongs_to_the_path_before_it_and_others_to_none() {
        let page = "**`a/b.rs`** is it.\n\n```rust\nfn a() {}\n```\n\n```sh\nls\n```\n**`c.sql`** too\ntext\n```sql\nselect 1\n```\n";
        assert_eq!(blocks(page), [("a/b.rs".into(), "fn a() {}\n".into()), ("c.sql".into(), "select 1\n".into())]);
    }
}
