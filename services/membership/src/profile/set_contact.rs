//! Says how a person is reached.

use std::sync::Arc;

use chassis::database::{Act, Acting};
use chassis::refusal::Failure;
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use crate::ground::contact;
use crate::ground::keys::Keys;
use crate::ground::refused::Refused;
use crate::ground::roll;
use crate::ground::scope;

/// She is reached otherwise; what is not said stays as it is.
pub struct SetContact {
    /// Seals it.
    pub keys: Arc<Keys>,
    /// Who.
    pub person_id: Uuid,
    /// Her phone, or that none is known.
    pub phone: Option<Option<String>>,
    /// Her e-mail address, or that none is known.
    pub email: Option<Option<String>>,
}

/// It was done.
#[derive(Debug, Serialize, Deserialize)]
pub struct Done {}

impl Act for SetContact {
    type Answer = Done;

    async fn perform(self, acting: &mut Acting) -> Result<Done, Failure> {
        scope::of_survivor(acting, self.person_id).await?;
        roll::lock(acting, &[self.person_id]).await?;
        let (keys, person_id) = (&self.keys, self.person_id);
        let mut changed = false;
        if let Some(phone) = &self.phone {
            changed |= contact::write_phone(acting, keys, person_id, phone.as_deref()).await?;
        }
        if let Some(email) = &self.email {
            changed |= contact::write_email(acting, keys, person_id, email.as_deref()).await?;
        }
        if !changed {
            return Err(Refused::CorrectionChangesNothing { field: "person_id" }.into());
        }
        Ok(Done {})
    }
}
