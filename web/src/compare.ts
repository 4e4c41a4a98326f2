// The page of two runs: what differs between them, and both laid over each other.
import uPlot from "uplot";
import { Chart, type Line, setLogarithmic } from "./chart";
import { clean } from "./clean";
import {
    type Comparison,
    type Difference,
    differenceText,
    intervalText,
    type Named,
    outcomeText,
    type Pair,
    valueText,
    verdictSentences,
    verdictTitle,
} from "./comparison";
import {
    type Columns,
    type Compared,
    type Figures,
    failedOf,
    type Page,
    perSecond,
    pick,
    rows,
    type Shape,
    seriesKey,
} from "./data";
import { Distribution } from "./distribution";
import { add, byId, fill, h, scrolling, section } from "./dom";
import * as f from "./format";
import { label } from "./series";
import { Table } from "./table";
import { toggleTheme } from "./theme";

const ICONS = { good: "✓", warn: "!", bad: "✗", plain: "…" };

function verdictOf(c: Comparison): HTMLElement {
    const [tone, title] = verdictTitle(c);
    return h(
        "section",
        { id: "verdict", class: `verdict ${tone}`, "aria-labelledby": "verdict-title" },
        h(
            "div",
            { class: "title" },
            h("span", { class: "icon", "aria-hidden": "true" }, ICONS[tone]),
            h("h2", { id: "verdict-title" }, title),
        ),
        ...verdictSentences(c).map((s) => h("p", {}, s)),
        ...c.warnings.map((w) => h("p", { class: "warning" }, clean(w))),
    );
}

// ---- figures ----

interface Row {
    pair: Pair;
    figure: string;
    d: Difference;
}

const WEIGHT = { worse: 0, better: 1, undecided: 2, same: 3, unjudged: 4, none: 5 };

/** Series in which something differs stand first. */
function rowsOf(c: Comparison): Row[] {
    const weight = (p: Pair) => Math.min(...Object.values(p.figures).map((d) => WEIGHT[d.outcome]));
    return [...c.series]
        .sort((a, b) => weight(a) - weight(b))
        .flatMap((pair) =>
            Object.entries(pair.figures).map(([figure, d]) => ({ pair, figure, d })),
        );
}

function figuresOf(c: Comparison): HTMLElement {
    const numeric = true;
    const confidence = f.percent(c.method.confidence);
    const table = new Table<Row>({
        label: "Differences",
        key: (r) => `${seriesKey(r.pair)} ${r.figure}`,
        filter: (r) => `${label(r.pair)} ${r.figure} ${outcomeText(r.figure, r.d.outcome)}`,
        columns: [
            { name: "series", value: (r) => label(r.pair) },
            { name: "figure", value: (r) => r.figure },
            { name: "A", value: (r) => r.d.a, text: (r) => valueText(r.figure, r.d.a), numeric },
            { name: "B", value: (r) => r.d.b, text: (r) => valueText(r.figure, r.d.b), numeric },
            {
                name: "difference",
                value: (r) => r.d.difference,
                text: (r) => differenceText(r.figure, r.d),
                numeric,
                bad: (r) => r.d.outcome === "worse",
            },
            {
                name: `${confidence} interval`,
                value: (r) => r.d.low,
                text: (r) => intervalText(r.figure, r.d),
                numeric,
            },
            {
                name: "found",
                value: (r) => outcomeText(r.figure, r.d.outcome),
                bad: (r) => r.d.outcome === "worse",
            },
        ],
    });
    table.update(rowsOf(c));
    return section("figures", "Differences", table.element);
}

// ---- both runs ----

function runsOf(c: Comparison): HTMLElement {
    const lines: [string, string, string][] = (
        [
            ["record", (r) => r.file],
            ["started", (r) => r.started_at],
            ["command", (r) => `weir ${r.command}`],
            ["target", (r) => r.target],
            ["load", (r) => r.load],
            ["length", (r) => f.length(r.duration_s)],
            ["validity", (r) => r.validity ?? "no end"],
        ] as [string, (r: Comparison["a"]) => string][]
    ).map(([name, of]) => [name, of(c.a), of(c.b)]);
    const settings = c.settings.map((s) => [s.name, s.a, s.b] as [string, string, string]);
    const only = (words: string, list: Named[]) =>
        list.length > 0 ? h("p", {}, `${words}: ${list.map((s) => label(s)).join(" · ")}`) : null;
    return section(
        "setup",
        "Both runs",
        twoColumns("Both runs", lines),
        settings.length > 0 ? h("h3", {}, "Settings that differ") : null,
        settings.length > 0 ? twoColumns("Settings that differ", settings) : null,
        only("Only in A", c.only_a),
        only("Only in B", c.only_b),
    );
}

function twoColumns(name: string, lines: [string, string, string][]): HTMLElement {
    const body = h("tbody");
    for (const [what, a, b] of lines) {
        add(
            body,
            h(
                "tr",
                {},
                h("th", { scope: "row" }, clean(what)),
                h("td", {}, clean(a)),
                h("td", {}, clean(b)),
            ),
        );
    }
    const head = h(
        "tr",
        {},
        h("td"),
        h("th", { scope: "col" }, "A"),
        h("th", { scope: "col" }, "B"),
    );
    return scrolling(
        name,
        h("table", {}, h("caption", { class: "hidden" }, name), h("thead", {}, head), body),
    );
}

