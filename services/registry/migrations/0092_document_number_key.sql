-- What makes two documents one is not how their number is typed: 125/QĐ, 125/qđ and 125 / QÐ
-- (with the Icelandic letter) are one number, with whichever dash and of whichever width.
create function document_number_key(given text) returns text
    language sql immutable strict parallel safe
return upper(regexp_replace(
    translate(normalize(given, NFKC), 'ÐðƉɖ‐‑‒–—−', 'ĐđĐđ------'), '\s+', '', 'g'));

-- Not unique: what was recorded before by two spellings stays two documents.
create index decision_number_key
    on decision (issuer_id, kind, document_number_key(number), issued_on);
create index decision_alias_number_key
    on decision_alias (issuer_id, kind, document_number_key(number), issued_on);
