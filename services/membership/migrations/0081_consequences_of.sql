-- Consequences are looked up by the organisation also when they are done with.
create index consequence_of on consequence (organisation_id);
