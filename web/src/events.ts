// What happened in the run, as bars across the charts over time.
import type uPlot from "uplot";
import type { RunEvent } from "./data";
import { color } from "./theme";

let events: RunEvent[] = [];

/** Events for all charts. */
export function setEvents(list: RunEvent[]): void {
    events = list;
}

const EVENT_COLORS: Record<string, string> = {
    stage: "muted",
    end: "muted",
    warmup: "muted",
    mark: "purple",
};

export function drawEvents(u: uPlot): void {
    const { ctx } = u;
    const { left, top, width, height } = u.bbox;
    ctx.save();
    ctx.lineWidth = devicePixelRatio;
    ctx.font = `${11 * devicePixelRatio}px system-ui, sans-serif`;
    events.forEach((e, i) => {
        const x = u.valToPos(e.at_s, "x", true);
        if (x < left || x > left + width) {
            return;
        }
        const quiet = EVENT_COLORS[e.kind] === "muted";
        ctx.strokeStyle = ctx.fillStyle = color(EVENT_COLORS[e.kind] ?? "red");
        ctx.setLineDash(quiet ? [3, 4] : []);
        ctx.beginPath();
        ctx.moveTo(x, top);
        ctx.lineTo(x, top + height);
        ctx.stroke();
        ctx.fillText(String(i + 1), x + 3, top + 10 * devicePixelRatio);
    });
    ctx.restore();
}
