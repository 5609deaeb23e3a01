//! Cuts that were asked for last: whoever asks for one figure of the country by child mostly asks for
//! the next by child too, and where its units count is the same as long as its tree is.

use std::collections::VecDeque;
use std::sync::{Arc, Mutex, PoisonError};

use uuid::Uuid;

use crate::ground::columns::cut::Cut;
use crate::ground::columns::tree::Tree;
use crate::ground::figure::breakdown::By;
use crate::ground::figure::scope::Scope;

/// So many are kept: one of the whole country is some megabytes.
const KEPT_MAX: usize = 8;

/// Those that are kept, the latest last. Clones share them.
#[derive(Clone, Default)]
pub struct Cuts(Arc<Mutex<VecDeque<Kept>>>);

struct Kept {
    /// Held, so that no other tree is found where it lay.
    tree: Arc<Tree>,
    heads: Vec<Uuid>,
    scope: Scope,
    across: By,
    cut: Arc<Cut>,
}

impl Kept {
    /// Whether it is that of the same question: of a scope, its head and who is left out of stocks are no
    /// part of where units count.
    fn is_of(&self, tree: &Arc<Tree>, heads: &[Uuid], scope: &Scope, across: By) -> bool {
        Arc::ptr_eq(&self.tree, tree)
            && self.heads == heads
            && self.across == across
            && self.scope.as_of == scope.as_of
            && self.scope.by == scope.by
            && self.scope.grouping == scope.grouping
            && self.scope.group == scope.group
            && self.scope.direct_only == scope.direct_only
    }
}

impl Cuts {
    /// The cut of a question; made, where nobody has asked the same of the same tree lately.
    pub fn cut(
        &self,
        tree: &Arc<Tree>,
        heads: &[Uuid],
        scope: &Scope,
        across: By,
        make: impl FnOnce() -> Cut,
    ) -> Arc<Cut> {
        let lock = || self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let mut kept = lock();
        if let Some(at) = kept.iter().position(|kept| kept.is_of(tree, heads, scope, across))
            && let Some(found) = kept.remove(at)
        {
            let cut = found.cut.clone();
            kept.push_back(found);
            return cut;
        }
        // Others need not wait for it: of two who ask the same at once, each makes it.
        drop(kept);
        let cut = Arc::new(make());
        let mut kept = lock();
        // A tree that nobody else knows any more is not kept for its cuts: it is larger than they are.
        let here = |kept: &VecDeque<Kept>, tree: &Arc<Tree>| {
            kept.iter().filter(|other| Arc::ptr_eq(&other.tree, tree)).count()
        };
        let forgotten: Vec<bool> =
            kept.iter().map(|one| Arc::strong_count(&one.tree) == here(&kept, &one.tree)).collect();
        let mut forgotten = forgotten.into_iter();
        kept.retain(|_| !forgotten.next().unwrap_or_default());
        while kept.len() >= KEPT_MAX {
            kept.pop_front();
        }
        kept.push_back(Kept {
            tree: tree.clone(),
            heads: heads.to_vec(),
            scope: scope.clone(),
            across,
            cut: cut.clone(),
        });
        cut
    }
}
