// A chart over the time of the run: uPlot, with what it lacks: a legend of buttons that tells the values
// under the cursor, arrow keys, colours of the style sheet, and events as bars. All of them share one
// cursor and one zoom. Drawing is what costs: each chart does it in a frame of its own, those that the
// reader sees first, and what changes out of sight is drawn when it comes into view.
import uPlot from "uplot";
import { h } from "./dom";
import { drawEvents } from "./events";
import * as f from "./format";
import { atLeisure, enough, hurry, later, onPaper } from "./frames";
import { type Entry, Legend } from "./legend";
import { leave, watch } from "./sights";
import { color, onTheme, shownTheme } from "./theme";

export interface Line extends Entry {
    /** undefined: no point of this line's, which goes on. */
    values: (number | null | undefined)[];
    stepped?: boolean;
    filled?: boolean;
    width?: number;
}

export interface ChartOptions {
    title: string;
    /** For axis and legend. */
    format: (v: number) => string;
    axis?: (v: number) => string;
    /** May be drawn by powers of ten; the reader chooses. */
    log?: boolean;
    height?: number;
    /** What the chart is about, for those who cannot see it. */
    describe?: () => string;
    /** x is time (shared cursor, events); else something of its own. */
    x?: { format: (v: number) => string; splits: (first: number, last: number) => number[] };
    /** Draws below the lines. */
    draw?: (u: uPlot) => void;
    range?: () => [number, number];
    /** Where the axis of values is marked. */
    splits?: () => number[];
}

const HEIGHT = 220; // px
const SYNC = "time";
/** Other charts follow the cursor; the zoom is theirs when it is chosen. */
const FOLLOWED = {
    pub: () => true,
    sub: (type: string) => type === "mousemove" || type === "mouseleave" || type === "mouseenter",
};
const keepAll = (_u: uPlot, splits: number[]) => splits;
const all = new Set<Chart>();
let logarithmic = true;
let zoom: { min: number; max: number } | null = null; // of time; null: all of it

export function setLogarithmic(on: boolean): void {
    logarithmic = on;
    for (const c of all) {
        c.refresh();
    }
}

function setZoom(to: typeof zoom): void {
    zoom = to;
    for (const c of all) {
        if (c.timed) {
            c.refresh();
        }
    }
}

/** In the frame after the one in which everything gets its new colours; paper does not wait. */
onTheme((paper) => {
    for (const c of all) {
        if (paper) {
            c.draw();
        } else {
            requestAnimationFrame(() => c.refresh());
        }
    }
});

onPaper(() => {
    for (const c of all) {
        c.catchUp();
    }
});

/** As the mouse would, so that the charts beside it follow (the last argument, which its types lack). */
function moveCursor(u: uPlot, left: number, top: number): void {
    const move = u.setCursor as (at: object, tell: boolean, publish: boolean) => void;
    move({ left, top }, true, true);
}

function zoomToSelection(u: uPlot): void {
    const { left, width } = u.select;
    if (width > 0) {
        setZoom({ min: u.posToVal(left, "x"), max: u.posToVal(left + width, "x") });
        u.setSelect({ left: 0, top: 0, width: 0, height: 0 }, false);
    }
}

export class Chart {
    readonly element: HTMLElement;
    readonly timed: boolean;
    private readonly place = h("div", { class: "plot" });
    private readonly legend = new Legend((i, show) => this.plot?.setSeries(i + 1, { show }));
    private plot: uPlot | null = null;
    private x: number[] = [];
    private lines: Line[] = [];
    private shape = ""; // of the lines
    private drawn = ""; // what uPlot cannot change was so when it was made
    private seen = false;
    private stale = false;
    private width = 0;

    constructor(private readonly options: ChartOptions) {
        this.timed = options.x === undefined;
        this.place.tabIndex = 0;
        this.place.style.minHeight = `${options.height ?? HEIGHT}px`;
        this.place.setAttribute("role", "img");
        this.place.setAttribute("aria-label", options.title);
        this.place.addEventListener("keydown", (e) => this.key(e));
        if (this.timed) {
            this.place.addEventListener("dblclick", () => setZoom(null));
        }
        this.element = h(
            "figure",
            {},
            h("figcaption", {}, h("h3", {}, options.title)),
            this.place,
            this.legend.element,
        );
        all.add(this);
        watch(this.place, this);
    }

