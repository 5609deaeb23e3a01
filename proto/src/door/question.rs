//! Which of three kinds a question is: a read, a read of a page, or a write.
//!
//! What is regular in the contracts is read off the descriptors (`build/question.rs`): a request
//! with `request_id` and `validate_only` is a write, one with `page_size` and `page_token` asks
//! for a page, and every other one is a read. A new RPC says nothing of this itself.

use prost::Message;

mod kinds {
    #![allow(missing_docs, clippy::all)]
    include!(concat!(env!("OUT_DIR"), "/questions.rs"));
}

/// A question that changes nothing, and is answered at once.
pub trait Read: Message {}

/// A question for a page of a list.
pub trait List: Message {
    /// Takes the token and the size of the page out of the question: what is left is the query
    /// that a page token is bound to.
    fn take_page(&mut self) -> (String, i32);
}

/// A question that acts, or the header of a stream that does.
pub trait Write: Message {
    /// Names the act, so that repeating it is harmless.
    fn request_id(&self) -> &str;

    /// Asks for everything but the commit.
    fn validate_only(&self) -> bool;
}
