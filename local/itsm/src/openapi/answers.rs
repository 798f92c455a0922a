//! What is the same on every route, said once: the problems that follow from its method, path and parameters, and the headers.
use utoipa::PartialSchema;
use utoipa::openapi::path::{Operation, Parameter, ParameterBuilder, ParameterIn};
use utoipa::openapi::{Components, ObjectBuilder, OpenApi, RefOr, Required, Response, Type};

use super::problem::{self, FieldError, Problem};

/// Adds it to all operations; what a handler says of itself stays.
pub(super) fn complete(whole: &mut OpenApi) {
    components(whole.components.get_or_insert_default());
    for (path, item) in &mut whole.paths.paths {
        let by_method =
            [("get", &mut item.get), ("put", &mut item.put), ("post", &mut item.post), ("patch", &mut item.patch), ("delete", &mut item.delete)];
        for (method, operation) in by_method.into_iter().filter_map(|(method, operation)| Some((method, operation.as_mut()?))) {
            named(operation);
            operation.parameters.iter_mut().flatten().for_each(bounded);
            if method == "get" && answers(operation, "304") {
                operation.parameters.get_or_insert_default().push(if_none_match().into());
            }
            for status in implied(path, operation) {
                operation.responses.responses.entry(status.to_owned()).or_insert_with(|| Response::new("").into());
            }
            describe(operation);
        }
    }
}

fn components(components: &mut Components) {
    components.schemas.insert("Problem".into(), Problem::schema());
    components.schemas.insert("FieldError".into(), FieldError::schema());
    components.responses.extend(problem::responses());
    components.headers.extend(problem::headers());
}

/// An operation's id is unique in the document; a handler's name is in its function.
fn named(operation: &mut Operation) {
    let tag = operation.tags.as_ref().and_then(|tags| tags.first()).cloned().unwrap_or_default();
    operation.operation_id = operation.operation_id.take().map(|id| format!("{tag}_{id}"));
}

/// The bounds of parameters that mean the same everywhere.
fn bounded(parameter: &mut RefOr<Parameter>) {
    let RefOr::T(parameter) = parameter else { return };
    let schema = match parameter.name.as_str() {
        "Idempotency-Key" => ObjectBuilder::new().schema_type(Type::String).min_length(Some(1)).max_length(Some(255)),
        "limit" => ObjectBuilder::new().schema_type(Type::Integer).minimum(Some(1)).maximum(Some(200)),
        _ => return,
    };
    parameter.schema = Some(schema.into());
}

/// Statuses that need no word from the handler.
fn implied(path: &str, operation: &Operation) -> Vec<&'static str> {
    let needs_token = operation.security.is_none();
    let mut statuses = vec!["400", "500", "503"];
    let when = [
        (needs_token, "401"),
        (needs_token, "403"), // an API key without the scope
        (needs_token, "429"),
        (path.contains('{'), "404"),
        (has(operation, "If-Match"), "412"),
        (operation.request_body.is_some(), "413"),
        (operation.request_body.is_some(), "415"),
        (operation.request_body.is_some(), "422"),
    ];
    statuses.extend(when.iter().filter(|(holds, _)| *holds).map(|(_, status)| status));
    statuses
}

/// Content and headers of each answer.
fn describe(operation: &mut Operation) {
    let is_versioned = answers(operation, "304") || has(operation, "If-Match");
    let is_page = has(operation, "cursor");
    for (status, given) in &mut operation.responses.responses {
        let RefOr::T(response) = given else { continue };
        if let Some(problem) = problem::answer(status, &response.description) {
            *given = problem;
            continue;
        }
        let mut headers = vec!["X-Request-Id"];
        headers.extend((is_versioned && status != "204").then_some("ETag"));
        headers.extend((is_page && status == "200").then_some("Link"));
        for name in headers {
            response.headers.entry(name.to_owned()).or_insert_with(|| RefOr::Ref(problem::header(name)));
        }
        if response.description.is_empty() {
            response.description = if status == "304" { "You have it already." } else { "Done." }.to_owned();
        }
    }
}

fn answers(operation: &Operation, status: &str) -> bool {
    operation.responses.responses.contains_key(status)
}

fn has(operation: &Operation, parameter: &str) -> bool {
    let is_it = |given: &RefOr<Parameter>| matches!(given, RefOr::T(given) if given.name == parameter);
    operation.parameters.iter().flatten().any(is_it)
}

fn if_none_match() -> Parameter {
    ParameterBuilder::new()
        .name("If-None-Match")
        .parameter_in(ParameterIn::Header)
        .required(Required::False)
        .description(Some("the ETag that you have: 304 if it is the current one"))
        .schema(Some(String::schema()))
        .build()
}
