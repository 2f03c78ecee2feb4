#!/usr/bin/python3
"""psycopg 3 as an application uses it, against the database given as its argument. Prints a line for each part."""
import sys
import threading

import psycopg
from psycopg import sql

DSN = sys.argv[1]
EXECUTIONS = 30


def part(name):
    print(f"ok: {name}", flush=True)


def transactions():
    with psycopg.connect(DSN) as conn:
        conn.execute("CREATE TABLE psycopg_t (id int PRIMARY KEY, note text)")
        conn.execute("INSERT INTO psycopg_t VALUES (%s, %s)", (1, "one"))
    with psycopg.connect(DSN) as conn:
        try:
            conn.execute("INSERT INTO psycopg_t VALUES (%s, %s)", (1, "again"))
            raise AssertionError("a duplicate key was accepted")
        except psycopg.errors.UniqueViolation:
            conn.rollback()
        with conn.transaction():
            conn.execute("INSERT INTO psycopg_t VALUES (2, 'two')")
            try:
                with conn.transaction():
                    conn.execute("INSERT INTO psycopg_t VALUES (3, 'three')")
                    raise ValueError
            except ValueError:
                pass
        assert conn.execute("SELECT array_agg(id ORDER BY id) FROM psycopg_t").fetchone()[0] == [1, 2]
    part("transactions, savepoints and errors")


def prepare_in_one_thread(number, faults):
    """More than five executions of one text: psycopg then prepares it, each connection under the same name."""
    try:
        with psycopg.connect(DSN, autocommit=True) as conn:
            for i in range(EXECUTIONS):
                text = f"SELECT %s::int + {number}"
                assert conn.execute(text, (i,)).fetchone()[0] == i + number
                assert conn.execute("SELECT %s::text || 'x'", (str(i),)).fetchone()[0] == f"{i}x"
            assert len(conn._prepared._names) > 0, "psycopg prepared nothing"
    except BaseException as fault:  # reported by the main thread
        faults.append(repr(fault))


def prepared_statements():
    faults = []
    threads = [threading.Thread(target=prepare_in_one_thread, args=(n, faults)) for n in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert not faults, faults
    part("prepared statements of eight connections")


def many_statements():
    """Beyond 100 statements psycopg sends DEALLOCATE for the oldest."""
    with psycopg.connect(DSN, autocommit=True) as conn:
        for i in range(120):
            assert conn.execute(f"SELECT {i} + %s", (1,), prepare=True).fetchone()[0] == i + 1
        assert conn.execute("SELECT 0 + %s", (1,), prepare=True).fetchone()[0] == 1
    part("more statements than psycopg keeps")


def pipeline():
    with psycopg.connect(DSN) as conn:
        with conn.pipeline():
            cursors = [conn.execute("SELECT %s::int * 2", (i,)) for i in range(200)]
            assert [c.fetchone()[0] for c in cursors] == [i * 2 for i in range(200)]
        conn.commit()
        try:
            with conn.pipeline():
                conn.execute("SELECT 1/0")
                conn.execute("SELECT 1")
            raise AssertionError("the error of a pipeline was lost")
        except psycopg.errors.DivisionByZero:
            conn.rollback()
        with conn.pipeline():
            conn.cursor().executemany("INSERT INTO psycopg_t VALUES (%s, %s)", [(i, "m") for i in range(10, 60)])
        conn.commit()
        assert conn.execute("SELECT count(*) FROM psycopg_t WHERE note = 'm'").fetchone()[0] == 50
    part("pipeline mode")


def copy():
    with psycopg.connect(DSN) as conn:
        cursor = conn.cursor()
        with cursor.copy("COPY psycopg_t FROM STDIN") as target:
            for i in range(1000, 3000):
                target.write_row((i, f"copied {i}"))
        with cursor.copy("COPY (SELECT id, note FROM psycopg_t WHERE id >= 1000 ORDER BY id) TO STDOUT") as source:
            source.set_types(["int4", "text"])
            assert list(source.rows()) == [(i, f"copied {i}") for i in range(1000, 3000)]
        try:
            with cursor.copy("COPY psycopg_t FROM STDIN") as target:
                target.write_row(("not a number", "x"))
            raise AssertionError("a bad row was accepted")
        except psycopg.errors.InvalidTextRepresentation:
            conn.rollback()
        assert conn.execute("SELECT 1").fetchone()[0] == 1
    part("COPY in both directions")


def server_side_cursor():
    with psycopg.connect(DSN) as conn:
        with conn.cursor(name="big") as cursor:
            cursor.itersize = 100
            cursor.execute("SELECT g FROM generate_series(1, 1000) g")
            assert sum(row[0] for row in cursor) == 500500
        with conn.cursor(name="scrolled", scrollable=True) as cursor:
            cursor.execute("SELECT g FROM generate_series(1, 10) g")
            cursor.fetchmany(5)
            cursor.scroll(-2)
            assert cursor.fetchone()[0] == 4
    part("server-side cursors")


def binary():
    with psycopg.connect(DSN) as conn:
        cursor = conn.cursor(binary=True)
        data = bytes(range(256)) * 100
        assert cursor.execute("SELECT %b::bytea, %b::int8", (data, 2**40)).fetchone() == (data, 2**40)
        assert cursor.execute("SELECT NULL::int, ''::text").fetchone() == (None, "")
    part("binary parameters and results")


def clean():
    with psycopg.connect(DSN) as conn:
        conn.execute(sql.SQL("DROP TABLE {}").format(sql.Identifier("psycopg_t")))
    part("clean")


if __name__ == "__main__":
    transactions()
    prepared_statements()
    many_statements()
    pipeline()
    copy()
    server_side_cursor()
    binary()
    clean()
    print("all ok")
