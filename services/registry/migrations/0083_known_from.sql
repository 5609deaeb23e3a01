-- An act tells followers anew of the employers of whose unions it made something known, also by
-- undoing what had ended it: it finds them by the instant from which they are known.
create index employer_union_known_from
    on employer_union (lower(recorded)) where upper_inf(recorded);
