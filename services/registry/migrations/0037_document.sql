-- Kinds of documents (reference/document_kinds.csv).
create table document_kind_rule
(
    kind    text primary key,
    name_vi text not null
);

-- Other keys of one document: what one office cites as 6a/NQ-TLĐ another cites as 6a/NQ-BCH.
-- Adding one takes the issuer's row, which recording a document leans on: no key comes to name
-- two documents.
create table decision_alias
(
    decision_id uuid        not null references decision,
    issuer_id   uuid        not null references organisation,
    kind        text        not null,
    number      text        not null,
    issued_on   date        not null,
    act_id      uuid        not null,
    recorded_at timestamptz not null,

    constraint decision_alias_key unique (issuer_id, kind, number, issued_on)
);
create index decision_alias_of on decision_alias (decision_id);
create index decision_alias_number on decision_alias (number);
create index decision_number on decision (number);

-- What was done on a document's strength is what its changes say.
create index stream_decision on feed.stream (decision_id, change_id) where decision_id is not null;
create index pending_decision on feed.pending (decision_id) where decision_id is not null;
