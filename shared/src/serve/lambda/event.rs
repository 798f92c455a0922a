//! Requests as AWS sends them, each made what `lambda_http` reads rightly. HTTP APIs, REST APIs, function URLs (which send an HTTP API's
//! events) and load balancers have their own ways with stages, headers and queries.
use lambda_http::aws_lambda_events::alb::AlbTargetGroupRequest;
use lambda_http::aws_lambda_events::apigw::{ApiGatewayProxyRequest, ApiGatewayV2httpRequest};
use lambda_http::http::HeaderMap;
use lambda_http::http::header::HOST;
use lambda_http::lambda_runtime::LambdaEvent;
use lambda_http::request::LambdaRequest;

/// The same request in every shape.
pub(super) fn plain(mut event: LambdaEvent<LambdaRequest>) -> LambdaEvent<LambdaRequest> {
    match &mut event.payload {
        LambdaRequest::ApiGatewayV2(request) => http_api(request),
        LambdaRequest::ApiGatewayV1(request) => rest_api(request),
        LambdaRequest::Alb(request) => load_balancer(request),
        _ => {}
    }
    event
}

/// The path begins with the stage where that has a name. `lambda_http` panics where the query is no URI's, and anybody may send a `<`:
/// what may not stand in one is percent-encoded first.
fn http_api(request: &mut ApiGatewayV2httpRequest) {
    request.raw_query_string = request.raw_query_string.take().map(|query| encoded(&query));
    let stage = request.request_context.stage.take().filter(|stage| stage != "$default");
    if let (Some(stage), Some(path)) = (stage, &request.raw_path) {
        request.raw_path = Some(below(path, &stage));
    }
}

/// The path has no stage before it, but for the one of whoever sends a REST API's events without being one. With the stage gone from the
/// context, `lambda_http` adds none.
fn rest_api(request: &mut ApiGatewayProxyRequest) {
    all_values(&mut request.headers, &request.multi_value_headers);
    let context = &mut request.request_context;
    let (Some(stage), Some(path)) = (context.stage.take(), &request.path) else { return };
    if context.path.as_deref() != Some(format!("/{stage}{path}").as_str()) {
        request.path = Some(below(path, &stage));
    }
}

/// Anybody may name any host, also one that is none.
fn load_balancer(request: &mut AlbTargetGroupRequest) {
    all_values(&mut request.headers, &request.multi_value_headers);
    request.headers.remove(HOST);
}

/// Where both are given, `lambda_http` lets the one value of `headers` replace all those of `multiValueHeaders`.
fn all_values(single: &mut HeaderMap, multiple: &HeaderMap) {
    if !multiple.is_empty() {
        single.clear();
    }
}

/// The path behind its stage.
fn below(path: &str, stage: &str) -> String {
    match path.strip_prefix('/').and_then(|rest| rest.strip_prefix(stage)) {
        Some("") => "/".to_owned(),
        Some(rest) if rest.starts_with('/') => rest.to_owned(),
        _ => path.to_owned(),
    }
}

fn encoded(query: &str) -> String {
    let mut encoded = String::with_capacity(query.len());
    for byte in query.bytes() {
        match byte {
            b'"' | b'#' | b'<' | b'>' | ..=b' ' | 0x7f.. => encoded.push_str(&format!("%{byte:02X}")),
            _ => encoded.push(char::from(byte)),
        }
    }
    encoded
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_stage_is_a_whole_segment() {
        for (path, rest) in
            [("/prod/v1/incidents", "/v1/incidents"), ("/prod", "/"), ("/prod/", "/"), ("/production", "/production"), ("/v1", "/v1"), ("", "")]
        {
            assert_eq!(below(path, "prod"), rest, "{path}");
        }
    }
}
