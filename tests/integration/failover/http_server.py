"""An HTTP server that says what a file tells it: for a request to `Host: name:port` the status in FOLDER/name, else
200. With CERTIFICATE and KEY it speaks TLS. Prints its port, on 127.0.0.1, as soon as it listens."""
import http.server
import pathlib
import ssl
import sys

folder = pathlib.Path(sys.argv[1])


class Handler(http.server.BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def do_GET(self):
        told = folder / self.headers.get("Host", "").rsplit(":", 1)[0]
        status = int(told.read_text()) if told.exists() else 200
        self.send_response(status)
        self.send_header("Content-Length", "0")
        self.end_headers()

    def log_message(self, *_):
        pass


class Server(http.server.ThreadingHTTPServer):
    def handle_error(self, *_):  # a peer that does not like the certificate
        pass


server = Server(("127.0.0.1", 0), Handler)
if len(sys.argv) > 2:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(sys.argv[2], sys.argv[3])
    server.socket = context.wrap_socket(server.socket, server_side=True)
print("port", server.server_address[1], flush=True)
server.serve_forever()
