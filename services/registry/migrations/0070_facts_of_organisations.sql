-- What an end, a founding or an undoing could contradict: everything that is known now and says
-- something of an organisation on some days, in one list, whichever act asks. It is what makes a
-- rule hold in whatever order two acts become known: the one that comes second meets the first
-- here. `binds` says what the organisation must be for a fact to be true:
--   THROUGHOUT  it lives on all of these days
--   BEGINS      it lives on the first of them; how long the fact holds is another matter
--   FOUNDED     it has been founded by the first of them, and may have ended
--   EVER        it has existed, whenever that was
-- `directed` is true where it took an organisation that was not suspended on the first day.
-- That somebody inherits, or stands below, is among them: see contradictions.sql for the rest of
-- these two.

-- What led to a union that is known never to have existed has led nowhere: a campaign stands
-- where it stood before.
create view campaign_stage_known as
select step.campaign_id, step.step, step.stage, step.reached_on, step.union_id, step.block_reason,
       step.act_id, step.recorded_at
from campaign_stage step
where step.union_id is null
   or exists (select from organisation_founding founding
              where founding.organisation_id = step.union_id and upper_inf(founding.recorded));

create index campaign_stage_of_union on campaign_stage (union_id) where union_id is not null;
create index organisation_ending_rehome
    on organisation_ending (rehome_to_id) where rehome_to_id is not null;

create view organisation_fact (organisation_id, attribute, binds, directed, valid, recorded_at, act_id)
as
select organisation_id, 'SUPERIOR', 'THROUGHOUT', false, valid, lower(recorded), act_id
from organisation_parent where upper_inf(recorded)
union all
select superior_id, 'SUBORDINATE', 'THROUGHOUT', false, valid, lower(recorded), act_id
from organisation_parent where upper_inf(recorded)
union all
select organisation_id, 'NAME', 'BEGINS', false, valid, lower(recorded), act_id
from organisation_name where upper_inf(recorded)
union all
select organisation_id, 'CODE', 'THROUGHOUT', false, valid, lower(recorded), act_id
from organisation_code where upper_inf(recorded)
union all
select organisation_id, 'TYPE', 'BEGINS', false, valid, lower(recorded), act_id
from organisation_type where upper_inf(recorded)
union all
select organisation_id, 'SECTOR', 'BEGINS', false, valid, lower(recorded), act_id
from organisation_sector where upper_inf(recorded)
union all
select organisation_id, 'STATUS', 'THROUGHOUT', false, valid, lower(recorded), act_id
from organisation_status where upper_inf(recorded) and status <> 'ENDED'
union all
select organisation_id, 'TERRITORY', 'THROUGHOUT', false, valid, lower(recorded), act_id
from organisation_territory where upper_inf(recorded)
union all
select organisation_id, 'ALIAS', 'BEGINS', false, valid, lower(recorded), act_id
from organisation_alias where upper_inf(recorded)
union all
-- The superior takes in the seal of a union that has ended; nobody uses it any more.
select organisation_id, 'SEAL', case seal when 'IN_USE' then 'BEGINS' else 'FOUNDED' end, false,
       valid, lower(recorded), act_id
from organisation_seal where upper_inf(recorded)
union all
select organisation_id, 'DIRECTOR', 'THROUGHOUT', false, valid, lower(recorded), act_id
from organisation_director where upper_inf(recorded)
union all
select director_id, 'DIRECTS', 'THROUGHOUT', true, valid, lower(recorded), act_id
from organisation_director where upper_inf(recorded)
union all
select organisation_id, 'OFFICE', 'THROUGHOUT', true, valid, lower(recorded), act_id
from office where upper_inf(recorded)
union all
select unit_id, 'FOLLOWED', 'THROUGHOUT', false, valid, lower(recorded), act_id
from unit_assignment where upper_inf(recorded)
union all
select union_id, 'EMPLOYER', 'BEGINS', false, valid, lower(recorded), act_id
from employer_union where upper_inf(recorded)
union all
select organisation_id, 'SECONDMENT', 'BEGINS', false, valid, lower(recorded), act_id
from secondment where upper_inf(recorded)
union all
select host_id, 'SECONDMENT', 'BEGINS', false, valid, lower(recorded), act_id
from secondment where upper_inf(recorded)
union all
select organisation_id, 'RECOGNITION', 'BEGINS', false,
       daterange(recognised_on, recognised_on, '[]'), lower(recorded), act_id
from recognition where upper_inf(recorded)
union all
-- Whoever was split off is founded that day; whoever inherits lives then. An end itself ends its
-- own successions.
select predecessor_id, 'SPLIT', 'BEGINS', true, daterange(succeeded_on, succeeded_on, '[]'),
       lower(recorded), act_id
from organisation_succession where upper_inf(recorded) and kind = 'SPLIT_OFF'
union all
select successor_id, 'HEIR', 'BEGINS', false, daterange(succeeded_on, succeeded_on, '[]'),
       lower(recorded), act_id
from organisation_succession where upper_inf(recorded)
union all
select principal_successor_id, 'HEIR', 'BEGINS', false, daterange(ended_on, ended_on, '[]'),
       lower(recorded), act_id
from organisation_ending where upper_inf(recorded) and principal_successor_id is not null
union all
select rehome_to_id, 'HEIR', 'BEGINS', true, daterange(ended_on, ended_on, '[]'),
       lower(recorded), act_id
from organisation_ending where upper_inf(recorded) and rehome_to_id is not null
union all
select organisation_id, 'CONGRESS', 'BEGINS', true, daterange(held_on, held_on, '[]'),
       recorded_at, act_id
from congress
union all
select organisation_id, 'BY_ELECTION', 'BEGINS', true, daterange(held_on, held_on, '[]'),
       recorded_at, act_id
from by_election
union all
select organisation_id, 'CEREMONY', 'BEGINS', false, daterange(held_on, held_on, '[]'),
       recorded_at, act_id
from ceremony
union all
select launched.organisation_id, 'CEREMONY', 'BEGINS', false,
       daterange(ceremony.held_on, ceremony.held_on, '[]'), ceremony.recorded_at, ceremony.act_id
from ceremony_launched launched join ceremony using (ceremony_id)
union all
select organisation_id, 'SUCCESSION_PLAN', 'BEGINS', false,
       daterange(planned_on, planned_on, '[]'), recorded_at, act_id
from succession_plan
union all
select surveyor_id, 'SURVEY', 'BEGINS', false, daterange(surveyed_on, surveyed_on, '[]'),
       recorded_at, act_id
from employer_survey
union all
select campaign.organisation_id, 'CAMPAIGN', 'BEGINS', false,
       daterange(step.reached_on, step.reached_on, '[]'), step.recorded_at, step.act_id
from campaign join campaign_stage_known step using (campaign_id)
union all
select union_id, 'CAMPAIGN', 'BEGINS', false, daterange(reached_on, reached_on, '[]'),
       recorded_at, act_id
from campaign_stage_known where union_id is not null
union all
-- On one that has ended a grant gives nothing, whenever it was made.
select organisation_id, 'GRANT', 'EVER', false, valid, lower(recorded), act_id
from role_grant where upper_inf(recorded)
union all
-- A document stays its issuer's, whatever became of her.
select issuer_id, 'DECISION', 'EVER', false, daterange(issued_on, issued_on, '[]'),
       recorded_at, act_id
from decision;
