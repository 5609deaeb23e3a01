-- Rounds that an organisation ($1), or one above it, opened, of a year ($2; of all, if it is 0), after
-- one of them ($3, $4): the newest year first.
select r.round_id as "round_id!", r.organisation_id as "organisation_id!",
       coalesce(name_on(r.organisation_id, r.listed_on), '') as "organisation_name!", r.kind as "kind!",
       r.year as "year!", lower(r.period) as "from!", upper(r.period) - 1 as "through!",
       r.scheme as "scheme!", r.version as "version!", r.terms as "terms!: Json<Terms>",
       r.sector_grouping as "sector_grouping!", r.sector_group as "sector_group!",
       r.self_score_due_on as "self_score_due_on!", r.appraisal_due_on as "appraisal_due_on!",
       r.decision_due_on as "decision_due_on!", r.appeal_days as "appeal_days!",
       r.decision_id as "decision_id?", r.listed_on as "listed_on!", r.opened_at as "opened_at!",
       r.ended_at as "ended_at?", r.withdrawn as "withdrawn!", r.end_reason as "end_reason!"
from access.line($1) as line (organisation_id)
-- A line is short: each of it is looked up.
cross join lateral (
    select opened.*
    from rating_round opened
    where opened.organisation_id = line.organisation_id
      and ($2::integer = 0 or opened.year = $2)
      and (opened.year, opened.round_id) < ($3::integer, $4::uuid)
    offset 0
) r
where access.covers($1)
order by r.year desc, r.round_id desc
limit $5
