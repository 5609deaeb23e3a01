-- Who of the people whom changes name is another, as membership's feed tells it: registry names them as
-- they were when they were seated, and an officer who was two is one.
create table person_merge
(
    person_id   uuid not null,
    -- Who she is.
    survivor_id uuid not null,
    -- Who that is in turn, where the survivor was merged since: the survivor herself otherwise.
    root_id     uuid not null,

    constraint person_merge_key primary key (person_id)
);
create index person_merge_root on person_merge (root_id);
create index person_merge_survivor on person_merge (survivor_id);
