-- What was decided of people and what the register makes of it, where unions end, never were,
-- or are known otherwise later on.

-- Known never to have existed: its founding was taken back. It lives on no day.
alter table organisation add column never_existed boolean not null default false;
update organisation
set never_existed = true
where ended_on = founded_on and members_outcome = 3
  and not exists (select from consequence
                  where consequence.organisation_id = organisation.organisation_id
                    and kind between 2 and 4 and undone_by is null);

-- Recorded in the place of a movement that was decided otherwise: an exit from the union in
-- which its members continue, for example, where the union that she left had ended by then.
-- The movement that was decided is taken back meanwhile, and stands as what was decided.
alter table movement add column restates uuid;
alter table movement add constraint movement_restates foreign key (restates) references movement;

-- True where the movement stands as what was decided, and is only carried out otherwise, or
-- not at all, because of what is known of its unions.
alter table movement_taken_back add column stands boolean not null default false;
create index movement_taken_back_stands on movement_taken_back (registry_act_id) where stands;
create index movement_from on movement (from_organisation_id);
create index movement_to on movement (to_organisation_id);

-- Which consequence of the act for the organisation passed her over: membership.v1.ConsequenceKind.
-- Null where a program wrote it that did not know; only foundings and takings back did so.
alter table consequence_passed_over add column kind smallint;
-- When she was no longer passed over: the consequence was mended for her, or she is a member
-- again otherwise.
alter table consequence_passed_over add column mended_at timestamptz;
create index consequence_passed_over_person on consequence_passed_over (person_id) where mended_at is null;
