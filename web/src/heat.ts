// The heat map: how many calls took how long, at each moment. Cells are those of the data (an eighth of
// a doubling); the stronger the colour, the more of that moment's calls.
import type uPlot from "uplot";
import { cellStart, marks } from "./cells";
import { Chart } from "./chart";
import type { Time } from "./data";
import { h } from "./dom";
import * as f from "./format";
import { color } from "./theme";

export class HeatMap {
    readonly chart: Chart;
    private time: Time | null = null;
    private low = 1;
    private high = 1000;
    private first = 0; // cells
    private last = -1;

    constructor() {
        this.chart = new Chart({
            title: "Where response times lie: the stronger, the more calls",
            format: f.time,
            height: 260,
            range: () => [this.low, this.high],
            splits: () => marks(this.low, this.high),
            draw: (u) => this.draw(u),
            describe: () =>
                `Response times lie between ${f.time(this.low)} and ${f.time(this.high)}.`,
        });
    }

    update(time: Time, x: number[]): void {
        let low = Number.POSITIVE_INFINITY;
        let high = 0;
        for (const cells of time.heat) {
            if (cells.length > 0) {
                low = Math.min(low, cells[0] ?? 0);
                high = Math.max(high, cells[cells.length - 2] ?? 0);
            }
        }
        this.time = time;
        this.first = low;
        this.last = high;
        this.low = low <= high ? cellStart(low) / 1.2 : 1;
        this.high = low <= high ? cellStart(high + 1) * 1.2 : 1000;
        this.chart.update(x, [
            { label: "cells", color: "blue", values: x.map(() => null), width: 0 },
        ]);
        this.chart.hideLegend();
    }

    /** A picture of a row for each cell and a column for each point of the screen, which is as high as
     * the scale says: a cell has the same height everywhere on it. */
    private draw(u: uPlot): void {
        const { ctx } = u;
        const { left, top, width, height } = u.bbox;
        if (!this.time || this.last < this.first || width < 1) {
            return;
        }
        const picture = this.picture(u, this.time, Math.round(width));
        const above = u.valToPos(cellStart(this.last + 1), "y", true);
        const below = u.valToPos(cellStart(this.first), "y", true);
        ctx.save();
        ctx.beginPath();
        ctx.rect(left, top, width, height);
        ctx.clip();
        ctx.imageSmoothingEnabled = false;
        ctx.drawImage(picture, left, above, picture.width, below - above);
        ctx.restore();
    }

    private picture(u: uPlot, time: Time, width: number): HTMLCanvasElement {
        const picture = h("canvas", { width, height: this.last - this.first + 1 });
        const ctx = picture.getContext("2d") as CanvasRenderingContext2D;
        const image = ctx.createImageData(picture.width, picture.height);
        time.heat.forEach((cells, i) => {
            const t = time.t[i] ?? 0;
            const from = Math.round(u.valToPos(t, "x", true) - u.bbox.left);
            const to = Math.round(u.valToPos(t + (time.n[i] ?? 1), "x", true) - u.bbox.left);
            this.paint(image, cells, Math.max(from, 0), Math.min(Math.max(to, from + 1), width));
        });
        ctx.putImageData(image, 0, 0);
        ctx.globalCompositeOperation = "source-in";
        ctx.fillStyle = color("heat");
        ctx.fillRect(0, 0, picture.width, picture.height);
        return picture;
    }

    /** A moment, in these columns: how strong each cell is; the colour comes later. */
    private paint(image: ImageData, cells: number[], from: number, to: number): void {
        let most = 0;
        for (let c = 1; c < cells.length; c += 2) {
            most = Math.max(most, cells[c] ?? 0);
        }
        for (let c = 0; c < cells.length; c += 2) {
            const row = this.last - (cells[c] ?? 0);
            const strength = 255 * (0.12 + 0.88 * Math.sqrt((cells[c + 1] ?? 0) / most));
            for (let x = from; x < to; x++) {
                const at = 4 * (row * image.width + x) + 3;
                image.data[at] = Math.max(image.data[at] ?? 0, strength);
            }
        }
    }
}
