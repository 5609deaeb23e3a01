-- The consent of a superior to admit again who had been expelled.
alter table movement add column consent_id uuid;
-- The workers' organisation whose members are recognised, by its name.
alter table movement add column source_organisation text;
alter table movement add constraint movement_source
    check (source_organisation is null or admission_kind = 2 and length(source_organisation) <= 300)
    not valid;
alter table movement validate constraint movement_source;
