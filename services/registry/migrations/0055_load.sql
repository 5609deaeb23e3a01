-- Lines of loads that are under way, message by message: what a stream that broke off is
-- taken up from. Not what the register knows: the rows go when the load is answered.
create table load_part
(
    -- `<issuer>#<subject>` of whoever loads.
    principal  text        not null,
    -- The request id of the load.
    load_id    uuid        not null,
    -- The number of its first line in the load.
    first_line int         not null check (first_line >= 0),
    lines      int         not null check (lines > 0),
    -- The lines as they came, each with its length before it.
    content    bytea       not null,
    kept_at    timestamptz not null default now(),

    constraint load_part_key primary key (principal, load_id, first_line)
);
create index load_part_age on load_part (kept_at);
