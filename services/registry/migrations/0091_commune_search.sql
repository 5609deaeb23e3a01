-- Unions are found by the communes that they look after, and communes by their names.
alter table commune_rule add column search_key text generated always as (fold(name_vi)) stored;
create index commune_rule_search on commune_rule (search_key);
create index organisation_territory_commune
    on organisation_territory (commune) include (organisation_id, valid, recorded);

-- What has ended is found from where it stood last, and from whoever continues it.
create index organisation_parent_former
    on organisation_parent (superior_id, upper(valid)) where not upper_inf(valid);
