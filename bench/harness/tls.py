"""TLS for the poolers that are compared: certificates made for the run, and a null server that shows the same one."""
import json
import os
import subprocess
from dataclasses import dataclass

from .processes import BenchError
from .servers import give_to_service

KEYS = {"rsa": ("RSA-2048", ["-newkey", "rsa:2048"]),
        "ecdsa": ("ECDSA P-256", ["-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256"])}


# Appended to a kind: the certificate is signed by an authority, by which the poolers check those of clients (none has one).
SIGNED = "-signed"


@dataclass(frozen=True)
class Tls:
    """What a pooler needs: a certificate for its clients, and where a server with TLS listens."""
    certificate: str
    key: str
    server_port: int
    authority: str      # path of its certificate; empty: none

    def authority_line(self):
        return f"client_tls_ca_file = {self.authority}\n" if self.authority else ""


def openssl(*arguments):
    done = subprocess.run(["openssl", *arguments], capture_output=True, text=True, timeout=60, check=False)
    if done.returncode != 0:
        raise BenchError(f"openssl: {done.stderr}")


def make_certificate(directory, kind):
    """Paths of a certificate, its key and its authority's certificate; self-signed ones have none."""
    def path(name):
        return os.path.join(directory, f"{kind}.{name}")
    certificate, key, signed = path("crt"), path("key"), kind.endswith(SIGNED)
    new_key = KEYS[kind.removesuffix(SIGNED)][1]
    names = ["-subj", "/CN=bench", "-addext", "subjectAltName=IP:127.0.0.1"]
    if signed:
        openssl("req", "-x509", *new_key, "-nodes", "-days", "30", "-subj", "/CN=authority", "-keyout", path("ca.key"),
                "-out", path("ca"))
        openssl("req", *new_key, "-nodes", *names, "-keyout", key, "-out", path("csr"))
        openssl("x509", "-req", "-in", path("csr"), "-CA", path("ca"), "-CAkey", path("ca.key"), "-CAcreateserial",
                "-days", "30", "-copy_extensions", "copy", "-out", certificate)
    else:
        openssl("req", "-x509", *new_key, "-nodes", "-days", "30", *names, "-keyout", key, "-out", certificate)
    for file in (certificate, key, *([path("ca")] if signed else [])):
        give_to_service(file)
    return certificate, key, path("ca") if signed else ""


def start_tls(processes, null_server, kind):
    """A certificate of this kind and a null server that shows it."""
    certificate, key, authority = make_certificate(processes.directory, kind)
    process = processes.start([null_server, "--tls-cert", certificate, "--tls-key", key], "load",
                              f"null_server_{kind}.log", stdout=subprocess.PIPE, text=True)
    return Tls(certificate, key, json.loads(process.stdout.readline())["port"], authority)
