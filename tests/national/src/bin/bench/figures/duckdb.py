"""Counts figures with DuckDB over the facts and the places that the bench has written down.

duckdb.py FOLDER: reads FOLDER/facts.csv, FOLDER/questions.json and each question's pieces, and prints
for each question how long it took (the median of RUNS) and what it came to, by the number of the line.
Where every unit counts is given: it is not DuckDB's to find out.
"""

import json
import statistics
import sys
import time
from pathlib import Path

import duckdb

RUNS = 21

folder = Path(sys.argv[1])
database = duckdb.connect(config={"threads": 2})
database.execute(
    f"""create table fact as
        select unit::integer as unit, day::integer as day, code, amount::bigint as amount
        from read_csv('{folder / "facts.csv"}', header = false,
                      columns = {{'unit': 'INTEGER', 'day': 'INTEGER', 'code': 'VARCHAR', 'amount': 'BIGINT'}})
        order by code, day, unit"""
)
answers = []
for number, question in enumerate(json.loads((folder / "questions.json").read_text())):
    database.execute(
        f"""create or replace table piece as
            select * from read_csv('{folder / f"pieces{number}.csv"}', header = false,
                                   columns = {{'unit': 'INTEGER', 'line': 'INTEGER',
                                               'first': 'INTEGER', 'until': 'INTEGER'}})"""
    )
    first, until = question["first"], question["until"]
    if question["stock"]:
        # What all movements come to, where each unit counts on the last day.
        statement = """
            select p.line, sum(case when f.code in ('MBR_EXITED', 'MBR_TRANSFER_OUT') then -f.amount else f.amount end)
            from fact f join piece p on p.unit = f.unit and p.first < $until and $until <= p.until
            where f.code in ('MBR_ADMITTED', 'MBR_EXITED', 'MBR_TRANSFER_IN', 'MBR_TRANSFER_OUT') and f.day < $until
            group by p.line"""
        values = {"until": until}
    else:
        own_day = "" if question["always"] else "and f.day >= p.first and f.day < p.until"
        statement = f"""
            select p.line, sum(f.amount)
            from fact f join piece p on p.unit = f.unit {own_day}
            where f.code = $code and f.day >= $first and f.day < $until
            group by p.line"""
        values = {"code": question["code"], "first": first, "until": until}
    took, rows = [], []
    for _ in range(RUNS):
        begun = time.perf_counter()
        rows = database.execute(statement, values).fetchall()
        took.append((time.perf_counter() - begun) * 1000)
    answers.append({
        "milliseconds": statistics.median(took),
        "sums": [[line, int(amount)] for line, amount in rows if amount],
    })
print(json.dumps(answers))
