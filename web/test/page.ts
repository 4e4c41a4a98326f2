// A page for tests: what a run without anything would give, and columns.
import type { Columns, Figures, Page, Time } from "../src/data";
import type { Summary, Times } from "../src/summary";

function figures(n: number, value: number | null): Figures {
    const column = () => Array.from({ length: n }, () => value);
    return {
        p50: column(),
        p75: column(),
        p90: column(),
        p95: column(),
        p99: column(),
        p99_9: column(),
        max: column(),
        mean: column(),
    };
}

/** Rows at these seconds, of which each started `started` calls that were ok. */
export function columns(t: number[], started = 10, n = 1): Columns {
    const column = (v: number) => t.map(() => v);
    return {
        t: [...t],
        n: column(n),
        started: column(started),
        ok: column(started),
        failed_check: column(0),
        error: column(0),
        timeout: column(0),
        abandoned: column(0),
        bytes_sent: column(0),
        bytes_received: column(0),
        response: figures(t.length, 1000),
        service: figures(t.length, 900),
    };
}

export function time(t: number[], started = 10): Time {
    const column = (v: number | null) => t.map(() => v);
    return {
        ...columns(t, started),
        asked: column(started),
        users_asked: column(null),
        late_p99: column(1),
        late_max: column(1),
        wait_p99: column(1),
        turn_max: column(1),
        iterations: {
            started: t.map(() => started),
            completed: t.map(() => started),
            script_error: t.map(() => 0),
            interrupted: t.map(() => 0),
            skipped: t.map(() => 0),
        },
        heat: t.map(() => [80, started]),
        causes: t.map(() => ({})),
    };
}

export function times(p50: number, p99: number, max: number): Times {
    return {
        min: p50,
        mean: p50,
        stddev: 0,
        mode: p50,
        p50,
        p75: p50,
        p90: p50,
        p95: p99,
        p99,
        p99_9: max,
        p99_99: max,
        max,
    };
}

export function summary(): Summary {
    const none = { p50: null, p99: null, max: null };
    const book = {
        planned: 1000,
        started: 1000,
        skipped: 0,
        completed: 1000,
        script_error: 0,
        interrupted: 0,
        unaccounted: 0,
    };
    return {
        schema: 1,
        run: { duration_s: 10, model: "open", started_at: "2026-01-31T12:00:00.000Z" },
        verdict: { validity: "valid", reasons: [], thresholds: [], audits: [], exit_code: 0 },
        load: { asked_rate: 100, achieved_rate: 100, start_lateness_s: none, wait_s: none },
        iterations: { ...book, script_errors: {} },
        scenarios: [],
        ledger: {
            started: 1000,
            ok: 1000,
            failed_check: 0,
            error: 0,
            timeout: 0,
            abandoned: 0,
            possibly_stored: 0,
            replies: {
                received: 0,
                matched: 0,
                late: 0,
                duplicate: 0,
                orphan: 0,
                malformed: 0,
            },
            balanced: true,
        },
        total: {
            name: "total",
            tags: {},
            part: false,
            kind: "calls",
            count: 1000,
            rate: 100,
            response_time_s: times(0.001, 0.002, 0.003),
            service_time_s: times(0.001, 0.002, 0.003),
            outcomes: { ok: 1000 },
        },
        series: [],
        checks: [],
        generator: { cpu_s: 1, rss_bytes: 1, loop: "epoll", loop_turn_s: { p99: null, max: null } },
    };
}

export function page(): Page {
    return {
        page: 1,
        state: "ended",
        run: {
            id: "1",
            weir: "0.1.0",
            command: "http",
            target: "GET http://h/",
            started_at: "2026-01-31T12:00:00.000Z",
            loop: "epoll",
            seed: 1,
            threads: 1,
            connections: 0,
            scripted: false,
            model: "open",
            length_s: 10,
            words: { user: "user", users: "users", calls: "calls", ok: "ok" },
            loads: [],
            settings: [],
        },
        series: [],
        time: time([0, 1]),
        of_series: [],
        events: [],
        failures: [],
        shapes: null,
        summary: summary(),
    };
}
