"""PostgreSQL, the null server, PgBouncer and weir: on loopback ports of their own, configured alike."""
import glob
import json
import os
import re
import shutil
import signal
import subprocess

from .processes import BenchError, accepts, free_port, service_user, wait_until

USER = "bench"
POOL_SIZE = 10
MAX_CLIENTS = 12000

POSTGRES_SETTINGS = {
    "listen_addresses": "127.0.0.1", "unix_socket_directories": "", "ssl": "off", "max_connections": "200",
    "fsync": "off", "synchronous_commit": "off", "full_page_writes": "off", "shared_buffers": "128MB",
    "autovacuum": "off", "checkpoint_timeout": "1h", "max_wal_size": "4GB",
}

# One text for both poolers, so that no figure comes from a different configuration.
POOLER_INI = """\
[databases]
bench = host=127.0.0.1 port={postgres_port} dbname=bench
null = host=127.0.0.1 port={null_port} dbname=null
nulltls = host=127.0.0.1 port={null_tls_port} dbname=null

[pgbouncer]
listen_addr = 127.0.0.1
listen_port = {port}
unix_socket_dir =
auth_type = trust
auth_file = {userlist}
pool_mode = transaction
default_pool_size = {pool_size}
max_client_conn = {max_clients}
{tls}ignore_startup_parameters = extra_float_digits
log_connections = 0
log_disconnections = 0
log_stats = 0
logfile =
pidfile =
{own}"""


NO_TLS = "client_tls_sslmode = disable\nserver_tls_sslmode = disable\n"
# The server decides: of the two null servers one has TLS. With verify-full a connect to it would cost more, a select
# would not.
WITH_TLS = """\
client_tls_sslmode = require
client_tls_cert_file = {tls.certificate}
client_tls_key_file = {tls.key}
{authority}server_tls_sslmode = prefer
"""


def program(name, *places):
    """Path of an executable from the given places or PATH."""
    for place in places:
        if place and os.access(place, os.X_OK) and os.path.isfile(place):
            return os.path.abspath(place)
    found = shutil.which(name) or shutil.which(name, path="/usr/sbin:/usr/local/sbin:/usr/local/bin")
    if not found:
        raise BenchError(f"{name} is not installed")
    return found


def postgres_program(name):
    """From the newest PostgreSQL of the distribution, or PATH."""
    def version(path):
        return [int(part) for part in re.findall(r"\d+", path)]
    found = sorted(glob.glob(f"/usr/lib/postgresql/*/bin/{name}"), key=version)
    return found[-1] if found else program(name)


def give_to_service(path):
    user = service_user()
    if user:
        os.chown(path, *user)


class Postgres:
    """A fresh cluster in the run's directory with pgbench's tables; fsync off."""

    def __init__(self, processes, scale):
        self.processes, self.port = processes, free_port()
        self.version = subprocess.run([postgres_program("postgres"), "--version"], stdout=subprocess.PIPE,
                                      text=True, check=True, timeout=10).stdout.strip()
        data = os.path.join(processes.directory, "postgres")
        os.mkdir(data, 0o700)
        give_to_service(data)
        self._finish(processes.start([postgres_program("initdb"), "-D", data, "-U", USER, "--auth=trust",
                                      "--no-sync", "--encoding=UTF8", "--locale=C"], "load", "initdb.log",
                                     as_service=True))
        settings = [part for item in POSTGRES_SETTINGS.items() for part in ("-c", "=".join(item))]
        processes.start([postgres_program("postgres"), "-D", data, "-p", str(self.port), *settings], "load",
                        "postgres.log", as_service=True, death_signal=signal.SIGQUIT)
        wait_until(lambda: self.sql("select 1", "postgres", check=False), "PostgreSQL answers")
        self.sql("create database bench", "postgres")
        done = processes.run([postgres_program("pgbench"), "-i", "-q", "-s", str(scale), "-h", "127.0.0.1",
                              "-p", str(self.port), "-U", USER, "bench"], 120)
        if done.returncode != 0:
            raise BenchError(f"pgbench -i: {done.stderr}")

    def _finish(self, process):
        if process.wait(60) != 0:
            raise BenchError(f"initdb failed:\n{self.processes.tail('initdb.log')}")
        self.processes.stop(process)

    def sql(self, text, database="bench", check=True):
        """True if it ran. Not through a pooler."""
        done = self.processes.run(["psql", "-X", "-q", "-v", "ON_ERROR_STOP=1", "-h", "127.0.0.1", "-p",
                                   str(self.port), "-U", USER, "-c", text, database], 60)
        if check and done.returncode != 0:
            raise BenchError(f"psql: {done.stderr}")
        return done.returncode == 0

    def tidy(self):
        """The same starting point for each run that writes."""
        self.sql("truncate pgbench_history")
        self.sql("vacuum pgbench_branches, pgbench_tellers")


