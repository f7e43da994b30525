# sqlite3: statements, transactions, types and converters, Python functions in SQL, copies, what is refused.
import datetime
import sqlite3


def refused(function, *arguments, **keywords):
    try:
        function(*arguments, **keywords)
    except Exception as error:
        return f"{type(error).__name__}: {error}"
    raise AssertionError("nothing was raised")


base = sqlite3.connect(":memory:", detect_types=sqlite3.PARSE_DECLTYPES | sqlite3.PARSE_COLNAMES)
base.execute("create table d(i integer primary key, day date, at timestamp, x text)")
row = (1, datetime.date(2000, 1, 2), datetime.datetime(2000, 1, 2, 3, 4, 5, 6), "é")
cursor = base.execute("insert into d values(?, ?, ?, :last)".replace(":last", "?"), row)
assert cursor.lastrowid == 1 and cursor.rowcount == 1 and base.in_transaction
assert base.execute("select * from d").fetchall() == [row]
assert [column[0] for column in base.execute('select x as "y [foo]", i from d').description] == ["y", "i"]
base.commit()
assert not base.in_transaction
cursor.executemany("insert into d(i) values(:n)", ({"n": n} for n in range(2, 7)))
assert cursor.rowcount == 5
base.rollback()
try:
    with base:
        base.execute("insert into d(i) values(9)")
        raise KeyError
except KeyError:
    assert base.execute("select count(*) from d").fetchone() == (1,)
with base:
    base.execute("insert into d(i) values(9)")
rows = base.execute("select i from d union select 7 union select 8")
assert next(rows) == (1,) and rows.fetchmany(2) == [(7,), (8,)] and rows.fetchall() == [(9,)] and rows.fetchone() is None

for value in (None, 5, -2**63, 1.5, "text\0é", b"\0bytes"):
    assert base.execute("select ?", (value,)).fetchone() == (value,)
assert base.execute("select :a, @b", {"a": 1, "b": 2}).fetchone() == (1, 2)


class Point:
    def __conform__(self, protocol):
        return "1;2" if protocol is sqlite3.PrepareProtocol else None


assert base.execute("select ?", (Point(),)).fetchone() == ("1;2",)


class Total:
    def __init__(self):
        self.sum = 0

    def step(self, *numbers):
        self.sum += sum(numbers)

    def finalize(self):
        return self.sum


base.create_aggregate("total2", -1, Total)
assert base.execute("select total2(i, 1) from d").fetchone() == (12,)
base.create_function("shown", 2, lambda a, b: repr((a, b)))
assert base.execute("select shown(1, x'00'), shown(null, 'é')").fetchone() == ("(1, b'\\x00')", "(None, 'é')")
base.create_function("fails", 0, lambda: 1 / 0)
assert refused(base.execute, "select fails()") == "OperationalError: user-defined function raised exception"
base.create_collation("backwards", lambda a, b: (a < b) - (a > b))
assert base.execute("select column1 from (values('a'), ('c'), ('b')) order by 1 collate backwards").fetchall() == [("c",), ("b",), ("a",)]
seen = []
base.set_trace_callback(seen.append)
base.execute("select ?", (5,))
base.set_trace_callback(None)
assert seen == ["select 5"]
base.set_authorizer(lambda *asked: sqlite3.SQLITE_DENY if asked[2] == "x" else sqlite3.SQLITE_OK)
assert refused(base.execute, "select x from d") == "DatabaseError: access to d.x is prohibited"
base.set_authorizer(None)

copy = sqlite3.connect(":memory:")
steps = []
base.backup(copy, pages=1, progress=lambda *state: steps.append(state))
assert copy.execute("select count(*) from d").fetchone() == (2,) and steps[-1][1] == 0
again = sqlite3.connect(":memory:")
again.deserialize(base.serialize())
again.row_factory = sqlite3.Row
named = again.execute("select i, x as Name from d").fetchone()
assert named["NAME"] == "é" and named[0] == 1 and named.keys() == ["i", "Name"] and tuple(named) == (1, "é") and len(named) == 2
assert "\n".join(again.iterdump()).startswith("BEGIN TRANSACTION;\nCREATE TABLE d(i integer primary key")

assert refused(base.execute, "selec") == 'OperationalError: near "selec": syntax error'
assert refused(base.execute, "select 1; select 2") == "ProgrammingError: You can only execute one statement at a time."
assert refused(base.execute, "select ?", (object(),)) == "ProgrammingError: Error binding parameter 1: type 'object' is not supported"
assert refused(base.execute, "select ?", (2**63,)) == "OverflowError: Python int too large to convert to SQLite INTEGER"
assert refused(base.execute, "select ?").startswith("ProgrammingError: Incorrect number of bindings supplied.")
try:
    base.execute("insert into d(i) values(1)")
except sqlite3.IntegrityError as error:
    assert error.sqlite_errorname == "SQLITE_CONSTRAINT_PRIMARYKEY" and error.sqlite_errorcode == 1555
base.close()
assert refused(base.execute, "select 1") == "ProgrammingError: Cannot operate on a closed database."
