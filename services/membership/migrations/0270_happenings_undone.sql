-- What happened to people is undone and corrected as movements are.

-- One act may be about several cases, and says so of each.
alter table correction drop constraint correction_key;
alter table correction add constraint correction_key primary key (act_id, about_id);

-- The third milestone of a case: chuyển chính thức.
alter table party_referral add column confirmed_on date;
alter table party_referral_past add column confirmed_on date;
alter table party_referral add constraint party_referral_admitted_before_confirmed
    check (confirmed_on is null or admitted_on is not null and admitted_on < confirmed_on);
create or replace view party_referral_known as
select tstzrange(recorded_at, null) as recorded, person_id, referral_id, organisation_id, subject,
       referred_on, admitted_on, act_id, confirmed_on
from party_referral
union all
select tstzrange(recorded_at, replaced_at), person_id, referral_id, organisation_id, subject,
       referred_on, admitted_on, act_id, confirmed_on
from party_referral_past;

-- By their ids: what is asked about, and undone.
create index cadre_recommendation_id on cadre_recommendation (recommendation_id);
create index cadre_recommendation_past_id on cadre_recommendation_past (recommendation_id);
create index party_referral_past_id on party_referral_past (referral_id);
