"""TLS for the poolers that are compared: certificates made for the run, and a null server that shows the same one."""
import json
import os
import subprocess
from dataclasses import dataclass

from .processes import BenchError
from .servers import give_to_service

KEYS = {"rsa": ("RSA-2048", ["-newkey", "rsa:2048"]),
        "ecdsa": ("ECDSA P-256", ["-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256"])}


@dataclass(frozen=True)
class Tls:
    """What a pooler needs: a certificate for its clients, and where a server with TLS listens."""
    certificate: str
    key: str
    server_port: int


def make_certificate(directory, kind):
    """Paths of a self-signed certificate and its key."""
    certificate, key = (os.path.join(directory, f"{kind}.{name}") for name in ("crt", "key"))
    done = subprocess.run(["openssl", "req", "-x509", *KEYS[kind][1], "-nodes", "-days", "30", "-subj", "/CN=bench",
                           "-addext", "subjectAltName=IP:127.0.0.1", "-keyout", key, "-out", certificate],
                          capture_output=True, text=True, timeout=60, check=False)
    if done.returncode != 0:
        raise BenchError(f"openssl: {done.stderr}")
    for path in (certificate, key):
        give_to_service(path)
    return certificate, key


def start_tls(processes, null_server, kind):
    """A certificate of this kind and a null server that shows it."""
    certificate, key = make_certificate(processes.directory, kind)
    process = processes.start([null_server, "--tls-cert", certificate, "--tls-key", key], "load",
                              f"null_server_{kind}.log", stdout=subprocess.PIPE, text=True)
    return Tls(certificate, key, json.loads(process.stdout.readline())["port"])
