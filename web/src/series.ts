// The series: a table of all, and a page of each, with its course, its distribution and what became of
// its calls. The page that is open stands in the address (#series-3), so that it can be linked to.
import { Chart } from "./chart";
import { responseLines, serviceLines } from "./charts";
import { clean } from "./clean";
import {
    carryOn,
    failedOf,
    type OfSeries,
    type OneSeries,
    type Page,
    perSecond,
    rows,
    type Series,
    type Shape,
    seriesKey,
} from "./data";
import { curvesOf, Distribution } from "./distribution";
import { add, fill, h, scrolling, section, setText } from "./dom";
import * as f from "./format";
import { later } from "./frames";
import { askSeries, MOST_ROWS } from "./live";
import { type CallSeries, failed, isTimed, responseOf, serviceOf, type Times } from "./summary";
import { Table } from "./table";

interface Row {
    id: number;
    series: Series;
    of: CallSeries | null;
}

export function label(s: { name: string; tags: Record<string, string> }): string {
    const tags = Object.entries(s.tags).filter(([name]) => name !== "protocol");
    const text = tags.map(([name, value]) => `${name}=${value}`).join(", ");
    return clean(text ? `${s.name} {${text}}` : s.name);
}

function rowsOf(page: Page): Row[] {
    const of = new Map((page.summary?.series ?? []).map((s) => [seriesKey(s), s]));
    return page.series.map((s) => ({
        id: s.id,
        series: s,
        of: of.get(seriesKey(s)) ?? null,
    }));
}

function countOf(r: Row): number {
    return r.of?.count ?? 0;
}

function failedOfRow(r: Row): number {
    return r.of ? failed(r.of) : 0;
}

function responseFigure(r: Row, name: "p50" | "p95" | "p99" | "max"): number | null {
    return (r.of && responseOf(r.of)?.[name]) ?? null;
}

export class SeriesView {
    readonly element: HTMLElement;
    private page: Page | null = null;
    private open: Detail | null = null;
    private readonly place = h("div");
    private readonly table: Table<Row>;

    constructor() {
        this.table = new Table<Row>({
            label: "Series",
            key: (r) => String(r.id),
            filter: (r) => label(r.series),
            columns: [
                { name: "name", value: (r) => label(r.series), node: (r) => this.link(r) },
                { name: "count", value: countOf, text: (r) => f.count(countOf(r)), numeric: true },
                {
                    name: "rate",
                    value: (r) => r.of?.rate ?? null,
                    text: (r) => f.rate(r.of?.rate),
                    numeric: true,
                },
                {
                    name: "failed",
                    value: failedOfRow,
                    text: (r) => {
                        const n = failedOfRow(r);
                        return n ? `${f.count(n)} (${f.percent(n / countOf(r))})` : "0";
                    },
                    numeric: true,
                    bad: (r) => failedOfRow(r) > 0,
                },
                ...(["p50", "p95", "p99", "max"] as const).map((name) => ({
                    name: name === "max" ? "longest" : name,
                    value: (r: Row) => responseFigure(r, name),
                    text: (r: Row) => f.seconds(responseFigure(r, name)),
                    numeric: true,
                })),
                {
                    name: "service p99",
                    value: (r) => (r.of ? (serviceOf(r.of)?.p99 ?? null) : null),
                    text: (r) => f.seconds(r.of ? serviceOf(r.of)?.p99 : null),
                    numeric: true,
                },
            ],
        });
        this.element = section("series", "Series", this.table.element, this.place);
        addEventListener("hashchange", () => this.follow());
    }

    update(page: Page): void {
        this.page = page;
        this.table.update(rowsOf(page));
        if (this.open) {
            this.open.update(page);
        } else {
            this.follow();
        }
    }

    private link(r: Row): HTMLElement {
        const a = h("a", { href: `#series-${r.id}` }, label(r.series));
        return r.series.part
            ? h("span", {}, a, " ", h("span", { class: "muted" }, "part of another"))
            : a;
    }

    /** Opens what the address names. */
    private follow(): void {
        const id = /^#series-(\d+)$/.exec(location.hash)?.[1];
        const row = id ? rowsOf(this.page as Page).find((r) => r.id === Number(id)) : undefined;
        if (this.open && this.open.id === row?.id) {
            this.open.focus();
            return;
        }
        this.open?.remove();
        this.open = null;
        fill(this.place);
        if (row && this.page) {
            this.open = new Detail(row);
            add(this.place, this.open.element);
            this.open.update(this.page);
            this.open.focus();
        }
    }
}

