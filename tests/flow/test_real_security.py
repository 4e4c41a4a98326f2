"""Brokers that let in whom they know (TLS, mutual TLS, SASL): each way in for each command, each refusal in one sentence
that names the setting, and secrets that are never shown."""

import concurrent.futures
import json
import re

import pytest

from access import AUTHORIZER, allow, words_for
from broker_process import consume, count_stored

pytestmark = [pytest.mark.real, pytest.mark.timeout(600)]

LOGIN = "SASL_SSL", "SASL_PLAINTEXT"
WAYS = [("SSL", "PLAIN"), ("MTLS", "PLAIN"), *((l, m) for l in LOGIN for m in ("PLAIN", "SCRAM-SHA-256", "SCRAM-SHA-512"))]


@pytest.mark.parametrize(("listener", "mechanism"), WAYS)
def test_each_way_in(secure_kafka, weir, listener, mechanism):
    topic = secure_kafka.topic(partitions=2)
    into = words_for(secure_kafka.client(listener, mechanism))

    def run(command, *words):
        done = weir("kafka", *command.split(), *into, *words)
        assert done.returncode == 0, done.stderr
        return done.stdout

    run("produce", "-t", topic, "-n", 100, "--stamp", "value", "--verify")
    assert len(consume(secure_kafka.bootstrap, topic)) == 100
    found = json.loads(run("consume", "-t", topic, "--from", "beginning", "--until", "end", "--audit", "--json", "-"))
    assert found["ledger"]["records"]["first"] == 100
    lag = json.loads(run("lag", "-g", f"group-{topic}", "-t", topic, "-d", "10ms", "--json", "-"))
    assert sum(p["end"] for p in lag["partitions"]) == 100
    assert run("topics create", f"{topic}-made", "-p", 3).startswith(f"made {topic}-made with 3 partitions")
    assert re.search(rf"^{topic}-made +3 ", run("topics list"), re.M)


def test_a_scenario_is_let_in_too(secure_kafka, story):
    topic = secure_kafka.topic()
    client = secure_kafka.client("SASL_SSL", "SCRAM-SHA-512")
    where = client.pop("bootstrap.servers")
    properties = ", ".join(f'["{name}"] = "{value}"' for name, value in client.items())
    text = f"""local kafka = weir.kafka {{ brokers = weir.env("KAFKA_BROKERS"), producer = {{ {properties} }} }}
local send = kafka:send {{ topic = "{topic}", value = "x" }}
return weir.scenario {{ user = function() assert(send().ok) end }}"""
    assert story(where, text, "-c", 1, "-n", 10).ledger == {"started": 10, "ok": 10}
    assert count_stored(secure_kafka.bootstrap, topic) == 10


# ---- refusals ----


def without(client, *names):
    return {name: value for name, value in client.items() if name not in names}


def moved(kafka, client, listener):
    """The client as it is, at another door."""
    return client | {"bootstrap.servers": kafka.address(listener)}


CERTIFICATE = "ssl.certificate.location", "ssl.key.location"
WANTS_TLS = "it closed the connection: does it speak TLS there? (-X security.protocol=ssl, or sasl_ssl)"
WANTS_LOGIN = "it closed the connection: does it want a login there? (-X security.protocol=sasl_ssl, or sasl_plaintext)"
NO_TLS = "it speaks no TLS there (-X security.protocol=plaintext, or sasl_plaintext)"
NO_LOGIN = "it takes no login there (-X security.protocol=ssl, or plaintext, and no sasl.* properties)"
UNKNOWN = "its certificate is refused (self-signed certificate in certificate chain); -X ssl.ca.location=FILE says whom to trust"
WANTS_CERTIFICATE = (
    "it wants a certificate of this client that it trusts (-X ssl.certificate.location=FILE -X ssl.key.location=FILE)"
)
REFUSALS = {
    "wrong password": (lambda k: k.client("SASL_SSL", user=("alice", "wrong-pw")), "invalid username or password"),
    "wrong user": (lambda k: k.client("SASL_PLAINTEXT", user=("mallory", "alice-pw")), "invalid username or password"),
    "unknown authority": (lambda k: without(k.client("SSL"), "ssl.ca.location"), UNKNOWN),
    "no certificate": (lambda k: without(k.client("MTLS"), *CERTIFICATE), WANTS_CERTIFICATE),
    "plain text to TLS": (lambda k: moved(k, k.client(), "SSL"), WANTS_TLS),
    "TLS to plain text": (lambda k: moved(k, k.client("SSL"), "PLAINTEXT"), NO_TLS),
    "no login": (lambda k: moved(k, k.client(), "SASL_PLAINTEXT"), WANTS_LOGIN),
    "no login over TLS": (lambda k: moved(k, k.client("SSL"), "SASL_SSL"), WANTS_LOGIN),
    "a login where there is none": (lambda k: moved(k, k.client("SASL_PLAINTEXT"), "PLAINTEXT"), NO_LOGIN),
}
COMMANDS = {
    "produce": ["produce", "-t", "t", "-n", 1],
    "consume": ["consume", "-t", "t"],
    "lag": ["lag", "-g", "g", "-t", "t"],
    "rr": ["rr", "--request", "t", "--reply", "r", "-n", 1],
    "list": ["topics", "list"],
    "create": ["topics", "create", "t"],
}


def refuse(weir, client, sentence):
    """All commands, at once: each tries for a second."""
    into = words_for(client)
    with concurrent.futures.ThreadPoolExecutor() as pool:
        runs = list(pool.map(lambda words: weir("kafka", *words, *into), COMMANDS.values()))
    for command, done in zip(COMMANDS, runs):
        assert (done.returncode, done.stdout) == (1, ""), command
        assert done.stderr == f"weir: cannot reach broker {client['bootstrap.servers']}: {sentence}\n", command
        assert client.get("sasl.password", "wrong-pw") not in done.stderr


