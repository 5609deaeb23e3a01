-- What a dry run had seen of the feed: acts beyond it are later than the dry run. The feed has
-- them in the order in which they were recorded, which no id and no clock has.
create table plan_seen
(
    operation_id uuid   primary key references operation,
    -- Everything numbered up to here was recorded before.
    position     bigint not null,
    -- And these acts, which were not numbered yet.
    act_ids      uuid[] not null
);

-- Whether a unit was touched since is asked when it matters, and not kept for each.
alter table plan_effect drop column version;

-- What a dry run finds it keeps under its own operation, whose row it holds: the same row need
-- not be looked up a hundred thousand times.
alter table plan_effect drop constraint plan_effect_operation_id_fkey;
