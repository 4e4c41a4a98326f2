"""A record of a whole day that nobody ran: a short one's, given other series and the spans that a day has (minutes, and
the seconds of the last hour), with histograms as different from each other as measured ones are."""

import base64
import contextlib
import random
import sqlite3

from hdrh.histogram import HdrHistogram

HOUR, DAY = 3600, 24 * 3600
SAMPLES, KINDS = 40, 400


def histogram(rng):
    """The columns of a histogram of a record: bytes, min, max, sum, sum of squares."""
    middle = rng.uniform(12, 18)
    samples = [int(rng.lognormvariate(middle, 0.5)) for _ in range(SAMPLES)]
    h = HdrHistogram(1, HOUR * 10**9, 3)
    for ns in samples:
        h.record_value(ns)
    squares = sum(ns * ns for ns in samples)
    wide = squares if squares < 2**63 else squares.to_bytes(16, "big")
    return base64.b64decode(h.encode()), min(samples), max(samples), sum(samples), wide


def spans():
    minutes = [(s, 60) for s in range(0, DAY - HOUR, 60)]
    return minutes + [(s, 1) for s in range(DAY - HOUR, DAY)]


def write_day(path, series):
    rng = random.Random(1)
    kinds = [histogram(rng) for _ in range(KINDS)]
    with contextlib.closing(sqlite3.connect(path)) as db:
        db.execute("PRAGMA synchronous = off")
        for table in ("measured", "iterations", "generator", "tag", "series", "failure", "event"):
            db.execute(f"DELETE FROM {table}")
        db.execute("DELETE FROM span WHERE id > 0")
        names = [(i + 1, f"{rng.choice(['GET', 'POST'])} /path/{i}", "calls", 0) for i in range(series)]
        db.executemany("INSERT INTO series (id, name, kind, part) VALUES (?, ?, ?, ?)", names)
        rows = [(0, 0), *spans()]
        db.executemany("INSERT INTO span VALUES (?, ?, ?)", [(i, *row) for i, row in enumerate(rows) if i > 0])

        def measured():
            for span in range(len(rows)):
                for number in range(1, series + 1):
                    counts = (SAMPLES, SAMPLES, SAMPLES, 0, 0, 0, 0, rng.randrange(10**4), rng.randrange(10**5), 0, 0, 0, 0.0)
                    yield (span, number, *counts, *rng.choice(kinds), *rng.choice(kinds))

        columns = "span, series, started, started_in_plan, ok, failed_check, error, timeout, abandoned, bytes_sent, "
        columns += "bytes_received, body_bytes, possibly_stored, reconnects, sum"
        for of in ("response", "service"):
            columns += f", {of}, {of}_min, {of}_max, {of}_sum, {of}_squares"
        places = ", ".join(["?"] * 25)
        db.executemany(f"INSERT INTO measured ({columns}) VALUES ({places})", measured())
        started = SAMPLES * series
        books = [(i, 0, started, started, started, 0, started, 0, 0, 0, 1) for i in range(len(rows))]
        db.executemany(f"INSERT INTO iterations VALUES ({', '.join(['?'] * 11)})", books)
        db.execute("UPDATE stage SET duration_ns = ?", (DAY * 10**9,))
        db.execute("UPDATE summary SET length_s = ?", (DAY,))
        db.commit()
