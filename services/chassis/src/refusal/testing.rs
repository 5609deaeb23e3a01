//! What tests ask of the refusals of a service.

use std::collections::BTreeMap;
use std::pin::Pin;
use std::sync::LazyLock;
use std::task::{Context, Poll};

use prost_reflect::DescriptorPool;
use proto::reason::named::{self, Method};
use proto::reason::{Told, names};
use proto::refusal::v1::Reason;
use tonic::Status;
use tonic::body::Body;
use tonic_types::StatusExt;
use tower::Service;

/// Every name in the sentences of a reason is given by each refusal that is told by them.
///
/// # Panics
/// With the first name that some refusal does not give.
pub fn assert_filled(refusals: &[(&Told, Vec<&str>)]) {
    assert!(!refusals.is_empty(), "nothing is refused");
    for (told, given) in refusals {
        let instead = told.instead.iter().filter(|instead| given.contains(&instead.key));
        let always = instead.clone().any(|instead| instead.value.is_empty());
        let mut said: Vec<&str> = instead.flat_map(|instead| [instead.vi, instead.en]).collect();
        // Where the metadata tells more, whatever it is, nothing else is said.
        if !always {
            said.extend([told.vi, told.en]);
        }
        for name in said.into_iter().flat_map(names) {
            assert!(given.contains(&name), "{} does not give `{name}`", told.reason);
        }
        for instead in told.instead {
            let known = refusals
                .iter()
                .any(|(other, given)| other.reason == told.reason && given.contains(&instead.key));
            assert!(known, "{}: nothing gives `{}`", told.reason, instead.key);
        }
    }
}

/// A channel that hears what a service refuses, and fails the test where the contract of the
/// method does not say that it may: comments stay true because calls are made.
#[derive(Clone, Debug)]
pub struct Heard<C>(pub C);

impl<C, B> Service<http::Request<Body>> for Heard<C>
where
    C: Service<http::Request<Body>, Response = http::Response<B>>,
    C::Future: Send + 'static,
{
    type Response = C::Response;
    type Error = C::Error;
    type Future = Pin<Box<dyn Future<Output = Result<Self::Response, Self::Error>> + Send>>;

    fn poll_ready(&mut self, context: &mut Context<'_>) -> Poll<Result<(), Self::Error>> {
        self.0.poll_ready(context)
    }

    fn call(&mut self, request: http::Request<Body>) -> Self::Future {
        let path = request.uri().path().to_string();
        let answer = self.0.call(request);
        Box::pin(async move {
            let answer = answer.await?;
            hear(&path, answer.headers());
            Ok(answer)
        })
    }
}

/// Hears the head of an answer of the method at a path such as
/// `/congdoan.registry.v1.PlanService/GetPlan`: a refusal says there all there is.
///
/// # Panics
/// Where the contract of the method does not say that it may refuse for this reason.
pub fn hear(path: &str, head: &http::HeaderMap) {
    if let Some(status) = Status::from_header_map(head) {
        assert_named(path, &status);
    }
}

/// The method names under "Errors:" each reason that the refusal has, if they are not those of
/// any call.
///
/// # Panics
/// With what it does not name.
fn assert_named(path: &str, status: &Status) {
    static METHODS: LazyLock<BTreeMap<String, Method>> = LazyLock::new(|| {
        let pool = DescriptorPool::decode(proto::DESCRIPTORS).expect("the contracts are whole");
        named::methods(&pool)
    });
    let details = status.get_error_details();
    let (Some(info), Some(method)) = (details.error_info(), METHODS.get(path)) else { return };
    let violations = details.bad_request().map(|bad| bad.field_violations.as_slice());
    let of_fields = violations.unwrap_or_default().iter().map(|field| &field.reason);
    for reason in of_fields.chain([&info.reason]) {
        // A field may be at fault for a reason that every service has.
        let domains = [info.domain.as_str(), <Reason as proto::reason::Reason>::DOMAIN];
        let named = domains.into_iter().any(|domain| method.names(domain, reason));
        assert!(named, "{path} refuses with {reason}, which its comment does not name");
    }
}

#[cfg(test)]
mod tests {
    use proto::registry::v1::Reason as OfRegistry;

    use super::*;
    use crate::refusal::{Language, Refusal};

    const METHOD: &str = "/congdoan.registry.v1.ReferenceService/ListRoles";

    fn heard(refusal: Refusal) {
        let answer = refusal.status_in(Language::English).into_http::<Body>();
        hear(METHOD, answer.headers());
    }

    #[test]
    fn a_reason_that_the_method_names_is_heard_and_so_is_one_of_any_call() {
        heard(Refusal::of(OfRegistry::PermissionUnknown).field("permission"));
        let long = Refusal::of(Reason::TextTooLong).with("characters", "9").with("limit", "8");
        heard(long.field("permission"));
        hear(METHOD, &http::HeaderMap::new());
    }

    #[test]
    #[should_panic(
        expected = "ListRoles refuses with PLAN_UNKNOWN, which its comment does not name"
    )]
    fn another_reason_fails_the_test() {
        heard(Refusal::of(OfRegistry::PlanUnknown));
    }
}
