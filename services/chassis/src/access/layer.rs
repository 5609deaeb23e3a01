//! What every call passes before its handler: who speaks, and may they speak at all?

use std::sync::Arc;

use axum::extract::{Request, State};
use axum::middleware::Next;
use axum::response::Response;
use http::HeaderMap;
use http::header::AUTHORIZATION;
use proto::refusal::v1::Reason;
use tonic::Status;
use tonic::metadata::MetadataMap;

use super::token::{Speaker, Verifier};
use super::{FEED_WATCH, PUBLIC, declared, refuse_unless_held};
use crate::call::{Call, Caller, Method, unauthenticated};
use crate::database::Database;
use crate::refusal::Refusal;

/// Methods of the infrastructure, open to whoever reaches the port.
const OPEN: [&str; 2] = ["/grpc.health.v1.Health/", "/grpc.reflection."];

/// Whether a path is one of the infrastructure's.
pub(crate) fn is_open(path: &str) -> bool {
    OPEN.iter().any(|open| path.starts_with(open))
}

/// Lets a call through to its handler, with its [`Caller`] and its [`Method`] in the
/// extensions, or refuses it. For `axum::middleware::from_fn_with_state`.
pub async fn admit(
    State(verifier): State<Arc<Verifier>>,
    mut request: Request,
    next: Next,
) -> Response {
    match speaker_of(&verifier, request.uri().path(), request.headers()) {
        Ok(None) => next.run(request).await,
        Ok(Some((caller, method))) => {
            request.extensions_mut().insert(caller);
            request.extensions_mut().insert(method);
            next.run(request).await
        }
        Err(refusal) => refusal.status().into_http(),
    }
}

/// Lets a caller speak on: where a question is a stream, the caller's right is asked for before
/// the first message is read, so that nothing is kept of what nobody may say.
pub async fn admit_to_speak_on(
    State(database): State<Option<Database>>,
    request: Request,
    next: Next,
) -> Response {
    let asks_on = declared().get(request.uri().path()).is_some_and(|declared| declared.asks_on);
    let Some(database) = database.filter(|_| asks_on) else {
        return next.run(request).await;
    };
    let (parts, body) = request.into_parts();
    let metadata = MetadataMap::from_headers(parts.headers.clone());
    let asked = tonic::Request::from_parts(metadata, parts.extensions.clone(), ());
    match may_speak(&database, &asked).await {
        Ok(()) => next.run(Request::from_parts(parts, body)).await,
        Err(status) => status.into_http(),
    }
}

async fn may_speak(database: &Database, asked: &tonic::Request<()>) -> Result<(), Status> {
    let call = Call::of(asked, None, false)?;
    if &*call.permission != PUBLIC {
        refuse_unless_held(&mut *database.read(&call).await?).await?;
    }
    Ok(())
}

/// Who calls which method; nobody in particular where the method is open.
fn speaker_of(
    verifier: &Verifier,
    path: &str,
    headers: &HeaderMap,
) -> Result<Option<(Caller, Method)>, Refusal> {
    if is_open(path) {
        return Ok(None);
    }
    let declared = declared().get(path).ok_or_else(|| method_unknown(path))?;
    let token = headers
        .get(AUTHORIZATION)
        .and_then(|value| value.to_str().ok())
        .and_then(|value| value.strip_prefix("Bearer "))
        .ok_or_else(|| unauthenticated("absent"))?;
    let for_services = &*declared.method.permission == FEED_WATCH;
    let caller = match verifier.verify(token).map_err(unauthenticated)? {
        Speaker::User(caller) if !for_services => caller,
        Speaker::Service(name) if for_services => Caller::system(&name),
        Speaker::User(_) => return Err(service_not_allowed(super::token::GATEWAY)),
        Speaker::Service(name) => return Err(service_not_allowed(&name)),
    };
    Ok(Some((caller, declared.method.clone())))
}

/// The refusal of a method that no contract declares.
pub(crate) fn method_unknown(path: &str) -> Refusal {
    Refusal::of(Reason::MethodUnknown).with("method", path.chars().take(200).collect::<String>())
}

fn service_not_allowed(signer: &str) -> Refusal {
    Refusal::of(Reason::ServiceNotAllowed).with("signer", signer)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::access::token::{GATEWAY, Signer};

    const WATCH: &str = "/congdoan.feed.v1.FeedService/Watch";

    fn bearer(token: &str) -> HeaderMap {
        let mut headers = HeaderMap::new();
        headers.insert(AUTHORIZATION, format!("Bearer {token}").parse().expect("ascii"));
        headers
    }

    /// Any method that end users call.
    fn users_method() -> String {
        declared()
            .values()
            .map(|declared| &declared.method)
            .find(|method| &*method.permission != FEED_WATCH)
            .map(|method| method.rpc.to_string())
            .expect("a contract")
    }

    #[test]
    fn each_speaker_reaches_the_methods_that_are_for_it() {
        let gateway = Signer::generate(GATEWAY).expect("a key");
        let membership = Signer::generate("membership").expect("a key");
        let known = [&gateway, &membership].map(|s| (s.name(), s.public_pem()));
        let verifier = Verifier::new("registry", known).expect("keys");
        let an = Caller { issuer: "i".into(), ..Caller::system("an") };
        let user = bearer(&gateway.for_user("registry", &an).expect("signed"));
        let service = bearer(&membership.for_itself("registry").expect("signed"));
        let answer = |path: &str, headers: &HeaderMap| {
            speaker_of(&verifier, path, headers)
                .map(|spoken| spoken.map(|(caller, _)| caller.principal()))
                .map_err(|refusal| refusal.reason())
        };

        assert_eq!(answer(&users_method(), &user), Ok(Some("i#an".to_string())));
        assert_eq!(answer(WATCH, &service), Ok(Some("membership".to_string())));
        assert_eq!(answer(WATCH, &user), Err("SERVICE_NOT_ALLOWED"));
        assert_eq!(answer(&users_method(), &service), Err("SERVICE_NOT_ALLOWED"));
        assert_eq!(answer(WATCH, &HeaderMap::new()), Err("INTERNAL_TOKEN_INVALID"));
        assert_eq!(answer(WATCH, &bearer("x")), Err("INTERNAL_TOKEN_INVALID"));
        assert_eq!(answer("/x.Y/Z", &user), Err("METHOD_UNKNOWN"));
        assert_eq!(answer("/grpc.health.v1.Health/Check", &HeaderMap::new()), Ok(None));
    }
}