function figureTable(of: CallSeries): HTMLElement {
    const response = responseOf(of);
    const service = serviceOf(of);
    const names: (keyof Times)[] = [
        "min",
        "mean",
        "stddev",
        "mode",
        "p50",
        "p75",
        "p90",
        "p95",
        "p99",
        "p99_9",
        "p99_99",
        "max",
    ];
    const head = h("tr", {}, h("td"));
    const rowsOf = [response, service].map((t, i) => {
        const tr = h("tr", {}, h("th", { scope: "row" }, i === 0 ? "response" : "service"));
        for (const name of names) {
            const v = t?.[name] ?? null;
            add(tr, h("td", { class: "number", "data-value": v ?? "" }, f.seconds(v)));
        }
        return tr;
    });
    for (const name of names) {
        add(head, h("th", { scope: "col", class: "number" }, name.replace("_", ".")));
    }
    return scrolling(
        "Times",
        h(
            "table",
            {},
            h("caption", { class: "hidden" }, "Times"),
            h("thead", {}, head),
            h("tbody", {}, ...rowsOf),
        ),
    );
}

function facts(of: CallSeries): string[] {
    const counts = (list: Record<string, number> | undefined) =>
        Object.entries(list ?? {})
            .map(([name, n]) => `${clean(name)}: ${f.count(n)}`)
            .join(" · ");
    const out: string[] = [];
    const outcomes = counts(of.outcomes);
    const status = counts(of.status);
    const errors = counts(of.errors);
    if (outcomes) {
        out.push(`What became of them: ${outcomes}`);
    }
    if (status) {
        out.push(`Statuses: ${status}`);
    }
    if (errors) {
        out.push(`Causes: ${errors}`);
    }
    out.push(
        `Bytes: ${f.bytes(of.bytes_sent ?? 0)} sent, ${f.bytes(of.bytes_received ?? 0)} received` +
            (of.reconnects ? `; ${f.count(of.reconnects)} reconnects` : ""),
    );
    return out;
}

/** The page of one series. */
class Detail {
    readonly id: number;
    readonly element: HTMLElement;
    private readonly key: string;
    private readonly heading: HTMLElement;
    private readonly numbers = h("div");
    private readonly rate = new Chart({ title: "Rate", format: f.rate, axis: f.short });
    private readonly response = new Chart({ title: "Response time", format: f.time, log: true });
    private readonly service = new Chart({ title: "Service time", format: f.time, log: true });
    private readonly distribution = new Distribution();
    private told = "";
    private page: Page | null = null; // null: closed
    private live: OneSeries | null = null; // what the run said, while it is watched
    private asking = false;

    constructor(row: Row) {
        this.id = row.id;
        this.key = seriesKey(row.series);
        this.heading = h("h3", { tabindex: -1 }, label(row.series));
        const close = h("a", { href: "#series", class: "screen" }, "Close");
        this.element = h(
            "article",
            { class: "detail", id: `series-${row.id}` },
            h("div", { class: "title" }, this.heading, close),
            this.numbers,
            h(
                "div",
                { class: "charts" },
                this.rate.element,
                this.response.element,
                this.service.element,
            ),
            this.distribution.element,
        );
    }

    focus(): void {
        this.element.scrollIntoView({ block: "start" });
        this.heading.focus({ preventScroll: true });
    }

    update(page: Page): void {
        this.page = page;
        if (page.state === "ended") {
            const course = page.of_series.find((c) => c.series === this.id);
            const figures = page.summary?.series.find(
                (s) => isTimed(s) && seriesKey(s) === this.key,
            );
            this.show(
                course,
                figures,
                page.shapes?.series?.find((s) => s.series === this.id),
            );
        } else if (!this.asking) {
            this.ask();
        }
    }

    private async ask(): Promise<void> {
        const { t } = this.live?.course ?? { t: [] };
        const old = this.live && t.length < MOST_ROWS ? this.live : null;
        this.asking = true;
        const answer = await askSeries(this.id, old ? (t[t.length - 1] ?? 0) : null);
        this.asking = false;
        if (answer && this.page && this.page.state !== "ended") {
            if (old) {
                carryOn(old.course, answer.course);
            }
            this.live = { ...answer, course: old?.course ?? answer.course };
            const { course, figures, shape } = this.live;
            later(this, () => this.page && this.show(course, figures, shape));
        }
    }

    private show(course?: OfSeries, of?: CallSeries, shape?: Shape): void {
        if (of && JSON.stringify(of) !== this.told) {
            this.told = JSON.stringify(of);
            fill(this.numbers, figureTable(of), ...facts(of).map((t) => h("p", {}, t)));
        }
        if (course) {
            const { x, at } = rows(course);
            this.rate.update(x, [
                {
                    label: "started",
                    color: "blue",
                    values: perSecond(course.started, course, at),
                    filled: true,
                },
                { label: "failed", color: "red", values: perSecond(failedOf(course), course, at) },
            ]);
            this.response.update(x, responseLines(course, at));
            this.service.update(x, serviceLines(course, at));
        }
        if (shape) {
            this.distribution.update(curvesOf(shape));
        }
        setText(this.heading, this.heading.textContent ?? "");
    }

    remove(): void {
        this.page = null;
        for (const c of [this.rate, this.response, this.service]) {
            c.remove();
        }
        this.distribution.remove();
    }
}
