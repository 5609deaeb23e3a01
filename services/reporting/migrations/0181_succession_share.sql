-- Who continues which part of an organisation that ended, or that others were split off from, as
-- registry's acts stated it: for targets only, which are apportioned; facts are never divided. Whether
-- an end is still known stands with the organisation, whether a split-off is, in `act_undone`.
create table succession_share
(
    change_id      uuid    not null,
    predecessor_id uuid    not null,
    -- In the order in which they were named.
    line           integer not null,
    successor_id   uuid    not null,
    share          integer not null check (share > 0),
    -- What the shares are parts of; a predecessor that lives on keeps what they leave of it.
    whole          integer not null check (whole > 0),
    -- The predecessor lives on.
    split_off      boolean not null,
    on_date        date    not null,
    primary key (change_id, predecessor_id, line)
);
create index succession_share_predecessor on succession_share (predecessor_id);
create index succession_share_successor on succession_share (successor_id);
