//! Says that two who are likely to be one are two.

use chassis::database::{Act, Acting};
use chassis::refusal::Failure;
use uuid::Uuid;

use crate::ground::refused::Refused;
use crate::ground::roll;

/// Two people are two.
pub struct DismissDuplicate {
    /// The one.
    pub person_id: Uuid,
    /// The other.
    pub other_id: Uuid,
    /// Why.
    pub reason: String,
}

impl Act for DismissDuplicate {
    type Answer = ();

    async fn perform(self, acting: &mut Acting) -> Result<(), Failure> {
        const FIELDS: [&str; 2] = ["person_id", "other_id"];
        let people = [self.person_id, self.other_id];
        if self.person_id == self.other_id {
            return Err(Refused::PersonRepeated { field: FIELDS[1].to_string() }.into());
        }
        roll::all_in_scope(acting, &people, |line| FIELDS[line].to_string()).await?;
        let act_id = acting.act_id;
        let dismissed = sqlx::query!(
            "update duplicate_candidate set dismissed = $3, act_id = $4
             where person_id = least($1::uuid, $2::uuid)
               and other_id = greatest($1::uuid, $2::uuid) and dismissed is null",
            self.person_id,
            self.other_id,
            self.reason,
            act_id,
        )
        .execute(acting.db())
        .await?
        .rows_affected();
        if dismissed == 0 {
            return Err(Refused::DuplicateUnknown { field: FIELDS[1].to_string() }.into());
        }
        Ok(())
    }
}
