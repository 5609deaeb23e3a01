-- The attributes that an organisation has for the whole of its life.
create or replace function lifelong_relations() returns setof regclass
    language sql immutable
return unnest(array['organisation_parent', 'organisation_name', 'organisation_code',
                    'organisation_type', 'organisation_sector', 'organisation_industry',
                    'organisation_status']::regclass[]);
