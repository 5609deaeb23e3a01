-- Facts: what each change means for figures, derived by pure functions (src/fact.rs).
-- They are keyed by unit and date and know nothing of the tree: a restructuring, also one
-- that becomes known late, changes where they count and not what they are.

-- Additive facts.
create table fact
(
    unit_id        uuid     not null,
    on_date        date     not null,
    -- MBR_ADMITTED, MBR_TRANSFER_OUT, ORG_FOUNDED, …: the sources of indicators.csv.
    code           text     not null,
    -- Exits: the reason; ends: the kind; ratings: scheme and grade; else empty.
    reason         text     not null,
    -- ISO 5218; 0 where it does not apply.
    sex            smallint not null,
    -- Transfers: the other union; else the nil uuid.
    counterpart_id uuid     not null,
    -- Never 0; below 0 only where a later change takes back an earlier one.
    amount         bigint   not null check (amount <> 0),
    -- In change_seen; for reporting's own acts, the act's id (feed.stream has the change).
    change_id      uuid     not null
);
create index fact_unit on fact (unit_id, code, on_date) include (reason, amount);
create index fact_change on fact (change_id);

-- The roll-up of facts by month, kept in the transaction that writes the facts.
create table unit_month
(
    unit_id        uuid     not null,
    code           text     not null,
    month          date     not null check (extract(day from month) = 1),
    reason         text     not null,
    sex            smallint not null,
    counterpart_id uuid     not null,
    amount         bigint   not null,
    primary key (unit_id, code, month, reason, sex, counterpart_id)
);

-- Facts of distinct indicators keep their subject, and are never summed from roll-ups.
create table subject_fact
(
    unit_id   uuid not null,
    on_date   date not null,
    -- TRAINED, BY_ELECTED, PARTY_REFERRED, …
    code      text not null,
    -- Trainings: the topic; campaigns: the stage; else empty.
    reason    text not null,
    -- A person's id, a pseudonym, a union's or an employer's id.
    subject   text not null,
    change_id uuid not null
);
create index subject_fact_unit on subject_fact (unit_id, code, on_date);
create index subject_fact_subject on subject_fact (code, subject);
create index subject_fact_change on subject_fact (change_id);

-- The members of a unit before a date: what came less what went.
create function members_before(p_unit uuid, p_before date) returns bigint
    language sql stable
begin atomic
    select coalesce(sum(case when code in ('MBR_EXITED', 'MBR_TRANSFER_OUT') then -amount else amount end), 0)::bigint
    from (
        select m.code, m.amount from unit_month m
        where m.unit_id = p_unit
          and m.code in ('MBR_ADMITTED', 'MBR_RECOGNISED', 'MBR_READMITTED',
                         'MBR_TRANSFER_IN', 'MBR_TRANSFER_OUT', 'MBR_EXITED')
          and m.month < date_trunc('month', p_before)::date
        union all
        select f.code, f.amount from fact f
        where f.unit_id = p_unit
          and f.code in ('MBR_ADMITTED', 'MBR_RECOGNISED', 'MBR_READMITTED',
                         'MBR_TRANSFER_IN', 'MBR_TRANSFER_OUT', 'MBR_EXITED')
          and f.on_date >= date_trunc('month', p_before)::date and f.on_date < p_before
    ) movement;
end;
