#!/usr/bin/env python3
"""Runs the load generator against the null server directly and compares what both counted.

Also with TLS between them. Usage: smoke.py NULL_SERVER LOAD_GENERATOR. Ends by itself in a few seconds; no pooler, no PostgreSQL.
"""
import json
import os
import subprocess
import sys
import tempfile

TIMEOUT = 20  # seconds for one step; a whole run takes about one


def run(generator, port, *arguments):
    return subprocess.run([generator, "--port", str(port), *arguments],
                          capture_output=True, text=True, timeout=TIMEOUT, stdin=subprocess.DEVNULL)


def load(generator, port, *arguments):
    done = run(generator, port, "--give-up-after", "15", *arguments)
    assert done.returncode == 0, f"{arguments}: exit {done.returncode}: {done.stdout}{done.stderr}"
    return json.loads(done.stdout.splitlines()[-1])


def check_counted(generator, port):
    """Runs with a fixed number of transactions; gives the sessions and statements the server must count."""
    sessions = statements = 0
    for mode in ("simple", "extended", "prepared"):
        got = load(generator, port, "--mode", mode, "--clients", "16", "--threads", "2",
                   "--transactions", "1001")
        assert got["transactions"] == 1001 and got["logins"] == 16, got
        assert 0 < got["latency_us"]["p50"] <= got["latency_us"]["p99"] <= got["latency_us"]["max"], got
        sessions, statements = sessions + 16, statements + 1001
        got = load(generator, port, "--tpcb", "--mode", mode, "--clients", "4", "--transactions", "100")
        assert got["transactions"] == 100 and got["logins"] == 4, got
        sessions, statements = sessions + 4, statements + 700
    got = load(generator, port, "--begin", "--clients", "3", "--transactions", "100")
    assert got["transactions"] == 100, got
    got = load(generator, port, "--mode", "connect", "--clients", "4", "--transactions", "200")
    assert got["transactions"] == 200 and got["logins"] == 200, got
    return sessions + 3 + 200, statements + 300 + 200


def check_large(generator, port):
    got = load(generator, port, "--large", "20", "--transactions", "3", "--mode", "extended")
    assert 60_000_000 <= got["bytes_in"] <= 63_000_000, got
    return 1, 3


def check_idle(generator, port):
    got = load(generator, port, "--mode", "idle", "--clients", "500", "--seconds", "0.2")
    assert got["logins"] == 500 and got["seconds"] >= 0.2, got
    return 500, 0


def check_duration(generator, port):
    got = load(generator, port, "--clients", "2", "--seconds", "0.3")
    assert 0.3 <= got["seconds"] < 5 and got["transactions"] > 10, got
    return 2, got["transactions"]


def check_tls(null_server, generator):
    """The same protocol inside TLS; sessions are resumed where that is asked for, and only there."""
    with tempfile.TemporaryDirectory() as folder:
        certificate, key = (os.path.join(folder, name) for name in ("crt", "key"))
        subprocess.run(["openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes",
                        "-subj", "/CN=bench", "-keyout", key, "-out", certificate],
                       check=True, capture_output=True, timeout=TIMEOUT)
        server = subprocess.Popen([null_server, "--tls-cert", certificate, "--tls-key", key], stdout=subprocess.PIPE,
                                  text=True)
        try:
            port = json.loads(server.stdout.readline())["port"]
            got = load(generator, port, "--tls", "--clients", "4", "--transactions", "500")
            assert got["transactions"] == 500 and got["resumed"] == 0, got
            got = load(generator, port, "--tls", "--large", "10", "--transactions", "2")
            assert got["bytes_in"] >= 20_000_000, got
            for options, resumed in (((), 0), (("--resume",), 46)):
                got = load(generator, port, "--tls", *options, "--mode", "connect", "--clients", "4",
                           "--transactions", "50")
                assert got["logins"] == 50 and got["resumed"] == resumed, got
        finally:
            server.terminate()
            server.communicate(timeout=TIMEOUT)


def check_refused(generator, port):
    """Nobody listens any more: every client is an error, and the exit code says so."""
    done = run(generator, port, "--clients", "3")
    assert done.returncode == 1 and json.loads(done.stdout)["errors"] == 3, done


def main():
    null_server, generator = sys.argv[1:3]
    server = subprocess.Popen([null_server], stdout=subprocess.PIPE, text=True)
    try:
        port = json.loads(server.stdout.readline())["port"]
        checks = (check_counted, check_large, check_idle, check_duration)
        counts = [check(generator, port) for check in checks]
    finally:
        server.terminate()
        totals = server.communicate(timeout=TIMEOUT)[0]
    expected = {"sessions": sum(c[0] for c in counts), "queries": sum(c[1] for c in counts)}
    assert json.loads(totals) == expected, f"server counted {totals}, expected {expected}"
    check_refused(generator, port)
    check_tls(null_server, generator)
    print("ok", expected)


if __name__ == "__main__":
    main()
