-- What is looked up by an organisation or by an act has an index for it. Acts follow each
-- other in time, and so do their ids: a summary of pages is as good as a tree, and costs
-- nothing to write.
create index founding_route_of on founding_route (organisation_id);
create index by_election_act on by_election using brin (act_id);
create index campaign_stage_act on campaign_stage using brin (act_id);
create index ceremony_act on ceremony using brin (act_id);
create index congress_act on congress using brin (act_id);
create index decision_alias_act on decision_alias using brin (act_id);
create index employer_survey_act on employer_survey using brin (act_id);
create index succession_plan_act on succession_plan using brin (act_id);
create index secondment_replacing on secondment (replaced_by) where replaced_by is not null;
