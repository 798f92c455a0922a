//! `local/nginx/routes.conf` and `upstreams.conf`: what nginx must know of the functions that answer requests.
use super::http;
use crate::functions::{Function, Kind};

const ROUTES: &str = "# Which function answers which path; included in `server`. Written by `cargo xtask sync` from functions/*/Cargo.toml.
# Job functions, /internal and /metrics are not here: what no location names is a 404 (see nginx.conf).
";

const UPSTREAMS: &str = "# Where each function is; included in `http`. Written by `cargo xtask sync` from functions/*/Cargo.toml.
# These are the names that compose gives them; where functions run elsewhere, the same names with other addresses take this file's place.
";

/// A location for each route, and for what is below it.
pub fn routes(functions: &[Function]) -> String {
    http(functions).fold(ROUTES.to_owned(), |text, function| text + &locations(function))
}

fn locations(function: &Function) -> String {
    let Function { name, description, timeout, .. } = function;
    // The function answers 413 itself; nginx only lets a little more through.
    let body = match function.kind {
        Kind::Http { body: Some(megabytes), .. } => format!(" client_max_body_size {}m;", megabytes + 1),
        _ => String::new(),
    };
    let fixed = |route: &String| matches!(&function.kind, Kind::Http { fixed, .. } if fixed.contains(route));
    let location = |route: &String| {
        let kept = if fixed(route) { " include static.conf;" } else { "" };
        let pass = format!("proxy_pass http://fn_{name}; proxy_read_timeout {timeout}s;{body}");
        format!("location = {route} {{ {pass}{kept} }}\nlocation {route}/ {{ {pass} }}\n")
    };
    let locations: String = function.routes().iter().map(location).collect();
    format!("\n# {name}: {description}\n{locations}")
}

/// An upstream for each function. None is left out for ten seconds because one request failed, as nginx would by itself: one that is gone refuses at once,
/// and one request that kills its connection must not close a function to all. At the address that `address` says.
pub fn upstreams(functions: &[Function], address: impl Fn(&Function) -> String) -> String {
    let upstream = |function: &Function| format!("\nupstream fn_{} {{ server {} max_fails=0; keepalive 16; }}", function.name, address(function));
    let upstreams: String = http(functions).map(upstream).collect();
    format!("{UPSTREAMS}{upstreams}\n")
}
