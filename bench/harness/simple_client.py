"""A client that sends one simple query after the other and waits for each answer; no driver's time is measured."""
import socket
import struct

from .processes import BenchError

TIMEOUT = 30


class SimpleClient:
    """Logs in without a password. Close it, or use it as a context manager."""

    def __init__(self, port, user, database):
        self._socket = socket.create_connection(("127.0.0.1", port), TIMEOUT)
        self._socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self._unread = b""
        body = struct.pack("!i", 196608) + f"user\0{user}\0database\0{database}\0\0".encode()
        self._socket.sendall(struct.pack("!i", len(body) + 4) + body)
        self._until_ready()

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self._socket.close()

    def query(self, text):
        """The rows, as lists of text; no NULL is expected."""
        body = text.encode() + b"\0"
        self._socket.sendall(b"Q" + struct.pack("!i", len(body) + 4) + body)
        return self._until_ready()

    def _take(self, size):
        while len(self._unread) < size:
            data = self._socket.recv(65536)
            if not data:
                raise BenchError("the connection was closed")
            self._unread += data
        taken, self._unread = self._unread[:size], self._unread[size:]
        return taken

    def _until_ready(self):
        kind, rows = b"", []
        while kind != b"Z":
            kind, size = struct.unpack("!ci", self._take(5))
            body = self._take(size - 4)
            if kind == b"E":
                raise BenchError(f"the server says: {body!r}")
            if kind == b"D":
                rows.append(cells(body))
        return rows


def cells(body):
    """Of a DataRow."""
    count, at, found = struct.unpack_from("!h", body)[0], 2, []
    for _ in range(count):
        size = struct.unpack_from("!i", body, at)[0]
        found.append(body[at + 4:at + 4 + size].decode())
        at += 4 + size
    return found
