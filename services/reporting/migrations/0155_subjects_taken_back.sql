-- What happened to a subject may be known never to have happened: the same fact is then written
-- once more, with an amount of -1. A subject counts where more tells of it than takes it back.
alter table subject_fact add column amount smallint not null default 1
    constraint subject_fact_amount check (amount in (1, -1));
