// The books: each call and each iteration has exactly one fate, and the sums show it. Also what a script
// counted.
import { clean } from "./clean";
import type { Page } from "./data";
import { add, fill, h, section } from "./dom";
import * as f from "./format";
import { label } from "./series";
import type { CallSeries, IterationBook, LateTimes, Summary } from "./summary";
import { Table } from "./table";

/** "1 000 calls = 990 ok + 10 timeout": every part that is not 0, and the first. */
function equation(total: [string, number], parts: [string, number][]): HTMLElement {
    const p = h("p", { class: "equation" });
    add(p, term(total), " = ");
    parts
        .filter(([, n], i) => n > 0 || i === 0)
        .forEach((part, i) => {
            add(p, i > 0 ? " + " : null, term(part));
        });
    return p;
}

function term([what, n]: [string, number]): HTMLElement {
    return h("span", { "data-what": what, "data-value": n }, h("b", {}, f.count(n)), ` ${what}`);
}

function iterationBook(b: IterationBook): HTMLElement[] {
    return [
        equation(
            ["planned", b.planned],
            [
                ["started", b.started],
                ["skipped", b.skipped],
                ["unaccounted", b.unaccounted],
            ],
        ),
        equation(
            ["started", b.started],
            [
                ["completed", b.completed],
                ["script error", b.script_error],
                ["interrupted", b.interrupted],
            ],
        ),
    ];
}

function callBook(s: Summary, calls: string, ok: string): HTMLElement {
    const l = s.ledger;
    return equation(
        [calls, l.started],
        [
            [ok, l.ok],
            ["wrong", l.failed_check],
            ["error", l.error],
            ["timeout", l.timeout],
            ["abandoned", l.abandoned],
        ],
    );
}

/** Replies that came when their calls had ended already. */
function lateText(late: LateTimes | undefined): HTMLElement | null {
    return late
        ? h(
              "p",
              {},
              `Those that came late took ${f.seconds(late.p50)} at the median, ` +
                  `${f.seconds(late.max)} at most.`,
          )
        : null;
}

function replyBook(s: Summary): (HTMLElement | null)[] {
    const { late_time_s: late, ...r } = s.ledger.replies;
    const records = s.ledger.records;
    const list: (HTMLElement | null)[] = [];
    const parts = (of: Record<string, number | null>, names: string[]) =>
        names.map((name) => [name, of[name] ?? 0] as [string, number]);
    if (r.received) {
        list.push(
            h("h3", {}, "Replies"),
            equation(
                ["received", r.received],
                parts(r, ["matched", "late", "duplicate", "orphan", "malformed"]),
            ),
            lateText(late),
        );
    }
    const { awaited } = s.ledger;
    if (awaited?.seen) {
        list.push(
            h("h3", {}, "Awaited records"),
            equation(
                ["seen", awaited.seen],
                [
                    ["taken", awaited.taken],
                    ["unclaimed", awaited.unclaimed],
                ],
            ),
        );
    }
    if (records?.received) {
        list.push(
            h("h3", {}, "Records that were read"),
            equation(
                ["received", records.received],
                parts(records, ["first", "duplicate", "corrupt", "foreign"]),
            ),
        );
    }
    return list;
}

function scenarioBooks(s: Summary): HTMLElement[] {
    return s.scenarios.flatMap((sc) => [
        h("h4", {}, clean(sc.name)),
        ...iterationBook(sc.iterations),
    ]);
}

export class Books {
    readonly element: HTMLElement;
    private readonly place = h("div");
    private told = "";

    constructor() {
        this.element = section("books", "Books", this.place);
    }

    update(page: Page): void {
        const s = page.summary;
        const { words } = page.run;
        this.element.hidden = s === null;
        const told = JSON.stringify([s?.iterations, s?.scenarios, s?.ledger]);
        if (!s || told === this.told) {
            return;
        }
        this.told = told;
        const open = page.state !== "ended";
        fill(
            this.place,
            h(
                "p",
                { class: s.ledger.balanced || open ? "muted" : "bad" },
                open
                    ? "The run goes on: what is under way has no fate yet."
                    : s.ledger.balanced
                      ? "Every call and every iteration is accounted for."
                      : "The books do not balance: something was lost in the load generator.",
            ),
            h("h3", {}, "Iterations"),
            ...iterationBook(s.iterations),
            ...scenarioBooks(s),
            h("h3", {}, "Calls"),
            callBook(s, words.calls, words.ok),
            s.ledger.possibly_stored > 0
                ? h(
                      "p",
                      {},
                      `${f.count(s.ledger.possibly_stored)} of those that failed may have been ` +
                          "stored all the same.",
                  )
                : null,
            ...replyBook(s),
        );
    }
}

const KINDS = ["counter", "values", "times"];

function figure(m: CallSeries, name: "mean" | "p50" | "p99" | "max"): number | null {
    return (m.value ?? m.value_s)?.[name] ?? null;
}

/** Times have a unit, what a script counts has none. */
function metricText(m: CallSeries, v: number | null): string {
    if (v === null) {
        return "–";
    }
    return m.kind === "times" ? f.seconds(v) : f.number(v);
}

/** What scripts count, and what clients measure beside their calls. */
export class Metrics {
    readonly element: HTMLElement;
    private readonly table = new Table<CallSeries>({
        label: "Counted beside calls",
        key: (m) => label(m),
        filter: (m) => label(m),
        columns: [
            { name: "name", value: label },
            { name: "count", value: (m) => m.count, text: (m) => f.count(m.count), numeric: true },
            {
                name: "sum",
                value: (m) => m.sum ?? m.sum_s ?? null,
                text: (m) => metricText(m, m.sum ?? m.sum_s ?? null),
                numeric: true,
            },
            ...(["mean", "p50", "p99", "max"] as const).map((name) => ({
                name,
                value: (m: CallSeries) => figure(m, name),
                text: (m: CallSeries) => metricText(m, figure(m, name)),
                numeric: true,
            })),
        ],
    });

    constructor() {
        this.element = section("metrics", "Counted beside calls", this.table.element);
    }

    update(page: Page): void {
        const list = page.summary?.series.filter((s) => KINDS.includes(s.kind)) ?? [];
        this.element.hidden = list.length === 0;
        this.table.update(list);
    }
}
