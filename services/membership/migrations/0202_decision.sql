-- The document that a movement rests on: one of registry's, which the feed names, or one that was
-- written down here, by issuer, kind, number and date.
create table decision
(
    decision_id uuid        not null,
    -- An organisation, or, where none issued it, its name.
    issuer_id   uuid,
    issuer_name text,
    -- For example QUYET_DINH.
    kind        text        not null,
    -- As printed.
    number      text        not null,
    -- When it was signed, where that is known.
    issued_on   date,
    act_id      uuid        not null,
    recorded_at timestamptz not null,

    constraint decision_key primary key (decision_id),
    constraint decision_document
        unique nulls not distinct (issuer_id, issuer_name, kind, number, issued_on),
    constraint decision_issuer check ((issuer_id is null) <> (issuer_name is null))
);

create index decision_number on decision (number);

-- Documents that registry's feed told of, from the day on which this was kept: an act may name one.
create table registry_decision
(
    decision_id uuid not null,
    -- Empty where the feed named none.
    issuer_id   uuid,

    constraint registry_decision_key primary key (decision_id)
);

-- One or the other.
alter table movement add column decision_id uuid;
