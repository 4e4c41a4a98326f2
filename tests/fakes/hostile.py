"""An HTTP server that misbehaves as it is told: raw sockets, a script for each connection.

A script is a function of the connection; it runs in a thread of that connection's own, and what it
returns from is closed properly. `Hostile(script).url` says where; `requests` holds all that came."""

import collections
import contextlib
import re
import socket
import ssl
import struct
import threading

Request = collections.namedtuple("Request", "method target headers body")


class Hostile:
    """Listens on a free port of 127.0.0.1 from now on. `context` (ssl) makes it speak TLS."""

    def __init__(self, script, context=None, host="127.0.0.1", port=0, backlog=512):
        self.script, self.context = script, context
        self.requests = []  # of all connections, in the order in which they were complete
        self.failures = []  # what scripts asserted in vain
        self.connections = []
        family = socket.AF_INET6 if ":" in host else socket.AF_INET
        self.listener = socket.create_server((host, port), family=family, backlog=backlog)
        self.port = self.listener.getsockname()[1]
        self.url = f"{'https' if context else 'http'}://{f'[{host}]' if ':' in host else host}:{self.port}"
        self.acceptor = threading.Thread(target=self.accept, daemon=True)
        self.acceptor.start()

    def accept(self):
        while True:
            try:
                accepted, _ = self.listener.accept()
            except OSError:
                return
            connection = Connection(self, len(self.connections), accepted)
            self.connections.append(connection)
            connection.start()

    def stop(self):
        """Ends it, with all connections; what a script found wrong is raised here."""
        with contextlib.suppress(OSError):
            self.listener.shutdown(socket.SHUT_RDWR)
        self.listener.close()
        self.acceptor.join(10)
        for connection in self.connections:
            connection.close()
        for connection in self.connections:
            connection.join(10)
        if self.failures:
            raise self.failures[0]


class Connection(threading.Thread):
    """One accepted connection; `number` counts from 0."""

    def __init__(self, server, number, accepted):
        super().__init__(daemon=True)
        self.server, self.number, self.socket = server, number, accepted
        self.rest = b""

    def run(self):
        try:
            self.socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            if self.server.context:
                self.socket = self.server.context.wrap_socket(self.socket, server_side=True)
            self.server.script(self)
        except (OSError, ssl.SSLError, EOFError):
            pass  # the client went, or the test is over
        except BaseException as failure:  # asserted by the script
            self.server.failures.append(failure)
        finally:
            self.close()

    def close(self):
        """The proper end of the stream."""
        with contextlib.suppress(OSError):
            self.socket.shutdown(socket.SHUT_RDWR)
        self.socket.close()

    def finish(self):
        """No more will be sent, but what comes is still taken."""
        self.socket.shutdown(socket.SHUT_WR)

    def reset(self):
        """The end without manners: what was not read is lost."""
        self.socket.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        self.socket.close()

    def send(self, data):
        self.socket.sendall(data)

    def more(self):
        data = self.socket.recv(65536)
        if not data:
            raise EOFError
        self.rest += data

    def wait_for_end(self):
        """Reads until the client ends the stream."""
        with contextlib.suppress(EOFError):
            while True:
                self.rest = b""
                self.more()

    def head(self):
        """The head of the next request with its blank line."""
        while b"\r\n\r\n" not in self.rest:
            self.more()
        head, _, self.rest = self.rest.partition(b"\r\n\r\n")
        return head + b"\r\n\r\n"

    def request(self):
        """The next request, complete. EOFError: there is none, or the client went in the middle."""
        lines = self.head().decode("latin-1").split("\r\n")[:-2]
        method, target, version = lines[0].split(" ")
        assert version == "HTTP/1.1", lines[0]
        headers = {}
        for line in lines[1:]:
            name, _, value = line.partition(": ")
            assert re.fullmatch(r"[!-9;-~]+", name) and name.lower() not in headers, lines
            headers[name.lower()] = value
        length = int(headers.get("content-length", 0))
        while len(self.rest) < length:
            self.more()
        body, self.rest = self.rest[:length], self.rest[length:]
        request = Request(method, target, headers, body)
        self.server.requests.append(request)
        return request

    def requests(self):
        """Each request until the client ends the stream."""
        with contextlib.suppress(EOFError):
            while True:
                yield self.request()


def reply(body=b"ok", status="200 OK", headers=(), version="1.1"):
    """The bytes of a proper reply."""
    lines = [f"HTTP/{version} {status}", *headers, f"Content-Length: {len(body)}", "", ""]
    return "\r\n".join(lines).encode("latin-1") + body


def always(data):
    """A script that answers each request with these bytes."""

    def script(c):
        for _ in c.requests():
            c.send(data)

    return script


def routes(**replies):
    """A script that answers by the first word of the path: these bytes, or those that a function of the request
    gives."""

    def script(c):
        for request in c.requests():
            answer = replies[re.match(r"/(\w*)", request.target)[1]]
            c.send(answer if isinstance(answer, bytes) else answer(request))

    return script


def once(data):
    """A script that answers one request with these bytes and ends the stream."""

    def script(c):
        c.request()
        c.send(data)
        c.finish()
        c.wait_for_end()

    return script


def silent(c):
    """A script that takes everything and never answers."""
    c.wait_for_end()


def chunk(data):
    """The bytes of one chunk."""
    return b"%x\r\n" % len(data) + data + b"\r\n"