    /** Shown when there is time for it. */
    update(x: number[], lines: Line[]): void {
        later(this, () => this.take(x, lines));
    }

    /** The legend and what is told of the chart are always of the newest data. */
    private take(x: number[], lines: Line[]): void {
        const shape = JSON.stringify(lines.map((l) => [l.label, l.color]));
        this.x = x;
        this.lines = lines;
        if (shape !== this.shape) {
            this.shape = shape;
            this.legend.setEntries(lines);
        }
        this.describe();
        this.stale = true;
        if (this.seen) {
            this.draw();
        } else if (!this.plot) {
            this.refresh();
        }
    }

    /** To be drawn anew. */
    refresh(): void {
        this.stale = true;
        (this.seen ? later : atLeisure)(this.place, () => this.draw());
    }

    /** For a reader's key, which does not wait for a frame. */
    private showNow(): void {
        hurry(this);
        this.width ||= this.place.clientWidth;
        this.catchUp();
    }

    /** What waits for being seen. */
    catchUp(): void {
        if (this.stale) {
            this.draw();
        }
    }

    setInView(seen: boolean): void {
        this.seen = seen;
        if (seen && this.stale) {
            this.refresh();
        }
    }

    setWidth(width: number): void {
        if (width !== this.width) {
            this.width = width;
            this.refresh();
        }
    }

    draw(): void {
        if (this.width === 0 || this.x.length === 0) {
            return;
        }
        enough();
        this.stale = false;
        const drawn = JSON.stringify([this.shape, this.isLog(), shownTheme(), this.x.length < 3]);
        if (this.plot && drawn === this.drawn) {
            this.drawAgain(this.plot);
        } else {
            this.drawn = drawn;
            this.plot?.destroy();
            this.plot = new uPlot(this.settings(this.width), this.data(), this.place);
            this.keepZoom(this.plot);
        }
    }

    private drawAgain(u: uPlot): void {
        u.setData(this.data(), !this.timed || !zoom);
        this.keepZoom(u);
        if (u.width !== this.width) {
            u.setSize({ width: this.width, height: u.height });
        }
    }

    private keepZoom(u: uPlot): void {
        if (this.timed && zoom) {
            u.setScale("x", zoom);
        }
    }

    hideLegend(): void {
        this.legend.element.hidden = true;
    }

    /** A chart that nobody will see again. */
    remove(): void {
        all.delete(this);
        leave(this.place);
        this.width = 0; // for what still waits
        this.plot?.destroy();
        this.plot = null;
    }

    private data(): uPlot.AlignedData {
        return [this.x, ...this.lines.map((l) => l.values)] as uPlot.AlignedData;
    }

    private isLog(): boolean {
        return this.options.log === true && logarithmic && this.positive();
    }

    private positive(): boolean {
        return this.lines.some((l) => l.values.some((v) => (v ?? 0) > 0));
    }

    private describe(): void {
        const text = this.options.describe?.() ?? this.ranges();
        this.place.setAttribute(
            "aria-label",
            `${this.options.title}. ${text} Arrow keys read the values.`,
        );
    }

    private ranges(): string {
        return this.lines
            .map((l) => {
                let low = Number.POSITIVE_INFINITY;
                let high = Number.NEGATIVE_INFINITY;
                for (const v of l.values) {
                    if (v !== null && v !== undefined) {
                        low = Math.min(low, v);
                        high = Math.max(high, v);
                    }
                }
                const { format } = this.options;
                return low <= high ? `${l.label} from ${format(low)} to ${format(high)}.` : "";
            })
            .join(" ");
    }

    // ---- what uPlot is told ----

