//! What the contracts say of each method: who owns it, what it needs, how it may be called.
//!
//! Everything that the gateway does with a method it reads off the descriptors: a new RPC
//! needs no line of code here.

use std::collections::HashMap;
use std::sync::Arc;

use anyhow::{Context, bail};
use prost_reflect::{DescriptorPool, MethodDescriptor, Value};

/// The extension by which a method declares the permission that it needs.
const PERMISSION: &str = "congdoan.access.v1.permission";
/// The permission of feeds: services only, and so never through this door.
const SERVICES_ONLY: &str = "feed.watch";

/// A service of the system, by the package of its contracts.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Owner {
    /// This process: methods that need several services.
    Gateway,
    /// One of the services behind it.
    Backend(Backend),
}

pub use proto::services::Backend;

impl Owner {
    /// `congdoan.registry.v1` is registry's. Other packages, such as the feeds', have no
    /// owner that is called from outside.
    fn of_package(package: &str) -> Option<Self> {
        let name = package.strip_prefix("congdoan.")?.strip_suffix(".v1")?;
        if name == "gateway" {
            return Some(Owner::Gateway);
        }
        Backend::ALL.into_iter().find(|backend| backend.name() == name).map(Owner::Backend)
    }
}

/// A method that is open to the outside.
#[derive(Clone, Debug)]
pub struct Method {
    /// `/congdoan.registry.v1.OrganisationService/FoundOrganisation`.
    pub path: Arc<str>,
    /// Which service answers it.
    pub owner: Owner,
    /// Who needs what, as the contract declares it: `registry.organisation.found`.
    pub permission: Arc<str>,
    /// The method as the contract describes it.
    pub descriptor: MethodDescriptor,
}

impl Method {
    /// True when the method changes nothing: a write names itself by a `request_id`.
    pub fn is_read(&self) -> bool {
        !self.descriptor.is_client_streaming()
            && self.descriptor.input().get_field_by_name("request_id").is_none()
    }

    /// True when the answer or the request is a stream that may go on for long.
    pub fn is_streaming(&self) -> bool {
        self.descriptor.is_server_streaming() || self.descriptor.is_client_streaming()
    }

    /// True when the request is a stream.
    pub fn asks_on(&self) -> bool {
        self.descriptor.is_client_streaming()
    }

    /// True when the method changes who may do what, or where a unit lies in the tree:
    /// registry's writes on organisations and on grants, and acts that are taken back.
    pub fn changes_rights_or_tree(&self) -> bool {
        let noun = self.permission.split('.').nth(1).unwrap_or_default();
        self.owner == Owner::Backend(Backend::Registry)
            && !self.is_read()
            && ["organisation", "grant", "act"].contains(&noun)
    }
}

/// The methods that are open to the outside, and the descriptors behind them.
pub struct Contract {
    /// Every message, with comments and options.
    pub pool: DescriptorPool,
    methods: HashMap<Arc<str>, Arc<Method>>,
}

impl Contract {
    /// Reads the descriptors of all contracts. Fails on a method without a permission.
    pub fn read() -> anyhow::Result<Self> {
        let pool = DescriptorPool::decode(proto::DESCRIPTORS).context("read the descriptors")?;
        let declared = pool
            .get_extension_by_name(PERMISSION)
            .context("the contracts do not define the permission option")?;
        let mut methods = HashMap::new();
        for service in pool.services() {
            let Some(owner) = Owner::of_package(service.package_name()) else { continue };
            for descriptor in service.methods() {
                let options = descriptor.options();
                let Value::String(permission) = options.get_extension(&declared).into_owned()
                else {
                    bail!("the permission of {} is not a text", descriptor.full_name());
                };
                if permission.is_empty() {
                    bail!("{} declares no permission", descriptor.full_name());
                }
                if permission == SERVICES_ONLY {
                    continue;
                }
                let path: Arc<str> =
                    format!("/{}/{}", service.full_name(), descriptor.name()).into();
                methods.insert(
                    path.clone(),
                    Arc::new(Method { path, owner, permission: permission.into(), descriptor }),
                );
            }
        }
        Ok(Self { pool, methods })
    }

    /// The method that answers this path, if it is open to the outside.
    pub fn method(&self, path: &str) -> Option<&Arc<Method>> {
        self.methods.get(path)
    }

    /// Every method that is open to the outside, in order of path.
    pub fn methods(&self) -> Vec<&Arc<Method>> {
        let mut methods: Vec<_> = self.methods.values().collect();
        methods.sort_by(|one, other| one.path.cmp(&other.path));
        methods
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn feeds_are_not_open_to_the_outside() {
        let contract = Contract::read().expect("read");
        assert!(contract.methods().iter().all(|method| !method.path.contains("FeedService")));
        assert!(contract.method("/congdoan.feed.v1.FeedService/Watch").is_none());
    }

    #[test]
    fn a_write_is_told_from_a_read_by_its_request_id() {
        let contract = Contract::read().expect("read");
        let read = |path| contract.method(path).expect("known").is_read();
        assert!(read("/congdoan.registry.v1.OrganisationService/GetOrganisation"));
        assert!(!read("/congdoan.registry.v1.OrganisationService/FoundOrganisation"));
        assert!(!read("/congdoan.registry.v1.OrganisationService/LoadOrganisations"));
    }

    #[test]
    fn a_new_grant_changes_rights_and_a_decision_does_not() {
        let contract = Contract::read().expect("read");
        let changing: Vec<_> = contract
            .methods()
            .into_iter()
            .filter(|method| method.changes_rights_or_tree())
            .map(|method| method.descriptor.name().to_string())
            .collect();
        for name in
            ["FoundOrganisation", "HandOverOrganisations", "EndOrganisations", "LoadOrganisations"]
        {
            assert!(changing.iter().any(|changed| changed == name), "{name} is missing");
        }
        for name in ["RecordDecision", "GetOrganisation", "HoldCongress"] {
            assert!(!changing.iter().any(|changed| changed == name), "{name} is too many");
        }
    }
}