class NullServer:
    """The far end that costs next to nothing."""

    def __init__(self, processes, path):
        self.path = path
        self.process = processes.start([path], "load", "null_server.log", stdout=subprocess.PIPE,
                                       text=True)
        self.port = json.loads(self.process.stdout.readline())["port"]


class Pooler:
    """One of the two that are compared. `kind` is weir or pgbouncer; `settings` are more of weir's; `tls` is a
    harness.tls.Tls or None."""

    def __init__(self, processes, name, kind, path, workers, settings=None, tls=None):
        self.processes, self.name, self.kind, self.path = processes, name, kind, path
        self.workers = workers if kind == "weir" else 1
        self.settings, self.tls = settings or {}, tls
        self.version = self._version()
        self.port = self.process = self.backends = None
        # PgBouncer follows named statements in transaction pooling from 1.21 on.
        numbers = [int(part) for part in re.findall(r"\d+", self.version)[:2]]
        self.prepares = kind == "weir" or numbers >= [1, 21]

    def _version(self):
        done = subprocess.run([self.path, "--version"], stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
                              text=True, timeout=10, check=False)
        return (done.stdout.strip().splitlines() or ["unknown"])[0]

    def start(self, postgres_port, null_port):
        """Starts it on a new port, with an ini and a log of its own."""
        self.port, self.backends = free_port(), (postgres_port, null_port)
        userlist = os.path.join(self.processes.directory, "userlist.txt")
        with open(userlist, "w", encoding="utf-8") as out:
            out.write(f'"{USER}" ""\n')
        more = {"workers": self.workers, **self.settings} if self.kind == "weir" else {}
        own = "".join(f"{key} = {value}\n" for key, value in more.items())
        if self.kind == "pgbouncer" and self.prepares:
            own = "max_prepared_statements = 200\n"
        ini = os.path.join(self.processes.directory, f"{self.name}.ini")
        with open(ini, "w", encoding="utf-8") as out:
            out.write(POOLER_INI.format(
                port=self.port, postgres_port=postgres_port, null_port=null_port, own=own, userlist=userlist,
                null_tls_port=self.tls.server_port if self.tls else null_port,
                tls=WITH_TLS.format(tls=self.tls, authority=self.tls.authority_line()) if self.tls else NO_TLS,
                pool_size=POOL_SIZE, max_clients=MAX_CLIENTS))
        self.process = self.processes.start([self.path, ini], "pooler", f"{self.name}.log",
                                            as_service=True)
        wait_until(lambda: self._alive() and accepts(self.port), f"{self.name} listens")
        return self

    def _alive(self):
        if self.process.poll() is not None:
            raise BenchError(f"{self.name} ended with {self.process.returncode}:\n"
                             f"{self.processes.tail(self.name + '.log')}")
        return True

    def fresh(self):
        """A second process of the same pooler, just started."""
        return self._another("fresh", self.tls).start(*self.backends)

    def with_tls(self, name, tls):
        """The same pooler once more, with TLS on both legs."""
        return self._another(name, tls).start(*self.backends)

    def _another(self, name, tls):
        return Pooler(self.processes, f"{self.name}-{name}", self.kind, self.path, self.workers, self.settings, tls)

    def label(self, other):
        """weir or PgBouncer; told apart by side if both are the same."""
        shown = {"weir": "weir", "pgbouncer": "PgBouncer"}[self.kind]
        return shown if other.kind != self.kind else f"{shown} ({self.name.partition('-')[0]})"

    def stop(self):
        self.processes.stop(self.process)

    @property
    def pid(self):
        return self.process.pid


class Direct:
    """No pooler: the reference for what pooling costs. Has no process of its own to measure."""

    name, kind, version, prepares, pid = "direct", "direct", "", True, None
