"""Both books balance in every run (weir_process.py asserts that each time), here in runs where everything happens at
once; and the fates are those that the target itself has counted."""

import random
import threading

import pytest

from hostile import reply
from target_process import wait_for

pytestmark = pytest.mark.exact


class Moody:
    """A script that answers each request as a seeded draw says, and counts what that must have come to."""

    def __init__(self, seed):
        self.draws, self.lock = random.Random(seed), threading.Lock()
        self.counted = dict.fromkeys(("ok", "failed_check", "error", "timeout"), 0)

    def mood(self, weights):
        with self.lock:
            (name,) = self.draws.choices(list(weights), weights.values())
            self.counted[{"close": "ok", "redirect": "ok", "wrong": "failed_check", "silence": "timeout"}.get(
                name, name if name == "ok" else "error")] += 1  # fmt: skip
            return name

    def __call__(self, c):
        for request in c.requests():
            if request.target == "/there":
                c.send(reply())
                continue
            mood = self.mood(
                dict(ok=60, wrong=10, close=8, redirect=8, garbage=5, cut=5, reset=5, nothing=5, silence=1)
            )
            if mood == "ok":
                c.send(reply(b"x" * 3000))
            elif mood == "wrong":
                c.send(reply(status="503 No"))
            elif mood == "redirect":
                c.send(reply(status="302 Found", headers=["Location: /there"]))
            elif mood == "garbage":
                c.send(b"garbage")
            elif mood == "silence":
                c.wait_for_end()
            elif mood == "reset":
                c.reset()
            else:
                c.send({"close": reply(headers=["Connection: close"]), "cut": reply()[:-1], "nothing": b""}[mood])
                return


MODELS = {"closed": ["-c", 8, "-n", 400, "--threads", 2], "open": ["-r", 400, "-n", 400, "--threads", 2],
          "connections": ["-r", 400, "-n", 400, "-c", 8], "queue": ["-r", 400, "-n", 400, "--max-in-flight", 8],
          "bursts": ["--stages", "150 at once, 400 for 250ms, 150 at once"]}  # fmt: skip


@pytest.mark.parametrize("model", MODELS.values(), ids=MODELS)
def test_the_fates_are_those_that_the_target_counted(load, hostile, loop, model):
    moody = Moody(seed=len(model[1:]))
    done = load(hostile(moody).url, *model, "--follow", 1, "--timeout", "3s", env=loop)
    assert done.ledger["started"] == 400 == sum(moody.counted.values())
    assert {k: v for k, v in done.ledger.items() if k != "started"} == {k: v for k, v in moody.counted.items() if v}


@pytest.mark.parametrize("seed", range(6))
@pytest.mark.parametrize("model", [["-c", 8], ["-r", 400], ["-r", 400, "-c", 4], ["--stages", "0..800 over 5s"]],
                         ids=["closed", "open", "connections", "ramp"])  # fmt: skip
def test_books_balance_after_ctrl_c_at_any_moment(start_load, hostile, model, seed):
    fake = hostile(Moody(seed))
    words = [*model, "--follow", 1, "--threads", 1 + seed % 3, "--timeout", "2s", "--drain", f"{seed % 3 * 100}ms"]
    running = start_load(fake.url, *words, env={"WEIR_LOOP": "epoll"} if seed % 2 else {})
    wait_for(lambda: len(fake.requests) >= 5 + 20 * seed, 30)
    running.interrupt()
    done = running.end(code=130)
    assert done.ledger["started"] >= len([r for r in fake.requests if r.target == "/"]) - done.ledger.get("error", 0)
    assert done.ledger["ok"] > 0
    assert done.reasons == []
