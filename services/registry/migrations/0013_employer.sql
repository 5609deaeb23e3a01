-- Employers as surveyed, and the campaigns that bring unions to them.

create table employer
(
    employer_id uuid        primary key,
    -- Null where none is known.
    tax_code    text,
    act_id      uuid        not null,
    recorded_at timestamptz not null,

    constraint employer_tax_code unique (tax_code)
);

-- What one survey found. The latest by a date is what is known for that date.
create table employer_survey
(
    employer_id      uuid        not null references employer,
    surveyed_on      date        not null,
    surveyor_id      uuid        not null references organisation,
    name             text        not null,
    sector           text        references sector_rule,
    workforce        int         not null check (workforce between 0 and 1000000),
    workforce_female int         not null check (workforce_female between 0 and workforce),
    act_id           uuid        not null,
    recorded_at      timestamptz not null,

    constraint employer_survey_key primary key (employer_id, surveyed_on)
);
create index employer_survey_surveyor on employer_survey (surveyor_id);

-- Which unions gather whose workers: n to m.
create table employer_union
(
    employer_id uuid      not null references employer,
    union_id    uuid      not null references organisation,
    valid       daterange not null check (not isempty(valid)),
    recorded    tstzrange not null,
    act_id      uuid      not null,
    replaced_by uuid,

    constraint employer_union_replaced check ((replaced_by is null) = upper_inf(recorded)),
    constraint employer_union_known
        exclude using gist (employer_id with =, union_id with =, valid with &&)
        where (upper_inf(recorded))
);
create index employer_union_employer on employer_union (employer_id);
create index employer_union_union on employer_union (union_id);

-- An employer on its way to a union, led there by an organisation.
create table campaign
(
    campaign_id     uuid        primary key,
    employer_id     uuid        not null references employer,
    organisation_id uuid        not null references organisation,
    act_id          uuid        not null,
    recorded_at     timestamptz not null
);
create index campaign_employer on campaign (employer_id, organisation_id);
create index campaign_organisation on campaign (organisation_id);

create table campaign_stage
(
    campaign_id  uuid        not null references campaign,
    -- 1 for the stage that opened the campaign.
    step         int         not null check (step > 0),
    stage        text        not null references campaign_stage_rule (stage),
    reached_on   date        not null,
    union_id     uuid        references organisation,
    block_reason text        not null,
    act_id       uuid        not null,
    recorded_at  timestamptz not null,

    constraint campaign_stage_key primary key (campaign_id, step),
    constraint campaign_stage_union check ((stage = 'FOUNDED') = (union_id is not null)),
    constraint campaign_stage_block check ((stage = 'BLOCKED') = (block_reason <> ''))
);
