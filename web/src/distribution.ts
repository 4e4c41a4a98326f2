// The distribution of the times of a run, and their percentiles up to the rarest: response beside
// service, so that what users waited for stands beside what the target took.
import { cellMarks, cellStart, ninesWithin, percentOf } from "./cells";
import { Chart, type Line } from "./chart";
import { type Shape, sum } from "./data";
import { h } from "./dom";
import * as f from "./format";

/** The same length as the longer of both, the rest empty. */
function padded(list: number[], length: number): (number | null)[] {
    return Array.from({ length }, (_, i) => list[i] ?? null);
}

/** One of the distributions that are drawn over each other. */
export interface Curve {
    label: string;
    color: string;
    spectrum: number[];
    cells: number[];
    filled?: boolean;
    dashed?: boolean;
}

/** Response times and service times of the same calls. */
export function curvesOf(shape: Shape): Curve[] {
    return [
        {
            label: "response",
            color: "blue",
            spectrum: shape.response,
            cells: shape.response_cells,
            filled: true,
        },
        {
            label: "service",
            color: "orange",
            spectrum: shape.service,
            cells: shape.service_cells,
            dashed: true,
        },
    ];
}

function spectrumLines(curves: Curve[]): { x: number[]; lines: Line[] } {
    const n = Math.max(...curves.map((c) => c.spectrum.length));
    return {
        x: Array.from({ length: n }, (_, i) => i),
        lines: curves.map(({ label, color, spectrum, dashed }) => ({
            label,
            color,
            values: padded(spectrum, n),
            dashed,
            width: 2,
        })),
    };
}

function countsOf(cells: number[]): Map<number, number> {
    const counts = new Map<number, number>();
    for (let i = 0; i < cells.length; i += 2) {
        counts.set(cells[i] ?? 0, cells[i + 1] ?? 0);
    }
    return counts;
}

/** Bars by cell; x is the number of the cell. */
function distributionLines(curves: Curve[], shares: boolean): { x: number[]; lines: Line[] } {
    const counts = curves.map((c) => countsOf(c.cells));
    const cells = counts.flatMap((c) => [...c.keys()]);
    const first = Math.min(...cells);
    const last = Math.max(...cells) + 1;
    const x =
        cells.length === 0 ? [] : Array.from({ length: last - first + 1 }, (_, i) => first + i);
    const values = (list: Map<number, number>) => {
        const of = shares ? sum([...list.values()]) || 1 : 1;
        return x.map((cell) => (list.get(cell) ?? 0) / of);
    };
    return {
        x,
        lines: curves.map(({ label, color, filled, dashed }, i) => ({
            label,
            color,
            values: values(counts[i] as Map<number, number>),
            stepped: true,
            filled,
            dashed,
        })),
    };
}

export class Distribution {
    readonly element: HTMLElement;
    private readonly spectrum = new Chart({
        title: "Percentiles: how long the slowest had to wait",
        format: f.time,
        log: true,
        height: 260,
        x: { format: percentOf, splits: ninesWithin },
    });
    private readonly bars: Chart;

    /** `shares`: of all calls, so that runs of other lengths can be held against each other. */
    constructor(private readonly shares = false) {
        this.bars = new Chart({
            title: `Distribution: ${shares ? "which share" : "how many"} took how long`,
            format: shares ? f.percent : f.count,
            axis: shares ? f.percent : f.short,
            height: 260,
            x: { format: (cell) => f.time(cellStart(cell)), splits: cellMarks },
        });
        this.element = h("div", { class: "charts" }, this.spectrum.element, this.bars.element);
    }

    update(curves: Curve[]): void {
        const spectrum = spectrumLines(curves);
        const bars = distributionLines(curves, this.shares);
        this.spectrum.update(spectrum.x, spectrum.lines);
        this.bars.update(bars.x, bars.lines);
    }

    remove(): void {
        this.spectrum.remove();
        this.bars.remove();
    }
}
