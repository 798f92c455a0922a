//! The API as one OpenAPI 3.1 document, put together from what each function says of its routes.
use utoipa::openapi::security::{HttpAuthScheme, HttpBuilder, SecurityRequirement, SecurityScheme};
use utoipa::openapi::{InfoBuilder, OpenApi, OpenApiBuilder};

use crate::functions::documents;

mod answers;
mod problem;

/// The document of all functions.
pub fn document() -> OpenApi {
    let info = InfoBuilder::new().title("ITSM").version(env!("CARGO_PKG_VERSION")).description(Some(DESCRIPTION)).build();
    let mut whole = OpenApiBuilder::new().info(info).build();
    for part in documents() {
        whole.merge(part);
    }
    answers::complete(&mut whole);
    let scheme = SecurityScheme::Http(HttpBuilder::new().scheme(HttpAuthScheme::Bearer).bearer_format("JWT").build());
    whole.components.get_or_insert_default().add_security_scheme("bearer", scheme);
    whole.security = Some(vec![SecurityRequirement::new("bearer", Vec::<String>::new())]);
    whole
}

/// As it is committed in `docs/openapi.json`.
pub fn json() -> String {
    let mut json = document().to_pretty_json().unwrap_or_default();
    json.push('\n');
    json
}

const DESCRIPTION: &str = "A service desk: incidents, what is promised for them, who works on them and who is told. Errors are application/problem+json (RFC 9457); lists are keyset \
pages; the ETag is the version of a row. See docs/API.md.";

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    /// Merged, one of two schemas of a name would be lost.
    #[test]
    fn no_two_schemas_have_one_name() {
        let mut named = BTreeMap::new();
        for (name, schema) in super::documents().into_iter().filter_map(|part| part.components).flat_map(|parts| parts.schemas) {
            let schema = serde_json::to_value(schema).unwrap();
            assert_eq!(named.entry(name.clone()).or_insert(schema.clone()), &schema, "two schemas {name}: name one with #[schema(as = ...)]");
        }
    }
}
