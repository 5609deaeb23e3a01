-- What a person works as (nghề nghiệp), as her application says it; not known of those who were
-- written down before.
alter table person add column occupation text;
