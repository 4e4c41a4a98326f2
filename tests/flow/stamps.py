"""Stamped records (proto/kafka_stamp.h) as a test wants them, written without weir."""

import struct
import time
import zlib

from confluent_kafka import Producer

from broker_process import CLIENT

HEADER = "weir-stamp"


def stamp(sequence, rest=b"", key=None, run=0xABC, driver=0, worker=0, due=None, sent=None):
    """The 44 bytes; `due` and `sent` in ns since 1970, now unless they are given."""
    now = time.time_ns()
    sent = now if sent is None else sent
    due = sent if due is None else due
    head = struct.pack("<2sHHHQQQQ", b"WS", 1, driver, worker, run, sequence, due, sent)
    return head + struct.pack("<I", zlib.crc32(head + (key or b"") + rest))


class Stamper:
    """A producer of stamped records on topic t, one at a time and in the order in which they are said."""

    def __init__(self, where, topic="t", **settings):
        self.topic = topic
        address = getattr(where, "address", where)
        self.producer = Producer({"bootstrap.servers": address, "linger.ms": 1, **CLIENT, **settings})

    def send(self, sequence, partition=0, spoil=False, rest=b"x" * 10, **how):
        """With `spoil` a byte of the value is changed on its way."""
        value = stamp(sequence, rest, **how) + (rest[:-1] + b"!" if spoil else rest)
        self.send_plain(value, partition, key=how.get("key"))

    def send_plain(self, value, partition=0, **how):
        self.producer.produce(self.topic, value=value, partition=partition, **how)

    def flush(self):
        assert self.producer.flush(60) == 0
