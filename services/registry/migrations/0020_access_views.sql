-- What decides rights, as views on registry's own tables: the other services hold copies
-- of the same names, filled from the feed.
create schema access;

create view access.superior as
select organisation_id, superior_id, valid
from organisation_parent
where upper_inf(recorded);

create view access.ending as
select organisation_id, ended_on, principal_successor_id as heir_id
from organisation_ending
where upper_inf(recorded);

create view access.grant_held as
select grant_id, issuer, subject, role, organisation_id, valid
from role_grant
where upper_inf(recorded);