// ---- over time ----

/** What is drawn of a run: all calls, or a series. */
interface Side {
    columns: Columns;
    shape: Shape | undefined;
}

function sideOf(page: Page, key: string): Side | null {
    if (key === "") {
        return { columns: page.time, shape: page.shapes?.total };
    }
    const id = page.series.find((s) => seriesKey(s) === key)?.id;
    const columns = page.of_series.find((c) => c.series === id);
    return columns ? { columns, shape: page.shapes?.series?.find((s) => s.series === id) } : null;
}

/** Lines of two runs over all moments that either has. */
function laidOver(
    a: { x: number[]; values: (number | null)[] },
    b: { x: number[]; values: (number | null)[] },
): { x: number[]; a: Line["values"]; b: Line["values"] } {
    const [x, va, vb] = uPlot.join([
        [a.x, a.values],
        [b.x, b.values],
    ]);
    return {
        x: [...(x ?? [])],
        a: [...(va ?? [])] as Line["values"],
        b: [...(vb ?? [])] as Line["values"],
    };
}

type Take = (c: Columns, at: number[]) => (number | null)[];

const figure =
    (name: keyof Figures): Take =>
    (c, at) =>
        pick(c.response[name], at, null);

const COURSES: { title: string; time: boolean; take: Take }[] = [
    { title: "Calls started", time: false, take: (c, at) => perSecond(c.started, c, at) },
    { title: "Calls that failed", time: false, take: (c, at) => perSecond(failedOf(c), c, at) },
    { title: "Response time, p50", time: true, take: figure("p50") },
    { title: "Response time, p95", time: true, take: figure("p95") },
    { title: "Response time, p99", time: true, take: figure("p99") },
    { title: "Longest response time", time: true, take: figure("max") },
];

class Course {
    readonly chart: Chart;

    constructor(private readonly what: (typeof COURSES)[number]) {
        const { title, time } = what;
        this.chart = new Chart(
            time ? { title, format: f.time, log: true } : { title, format: f.rate, axis: f.short },
        );
    }

    update(a: Columns, b: Columns): void {
        const [from, to] = [a, b].map((c) => {
            const { x, at } = rows(c);
            return { x, values: this.what.take(c, at) };
        });
        if (from && to) {
            const both = laidOver(from, to);
            const lines: Line[] = [
                { label: "A", color: "blue", values: both.a },
                { label: "B", color: "orange", values: both.b },
            ];
            this.chart.update(both.x, lines);
        }
    }
}

/** Charts of both runs; the reader chooses of which series. */
class Courses {
    readonly elements: HTMLElement[];
    private readonly courses = COURSES.map((c) => new Course(c));
    private readonly distribution = new Distribution(true);
    private readonly which = h("select", { id: "which" });
    private readonly spread = section("distribution", "Distribution", this.distribution.element);

    constructor(private readonly data: Compared) {
        add(this.which, h("option", { value: "" }, "all calls"));
        for (const pair of data.comparison.series) {
            add(this.which, h("option", { value: seriesKey(pair) }, label(pair)));
        }
        this.which.addEventListener("change", () => this.show());
        const log = h("input", { type: "checkbox", checked: true });
        log.addEventListener("change", () => setLogarithmic(log.checked));
        this.elements = [
            section(
                "time",
                "Over time",
                h(
                    "p",
                    { class: "tools" },
                    h("label", { for: "which" }, "Of "),
                    this.which,
                    h("label", {}, log, " times by powers of ten"),
                ),
                h("div", { class: "charts" }, ...this.courses.map((c) => c.chart.element)),
            ),
            this.spread,
        ];
    }

    show(): void {
        const a = sideOf(this.data.a, this.which.value);
        const b = sideOf(this.data.b, this.which.value);
        if (!a || !b) {
            return;
        }
        for (const c of this.courses) {
            c.update(a.columns, b.columns);
        }
        this.spread.hidden = !a.shape || !b.shape;
        if (a.shape && b.shape) {
            this.distribution.update([
                curveOf("A", "blue", a.shape),
                curveOf("B", "orange", b.shape),
            ]);
        }
    }
}

function curveOf(name: string, color: string, shape: Shape) {
    return { label: name, color, spectrum: shape.response, cells: shape.response_cells };
}

const LINKS: [string, string][] = [
    ["verdict", "Verdict"],
    ["figures", "Differences"],
    ["time", "Over time"],
    ["distribution", "Distribution"],
    ["setup", "Both runs"],
];

export function showComparison(data: Compared): void {
    const c = data.comparison;
    const title = `A: ${clean(c.a.file)} · B: ${clean(c.b.file)}`;
    const theme = h("button", { type: "button", class: "theme" }, "Dark or light");
    theme.addEventListener("click", toggleTheme);
    const nav = h("nav", { "aria-label": "Sections" });
    add(nav, ...LINKS.map(([id, text]) => h("a", { href: `#${id}` }, text)));
    document.title = `${title} – weir compare`;
    fill(byId("header"), h("div", { class: "title" }, h("h1", {}, title), theme), nav);
    const courses = new Courses(data);
    fill(byId("main"), verdictOf(c), figuresOf(c), ...courses.elements, runsOf(c));
    courses.show();
}
