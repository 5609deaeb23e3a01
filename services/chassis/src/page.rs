//! Page tokens: where the next page starts, sealed and bound to the query.
//!
//! A cursor is the key of the last row of a page. Its content is sealed, not hidden, and may
//! travel in a query string: it holds ids, codes, dates and numbers, never personal data.

use aws_lc_rs::digest::{SHA256, digest};
use prost::Message;
use proto::door::question::List;
use proto::refusal::v1::Reason;
use serde::Serialize;
use serde::de::DeserializeOwned;

use crate::parse;
use crate::refusal::{Failure, Refusal};
use crate::seen::Keys;

const PURPOSE: &str = "page";

/// The page of a list that somebody asks for: how long, after which row.
#[derive(Debug)]
pub struct Asked<'a> {
    keys: &'a Keys,
    query: QueryDigest,
    token: String,
    /// As it was asked for.
    asked_size: i32,
    /// Rows on the page.
    pub size: i64,
}

/// A page of rows.
#[derive(Debug)]
pub struct Page<T> {
    /// The rows.
    pub rows: Vec<T>,
    /// Empty on the last page.
    pub next_page_token: String,
}

impl<'a> Asked<'a> {
    /// Takes token and size out of a question of this method; what is left is the query.
    pub(crate) fn taken(keys: &'a Keys, rpc: &str, question: &mut impl List) -> Self {
        let (token, asked_size) = question.take_page();
        let query = QueryDigest::of(rpc, question);
        Self { keys, query, token, asked_size, size: parse::page_size(asked_size) }
    }

    /// A page of at most so many rows, and of as many where nothing was asked.
    #[must_use]
    pub fn at_most(self, rows: i64) -> Self {
        let size = match i64::from(self.asked_size) {
            ..=0 => rows,
            asked => asked.min(rows),
        };
        Self { size, ..self }
    }

    /// After which row the page begins; none for the first page.
    pub fn after<C: DeserializeOwned>(&self) -> Result<Option<C>, Refusal> {
        open(self.keys, self.query, &self.token)
    }

    /// So many rows are read: one more than the page holds, to know whether another follows.
    pub fn limit(&self) -> i64 {
        self.size + 1
    }

    /// Makes a page of rows read up to [`Asked::limit`]; `cursor` tells where a row stands.
    pub fn page<T, C: Serialize>(
        &self,
        mut rows: Vec<T>,
        cursor: impl Fn(&T) -> C,
    ) -> Result<Page<T>, Failure> {
        let size = usize::try_from(self.size).unwrap_or(usize::MAX);
        let another_follows = rows.len() > size;
        rows.truncate(size);
        let last = rows.last().filter(|_| another_follows).map(cursor);
        Ok(Page { rows, next_page_token: self.token_after(last.as_ref())? })
    }

    /// The token of the page after this row; empty where no page follows.
    pub fn token_after<C: Serialize>(&self, last: Option<&C>) -> Result<String, Failure> {
        last.map_or(Ok(String::new()), |last| seal(self.keys, self.query, last))
    }
}

/// What a page token is bound to: the method, and its request without page token and page
/// size. A page may be of another size than the one before.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct QueryDigest([u8; 32]);

impl QueryDigest {
    /// The digest of a method's full name and its request.
    fn of(rpc: &str, request: &impl Message) -> Self {
        let mut content = rpc.as_bytes().to_vec();
        content.push(0);
        content.extend_from_slice(&request.encode_to_vec());
        let mut query = [0; 32];
        query.copy_from_slice(digest(&SHA256, &content).as_ref());
        Self(query)
    }
}

/// The token of the page after `cursor`.
fn seal<C: Serialize>(keys: &Keys, query: QueryDigest, cursor: &C) -> Result<String, Failure> {
    let cursor = serde_json::to_vec(cursor)
        .map_err(|error| anyhow::Error::new(error).context("write a page token"))?;
    Ok(keys.seal(PURPOSE, &query.0, &cursor))
}

/// The cursor of a token; none where the token is empty, which asks for the first page.
fn open<C: DeserializeOwned>(
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

    /// Asks for things of a kind.
    #[derive(Clone, PartialEq, Message)]
    struct ListThings {
        #[prost(string, tag = "1")]
        kind: String,
        #[prost(int32, tag = "2")]
        page_size: i32,
        #[prost(string, tag = "3")]
        page_token: String,
    }

    impl List for ListThings {
        fn take_page(&mut self) -> (String, i32) {
            (std::mem::take(&mut self.page_token), std::mem::take(&mut self.page_size))
        }
    }

    fn asked<'a>(keys: &'a Keys, kind: &str, page_size: i32, token: &str) -> Asked<'a> {
        let (kind, page_token) = (kind.to_string(), token.to_string());
        Asked::taken(keys, "/x.Y/ListThings", &mut ListThings { kind, page_size, page_token })
    }

    #[test]
    fn the_next_page_may_be_of_another_size_but_not_of_another_list() {
        let keys = keys();
        let first = asked(&keys, "a", 2, "");
        assert_eq!((first.after::<i32>(), first.limit()), (Ok(None), 3));
        let page = first.page(vec![10, 20, 30], |row| *row).expect("sealed");
        assert_eq!(page.rows, [10, 20]);
        let next = asked(&keys, "a", 1, &page.next_page_token);
        assert_eq!((next.after(), next.limit()), (Ok(Some(20)), 2));
        let last = next.page(vec![30], |row| *row).expect("sealed");
        assert_eq!((last.rows.as_slice(), last.next_page_token.as_str()), ([30].as_slice(), ""));
        let other = asked(&keys, "b", 2, &page.next_page_token);
        assert_eq!(other.after::<i32>().expect_err("refused").reason(), "PAGE_TOKEN_INVALID");
    }

    #[test]
    fn a_list_may_have_pages_of_its_own_length() {
        let keys = keys();
        let size = |asked_size| asked(&keys, "a", asked_size, "").at_most(100).size;
        assert_eq!([0, -1, 7, 100, 1_000].map(size), [100, 100, 7, 100, 100]);
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
