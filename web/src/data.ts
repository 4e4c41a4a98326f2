// The page's data: one object (docs/page.md), embedded in the report or sent by the live server, and how
// pieces of a running one are put behind what is there.
import type { Comparison } from "./comparison";
import type { CallSeries, Summary } from "./summary";

type Maybe = number | null;

export interface Figures {
    p50: Maybe[];
    p75: Maybe[];
    p90: Maybe[];
    p95: Maybe[];
    p99: Maybe[];
    p99_9: Maybe[];
    max: Maybe[];
    mean: Maybe[];
}

/** Columns of one length: a row for each stretch of time, times in µs. */
export interface Columns {
    t: number[];
    n: number[];
    started: number[];
    ok: number[];
    failed_check: number[];
    error: number[];
    timeout: number[];
    abandoned: number[];
    bytes_sent: number[];
    bytes_received: number[];
    response: Figures;
    service: Figures;
}

export interface Iterations {
    started: number[];
    completed: number[];
    script_error: number[];
    interrupted: number[];
    skipped: number[];
}

export interface Time extends Columns {
    asked: Maybe[];
    users_asked: Maybe[];
    late_p99: Maybe[];
    late_max: Maybe[];
    wait_p99: Maybe[];
    turn_max: Maybe[];
    iterations: Iterations;
    heat: number[][];
    causes: Record<string, number>[];
}

/** Fewer figures: charts leave out what is not there. */
export interface OfSeries extends Columns {
    series: number;
}

export interface Series {
    id: number;
    name: string;
    tags: Record<string, string>;
    part: boolean;
    kind: string;
}

export interface RunEvent {
    at_s: number;
    kind: string;
    text: string;
}

export interface Failure {
    series: number;
    fate: string;
    cause: string;
    at_s: number;
    response_us: Maybe;
    service_us: Maybe;
    status: number;
    length: number;
    request: string | null;
    head: string | null;
    body: string | null;
}

export interface Shape {
    response: number[];
    service: number[];
    response_cells: number[];
    service_cells: number[];
}

export interface Shapes {
    total: Shape;
    /** Not while a run is watched. */
    series?: (Shape & { series: number })[];
}

export interface Stage {
    from: number;
    to: number;
    duration_s: Maybe;
    at_once: number;
}

export interface Load {
    name: string;
    model: "open" | "closed";
    warmup_s: Maybe;
    drain_s: Maybe;
    timeout_s: Maybe;
    max_in_flight: Maybe;
    stages: Stage[];
}

export interface Machine {
    cpu: string | null;
    cpus: number;
    cpu_limit: Maybe;
    memory_bytes: Maybe;
    memory_limit_bytes: Maybe;
    kernel: string | null;
}

export interface Run {
    id: string;
    weir: string;
    command: string;
    target: string;
    started_at: string;
    loop: string;
    /** Of an old record: null. */
    machine?: Machine | null;
    seed: number;
    threads: number;
    connections: number;
    scripted: boolean;
    model: "open" | "closed" | null;
    length_s: Maybe;
    words: { user: string; users: string; calls: string; ok: string };
    loads: Load[];
    settings: [string, string, string][];
}

export type State = "waiting" | "running" | "paused" | "draining" | "ended";

export interface LoadNow {
    index: number;
    name: string;
    model: "open" | "closed";
    level: number;
    highest: number;
    plan: string;
    stopped: boolean;
}

export interface Control {
    phase: string;
    time_s: Maybe;
    length_s: Maybe;
    loads: LoadNow[];
    can: Record<"start" | "stop" | "pause" | "resume" | "change" | "mark", boolean>;
}

export interface Page {
    page: number;
    state: State;
    run: Run;
    series: Series[];
    time: Time;
    /** Of a run that is watched: comes with its end, until then each is asked for alone. */
    of_series: OfSeries[];
    events: RunEvent[];
    failures: Failure[];
    shapes?: Shapes | null;
    /** What was found of each of the summary's thresholds, in words. */
    thresholds?: string[];
    summary: Summary | null;
    control?: Control | null;
}

export type More = Partial<Page>;

/** Of one series, as a run that is watched tells of it. */
export interface OneSeries {
    course: OfSeries;
    figures?: CallSeries;
    shape?: Shape;
}

const VERSION = 1;

/** Throws with a sentence when this is no page that can be shown. */
export function checked(value: unknown): Page {
    const page = value as Page;
    if (typeof page !== "object" || page === null || typeof page.page !== "number") {
        throw new Error("The data in this page are not a run's.");
    }
    if (page.page > VERSION) {
        throw new Error("The data are of a newer weir than this page.");
    }
    return page;
}

/** Puts the columns of `from` behind those of `to`, whatever columns there are. */
function appendColumns(to: object, from: object): void {
    const target = to as Record<string, unknown>;
    for (const [name, column] of Object.entries(from)) {
        const have = target[name];
        if (Array.isArray(have) && Array.isArray(column)) {
            for (const v of column) {
                have.push(v);
            }
        } else if (typeof have === "object" && have !== null && typeof column === "object") {
            appendColumns(have, column as object);
        }
    }
}

