//! Page tokens: where the next page starts, sealed and bound to the query.
//!
//! A cursor is the key of the last row of a page. Its content is sealed, not hidden, and may
//! travel in a query string: it holds ids, codes, dates and numbers, never personal data.

use aws_lc_rs::digest::{SHA256, digest};
use prost::Message;
use proto::refusal::v1::Reason;
use serde::Serialize;
use serde::de::DeserializeOwned;

use crate::refusal::{Failure, Refusal};
use crate::seen::Keys;

const PURPOSE: &str = "page";

/// What a page token is bound to: the method, and its request without page token and page
/// size, which the caller clears first. A page may be of another size than the one before.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct QueryDigest([u8; 32]);

impl QueryDigest {
    /// The digest of a method's full name and its request.
    pub fn of(rpc: &str, request: &impl Message) -> Self {
        let mut content = rpc.as_bytes().to_vec();
        content.push(0);
        content.extend_from_slice(&request.encode_to_vec());
        let mut query = [0; 32];
        query.copy_from_slice(digest(&SHA256, &content).as_ref());
        Self(query)
    }
}

/// The token of the page after `cursor`.
pub fn seal<C: Serialize>(keys: &Keys, query: QueryDigest, cursor: &C) -> Result<String, Failure> {
    let cursor = serde_json::to_vec(cursor)
        .map_err(|error| anyhow::Error::new(error).context("write a page token"))?;
    Ok(keys.seal(PURPOSE, &query.0, &cursor))
}

/// The cursor of a token; none where the token is empty, which asks for the first page.
pub fn open<C: DeserializeOwned>(
    keys: &Keys,
    query: QueryDigest,
    token: &str,
) -> Result<Option<C>, Refusal> {
    if token.is_empty() {
        return Ok(None);
    }
    keys.open(PURPOSE, &query.0, token)
        .and_then(|cursor| serde_json::from_slice(&cursor).ok())
        .map(Some)
        .ok_or_else(|| Refusal::of(Reason::PageTokenInvalid).field("page_token"))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn keys() -> Keys {
        Keys::new(&[7; 32]).expect("a long secret")
    }

    fn query(text: &str) -> QueryDigest {
        QueryDigest::of("/x.Y/ListZ", &text.to_string())
    }

    #[test]
    fn a_token_opens_for_its_own_query_only() {
        let token = seal(&keys(), query("a"), &("CDCS", 7)).expect("sealed");
        assert_eq!(open(&keys(), query("a"), &token), Ok(Some(("CDCS".to_string(), 7))));
        let refused = open::<(String, i32)>(&keys(), query("b"), &token).expect_err("refused");
        assert_eq!(refused.reason(), "PAGE_TOKEN_INVALID");
        assert_eq!(refused.fields().collect::<Vec<_>>(), ["page_token"]);
    }

    #[test]
    fn a_token_that_was_touched_does_not_open() {
        let token = seal(&keys(), query("a"), &7).expect("sealed");
        for place in 0..token.len() {
            let mut touched = token.clone().into_bytes();
            touched[place] = if touched[place] == b'A' { b'B' } else { b'A' };
            let touched = String::from_utf8(touched).expect("base64url");
            assert!(open::<i32>(&keys(), query("a"), &touched).is_err(), "{place}");
        }
    }

    #[test]
    fn no_token_asks_for_the_first_page() {
        assert_eq!(open::<i32>(&keys(), query("a"), ""), Ok(None));
    }

    #[test]
    fn a_replaced_secret_still_opens_what_it_sealed() {
        let old = keys();
        let token = seal(&old, query("a"), &7).expect("sealed");
        let new = Keys::new(&[8; 32]).expect("a long secret");
        assert!(open::<i32>(&new, query("a"), &token).is_err());
        let both = new.also_opening(&[7; 32]).expect("a long secret");
        assert_eq!(open(&both, query("a"), &token), Ok(Some(7)));
    }
}
