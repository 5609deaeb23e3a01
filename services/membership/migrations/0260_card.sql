-- Member cards. What somebody decided of a card is here; that it is replaced, or ends with the
-- membership, follows from later cards and from memberships, and is kept nowhere (card_life).
create table card
(
    person_id         uuid        not null,
    card_id           uuid        not null,
    -- One act of issuing, to up to a thousand people.
    issue_id          uuid        not null,
    -- Drawn at random, with a check character; as printed, without hyphens.
    number            text        not null,
    -- The union that issued it.
    organisation_id   uuid        not null,
    issued_on         date        not null,
    -- The first day on which it is no longer valid.
    until_on          date,
    -- The card in whose place it was issued.
    replaces_id       uuid,
    decision_id       uuid,
    -- When it was lost or revoked, if it was.
    ended_on          date,
    -- membership.v1.CardState, LOST or REVOKED.
    ended_as          smallint,
    ended_reason      text,
    ended_decision_id uuid,
    act_id            uuid        not null,
    recorded_at       timestamptz not null default act_recorded_at(),

    constraint card_key primary key (person_id, card_id),
    constraint card_number_form check (number ~ '^[0-9A-HJKMNP-TV-Z]{16}$'),
    constraint card_days check (until_on > issued_on),
    constraint card_ended
        check ((ended_on is null) = (ended_as is null) and ended_as in (2, 4)
               and ended_on >= issued_on),
    constraint card_revoked_with_reason
        check ((coalesce(ended_as, 0) = 4) = (ended_reason is not null)
               and length(ended_reason) between 1 and 1000)
);
create index card_id on card (card_id);
create index card_issue on card (issue_id, person_id);
-- A number is that of one card. It is looked for by itself.
create unique index card_number on card (number);

do $migration$
declare
    columns text;
    holder  text;
begin
    create table card_past (replaced_at timestamptz not null, replaced_by uuid, like card);
    create trigger recorded_anew before update on card
        for each row when (old.* is distinct from new.*) execute function recorded_anew();
    create trigger keeps_past_of_updates after update on card
        referencing old table as old_rows new table as new_rows
        for each statement execute function keep_past();
    create trigger keeps_past_of_deletes after delete on card
        referencing old table as old_rows
        for each statement execute function keep_past();
    create trigger stays before update or delete or truncate on card_past
        for each statement execute function past_stays();
    for holder in
        select distinct grantee::regrole::text
        from pg_class cross join aclexplode(relacl)
        where oid = 'card_past'::regclass and grantee <> relowner and grantee <> 0
    loop
        execute format('revoke insert, update, delete, truncate on card_past from %s', holder);
    end loop;
    select string_agg(quote_ident(attname), ', ' order by attnum) into columns
    from pg_attribute
    where attrelid = 'card'::regclass and attnum > 0 and not attisdropped
      and attname <> 'recorded_at';
    execute format(
        'create view card_known as
         select tstzrange(recorded_at, null) as recorded, %s from card
         union all
         select tstzrange(recorded_at, replaced_at), %s from card_past', columns, columns);
end;
$migration$;
create index card_past_of on card_past (person_id);
create index card_past_id on card_past (card_id);
create index card_past_issue on card_past (issue_id);
create index card_past_number on card_past (number);
