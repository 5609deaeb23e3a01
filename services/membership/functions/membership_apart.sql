-- What a statement writes of memberships, looked at once for all its rows as it ends: each is of
-- somebody, in an organisation, begun and ended by a movement; and nobody has two on one day.
-- Whoever else writes of her waits, and then sees it; that takes READ COMMITTED.
create or replace function membership_apart() returns trigger language plpgsql
    set enable_hashjoin = off set enable_mergejoin = off set enable_seqscan = off
as $body$
begin
    if current_setting('transaction_isolation') <> 'read committed' then
        raise exception 'memberships are written at READ COMMITTED'
            using errcode = 'invalid_transaction_state';
    end if;
    perform lock_people(array(select person_id from written));
    if exists (select from written
               where not exists (select from person where person.person_id = written.person_id))
    then
        raise exception 'a membership is of nobody'
            using errcode = 'foreign_key_violation', table = 'membership',
                  constraint = 'membership_person';
    end if;
    if exists (select from (select distinct organisation_id from written) named
               where not exists (select from organisation
                                 where organisation.organisation_id = named.organisation_id))
    then
        raise exception 'a membership is in no organisation'
            using errcode = 'foreign_key_violation', table = 'membership',
                  constraint = 'membership_organisation';
    end if;
    if exists (select from (select begun_by from written
                            union select ended_by from written where ended_by is not null) named
               where not exists (select from movement where movement_id = named.begun_by))
    then
        raise exception 'a membership begins or ends by no movement'
            using errcode = 'foreign_key_violation', table = 'membership',
                  constraint = 'membership_by_movement';
    end if;
    if exists (select from written
               join membership held on held.person_id = written.person_id
               where held.membership_id <> written.membership_id
                 and (written.until_on is null or written.until_on > written.from_on)
                 and (held.until_on is null or held.until_on > held.from_on)
                 and (written.until_on is null or held.from_on < written.until_on)
                 and (held.until_on is null or written.from_on < held.until_on))
    then
        raise exception 'somebody has two memberships at a time'
            using errcode = 'exclusion_violation', table = 'membership',
                  constraint = 'membership_one_at_a_time';
    end if;
    return null;
end;
$body$;
