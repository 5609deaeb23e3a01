-- A draft can be mended: what is taken out of a plan is kept beside it.
create table plan_step_former
(
    plan_id         uuid        not null references plan,
    line            int         not null,
    kind            text        not null,
    unit            text        not null,
    founded_id      uuid,
    name            text        not null,
    short_name      text        not null,
    code            text        not null,
    type            text        not null,
    sector          text        not null,
    superior        text        not null,
    end_kind        text        not null,
    successor       text        not null,
    members_outcome text        not null,
    rehome_to       text        not null,
    subordinates_to text        not null,
    -- Which act added it, and which took it out.
    act_id          uuid        not null,
    taken_out_by    uuid        not null,
    taken_out_at    timestamptz not null,
    -- The last dry run that had succeeded by then: what it found of this line holds no more.
    dry_run_id      uuid,

    constraint plan_step_former_key primary key (plan_id, line, taken_out_by)
);
