//! `docs/openapi.json` is what the functions say of themselves.

#[test]
fn the_committed_document_is_current() {
    let committed = std::fs::read_to_string(concat!(env!("CARGO_MANIFEST_DIR"), "/../../docs/openapi.json")).unwrap();
    assert!(committed == itsm::openapi::json(), "docs/openapi.json is stale: run `cargo xtask sync`");
}

#[test]
fn the_lifecycle_in_the_docs_is_the_one_in_the_code() {
    let page = std::fs::read_to_string(concat!(env!("CARGO_MANIFEST_DIR"), "/../../docs/ARCHITECTURE.md")).unwrap();
    let drawn = shared::rules::lifecycle::diagram();
    assert!(page.contains(&drawn), "docs/ARCHITECTURE.md should draw:\n{drawn}");
}
