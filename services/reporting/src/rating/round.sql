-- A round ($1), for whoever may read it where it was opened, or at one that lies below that or is a
-- union that it lists ($2; may be null).
select r.round_id as "round_id!", r.organisation_id as "organisation_id!",
       coalesce(name_on(r.organisation_id, r.listed_on), '') as "organisation_name!", r.kind as "kind!",
       r.year as "year!", lower(r.period) as "from!", upper(r.period) - 1 as "through!",
       r.scheme as "scheme!", r.version as "version!", r.terms as "terms!: Json<Terms>",
       r.sector_grouping as "sector_grouping!", r.sector_group as "sector_group!",
       r.self_score_due_on as "self_score_due_on!", r.appraisal_due_on as "appraisal_due_on!",
       r.decision_due_on as "decision_due_on!", r.appeal_days as "appeal_days!",
       r.decision_id as "decision_id?", r.listed_on as "listed_on!", r.opened_at as "opened_at!",
       r.ended_at as "ended_at?", r.withdrawn as "withdrawn!", r.end_reason as "end_reason!"
from rating_round r
where r.round_id = $1
  and (access.covers(r.organisation_id)
       or access.covers($2::uuid)
          and (r.organisation_id in (select access.line($2))
               or exists (select from rating_of_round listed
                          where listed.round_id = r.round_id and listed.organisation_id = $2)))
