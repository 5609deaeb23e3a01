//! Two people are found to be one, and to be two again.

use proto::membership::v1::{MergePersonsRequest, UnmergePersonsRequest};
use stage::made_up::request_id;

use crate::desk::Desk;

impl Desk {
    pub async fn merge_persons(&mut self, kind: &'static str) -> Option<()> {
        let (merged, survivor) =
            (self.one_of(&self.unnumbered.clone())?, self.one_of(&self.people.clone())?);
        let told = format!("{merged} is {survivor}");
        let request = MergePersonsRequest {
            request_id: request_id(),
            person_id: merged.clone(),
            survivor_id: survivor.clone(),
            reason: "cùng một người".to_owned(),
            ..MergePersonsRequest::default()
        };
        let answer = self.client.duplicates().merge_persons(request).await;
        self.trace.note(kind, told, [merged.clone(), survivor], answer)?;
        self.merged.push(merged);
        Some(())
    }

    pub async fn tell_apart(&mut self, kind: &'static str) -> Option<()> {
        let merged = self.one_of(&self.merged.clone())?;
        let told = format!("{merged} is herself");
        let request = UnmergePersonsRequest {
            request_id: request_id(),
            person_id: merged.clone(),
            reason: "hai người khác nhau".to_owned(),
            ..UnmergePersonsRequest::default()
        };
        let answer = self.client.duplicates().unmerge_persons(request).await;
        self.trace.note(kind, told, [merged.clone()], answer)?;
        self.merged.retain(|other| *other != merged);
        Some(())
    }
}