function cutColumns(columns: object, length: number): void {
    for (const column of Object.values(columns)) {
        if (Array.isArray(column)) {
            column.length = Math.min(column.length, length);
        } else if (typeof column === "object" && column !== null) {
            cutColumns(column, length);
        }
    }
}

/** What is fresh takes the place of the rows from its first one on: the last of them were still growing,
 * and what is wider now holds whole ones of them. */
export function carryOn(course: OfSeries, fresh: OfSeries): void {
    const first = fresh.t[0] ?? Number.POSITIVE_INFINITY;
    const old = course.t.findIndex((t) => t >= first);
    if (old >= 0) {
        cutColumns(course, old);
    }
    appendColumns(course, fresh);
}

/** A row of a watched run has the number of its series, not its name. */
function named(page: Page, rows: CallSeries[]): CallSeries[] {
    return rows.map((row) => {
        const s = row.series === undefined ? undefined : page.series[row.series];
        return s ? { ...row, name: s.name, tags: s.tags, part: s.part, kind: s.kind } : row;
    });
}

/** Only series that changed are told again; the rates of the others go down as the run goes on. */
function withOthers(page: Page, fresh: Summary): Summary {
    const told = new Set(fresh.series.map((s) => s.series));
    const before = page.summary?.run.duration_s ?? 0;
    const others = (page.summary?.series ?? [])
        .filter((s) => s.series !== undefined && !told.has(s.series))
        .map((s) => ({ ...s, rate: ((s.rate ?? 0) * before) / fresh.run.duration_s }));
    return { ...fresh, series: [...named(page, fresh.series), ...others] };
}

/** A page as it was sent; `before`: what there was of the same run. */
export function received(page: Page, before: Page | null): Page {
    const summary = page.summary && { ...page.summary, series: named(page, page.summary.series) };
    return { ...page, of_series: page.of_series ?? before?.of_series ?? [], summary };
}

/** Two runs and what differs between them. */
export interface Compared {
    comparison: Comparison;
    a: Page;
    b: Page;
}

/** A page of two runs has both as pages; null: it is one of a single run. */
export function compared(value: unknown): Compared | null {
    const pair = value as Compared;
    if (typeof pair !== "object" || pair === null || !pair.comparison) {
        return null;
    }
    checked(value);
    checked(pair.a);
    checked(pair.b);
    return pair;
}

/** Adds a piece of the stream: lists grow, what there is but once is replaced. */
export function append(page: Page, more: More): void {
    if (more.time) {
        appendColumns(page.time, more.time);
    }
    page.of_series.push(...(more.of_series ?? []));
    page.series.push(...(more.series ?? []));
    page.events.push(...(more.events ?? []));
    page.failures.push(...(more.failures ?? []));
    page.state = more.state ?? page.state;
    page.run = more.run ?? page.run;
    page.summary = more.summary ? withOthers(page, more.summary) : page.summary;
    page.shapes = more.shapes ?? page.shapes;
    page.thresholds = more.thresholds ?? page.thresholds;
    page.control = more.control ?? page.control;
}

export function seriesKey(s: {
    name: string;
    tags: Record<string, string>;
    part: boolean;
}): string {
    return JSON.stringify([s.name, s.part, Object.entries(s.tags).sort()]);
}

/** Rows at which charts have points: the data's own, and, where nothing happened for a while, one at
 * its start and one at its end (-1), so that lines go down to zero there. */
export function rows(c: Columns): { x: number[]; at: number[] } {
    const x: number[] = [];
    const at: number[] = [];
    let end: number | null = null;
    for (let i = 0; i < c.t.length; i++) {
        const t = c.t[i] ?? 0;
        if (end !== null && t > end) {
            x.push(end);
            at.push(-1);
            if (t - 1 > end) {
                x.push(t - 1);
                at.push(-1);
            }
        }
        x.push(t);
        at.push(i);
        end = t + (c.n[i] ?? 1);
    }
    return { x, at };
}

/** A column at those rows; `idle` where nothing happened. */
export function pick<T>(column: T[], at: number[], idle: T): T[] {
    return at.map((i) => (i < 0 ? idle : (column[i] ?? idle)));
}

export function perSecond(column: number[], c: Columns, at: number[]): number[] {
    return at.map((i) => (i < 0 ? 0 : (column[i] ?? 0) / (c.n[i] ?? 1)));
}

/** A level that goes up and down: what came in less what went out, at the end of each row. */
export function level(into: number[], out: number[][], at: number[]): number[] {
    let now = 0;
    const result: number[] = [];
    for (const i of at) {
        if (i >= 0) {
            now += into[i] ?? 0;
            for (const column of out) {
                now -= column[i] ?? 0;
            }
        }
        result.push(now);
    }
    return result;
}

export function failedOf(c: Columns): number[] {
    return c.started.map(
        (_, i) =>
            (c.failed_check[i] ?? 0) +
            (c.error[i] ?? 0) +
            (c.timeout[i] ?? 0) +
            (c.abandoned[i] ?? 0),
    );
}

export function sum(column: number[]): number {
    return column.reduce((a, b) => a + b, 0);
}
