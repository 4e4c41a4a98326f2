import assert from "node:assert/strict";
import { test } from "node:test";
import type { Page } from "../src/data";
import type { Summary } from "../src/summary";
import { standing, words } from "../src/verdict";
import { page, times } from "./page";

function of(change: (s: Summary) => void): ReturnType<typeof words> {
    const p: Page = page();
    change(p.summary as Summary);
    return words(p);
}

const threshold = (passed: boolean) => ({ expr: "failed < 1%", value: 0, passed });
const text = (w: ReturnType<typeof words>) => w.sentences.join(" ").replaceAll("\u202f", " ");

test("a run without thresholds is a measurement", () => {
    const w = of(() => {});
    assert.deepEqual([w.tone, w.title], ["good", "Measured: the figures can be relied on"]);
    assert.match(
        text(w),
        /^1 000 calls in 10 s: the asked 100\/s was kept. All of them succeeded\./,
    );
    assert.match(
        text(w),
        /answered within 1.00 ms, 99 of 100 within 2.00 ms; the longest took 3.00 ms/,
    );
});

test("thresholds decide", () => {
    assert.equal(
        of((s) => s.verdict.thresholds.push(threshold(true))).title,
        "Passed: the threshold is met",
    );
    const w = of((s) => s.verdict.thresholds.push(threshold(true), threshold(false)));
    assert.deepEqual([w.tone, w.title], ["bad", "Failed: 1 of 2 thresholds not met"]);
    assert.equal(w.sentences[0], "Not met: failed < 1%.");
});

test("an invalid run judges nobody, whatever its thresholds say", () => {
    const w = of((s) => {
        s.verdict.validity = "invalid";
        s.verdict.reasons.push("the machine slept");
        s.verdict.thresholds.push(threshold(false));
    });
    assert.deepEqual([w.tone, w.title], ["bad", "This run says nothing about the target"]);
    assert.match(text(w), /The machine slept\.$/);
});

test("reservations, silence and failure have words", () => {
    const degraded = of((s) => {
        s.verdict.validity = "degraded";
    });
    assert.deepEqual([degraded.tone, degraded.title], ["warn", "Measured, with reservations"]);
    const silent = of((s) => {
        s.ledger.started = s.ledger.ok = 0;
    });
    assert.equal(silent.title, "Nothing happened in this run");
    const failed = of((s) => {
        s.ledger.ok = 0;
        s.total.outcomes = { error: 1000 };
    });
    assert.equal(failed.title, "Failed: not one call succeeded");
    assert.match(text(failed), /0 % succeeded, 1 000 failed/);
});

test("waiting for a turn is told apart from the target's own time", () => {
    const w = of((s) => {
        s.total.response_time_s = times(0.5, 2, 2.1);
        s.load.achieved_rate = 90;
    });
    assert.match(text(w), /100\/s was asked, 90.0\/s was reached/);
    assert.match(text(w), /waiting for a turn: once sent, 99 of 100 took at most 2.00 ms/);
});

test("the closed model says what its figures leave out", () => {
    assert.match(
        text(
            of((s) => {
                s.run.model = "closed";
                s.load.asked_rate = null;
            }),
        ),
        /waiting that this saved is not in the figures/,
    );
});

test("a run that goes on is judged in the words of its end", () => {
    const s = page().summary as Summary;
    assert.deepEqual([standing(s).tone, standing(s).sentences.length], ["good", 1]);
    s.verdict.validity = "degraded";
    s.verdict.reasons.push("weir itself stood still");
    const w = standing(s);
    assert.equal(w.tone, "warn");
    assert.equal(w.sentences.at(-1), "Weir itself stood still.");
    const p: Page = page();
    p.summary = s;
    assert.deepEqual(words(p).sentences.slice(-2), w.sentences);
});
