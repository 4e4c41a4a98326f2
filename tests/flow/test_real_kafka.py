"""The real Kafka that other tests rely on: it starts, takes and gives back, is one or three, and lets in whom it should.
Its clients here are confluent-kafka and kcat; weir has no part in this."""

import pytest
from confluent_kafka import KafkaException
from confluent_kafka.admin import AdminClient

from broker_process import consume, produce
from real_kafka import SCRAM

pytestmark = [pytest.mark.real, pytest.mark.timeout(600)]  # the first start fetches it


def test_a_thousand_records_come_back(kafka):
    topic = kafka.topic(partitions=6)
    values = [b"value %d" % i for i in range(1000)]
    assert produce(kafka.bootstrap, topic, values, acks="all") == [None] * 1000
    messages = consume(kafka.bootstrap, topic)
    assert sorted(m.value() for m in messages) == sorted(values)
    assert len({m.partition() for m in messages}) == 6


def test_kcat_reads_what_confluent_kafka_wrote(kafka, kcat):
    topic = kafka.topic()
    produce(kafka.bootstrap, topic, [b"%d" % i for i in range(100)])
    assert kcat("-b", kafka.bootstrap, "-C", "-t", topic, "-e", "-q").split() == [str(i) for i in range(100)]


def test_a_topic_that_nobody_made_is_not_there(kafka):
    soon = {"topic.metadata.propagation.max.ms": 100}
    assert produce(kafka.bootstrap, "nobody-made-this", [b"x"], **soon)[0].name() == "UNKNOWN_TOPIC_OR_PART"


LISTENERS = [("SSL", "PLAIN"), ("MTLS", "PLAIN"), ("SASL_SSL", "PLAIN"), ("SASL_PLAINTEXT", "PLAIN")]
LISTENERS += [(listener, mechanism) for listener in ("SASL_SSL", "SASL_PLAINTEXT") for mechanism in SCRAM]


@pytest.mark.parametrize(("listener", "mechanism"), LISTENERS)
def test_each_listener_lets_in_who_belongs_there(secure_kafka, kcat, listener, mechanism):
    topic = secure_kafka.topic()
    client = secure_kafka.client(listener, mechanism)
    kcat("-P", "-t", topic, client=client, input="hello\n")
    assert [m.value() for m in consume(secure_kafka.bootstrap, topic)] == [b"hello"]
    assert [m.value() for m in consume(topic=topic, address=secure_kafka.address(listener), **client)] == [b"hello"]


@pytest.mark.parametrize(
    ("listener", "wrong"),
    [
        ("SSL", {"ssl.ca.location": "/etc/ssl/certs/ca-certificates.crt"}),
        ("SSL", {"security.protocol": "plaintext"}),
        ("MTLS", {"ssl.certificate.location": "", "ssl.key.location": ""}),
        ("SASL_SSL", {"sasl.password": "wrong"}),
        ("SASL_SSL", {"sasl.mechanism": "SCRAM-SHA-256", "sasl.username": "bob", "sasl.password": "wrong"}),
        ("SASL_PLAINTEXT", {"sasl.username": "mallory"}),
    ],
)
def test_and_nobody_else(secure_kafka, kcat, listener, wrong):
    client = {name: value for name, value in (secure_kafka.client(listener) | wrong).items() if value}
    kcat("-L", "-m", 2, client=client, refused=True)


def test_three_brokers_outlive_one(start_kafka):
    kafka = start_kafka(brokers=3)
    topic = kafka.topic()
    assert not any(produce(kafka.bootstrap, topic, [b"%d" % i for i in range(100)], acks="all"))
    kafka.brokers[0].kill()
    assert not any(produce(kafka.bootstrap, topic, [b"%d" % i for i in range(100, 200)], acks="all"))
    kafka.brokers[0].start()
    kafka.wait_until_ready()
    assert [m.value() for m in consume(kafka.bootstrap, topic)] == [b"%d" % i for i in range(200)]


def test_a_frozen_broker_goes_on_where_it_was(start_kafka):
    kafka = start_kafka()
    topic = kafka.topic()
    produce(kafka.bootstrap, topic, [b"before"])
    client = AdminClient(kafka.client())
    kafka.brokers[0].freeze()
    with pytest.raises(KafkaException, match="_TIMED_OUT|_TRANSPORT"):
        client.list_topics(timeout=1)
    kafka.brokers[0].resume()
    assert [m.value() for m in consume(kafka.bootstrap, topic)] == [b"before"]
