"""A run that goes on for ever, as the page sees it: a report's own page, served without its data, and the stream of a run that
has that history, with a new second each second."""

import contextlib
import copy
import http.server
import json
import re
import threading
import time
import urllib.parse

from page_data import read_page


def empty_page(path):
    return re.sub(r'(<script id="data"[^>]*>)[^<]*', r"\1", path.read_text(), count=1).encode()


def newest(value):
    """The same columns, of the last row alone."""
    if isinstance(value, dict):
        return {name: newest(v) for name, v in value.items()}
    return value[-1:] if isinstance(value, list) else value


class Course:
    """The messages that the page gets."""

    def __init__(self, page):
        self.all_of = {of["series"]: {"course": of} for of in page.pop("of_series")}
        for shape in page["shapes"].pop("series"):
            self.all_of[shape["series"]]["shape"] = shape
        self.summary = {name: page.pop(name) for name in ("summary", "shapes", "thresholds")}
        self.summary["summary"]["series"] = [self.row(s, page["series"]) for s in self.summary["summary"]["series"]]
        can = dict.fromkeys(("start", "stop", "pause", "resume", "change", "mark"), True)
        self.control = {"phase": "running", "length_s": None, "loads": [], "can": can}
        self.page = {**page, **self.summary, "state": "running", "control": {**self.control, "time_s": 7200}}
        self.time = newest(page["time"])
        self.end = page["time"]["t"][-1] + page["time"]["n"][-1]

    def row(self, figures, series):
        """What a table shows of a series, as each second tells it."""
        (number,) = (s["id"] for s in series if (s["name"], s["tags"]) == (figures["name"], figures["tags"]))
        self.all_of[number]["figures"] = figures
        row = {name: figures[name] for name in ("count", "rate", "outcomes", "errors", "response_time_s")}
        return {"series": number, **row, "service_time_s": {"p99": figures["service_time_s"]["p99"]}}

    def one(self, query):
        """All of one series."""
        return self.all_of[int(query["number"][0])]

    def more(self):
        """One more second."""
        at = {"t": [self.end], "n": [1]}
        self.end += 1
        summary = copy.copy(self.summary)
        summary["time"] = {**self.time, **at}
        return {**summary, "state": "running", "control": {**self.control, "time_s": self.end}}


def message(event, data):
    return f"event: {event}\ndata: {json.dumps(data, separators=(',', ':'))}\n\n".encode()


class Handler(http.server.BaseHTTPRequestHandler):
    def do_GET(self):
        self.send_response(200)
        path, _, query = self.path.partition("?")
        stream = path == "/api/stream"
        self.send_header("Content-Type", "text/event-stream" if stream else "text/html")
        self.end_headers()
        if path == "/api/series":
            self.wfile.write(json.dumps(self.server.course.one(urllib.parse.parse_qs(query))).encode())
            return
        with contextlib.suppress(OSError):  # the viewer has gone
            if not stream:
                self.wfile.write(self.server.html)
                return
            self.wfile.write(message("page", self.server.course.page))
            while not self.server.over.wait(max(0, self.server.due - time.monotonic())):
                self.wfile.write(message("more", self.server.course.more()))
                self.wfile.flush()
                self.server.due = max(self.server.due + 1, time.monotonic())

    def log_message(self, *_):
        pass


@contextlib.contextmanager
def live_copy(path):
    """The address of a live page of a run with the history of that report."""
    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.html, server.course = empty_page(path), Course(read_page(path))
    server.due, server.over = time.monotonic() + 1, threading.Event()
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_port}/"
    finally:
        server.over.set()
        server.shutdown()
        thread.join()
        server.server_close()
