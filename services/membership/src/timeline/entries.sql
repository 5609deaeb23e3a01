-- What happened to one person, of the kinds that its reader may know, by day.
select kind as "kind!", on_date as "on_date!", until_on as "until_on?", about_id as "about_id!",
       organisation_id as "organisation_id!", code as "code!", detail as "detail!",
       amount_vnd as "amount_vnd!"
from (
    select 1::smallint as kind, stay.from_on as on_date, null::date as until_on, stay.membership_id as about_id,
           stay.organisation_id as organisation_id, '' as code, '' as detail,
           0::bigint as amount_vnd
    from membership stay
    where stay.person_id = any ($1::uuid[])
    union all
    select 2::smallint as kind, stay.until_on as on_date, null::date as until_on, stay.membership_id as about_id,
           stay.organisation_id as organisation_id, '' as code, '' as detail,
           0::bigint as amount_vnd
    from membership stay
    where stay.person_id = any ($1::uuid[]) and stay.until_on is not null
    union all
    select 3::smallint as kind, spell.from_on as on_date, spell.until_on as until_on, spell.standing_id as about_id,
           spell.organisation_id as organisation_id, case spell.kind when 1 then 'IN_TRANSFER' when 2 then 'DORMANT' when 3 then 'PARKED'
                else 'HONORARY' end as code, '' as detail,
           0::bigint as amount_vnd
    from standing_spell spell
    where spell.person_id = any ($1::uuid[])
    union all
    select 4::smallint as kind, step.effective_on as on_date, step.ended_on as until_on, step.discipline_id as about_id,
           step.organisation_id as organisation_id, case step.measure when 1 then 'REPRIMAND' when 2 then 'WARNING' else 'EXPULSION' end as code, '' as detail,
           0::bigint as amount_vnd
    from discipline step
    where step.person_id = any ($1::uuid[])
    union all
    select 5::smallint as kind, attended.attended_on as on_date, null::date as until_on, attended.course_id as about_id,
           attended.organisation_id as organisation_id, '' as code, '' as detail,
           0::bigint as amount_vnd
    from training_attendance attended
    where attended.person_id = any ($1::uuid[])
    union all
    select 6::smallint as kind, referral.referred_on as on_date, null::date as until_on, referral.referral_id as about_id,
           referral.organisation_id as organisation_id, 'REFERRED' as code, '' as detail,
           0::bigint as amount_vnd
    from party_referral referral
    where referral.person_id = any ($1::uuid[])
    union all
    select 6::smallint as kind, referral.admitted_on as on_date, null::date as until_on, referral.referral_id as about_id,
           referral.organisation_id as organisation_id, 'ADMITTED' as code, '' as detail,
           0::bigint as amount_vnd
    from party_referral referral
    where referral.person_id = any ($1::uuid[]) and referral.admitted_on is not null
    union all
    select 6::smallint as kind, referral.confirmed_on as on_date, null::date as until_on, referral.referral_id as about_id,
           referral.organisation_id as organisation_id, 'CONFIRMED' as code, '' as detail,
           0::bigint as amount_vnd
    from party_referral referral
    where referral.person_id = any ($1::uuid[]) and referral.confirmed_on is not null
    union all
    select 7::smallint as kind, recommended.recommended_on as on_date, null::date as until_on, recommended.recommendation_id as about_id,
           recommended.organisation_id as organisation_id, 'RECOMMENDED' as code, '' as detail,
           0::bigint as amount_vnd
    from cadre_recommendation recommended
    where recommended.person_id = any ($1::uuid[])
    union all
    select 7::smallint as kind, reached.reached_on as on_date, null::date as until_on, reached.recommendation_id as about_id,
           reached.organisation_id as organisation_id, case reached.outcome when 1 then 'PLANNING' when 2 then 'TRAINING' else 'APPOINTMENT' end as code, '' as detail,
           0::bigint as amount_vnd
    from cadre_outcome reached
    where reached.person_id = any ($1::uuid[])
    union all
    select 8::smallint as kind, sent.held_on as on_date, null::date as until_on, sent.delegation_id as about_id,
           delegate.organisation_id as organisation_id, sent.event as code, '' as detail,
           0::bigint as amount_vnd
    from delegate delegate
    join delegation sent on sent.delegation_id = delegate.delegation_id
    where delegate.person_id = any ($1::uuid[])
    union all
    select 9::smallint as kind, honour.honoured_on as on_date, null::date as until_on, honour.honour_id as about_id,
           honour.organisation_id as organisation_id, honour.kind as code, honour.level as detail,
           0::bigint as amount_vnd
    from honour honour
    where honour.person_id = any ($1::uuid[])
    union all
    select 10::smallint as kind, taking_part.joined_on as on_date, null::date as until_on, emulation.emulation_id as about_id,
           taking_part.organisation_id as organisation_id, emulation.theme as code, '' as detail,
           0::bigint as amount_vnd
    from emulation_participant taking_part
    join emulation emulation on emulation.emulation_id = taking_part.emulation_id
    where taking_part.person_id = any ($1::uuid[])
    union all
    select 11::smallint as kind, helped.given_on as on_date, null::date as until_on, helped.welfare_id as about_id,
           helped.organisation_id as organisation_id, case helped.kind when 1 then 'VISIT' when 2 then 'AID' when 3 then 'LOAN'
                else 'HEALTH_CARE' end as code, helped.occasion as detail,
           helped.amount_vnd::bigint as amount_vnd
    from welfare helped
    where helped.person_id = any ($1::uuid[])
    union all
    select 12::smallint as kind, dispute.opened_on as on_date, dispute.concluded_on as until_on, dispute.case_id as about_id,
           dispute.organisation_id as organisation_id, case dispute.kind when 1 then 'INDIVIDUAL' when 2 then 'COLLECTIVE' when 3 then 'STRIKE'
                else 'COLLECTIVE_MATTER' end as code, '' as detail,
           0::bigint as amount_vnd
    from dispute_case_person concerned
    join dispute_case dispute on dispute.case_id = concerned.case_id
    where concerned.person_id = any ($1::uuid[])
) happened
where kind = any ($2::smallint[])
  and ($3::date is null
       or (on_date, kind, about_id, code) > ($3, $4::smallint, $5::uuid, $6::text))
order by on_date, kind, about_id, code
limit $7
