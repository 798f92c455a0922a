//! Rules of the tree that no compiler holds. Each answers what breaks it, as `path: what`.
use std::fs;
use std::path::Path;

use anyhow::{Context, Result, bail};

mod functions;
mod homes;
mod layers;
mod places;

/// A source file: its path below the root, and its text.
struct Source {
    path: String,
    text: String,
}

/// Fails where something breaks one, and names everything that does.
pub fn check(root: &Path) -> Result<()> {
    let sources = sources(root)?;
    let mut broken = places::broken(&sources);
    broken.extend(layers::broken(&sources));
    broken.extend(functions::broken(root, &sources)?);
    broken.extend(homes::broken(root, &sources)?);
    if broken.is_empty() { Ok(()) } else { bail!("rules of the tree are broken:\n  {}", broken.join("\n  ")) }
}

/// Every `.rs` and `.sql` file of the workspace.
fn sources(root: &Path) -> Result<Vec<Source>> {
    let mut found = Vec::new();
    for folder in ["functions", "shared", "local"] {
        collect(root, &root.join(folder), &mut found)?;
    }
    found.sort_by(|a, b| a.path.cmp(&b.path));
    Ok(found)
}

fn collect(root: &Path, folder: &Path, found: &mut Vec<Source>) -> Result<()> {
    for entry in fs::read_dir(folder).with_context(|| format!("reading {}", folder.display()))? {
        let path = entry?.path();
        if path.is_dir() && !path.ends_with("target") {
            collect(root, &path, found)?;
        } else if path.extension().is_some_and(|extension| extension == "rs" || extension == "sql") {
            let text = fs::read_to_string(&path)?;
            let path = path.strip_prefix(root)?.to_string_lossy().into_owned();
            found.push(Source { path, text });
        }
    }
    Ok(())
}
