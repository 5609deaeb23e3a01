//! Roles: named sets of permissions, in `roles.toml`.
//!
//! The file says `registry.*.read`; which permissions there are, the contracts say. So a new
//! method needs no new line here, unless it is of a new kind.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::LazyLock;

use anyhow::Context;
use serde::Deserialize;
use sqlx::PgConnection;

use super::{FEED_WATCH, PUBLIC, declared};

/// One role, as the file writes it.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Written {
    /// What the role is for, in one sentence.
    meaning: String,
    /// The same in Vietnamese.
    meaning_vi: String,
    /// Permissions; `*` stands for any one part.
    permissions: Vec<String>,
    /// What of these the role does not have.
    #[serde(default)]
    except: Vec<String>,
}

static WRITTEN: LazyLock<BTreeMap<String, Written>> = LazyLock::new(|| {
    toml::from_str(include_str!("roles.toml")).expect("the roles compiled in are well written")
});

static ROLES: LazyLock<BTreeMap<String, BTreeSet<String>>> = LazyLock::new(|| {
    let permissions: BTreeSet<&str> = declared()
        .values()
        .map(|declared| &*declared.method.permission)
        .filter(|permission| ![PUBLIC, FEED_WATCH].contains(permission))
        .collect();
    WRITTEN
        .iter()
        .map(|(role, written)| {
            let any = |patterns: &[String], permission: &str| {
                patterns.iter().any(|pattern| matches(pattern, permission))
            };
            let held = permissions
                .iter()
                .filter(|permission| any(&written.permissions, permission))
                .filter(|permission| !any(&written.except, permission))
                .map(ToString::to_string)
                .collect();
            (role.clone(), held)
        })
        .collect()
});

/// Every role with the permissions that it holds.
pub fn all() -> &'static BTreeMap<String, BTreeSet<String>> {
    &ROLES
}

/// What a role is for, in one sentence: in English and in Vietnamese.
pub fn meaning(role: &str) -> Option<(&'static str, &'static str)> {
    WRITTEN.get(role).map(|written| (&*written.meaning, &*written.meaning_vi))
}

/// The roles that hold a permission, in alphabetical order.
pub fn holding(permission: &str) -> impl Iterator<Item = &'static str> {
    let holds = move |held: &BTreeSet<String>| held.contains(permission);
    all().iter().filter(move |(_, held)| holds(held)).map(|(role, _)| role.as_str())
}

/// Whether there is such a role: a grant names one that exists.
pub fn exists(role: &str) -> bool {
    all().contains_key(role)
}

/// Whether a pattern such as `registry.*.read` stands for a permission.
fn matches(pattern: &str, permission: &str) -> bool {
    let (mut asked, mut given) = (pattern.split('.'), permission.split('.'));
    loop {
        match (asked.next(), given.next()) {
            (None, None) => return true,
            (Some(asked), Some(given)) if asked == "*" || asked == given => {}
            _ => return false,
        }
    }
}

/// Makes `access.role_permission` say what the roles say. Loading again changes nothing.
pub async fn load(connection: &mut PgConnection) -> anyhow::Result<()> {
    let (roles, permissions): (Vec<String>, Vec<String>) = all()
        .iter()
        .flat_map(|(role, held)| held.iter().map(move |held| (role.clone(), held.clone())))
        .unzip();
    sqlx::query!(
        "with said as (
             select role, permission from unnest($1::text[], $2::text[]) as said (role, permission)
         ), withdrawn as (
             delete from access.role_permission
             where (role, permission) not in (select role, permission from said)
         )
         insert into access.role_permission (role, permission)
         select role, permission from said
         on conflict (role, permission) do nothing",
        &roles,
        &permissions,
    )
    .execute(connection)
    .await
    .context("write what each role may do")?;
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_pattern_of_every_role_stands_for_a_permission() {
        let permissions: BTreeSet<&str> =
            declared().values().map(|declared| &*declared.method.permission).collect();
        for (role, written) in &*WRITTEN {
            for pattern in written.permissions.iter().chain(&written.except) {
                assert!(
                    permissions.iter().any(|permission| matches(pattern, permission)),
                    "{role}: {pattern} stands for no permission of any contract"
                );
            }
        }
    }

    #[test]
    fn every_permission_is_held_by_some_role() {
        for declared in declared().values() {
            let permission = &*declared.method.permission;
            assert!(
                [PUBLIC, FEED_WATCH].contains(&permission)
                    || all().values().any(|held| held.contains(permission)),
                "no role holds {permission}, which {} needs",
                declared.method.rpc
            );
        }
    }

    #[test]
    fn a_star_stands_for_one_part() {
        assert!(matches("registry.*.read", "registry.organisation.read"));
        assert!(!matches("registry.*.read", "registry.organisation.found"));
        assert!(!matches("registry.*", "registry.organisation.read"));
        assert!(!matches("registry.organisation.read.all", "registry.organisation.read"));
    }
}
