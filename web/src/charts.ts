// The charts over time: of the whole run, and of one series.

import { Chart, type Line, setLogarithmic } from "./chart";
import { clean } from "./clean";
import {
    type Columns,
    type Figures,
    failedOf,
    level,
    type Page,
    perSecond,
    pick,
    rows,
    type Time,
} from "./data";
import { add, fill, h, section } from "./dom";
import { setEvents } from "./events";
import * as f from "./format";
import { HeatMap } from "./heat";

const FIGURES: [keyof Figures, string, string][] = [
    ["p50", "p50", "blue"],
    ["p90", "p90", "teal"],
    ["p95", "p95", "green"],
    ["p99", "p99", "orange"],
    ["p99_9", "p99.9", "purple"],
    ["max", "longest", "red"],
];

function figureLines(figures: Figures, at: number[], names: string[]): Line[] {
    const there = FIGURES.filter(([name, label]) => names.includes(label) && figures[name]);
    return there.map(([name, label, color]) => ({
        label,
        color,
        values: pick(figures[name], at, null),
    }));
}

const ALL = FIGURES.map(([, label]) => label);

/** Response times with the service times behind them, of anything that has columns. */
export function responseLines(c: Columns, at: number[]): Line[] {
    return figureLines(c.response, at, ALL);
}

export function serviceLines(c: Columns, at: number[]): Line[] {
    return figureLines(c.service, at, ["p50", "p99", "longest"]);
}

function rateLines(time: Time, at: number[], calls: string): Line[] {
    const asked = pick(time.asked, at, 0);
    const hasPlan = time.asked.some((v) => v !== null);
    const lines: Line[] = [
        {
            label: hasPlan ? "started iterations" : `started ${calls}`,
            color: "blue",
            values: perSecond(hasPlan ? time.iterations.started : time.started, time, at),
            filled: true,
        },
        { label: "failed", color: "red", values: perSecond(failedOf(time), time, at) },
    ];
    if (hasPlan) {
        lines.unshift({ label: "asked", color: "muted", values: asked, dashed: true, width: 2 });
        if (time.started.some((n, i) => n !== time.iterations.started[i])) {
            lines.push({
                label: calls,
                color: "teal",
                values: perSecond(time.started, time, at),
            });
        }
    }
    return lines;
}

function levelLines(time: Time, at: number[], words: { users: string; calls: string }): Line[] {
    const lines: Line[] = [
        {
            label: `${words.calls} under way`,
            color: "purple",
            values: level(
                time.started,
                [time.ok, time.failed_check, time.error, time.timeout, time.abandoned],
                at,
            ),
        },
        {
            label: `${words.users} at work`,
            color: "teal",
            values: level(
                time.iterations.started,
                [
                    time.iterations.completed,
                    time.iterations.script_error,
                    time.iterations.interrupted,
                ],
                at,
            ),
        },
    ];
    if (time.users_asked.some((v) => v !== null)) {
        lines.unshift({
            label: `${words.users} asked`,
            color: "muted",
            values: pick(time.users_asked, at, 0),
            dashed: true,
            width: 2,
        });
    }
    return lines;
}

const CAUSE_COLORS = ["red", "orange", "purple", "blue", "teal", "green", "pink", "muted"];

function causeLines(time: Time, at: number[]): Line[] {
    const totals = new Map<string, number>();
    for (const causes of time.causes) {
        for (const [cause, n] of Object.entries(causes)) {
            totals.set(cause, (totals.get(cause) ?? 0) + n);
        }
    }
    const order = [...totals].sort((a, b) => b[1] - a[1]).slice(0, CAUSE_COLORS.length);
    return order.map(([cause], i) => ({
        label: clean(cause),
        color: CAUSE_COLORS[i] as string,
        values: perSecond(
            time.causes.map((c) => c[cause] ?? 0),
            time,
            at,
        ),
    }));
}

function generatorLines(time: Time, at: number[]): Line[] {
    return [
        { label: "starts late, p99", color: "blue", values: pick(time.late_p99, at, null) },
        { label: "starts late, most", color: "red", values: pick(time.late_max, at, null) },
        { label: "wait before sending, p99", color: "teal", values: pick(time.wait_p99, at, null) },
        {
            label: "longest turn of its loop",
            color: "muted",
            values: pick(time.turn_max, at, null),
        },
    ].filter((l) => l.values.some((v) => v !== null));
}

/** The charts of a run, kept up to date. */
export class TimeCharts {
    readonly element: HTMLElement;
    private readonly rate = new Chart({
        title: "Rate: asked and reached",
        format: f.rate,
        axis: f.short,
    });
    private readonly levels = new Chart({
        title: "How much is going on at once",
        format: f.number,
        axis: f.short,
    });
    private readonly response = new Chart({
        title: "Response time, from when a call was due",
        format: f.time,
        log: true,
        height: 260,
    });
    private readonly service = new Chart({
        title: "Service time, from when it was sent",
        format: f.time,
        log: true,
        height: 260,
    });
    private readonly heat = new HeatMap();
    private readonly causes = new Chart({
        title: "Failures by cause",
        format: f.rate,
        axis: f.short,
    });
    private readonly generator = new Chart({
        title: "The load generator itself",
        format: f.time,
        log: true,
    });
    private readonly noCauses = h("p", { class: "muted" }, "No call failed.");
    private readonly list = h("ol", { class: "events" });
    private readonly listBox = h("div", {}, h("h3", {}, "Events"), this.list);

    constructor() {
        const log = h("input", { type: "checkbox", checked: true });
        log.addEventListener("change", () => setLogarithmic(log.checked));
        this.element = section(
            "time",
            "Over time",
            h(
                "p",
                { class: "tools" },
                h("label", {}, log, " times by powers of ten"),
                h(
                    "span",
                    { class: "muted screen" },
                    "Drag to zoom, double click to see all; arrow keys read values.",
                ),
            ),
            this.listBox,
            h(
                "div",
                { class: "charts" },
                this.rate.element,
                this.levels.element,
                this.response.element,
                this.service.element,
                this.heat.chart.element,
                h("div", {}, this.causes.element, this.noCauses),
                this.generator.element,
            ),
        );
    }

    update(page: Page): void {
        const { time } = page;
        const { x, at } = rows(time);
        const { words } = page.run;
        const causes = causeLines(time, at);
        setEvents(page.events);
        this.showEvents(page);
        this.rate.update(x, rateLines(time, at, words.calls));
        this.levels.update(x, levelLines(time, at, words));
        this.response.update(x, responseLines(time, at));
        this.service.update(x, serviceLines(time, at));
        this.heat.update(time, x);
        this.causes.element.hidden = causes.length === 0;
        this.noCauses.hidden = causes.length > 0;
        if (causes.length > 0) {
            this.causes.update(x, causes);
        }
        const generator = generatorLines(time, at);
        this.generator.element.hidden = generator.length === 0;
        if (generator.length > 0) {
            this.generator.update(x, generator);
        }
    }

    private showEvents(page: Page): void {
        this.listBox.hidden = page.events.length === 0;
        if (this.list.children.length === page.events.length) {
            return;
        }
        fill(this.list);
        for (const e of page.events) {
            add(this.list, h("li", {}, h("b", { class: "moment" }, f.clock(e.at_s)), " ", e.text));
        }
    }
}
