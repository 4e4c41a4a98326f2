"""weir broker as a process of a test's own, that can be told what to do wrong; and Kafka clients that are not weir's."""

import signal
import subprocess

from confluent_kafka import Consumer, Producer, TopicPartition

CLIENT = {"log_level": 0, "reconnect.backoff.ms": 20, "reconnect.backoff.max.ms": 100}


class Broker:
    """A running `weir broker`. `address` is where ("127.0.0.1:9092", more than one with --nodes)."""

    def __init__(self, program, words, directory, env, stdin=subprocess.PIPE):
        number = len(list(directory.glob("broker*.stderr")))
        self.errors = directory / f"broker{number}.stderr"
        words = [str(w) for w in words]
        if "--port" not in words:
            words = ["--port", "0", *words]
        with open(self.errors, "wb") as errors:
            self.process = subprocess.Popen(
                [program, "broker", *words],
                stdin=stdin,
                stdout=subprocess.PIPE,
                stderr=errors,
                text=True,
                env=env,
                cwd=directory,
            )
        self.greeting = []
        while not self.greeting or not self.greeting[-1].startswith("Commands"):
            line = self.process.stdout.readline()
            assert line, self.stderr()
            self.greeting.append(line.rstrip("\n"))
        self.address = self.greeting[0].removeprefix("listening on ")
        self.ports = [int(where.rpartition(":")[2]) for where in self.address.split(",")]

    def stderr(self):
        return self.errors.read_text()

    def say(self, line):
        """Tells it that; its answer."""
        self.process.stdin.write(line + "\n")
        self.process.stdin.flush()
        return self.process.stdout.readline().rstrip("\n")

    def tell(self, line):
        """Tells it that, which it must do."""
        answer = self.say(line)
        assert answer.startswith("ok "), answer

    def kill(self):
        """Ends it without a chance to tidy up."""
        self.stop(signal.SIGKILL)

    def stop(self, how=signal.SIGTERM):
        """Ends it; what it said on standard error. To do so again is harmless."""
        if self.process.poll() is None:
            self.process.send_signal(signal.SIGCONT)
            self.process.send_signal(how)
        status = self.process.wait(timeout=30)
        self.process.stdout.close()
        if self.process.stdin:
            self.process.stdin.close()
        assert status in (0, -signal.SIGKILL), self.stderr()
        return self.stderr()


def produce(address, topic, values, partition=-1, **settings):
    """Sends these values with confluent-kafka; the error of each, or None, in order."""
    producer = Producer({"bootstrap.servers": address, "linger.ms": 0, **CLIENT, **settings})
    errors = []
    for value in values:
        producer.produce(topic, value, partition=partition, on_delivery=lambda error, _: errors.append(error))
        producer.poll(0)
    assert producer.flush(60) == 0
    return errors


def count_stored(address, topic, only=None):
    """How many records ever were stored in a topic, or in one of its partitions, those that retention dropped included:
    its ends, added up."""
    consumer = Consumer({"bootstrap.servers": address, "group.id": "test", **CLIENT})
    partitions = consumer.list_topics(topic, timeout=30).topics[topic].partitions if only is None else [only]
    ends = [consumer.get_watermark_offsets(TopicPartition(topic, p), timeout=30)[1] for p in partitions]
    consumer.close()
    return sum(ends)


def consume(address, topic, **settings):
    """Every record of a topic, as confluent-kafka reads it from the beginning: [message, …], by partition."""
    settings = {"group.id": "test", "fetch.wait.max.ms": 5, "enable.auto.commit": False, **CLIENT, **settings}
    consumer = Consumer({"bootstrap.servers": address, **settings})
    partitions = sorted(consumer.list_topics(topic, timeout=30).topics[topic].partitions)
    messages = []
    for partition in partitions:
        low, high = consumer.get_watermark_offsets(TopicPartition(topic, partition), timeout=30)
        consumer.assign([TopicPartition(topic, partition, low)])
        found = []
        while len(found) < high - low:
            batch = consumer.consume(high - low - len(found), timeout=30)
            assert batch, f"{topic} {partition}: {len(found)} of {high - low} records came"
            assert not any(m.error() for m in batch), batch[0].error()
            found += batch
        messages += found
    consumer.close()
    return messages
