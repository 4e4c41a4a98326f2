"""Requests with replies and awaited records of scenarios on a real Kafka."""

import pytest
from confluent_kafka import Producer

from broker_process import consume

pytestmark = [pytest.mark.real, pytest.mark.timeout(600)]


def replies(done):
    return {k: v for k, v in done.summary["ledger"]["replies"].items() if v and k != "late_time_s"}


def test_round_trips_are_paired_and_counted(story, kafka, start_responder):
    """Null, empty and absent survive; what the responder did is in the books."""
    asked, answered = kafka.topic(3), kafka.topic(3)
    responder = start_responder(kafka.bootstrap, "--corrupt", "2%", "--duplicate", "3%", requests=asked, replies=answered)
    text = f"""local rpc = kafka:rpc {{ request = "{asked}", reply = "{answered}", timeout = "20s", checks = {{ weir.is.echo() }} }}
local kinds = {{ {{ value = weir.null }}, {{ value = "" }}, {{ key = "", value = "x" }}, {{ key = "k", value = "x", headers = {{ n = weir.null, e = "" }} }} }}
return weir.scenario {{ user = function(vu)
  local sent = kinds[vu.iteration % 4 + 1] local r = rpc(sent)
  local key = sent.key if key == nil then key = weir.null end
  weir.check(r, "key", r.key == key)
  if sent.headers then weir.check(r, "headers", r.headers.n == weir.null and r.headers.e == "") end end }}"""
    done = story(kafka.bootstrap, text, "-n", 2000, "-c", 50, "--threads", 2)
    truth = responder.stop()
    assert done.ledger == {"started": 2000, "ok": 2000 - truth["corrupted"], "failed_check": truth["corrupted"]}
    assert truth["corrupted"] == 40 and replies(done)["matched"] == 2000
    assert replies(done)["duplicate"] <= truth["duplicated"] == 60
    assert len(consume(kafka.bootstrap, asked)) == 2000
    failed = {c["name"]: c["failed"] for c in done.summary["checks"]}
    assert failed["key"] == failed["headers"] == 0


def test_events_are_found_however_early_they_come(story, kafka):
    """500 before they are asked for, sent by confluent-kafka; 500 by the story itself."""
    topic = kafka.topic(6)
    producer = Producer(kafka.client())
    for i in range(500):
        producer.produce(topic, b"early", key=b"1-%d" % i)
    assert producer.flush(30) == 0
    text = f"""local take = kafka:consume {{ topic = "{topic}", correlate = "key", from = "beginning", timeout = "30s" }}
local send = kafka:send {{ topic = "{topic}", value = "late", wait = "none" }}
return weir.scenario {{ user = function(vu) local n = weir.sequence("n")
  if n >= 500 then send {{ key = "2-" .. n }} end
  local id = (n < 500 and "1-" or "2-") .. n
  local e = take {{ id = id }} weir.check(e, "mine", e.key == id and e.body == (n < 500 and "early" or "late")) end }}"""
    done = story(kafka.bootstrap, text, "-n", 1000, "-c", 50, "--threads", 2)
    assert done.ledger == {"started": 1500, "ok": 1500}
    assert done.summary["ledger"]["awaited"] == {"seen": 1000, "taken": 1000, "unclaimed": 0}


def test_a_topic_of_replies_that_is_not_there(story, kafka):
    text = f"""local rpc = kafka:rpc {{ request = "{kafka.topic(1)}", reply = "nobody-made-it", value = "x" }}
return weir.scenario {{ user = function() rpc() end }}"""
    assert "nobody-made-it" in story(kafka.bootstrap, text, code=1).err
