#!/usr/bin/python3
"""psycopg 3 as an application uses it, many clients on few rows, without a retry loop.

    transfers.py HOST PORT MODE CLIENTS TRANSACTIONS SEED [retry]

MODE: blind, lock or rmw (transfers between accounts), or lists (random appends and reads). One line for each
transaction, what its client believes of it: "ok", "failed" or "unknown", then what it did; the last one is "done"
and the seconds. With `retry` each transaction is repeated after 40001 and 40P01 by a loop of its own.
"""
import random
import sys
import threading
import time

import psycopg

HOST, PORT, MODE, CLIENTS, TRANSACTIONS, SEED = sys.argv[1:7]
RETRY = len(sys.argv) > 7
HOT_ACCOUNTS, HOT_LISTS = 8, 5
SERIALIZATION = ("40001", "40P01")


def connect():
    conn = psycopg.connect(host=HOST, port=PORT, user="app", dbname="app", connect_timeout=60)
    conn.isolation_level = psycopg.IsolationLevel.SERIALIZABLE
    return conn


def transfer_funds(conn, frm, to, amount):
    conn.execute("UPDATE accounts SET balance = balance - %s WHERE id = %s", (amount, frm))
    conn.execute("UPDATE accounts SET balance = balance + %s WHERE id = %s", (amount, to))


def locked_transfer(conn, frm, to, amount):
    conn.execute("SELECT id FROM accounts WHERE id IN (%s, %s) ORDER BY id FOR UPDATE", (frm, to)).fetchall()
    transfer_funds(conn, frm, to, amount)


def computed_transfer(conn, frm, to, amount):
    for account, change in ((frm, -amount), (to, amount)):
        balance, = conn.execute("SELECT balance FROM accounts WHERE id = %s", (account,)).fetchone()
        conn.execute("UPDATE accounts SET balance = %s WHERE id = %s", (balance + change, account))


TRANSFERS = {"blind": transfer_funds, "lock": locked_transfer, "rmw": computed_transfer}


def transfer(number, chance):
    frm, to = chance.sample(range(1, HOT_ACCOUNTS + 1), 2)
    amount = chance.randint(1, 9)

    def work(conn):
        TRANSFERS[MODE](conn, frm, to, amount)
        conn.execute("INSERT INTO transfers VALUES (%s, %s, %s, %s)", (number, frm, to, amount))
        return str(number)

    return work, str(number)


def lists(number, chance):
    steps = [(chance.random() < 0.5, chance.randint(1, HOT_LISTS)) for _ in range(4)]
    values = [number * 4 + i for i in range(4)]

    def work(conn):
        said = []
        for (append, key), value in zip(steps, values):
            if append:
                conn.execute("UPDATE lists SET items = items || %s::int WHERE id = %s", (value, key))
                said.append(f"a:{key}:{value}")
            else:
                items, = conn.execute("SELECT items FROM lists WHERE id = %s", (key,)).fetchone()
                said.append(f"r:{key}:{','.join(map(str, items))}")
        return " ".join(said)

    appends = [f"a:{key}:{value}" for (append, key), value in zip(steps, values) if append]
    return work, " ".join(appends)


def attempt(conn, work, intended):
    """One try; the line to print, and whether a loop would repeat it."""
    try:
        said = work(conn)
        conn.commit()
        return f"ok {said}", False
    except psycopg.Error as error:
        state = error.sqlstate
        if not conn.closed:
            conn.rollback()
        if state in SERIALIZATION:
            return f"failed {intended} !{state}", True
        return f"unknown {intended} !{state or 'lost'}", False


def client(me, lines):
    chance = random.Random(int(SEED) * 1000 + me)
    conn = connect()
    for i in range(int(TRANSACTIONS)):
        work, intended = (lists if MODE == "lists" else transfer)(me * 100000 + i + 1, chance)
        line, again = attempt(conn, work, intended)
        while RETRY and again:
            line, again = attempt(conn, work, intended)
        lines.append(line)
        if conn.closed:
            conn = connect()
    conn.close()


def main():
    lines = []
    threads = [threading.Thread(target=client, args=(n, lines)) for n in range(int(CLIENTS))]
    start = time.monotonic()
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    seconds = time.monotonic() - start
    print("\n".join(lines))
    print(f"done {seconds:.3f}")


main()
