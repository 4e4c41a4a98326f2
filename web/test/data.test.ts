import assert from "node:assert/strict";
import { test } from "node:test";
import {
    append,
    carryOn,
    checked,
    failedOf,
    level,
    type Page,
    perSecond,
    pick,
    received,
    rows,
} from "../src/data";
import type { CallSeries, Summary } from "../src/summary";
import { columns, page, summary, time } from "./page";

test("where nothing happened, lines go down to zero and come back", () => {
    const c = columns([0, 1, 5]);
    const { x, at } = rows(c);
    assert.deepEqual(x, [0, 1, 2, 4, 5]);
    assert.deepEqual(at, [0, 1, -1, -1, 2]);
    assert.deepEqual(perSecond(c.started, c, at), [10, 10, 0, 0, 10]);
    assert.deepEqual(pick(c.response.p50, at, null), [1000, 1000, null, null, 1000]);
});

test("a row of a minute counts per second", () => {
    const c = columns([0, 60], 600, 60);
    const { x, at } = rows(c);
    assert.deepEqual(x, [0, 60]);
    assert.deepEqual(perSecond(c.started, c, at), [10, 10]);
});

test("what is under way is what came in less what went out", () => {
    const c = columns([0, 1, 3], 10);
    c.ok = [4, 10, 16];
    const { at } = rows(c);
    assert.deepEqual(level(c.started, [c.ok, failedOf(c)], at), [6, 6, 6, 0]);
});

test("pieces of the stream are put behind what is there", () => {
    const p = page();
    append(p, {
        time: time([2]),
        of_series: [{ series: 0, ...columns([2]) }],
        series: [{ id: 0, name: "a", tags: {}, part: false, kind: "calls" }],
        events: [{ at_s: 2, kind: "mark", text: "x" }],
        state: "draining",
    });
    append(p, { of_series: [{ series: 1, ...columns([3]) }] });
    assert.deepEqual(p.time.t, [0, 1, 2]);
    assert.equal(p.time.response.p99.length, 3);
    assert.equal(p.time.iterations.completed.length, 3);
    assert.equal(p.time.heat.length, 3);
    assert.deepEqual(
        p.of_series.map((s) => s.series),
        [0, 1],
    );
    assert.equal(p.series.length, 1);
    assert.equal(p.events.length, 1);
    assert.equal(p.state, "draining");
    assert.notEqual(p.summary, null);
});

test("what is no page, or a newer one's, is said", () => {
    assert.throws(() => checked(null), /not a run's/);
    assert.throws(() => checked({ page: 2 }), /newer weir/);
    assert.equal(checked(page()).page, 1);
});

function row(series: number, count: number, rate: number): CallSeries {
    return { series, count, rate } as CallSeries;
}

function live(duration_s: number, series: CallSeries[]): Summary {
    const s = summary();
    return { ...s, run: { ...s.run, duration_s }, series };
}

const series = ["a", "b"].map((name, id) => ({ id, name, tags: {}, part: false, kind: "calls" }));

test("of series that are not told again the rate goes down as time goes on", () => {
    const sent = {
        ...page(),
        series: [...series],
        summary: live(10, [row(0, 50, 5), row(1, 20, 2)]),
    };
    const p = received({ ...sent, of_series: undefined } as unknown as Page, null);
    append(p, { summary: live(20, [row(0, 200, 10)]) });
    const found = (p.summary?.series ?? []).map((s) => [s.name, s.kind, s.count, s.rate]);
    assert.deepEqual(found, [
        ["a", "calls", 200, 10],
        ["b", "calls", 20, 1],
    ]);
    append(p, {
        series: [{ id: 2, name: "c", tags: {}, part: false, kind: "calls" }],
        summary: live(20, [row(2, 1, 1)]),
    });
    assert.deepEqual(p.summary?.series.map((s) => s.name).sort(), ["a", "b", "c"]);
    assert.deepEqual(p.of_series, []);
});

test("the end's page has the courses that came before it", () => {
    const p = page();
    append(p, { of_series: [{ series: 0, ...columns([2]) }] });
    const last = received({ ...page(), of_series: undefined } as unknown as Page, p);
    assert.deepEqual(last.of_series, p.of_series);
});

test("a course goes on from the row that was still growing", () => {
    const course = { series: 0, ...columns([0, 1, 2]) };
    carryOn(course, { series: 0, ...columns([2, 3], 20) });
    assert.deepEqual(course.t, [0, 1, 2, 3]);
    assert.deepEqual(course.started, [10, 10, 20, 20]);
    carryOn(course, { series: 0, ...columns([2, 4], 60, 2) }); // wider: 2 and 3 in one
    assert.deepEqual(course.t, [0, 1, 2, 4]);
    assert.deepEqual(course.n, [1, 1, 2, 2]);
    assert.equal(course.response.p99.length, 4);
    carryOn(course, { series: 0, ...columns([]) });
    assert.deepEqual(course.t, [0, 1, 2, 4]);
});
