-- Targets that were withdrawn: asked of nobody from a day on. Nothing of a target goes; one that is
-- assigned again after it has a further revision, which holds.
create table target_withdrawal
(
    target_id    uuid        not null,
    -- The newest revision then: it, and those before it, hold no more.
    revision     integer     not null,
    -- The first day on which they do not.
    withdrawn_on date        not null,
    reason       text        not null,
    decision_id  uuid,
    recorded_at  timestamptz not null,
    act_id       uuid        not null,

    primary key (target_id, revision),
    constraint target_withdrawal_is_of_revision foreign key (target_id, revision) references target,
    constraint target_withdrawal_says_why check (reason <> '')
);