@pytest.mark.parametrize("case", REFUSALS)
def test_who_is_not_let_in_is_told_why(secure_kafka, weir, case):
    client, sentence = REFUSALS[case]
    refuse(weir, client(secure_kafka), sentence)


def test_a_certificate_of_another_name(start_kafka, weir, tmp_path):
    kafka = start_kafka(secure=True, names="DNS:elsewhere.example")
    refused = "its certificate is refused (IP address mismatch): it is for another name than -b or the cluster says; "
    refused += "-X ssl.endpoint.identification.algorithm=none looks at no names"
    client = kafka.client("SSL")
    refuse(weir, client, refused)
    topic = kafka.topic()
    for which in ({"ssl.endpoint.identification.algorithm": "none"}, {"enable.ssl.certificate.verification": "false"}):
        done = weir("kafka", "produce", *words_for(client | which), "-t", topic, "-n", 1)
        assert done.returncode == 0, done.stderr


# ---- secrets ----

LUA = """local kafka = weir.kafka { brokers = weir.env("KAFKA_BROKERS"), producer = {
  ["security.protocol"] = "sasl_ssl", ["sasl.mechanism"] = "PLAIN", ["sasl.username"] = "alice",
  ["sasl.password"] = weir.env("PASSWORD"), ["ssl.ca.location"] = weir.env("CA") } }
local send = kafka:send { topic = weir.env("TOPIC"), value = "x" }
return weir.scenario { user = function() assert(send().ok) end }"""


@pytest.mark.parametrize("origin", ["flag", "environment", "file", "script"])
def test_no_output_has_a_secret(secure_kafka, weir, tmp_path, origin):
    """Whatever the run leaves, with all that librdkafka has to say."""
    topic = secure_kafka.topic()
    client = secure_kafka.client("SASL_SSL")
    secret, into, env = client["sasl.password"], [], {}
    words = ["kafka", "produce", "-t", topic]
    if origin == "flag":
        into = [*words_for(client), "-X", "debug=all"]
    elif origin == "environment":
        env = {"KAFKA_BROKERS": client.pop("bootstrap.servers")}
        env["WEIR_PROPERTY"] = "\n".join([*(f"{name}={value}" for name, value in client.items()), "debug=all"])
    elif origin == "file":
        properties = [f"{name}={value}" for name, value in client.items() if name != "bootstrap.servers"]
        into = ["--config", "../settings.json"]
        settings = {"brokers": client["bootstrap.servers"], "property": properties}
        (tmp_path / "settings.json").write_text(json.dumps(settings))
    else:
        (tmp_path / "s.lua").write_text(LUA)
        words = ["run", "../s.lua"]
        settings = {"KAFKA_BROKERS": client["bootstrap.servers"], "PASSWORD": secret, "TOPIC": topic}
        settings["CA"] = client["ssl.ca.location"]
        into = [word for name, value in settings.items() for word in ("-e", f"{name}={value}")]
    folder = tmp_path / "outputs"
    folder.mkdir()
    outputs = ["--record", "r.weir", "--json", "r.json", "--csv", "r", "--log", "r.log", "--junit", "r.xml", "--show", 2]
    wrapper = ["env", "-C", folder]
    done = weir(*words, *into, "-n", 5, *outputs, env=env, wrapper=wrapper)
    assert done.returncode == 0, done.stderr
    shown = weir(*words, *into, "-n", 5, "--print-config", env=env, wrapper=wrapper)
    assert shown.returncode == 0 and "***" in shown.stdout
    told = weir("report", "r.weir", "--json", "-", wrapper=wrapper)
    assert told.returncode == 0
    files = list(folder.iterdir())
    assert len(files) >= 6
    texts = [done.stdout, done.stderr, shown.stdout, shown.stderr, told.stdout, *(f.read_bytes() for f in files)]
    for text in texts:
        assert (secret if isinstance(text, str) else secret.encode()) not in text


# ---- permissions ----


@pytest.fixture
def guarded(start_kafka):
    return start_kafka(secure=True, version="3.9.2", settings=AUTHORIZER)


def test_who_may_not_write_is_told_so(guarded, weir):
    topic = guarded.topic()
    into = words_for(guarded.client("SASL_PLAINTEXT"))
    words = ["kafka", "produce", *into, "-t", topic, "-n", 5]
    done = weir(*words)
    assert (done.returncode, done.stderr.split(" (")[0]) == (1, f"weir: topic '{topic}': TOPIC_AUTHORIZATION_FAILED"), done
    allow(guarded, ("topic", topic, "DESCRIBE"))
    idempotent = ["-X", "enable.idempotence=true"]
    for more, what in (([], "Topic"), (idempotent, "Cluster")):
        done = weir(*words, *more)
        assert done.returncode == 1
        assert f"5  {what.upper()}_AUTHORIZATION_FAILED (Broker: {what} authorization failed)" in done.stdout, done.stdout
    allow(guarded, ("topic", topic, "WRITE"))
    for more in ([], idempotent):
        done = weir(*words, *more)
        assert done.returncode == 0, done.stderr
    assert count_stored(guarded.bootstrap, topic) == 10
    done = weir("kafka", "topics", "create", f"{topic}-mine", *into)
    assert (done.returncode, done.stderr) == (1, f"weir: cannot make topic '{topic}-mine': Authorization failed.\n")
