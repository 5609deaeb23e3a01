-- Nobody is sent by an organisation to two at a time. Of a person registry knows the id only: where
-- she belongs, and so who may know of her, membership alone knows. What one organisation has
-- decided of her is therefore held against another's act by the act itself, and only where its
-- caller may read both; here it would tell everybody.
alter table secondment drop constraint secondment_once;
alter table secondment add constraint secondment_once
    exclude using gist (organisation_id with =, person_id with =, valid with &&)
    where (upper_inf(recorded));
create index secondment_person on secondment (person_id);
