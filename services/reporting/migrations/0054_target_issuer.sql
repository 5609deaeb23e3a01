-- An issuer outside the trade union is known by its name, an organisation by its id: a name that
-- spells an id is not that organisation.
create unique index target_revision on target
    (organisation_id, indicator, period, issuer_id, issuer_name, sector_grouping, sector_group, revision)
    nulls not distinct;
drop index target_key;
