-- How many steps a dry run tried: a plan may have others afterwards, and what was found is said of
-- those that were tried. Null where it was made before they were noted.
alter table plan_seen add column steps bigint;
