-- Today in Vietnam: rights are decided on today's tree, whatever date is asked about.
create or replace function access.today() returns date
    language sql stable
return (now() at time zone 'Asia/Ho_Chi_Minh')::date;
