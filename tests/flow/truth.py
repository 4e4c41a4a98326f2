"""What lies in a topic, by confluent-kafka: who numbered which record, what is missing, what came twice, what is out of
order. For stamped records (stamps.py)."""

import collections
import itertools
import struct

from broker_process import consume


class Truth:
    """Of one producer's records: `missing` numbers below `made`, `stored` records, `first`, `duplicate` and `reordered`
    of them, by the rules of measure.md. `twice`: [(partition, offset, number), …] in order."""

    def __init__(self, where, topic, made):
        messages = consume(where, topic)
        self.stored, self.reordered, self.twice, seen = len(messages), 0, [], set()
        highest = collections.defaultdict(lambda: -1)
        for m in messages:
            magic, number = struct.unpack_from("<2s14xQ", m.value())
            assert magic == b"WS"
            if number in seen:
                self.twice.append((m.partition(), m.offset(), number))
                continue
            seen.add(number)
            self.reordered += number < highest[m.partition()]
            highest[m.partition()] = max(highest[m.partition()], number)
        assert not seen or max(seen) < made
        self.first, self.duplicate = len(seen), len(self.twice)
        self.missing = sorted(set(range(made)) - seen)

    @property
    def gaps(self):
        """[[first, last], …]"""
        runs = itertools.groupby(enumerate(self.missing), key=lambda pair: pair[1] - pair[0])
        runs = [[number for _, number in run] for _, run in runs]
        return [[run[0], run[-1]] for run in runs]
