#!/usr/bin/python3
"""psycopg2 as an application uses it, with the database given as its argument: PostgreSQL or CockroachDB, as migrated by
migration.sql. Leaves the sum of the balances as it was."""
import io
import sys
import threading

import psycopg2
import psycopg2.errors
import psycopg2.extras

DSN = sys.argv[1]
TOTAL = 3000
THREADS, TRANSFERS = 6, 15


def value(cursor, statement, parameters=()):
    cursor.execute(statement, parameters)
    return cursor.fetchone()[0]


def transfer(conn, source, target, amount):
    """The retry loop that CockroachDB's manual shows. Rows in one order, so that nobody waits for a deadlock's end."""
    changes = sorted([(source, -amount), (target, amount)])
    while True:
        try:
            with conn, conn.cursor() as cursor:
                for row, change in changes:
                    cursor.execute("UPDATE switch_accounts SET balance = balance + %s WHERE id = %s", (change, row))
                return
        except psycopg2.errors.SerializationFailure:
            pass


def transfers(number, faults):
    try:
        conn = psycopg2.connect(DSN)
        for i in range(TRANSFERS):
            transfer(conn, 1 + (number + i) % 3, 1 + (number + i + 1) % 3, 1)
        conn.close()
    except BaseException as fault:  # reported by the main thread
        faults.append(repr(fault))


def in_threads():
    faults = []
    threads = [threading.Thread(target=transfers, args=(n, faults)) for n in range(THREADS)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert not faults, faults


def errors_and_rows(conn):
    with conn, conn.cursor() as cursor:
        cursor.execute("DELETE FROM switch_accounts WHERE id >= 100")
        psycopg2.extras.execute_values(
            cursor, "INSERT INTO switch_accounts (id, owner, balance) VALUES %s", [(100 + i, f"o'{i}", 0) for i in range(50)])
    try:
        with conn, conn.cursor() as cursor:
            cursor.execute("INSERT INTO switch_accounts (id, owner, balance) VALUES (200, 'lost', 0)")
            cursor.execute("INSERT INTO switch_accounts (id, owner, balance) VALUES (1, 'again', 0)")
        raise AssertionError("a duplicate key was accepted")
    except psycopg2.errors.UniqueViolation:
        pass
    with conn, conn.cursor() as cursor:
        assert value(cursor, "SELECT count(*) FROM switch_accounts WHERE id >= 100") == 50
        assert value(cursor, "SELECT owner FROM switch_accounts WHERE id = %s", (107,)) == "o'7"


def copy(conn):
    lines = io.StringIO("".join(f"{i}\tcopied {i}\t0\n" for i in range(300, 400)))
    with conn, conn.cursor() as cursor:
        cursor.copy_expert("COPY switch_accounts (id, owner, balance) FROM STDIN", lines)
        assert value(cursor, "SELECT count(*) FROM switch_accounts WHERE id >= 300") == 100
    with conn, conn.cursor() as cursor:
        cursor.execute("DELETE FROM switch_accounts WHERE id >= 100")
        assert cursor.rowcount == 150


def main():
    conn = psycopg2.connect(DSN)
    errors_and_rows(conn)
    copy(conn)
    in_threads()
    with conn, conn.cursor() as cursor:
        assert value(cursor, "SELECT sum(balance) FROM switch_accounts WHERE id < 100") == TOTAL
    print("all ok")


main()
