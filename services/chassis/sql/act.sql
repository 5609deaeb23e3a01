-- What was asked and what was answered, so that the same request answers the same.
-- This file is a migration of every service (its `migrations` folder links to it).
create schema act;

create table act.request
(
    -- `<issuer>#<subject>` of the end user.
    principal   text        not null,
    -- Chosen by the caller.
    request_id  uuid        not null,
    rpc         text        not null,
    -- SHA-256 of the rpc's name and the request without its id: the same id with another
    -- body is refused.
    body_digest bytea       not null check (length(body_digest) = 32),
    act_id      uuid        not null,
    -- The answer; ids and counts only. Null while the act's transaction is open.
    answer      jsonb,
    -- The newest change of the act, for the consistency token of a repeated answer.
    change_id   uuid,
    answered_at timestamptz not null default now(),

    constraint request_key primary key (principal, request_id)
);
-- Rows older than 30 days are removed by the service's own housekeeping.
create index request_age on act.request (answered_at);
