"""What a run of weir serves while it lives: where, and how to ask."""

import http.client
import json
import re
import socket

from target_process import wait_for


def served_at(load, what, ready=True):
    """(host, port) of "the page" or "metrics for Prometheus" of a running load, when it answers questions about it."""
    pattern = re.compile(rf"weir: {what}: http://([^/\s]+):(\d+)/")
    load.wait_until(lambda: pattern.search(load.err))
    found = pattern.search(load.err)
    assert found, load.err
    where = found[1].strip("[]"), int(found[2])
    if ready:
        wait_for(lambda: ask(("127.0.0.1", where[1]), "/metrics").status != 503)
    return where


class Answer:
    def __init__(self, response):
        self.status, self.headers, self.text = response.status, response.headers, response.read().decode("utf-8", "replace")

    def json(self):
        return json.loads(self.text)


def ask(where, path, method="GET", body=None, headers=None):
    """One request on a connection of its own. A dict as body is sent as JSON."""
    headers = dict(headers or {})
    if isinstance(body, dict):
        body = json.dumps(body)
        headers.setdefault("Content-Type", "application/json")
    c = http.client.HTTPConnection(*where, timeout=20)
    try:
        c.request(method, path, body, headers)
        return Answer(c.getresponse())
    finally:
        c.close()


SAMPLE = re.compile(r'^([a-zA-Z_:][\w:]*)(?:\{(.*)\})? (\S+)$')
LABEL = re.compile(r'(\w+)="((?:[^"\\]|\\.)*)"')


def samples(text):
    """{(name, frozenset of labels): value} of a text exposition; a sample that comes twice is an error."""
    found = {}
    for line in text.splitlines():
        if line.startswith("#"):
            continue
        name, labels, value = SAMPLE.match(line).groups()
        key = name, frozenset(LABEL.findall(labels or ""))
        assert key not in found, line
        found[key] = float(value)
    return found


def total(metrics, name, **labels):
    """The sum of all samples of that name with these labels."""
    return sum(v for (n, ls), v in metrics.items() if n == name and set(labels.items()) <= ls)


def wait_for_metrics(where, holds, seconds=20):
    """The metrics, as soon as this holds of them."""
    found = {}

    def look():
        nonlocal found
        found = samples(ask(where, "/metrics").text)
        return holds(found)

    wait_for(look, seconds)
    return found


def order(where, what, code=200, headers=None, **body):
    """Gives an order; the control object, or the sentence of a refusal."""
    done = ask(where, f"/api/{what}", "POST", body, headers)
    assert done.status == code, done.text
    return done.json() if code == 200 else done.json()["error"]


def state(where):
    return ask(where, "/api/state").json()


def wait_for_state(where, holds, seconds=20):
    found = {}

    def look():
        nonlocal found
        answer = ask(where, "/api/state")
        found = answer.json() if answer.status == 200 else {}
        return found and holds(found)

    wait_for(look, seconds)
    return found


class Stream:
    """A viewer: reads /api/stream as a browser does."""

    def __init__(self, where, last=None, headers=None, buffer=None):
        self.socket = socket.socket()
        if buffer:
            self.socket.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, buffer)
        self.socket.settimeout(30)
        self.socket.connect(where)
        lines = ["GET /api/stream HTTP/1.1", "Host: localhost", *(headers or [])]
        lines += [f"Last-Event-ID: {last}"] if last else []
        self.socket.sendall(("\r\n".join([*lines, "", ""])).encode())
        self.file = self.socket.makefile("rb")
        self.id = last
        self.rest = b""

    def head(self):
        self.status = int(self.file.readline().split()[1])
        self.headers = {}
        while (line := self.file.readline().strip()):
            name, _, value = line.decode().partition(": ")
            self.headers[name] = value
        return self

    def chunk(self):
        """The next piece of the body; b"" at its end."""
        size = self.file.readline()
        if not size:
            raise ConnectionError("the stream broke off")
        data = self.file.read(int(size, 16))
        self.file.readline()
        return data

    def next(self):
        """(event, data) of the next message; None at the end of the stream."""
        while b"\n\n" not in self.rest:
            data = self.chunk()
            if not data:
                return None
            self.rest += data
        message, _, self.rest = self.rest.partition(b"\n\n")
        fields = dict(line.partition(": ")[::2] for line in message.decode().splitlines())
        if "event" not in fields:
            return self.next()  # retry: …
        self.id = fields["id"]
        return fields["event"], json.loads(fields["data"])

    def until(self, holds):
        """All messages up to the first for which this holds."""
        found = []
        while (message := self.next()) is not None:
            found.append(message)
            if holds(*message):
                return found
        raise AssertionError(f"the stream ended before that: {[e for e, _ in found]}")

    def close(self):
        self.file.close()
        self.socket.close()
