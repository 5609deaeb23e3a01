-- How somebody stands beside her membership, for a time: offered to another union, dormant, parked
-- at another union, or an honorary member. What was decided is here; on which days it holds in
-- which union follows from it and from her memberships, and is kept in standing_spell.
create table standing
(
    person_id             uuid        not null,
    -- One act on up to a thousand people.
    standing_id           uuid        not null,
    -- membership.v1.StandingKind.
    kind                  smallint    not null,
    -- membership.v1.DormancyReason, of the dormant.
    reason                smallint,
    -- Whose member she was when it began, or who named her.
    organisation_id       uuid        not null,
    -- Where she is to go, or takes part.
    other_organisation_id uuid,
    from_on               date        not null,
    -- The first day on which an offer has lapsed; by when she has to be back otherwise.
    due_on                date,
    decision_id           uuid,
    -- The first day after it, where somebody decided so.
    ended_on              date,
    -- Of an offer that was closed: membership.v1.OfferState, DECLINED, WITHDRAWN or LAPSED.
    ended_as              smallint,
    ended_reason          text,
    ended_decision_id     uuid,
    -- The movement by which an offer was accepted.
    transfer_id           uuid,
    -- The day on which her memberships ended it, if they did.
    left_on               date,
    act_id                uuid        not null,
    recorded_at           timestamptz not null default act_recorded_at(),

    constraint standing_key primary key (person_id, standing_id),
    constraint standing_shape check (
        case kind
            when 1 then other_organisation_id <> organisation_id and due_on > from_on
                and reason is null
            when 2 then other_organisation_id is null and reason between 1 and 4
            when 3 then other_organisation_id <> organisation_id and reason is null
            when 4 then other_organisation_id is null and reason is null and due_on is null
            else false
        end),
    constraint standing_ends_after_it_began check (ended_on >= from_on),
    constraint standing_only_offers_are_accepted
        check (kind = 1 or transfer_id is null and ended_as is null and ended_reason is null)
);
create index standing_id on standing (standing_id);
-- The offers by a union, and those to it.
create index standing_offered_by on standing (organisation_id, standing_id, person_id) where kind = 1;
create index standing_offered_to on standing (other_organisation_id, standing_id, person_id)
    where kind = 1;
-- What lapses next.
create index standing_lapses on standing (due_on)
    where kind = 1 and ended_on is null and transfer_id is null and left_on is null;

-- The days of a standing in one union. Derived: it can be made anew from standing and membership.
create table standing_spell
(
    person_id             uuid        not null,
    standing_id           uuid        not null,
    -- membership.v1.StandingKind.
    kind                  smallint    not null,
    -- The union that counts her, or that named her.
    organisation_id       uuid        not null,
    other_organisation_id uuid,
    from_on               date        not null,
    until_on              date,
    recorded_at           timestamptz not null default act_recorded_at(),

    constraint standing_spell_key primary key (person_id, standing_id, from_on),
    constraint standing_spell_days check (until_on > from_on)
);
create index standing_spell_of_organisation on standing_spell (organisation_id, kind, person_id);
create index standing_spell_of_other on standing_spell (other_organisation_id, kind, person_id)
    where other_organisation_id is not null;

do $migration$
declare
    of_people text;
    past      text;
    columns   text;
    holder    text;
begin
    foreach of_people in array array['standing', 'standing_spell'] loop
        past := of_people || '_past';
        execute format(
            'create table %I (replaced_at timestamptz not null, replaced_by uuid, like %I)',
            past, of_people);
        execute format(
            'create trigger recorded_anew before update on %I
             for each row when (old.* is distinct from new.*) execute function recorded_anew()',
            of_people);
        execute format(
            'create trigger keeps_past_of_updates after update on %I
             referencing old table as old_rows new table as new_rows
             for each statement execute function keep_past()', of_people);
        execute format(
            'create trigger keeps_past_of_deletes after delete on %I
             referencing old table as old_rows
             for each statement execute function keep_past()', of_people);
        execute format(
            'create trigger stays before update or delete or truncate on %I
             for each statement execute function past_stays()', past);
        for holder in
            select distinct grantee::regrole::text
            from pg_class cross join aclexplode(relacl)
            where oid = past::regclass and grantee <> relowner and grantee <> 0
        loop
            execute format('revoke insert, update, delete, truncate on %I from %s', past, holder);
        end loop;
        select string_agg(quote_ident(attname), ', ' order by attnum) into columns
        from pg_attribute
        where attrelid = of_people::regclass and attnum > 0 and not attisdropped
          and attname <> 'recorded_at';
        execute format(
            'create view %I as
             select tstzrange(recorded_at, null) as recorded, %s from %I
             union all
             select tstzrange(recorded_at, replaced_at), %s from %I',
            of_people || '_known', columns, of_people, columns, past);
    end loop;
end;
$migration$;

create index standing_past_of on standing_past (person_id);
create index standing_past_id on standing_past (standing_id);
create index standing_past_offered_by
    on standing_past (organisation_id, standing_id, person_id) where kind = 1;
create index standing_past_offered_to
    on standing_past (other_organisation_id, standing_id, person_id) where kind = 1;
create index standing_spell_past_of_organisation
    on standing_spell_past (organisation_id, kind, person_id);
create index standing_spell_past_of_other
    on standing_spell_past (other_organisation_id, kind, person_id);
