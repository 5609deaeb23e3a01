-- All that was ever known of the tree, by what led to it: an explanation of a figure as it was known at
-- an instant names the changes that were known then. What is known now was replaced at no instant.
create view organisation_known as
select recorded_at, null::timestamptz as replaced_at, organisation_id, grassroots, founded_on,
       founding_change_id, never_existed
from organisation
union all
select recorded_at, replaced_at, organisation_id, grassroots, founded_on, founding_change_id, never_existed
from organisation_past;

create view edge_known as
select recorded_at, null::timestamptz as replaced_at, organisation_id, superior_id, valid, change_id
from edge
union all
select recorded_at, replaced_at, organisation_id, superior_id, valid, change_id
from edge_past;

create view organisation_type_known as
select recorded_at, null::timestamptz as replaced_at, organisation_id, valid, grassroots, change_id
from organisation_type
union all
select recorded_at, replaced_at, organisation_id, valid, grassroots, change_id
from organisation_type_past;

create view organisation_sector_known as
select recorded_at, null::timestamptz as replaced_at, organisation_id, valid, change_id
from organisation_sector
union all
select recorded_at, replaced_at, organisation_id, valid, change_id
from organisation_sector_past;