    private settings(width: number): uPlot.Options {
        const { options } = this;
        const { timed } = this;
        return {
            width,
            height: options.height ?? HEIGHT,
            padding: [8, 16, 0, 0],
            legend: { show: false },
            cursor: {
                points: { size: 6 },
                drag: { x: true, y: false, setScale: !timed },
                ...(timed ? { sync: { key: SYNC, setSeries: false, filters: FOLLOWED } } : {}),
            },
            scales: { x: { time: false }, y: this.scale() },
            axes: [this.axisX(), this.axisY()],
            series: [{}, ...this.lines.map((l) => this.series(l))],
            hooks: {
                drawAxes: options.draw ? [options.draw] : [],
                draw: timed ? [drawEvents] : [],
                setCursor: [(u) => this.tell(u.cursor.idx ?? null)],
                setSelect: timed ? [zoomToSelection] : [],
            },
        };
    }

    private scale(): uPlot.Scale {
        if (this.options.range) {
            return { distr: 3, log: 10, range: this.options.range };
        }
        if (this.isLog()) {
            return { distr: 3, log: 10 };
        }
        return { range: (_u, _min, max) => [0, max > 0 ? max * 1.08 : 1] };
    }

    private axis(): uPlot.Axis {
        return {
            stroke: color("muted"),
            grid: { stroke: color("grid"), width: 1 },
            ticks: { stroke: color("grid"), width: 1, size: 4 },
            font: "12px system-ui, sans-serif",
        };
    }

    private axisX(): uPlot.Axis {
        const own = this.options.x;
        const format = own?.format ?? f.clock;
        return {
            ...this.axis(),
            ...(own
                ? { splits: (_u, _i, min, max) => own.splits(min, max) }
                : { incrs: INCREMENTS }),
            space: 64,
            size: 28,
            values: (_u, splits) => splits.map((v) => format(v)),
        };
    }

    private axisY(): uPlot.Axis {
        const format = this.options.axis ?? this.options.format;
        return {
            ...this.axis(),
            size: 68,
            ...(this.options.splits ? { splits: this.options.splits, filter: keepAll } : {}),
            values: (_u, splits) => splits.map((v) => (v === null ? "" : format(v))),
        };
    }

    private series(l: Line): uPlot.Series {
        const stroke = color(l.color);
        return {
            label: l.label,
            show: this.legend.shows(l.label),
            stroke,
            width: l.width ?? 1.5,
            points: { show: this.x.length < 3 },
            ...(l.dashed ? { dash: [6, 4] } : {}),
            ...(l.filled ? { fill: `${stroke}2e` } : {}),
            ...(l.stepped && uPlot.paths.stepped
                ? { paths: uPlot.paths.stepped({ align: 1 }) }
                : {}),
        };
    }

    // ---- legend and keys ----

    private tell(idx: number | null): void {
        const x = idx === null ? undefined : this.x[idx];
        const format = this.options.x?.format ?? f.clock;
        const values = this.lines.map((l) => {
            const v = idx === null ? undefined : l.values[idx];
            return v === undefined ? "" : v === null ? "–" : this.options.format(v);
        });
        this.legend.tell(x === undefined ? "" : format(x), values);
    }

    private key(e: KeyboardEvent): void {
        const steps: Record<string, number> = { ArrowLeft: -1, ArrowRight: 1 };
        const step = steps[e.key];
        if (step === undefined && e.key !== "Escape") {
            return;
        }
        e.preventDefault();
        this.showNow();
        const u = this.plot;
        if (u) {
            queueMicrotask(() => this.moveTo(u, step, e.shiftKey ? 10 : 1)); // it has its scales then
        }
    }

    /** One or `far` points on; without a step: nowhere. */
    private moveTo(u: uPlot, step: number | undefined, far: number): void {
        if (step === undefined) {
            moveCursor(u, -10, -10);
            return;
        }
        const from = u.cursor.idx ?? (step > 0 ? -1 : this.x.length);
        const idx = Math.max(0, Math.min(this.x.length - 1, from + step * far));
        const left = u.valToPos(this.x[idx] ?? 0, "x");
        moveCursor(u, left, u.over.clientHeight / 2);
        this.place.setAttribute("aria-description", `${this.legend.element.textContent}`);
    }
}

const INCREMENTS = [
    1, 2, 5, 10, 15, 30, 60, 120, 300, 600, 900, 1800, 3600, 7200, 14400, 21600, 43200, 86400,
];
