//! Attacks on the whole system, bounded and on loopback: while each goes on, somebody else's
//! calls are answered; the process does not grow; and afterwards everything is as before.
//!
//! Short by default. `CONGDOAN_ATTACK_SECONDS=30` makes each as long as that, and then the bars
//! of a quiet machine hold: of normal calls ninety-nine in a hundred within 100 ms.
#![allow(clippy::unwrap_used, missing_docs)]

mod goodput;
mod ground;
mod hostile;
mod locks;
mod readers;
mod refusals;
mod speakers;
mod targets;
