"""weir-target as a process of a test's own, and a client that sees every byte of HTTP."""

import json
import re
import signal
import socket
import subprocess
import time


class Target:
    """A running weir-target. `url`, `host` and `port` say where; a unix socket has `path` instead."""

    def __init__(self, program, args, directory, env, wrapper=()):
        self.killed = False
        number = len(list(directory.glob("target*.stderr")))
        self.log = directory / f"target{number}.log"
        self.errors = directory / f"target{number}.stderr"
        args = [self.log if a == "LOG" else a for a in map(str, args)]
        if not {"--port", "--unix"} & set(args):
            args = ["--port", "0", *args]
        with open(self.errors, "wb") as errors:
            self.process = subprocess.Popen(
                [*wrapper, program, *args], stdout=subprocess.PIPE, stderr=errors, text=True, env=env, cwd=directory
            )
        self.ready = self.process.stdout.readline()
        if not self.ready.startswith("listening on "):
            self.process.wait(timeout=30)
            raise TargetFailed(self.process.returncode, self.stderr())
        self.url = self.ready.removeprefix("listening on ").strip()
        self.path = self.url.partition("://unix:")[2] or None
        if not self.path:
            host, _, port = self.url.partition("://")[2].rpartition(":")
            self.host, self.port = host.strip("[]"), int(port)

    def stderr(self):
        return self.errors.read_text()

    def connect(self, **options):
        """A connection that sees every byte; give it timeout=… or context=… (TLS)."""
        return Raw(self, **options)

    def fetch(self, path, method="GET", body=b"", headers=()):
        """One request on a connection of its own."""
        with self.connect() as c:
            return c.ask(path, method=method, body=body, headers=headers)

    def metrics(self):
        """{"requests": n, "responses": n}; asking is not counted."""
        return json.loads(self.fetch("/metrics", headers=["Accept: application/json"]).body)

    def figures(self):
        """All that /metrics says to Prometheus: {'weir_target_requests_total': 1.0, …}."""
        lines = self.fetch("/metrics").body.decode().splitlines()
        return {k: float(v) for k, _, v in (line.rpartition(" ") for line in lines if not line.startswith("#"))}

    def stalls(self):
        """What truly happened: [{'begin_ns': …, 'end_ns': …, 'begin_wall_ns': …, 'end_wall_ns': …}, …]."""
        found = re.findall(r"stalled (.*)", self.stderr())
        return [{k: int(v) for k, v in (pair.split("=") for pair in line.split())} for line in found]

    def log_lines(self):
        """[(wall ns of arrival, method, target), …] in order, of a target started with --log LOG; ends it."""
        self.stop()
        split = (line.split(" ") for line in self.log.read_text().splitlines())
        return [(int(ns), method, target) for ns, method, target in split]

    def rss(self):
        """Bytes of memory in use."""
        with open(f"/proc/{self.process.pid}/statm") as f:
            return int(f.read().split()[1]) * 4096

    def kill(self):
        """Ends it without a chance to tidy up."""
        self.process.kill()
        self.process.wait(timeout=30)
        self.killed = True

    def stop(self, how=signal.SIGTERM):
        """Ends it and gives what it said last; to do so again is harmless."""
        if self.killed:
            return None
        if self.process.poll() is None:
            self.process.send_signal(how)
        status = self.process.wait(timeout=30)
        self.process.stdout.close()
        assert status == 0, self.stderr()
        return self.stderr().splitlines()[-1]


class TargetFailed(Exception):
    """It did not start: .status and .text."""

    def __init__(self, status, text):
        super().__init__(f"weir-target ended with status {status}: {text}")
        self.status, self.text = status, text


class Response:
    def __init__(self, status, headers, body):
        self.status, self.headers, self.body = status, headers, body

    def json(self):
        return json.loads(self.body)


class Raw:
    """A client's connection: sends bytes as they are, takes responses apart by the letter."""

    def __init__(self, target, timeout=20, context=None):
        if target.path:
            self.socket = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
            self.socket.settimeout(timeout)
            self.socket.connect(target.path)
        else:
            self.socket = socket.create_connection((target.host, target.port), timeout)
            self.socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        if context:
            self.socket = context.wrap_socket(self.socket, server_hostname="localhost")
        self.rest = bytearray()

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.socket.close()

    def send(self, data):
        self.socket.sendall(data)

    def more(self):
        """Reads on; False at the end of the stream."""
        data = self.socket.recv(65536)
        self.rest += data
        return bool(data)

    def take(self, n):
        while len(self.rest) < n:
            assert self.more(), f"the stream ended within {n} bytes: {self.rest!r}"
        taken = bytes(self.rest[:n])
        del self.rest[:n]
        return taken

    def line(self):
        while (end := self.rest.find(b"\r\n")) < 0:
            assert self.more(), f"the stream ended within a line: {self.rest!r}"
        return self.take(end + 2)[:-2].decode()

    def head(self):
        """Status and headers; a name that comes twice is an error."""
        version, status, _ = self.line().split(" ", 2)
        assert version == "HTTP/1.1"
        headers = {}
        while line := self.line():
            name, _, value = line.partition(": ")
            assert name not in headers
            headers[name] = value
        return int(status), headers

    def chunks(self):
        """The chunks of a body, as they are."""
        found = []
        while size := int(self.line(), 16):
            found.append(self.take(size))
            assert self.take(2) == b"\r\n"
        assert self.line() == ""
        return found

    def response(self, to_head=False):
        status, headers = self.head()
        body = b""
        if to_head or status in (204, 304) or status < 200:
            pass
        elif headers.get("Transfer-Encoding") == "chunked":
            body = b"".join(self.chunks())
        else:
            body = self.take(int(headers["Content-Length"]))
        return Response(status, headers, body)

    def ask(self, path, method="GET", body=b"", headers=()):
        self.send(request(path, method, body, headers))
        return self.response(to_head=method == "HEAD")

    def is_at_end(self):
        """Nothing more comes, and the server ended the connection properly."""
        return not self.rest and not self.more()


def request(path, method="GET", body=b"", headers=(), version="1.1"):
    """The bytes of a request."""
    lines = [f"{method} {path} HTTP/{version}", "Host: test", *headers]
    if body:
        lines.append(f"Content-Length: {len(body)}")
    return "\r\n".join([*lines, "", ""]).encode() + body


def wait_for(what, seconds=10):
    """What becomes true within that time."""
    end = time.monotonic() + seconds
    while not what():
        assert time.monotonic() < end, "it did not happen"
        time.sleep(0.01)

