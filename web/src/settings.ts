// How the run was set up: each setting and where it came from, the plan, and what made the load.
import { clean } from "./clean";
import type { Load, Machine, Page, Stage } from "./data";
import { fill, h, section } from "./dom";
import * as f from "./format";
import { pairs, Table } from "./table";

function stageText(s: Stage, open: boolean): string {
    if (s.at_once > 0) {
        return `${f.count(s.at_once)} at once`;
    }
    const unit = open ? "/s" : " users";
    const how = s.from === s.to ? f.number(s.to) : `${f.number(s.from)} to ${f.number(s.to)}`;
    const length = s.duration_s === null ? "without end" : `for ${f.length(s.duration_s)}`;
    return s.from === 0 && s.to === 0 ? `pause ${length}` : `${how}${unit} ${length}`;
}

function planText(l: Load): string {
    const open = l.model === "open";
    return (
        l.stages.map((s) => stageText(s, open)).join(", then ") +
        (open ? " (whatever the answers do)" : " (each waits for its answer)")
    );
}

function limited(text: string, limit: string | null): string {
    return limit === null ? text : `${text}, limited to ${limit}`;
}

/** On what the load was made: what is known of it. */
export function machineRows(m: Machine | null | undefined): [string, string][] {
    if (!m) {
        return [];
    }
    const list: [string, string][] = [];
    if (m.cpu !== null) {
        list.push(["Processor", clean(m.cpu)]);
    }
    list.push([
        "Processors",
        limited(f.count(m.cpus), m.cpu_limit === null ? null : f.number(m.cpu_limit)),
    ]);
    if (m.memory_bytes !== null) {
        const limit = m.memory_limit_bytes;
        list.push([
            "Memory of the machine",
            limited(f.bytes(m.memory_bytes), limit === null ? null : f.bytes(limit)),
        ]);
    }
    if (m.kernel !== null) {
        list.push(["Kernel", clean(m.kernel)]);
    }
    return list;
}

function environment(page: Page): [string, string][] {
    const { run, summary } = page;
    const g = summary?.generator;
    const list: [string, string][] = [
        ["Target", clean(run.target)],
        ["Started", run.started_at.replace("T", " ").replace("Z", " UTC")],
        ...run.loads.map((l): [string, string] => [
            l.name ? `Plan of ${clean(l.name)}` : "Plan",
            planText(l),
        ]),
        ["Command", `weir ${run.command}`],
        ["Version", `weir ${run.weir}`],
        ["Run", run.id],
        ["Seed", String(run.seed)],
        ["Threads", String(run.threads)],
        ["Event loop", run.loop],
        ...machineRows(run.machine),
    ];
    if (run.connections > 0) {
        list.push(["Connections at most", f.count(run.connections)]);
    }
    if (summary && g) {
        const share = summary.run.duration_s > 0 ? g.cpu_s / summary.run.duration_s : 0;
        const late = summary.load.start_lateness_s;
        list.push(
            ["Processor time", `${f.seconds(g.cpu_s)} (${f.percent(share)} of one core)`],
            ["Memory", f.bytes(g.rss_bytes)],
            ["Starts late", `p99 ${f.seconds(late.p99)}, most ${f.seconds(late.max)}`],
            ["Longest turn of its loop", f.seconds(g.loop_turn_s.max)],
            ["Exit code", String(summary.verdict.exit_code)],
        );
    }
    return list;
}

export class Settings {
    readonly element: HTMLElement;
    private readonly environment = h("div");
    private readonly table = new Table<[string, string, string]>({
        label: "Settings",
        key: (r) => JSON.stringify(r),
        filter: (r) => r.join(" "),
        columns: [
            { name: "setting", value: ([name]) => clean(name) },
            { name: "value", value: ([, value]) => clean(value) },
            { name: "from", value: ([, , origin]) => clean(origin) },
        ],
    });
    private readonly defaults = h("input", { type: "checkbox" });
    private told = "";
    private page: Page | null = null;

    constructor() {
        this.defaults.addEventListener("change", () => this.showSettings());
        this.element = section(
            "setup",
            "How it was run",
            this.environment,
            h("h3", {}, "Settings"),
            h("label", { class: "screen" }, this.defaults, " also those that nobody set"),
            this.table.element,
        );
    }

    update(page: Page): void {
        const list = environment(page);
        if (JSON.stringify(list) === this.told) {
            return;
        }
        this.told = JSON.stringify(list);
        fill(this.environment, pairs("Environment", list));
        this.page = page;
        this.showSettings();
    }

    private showSettings(): void {
        const all = this.page?.run.settings ?? [];
        const shown = this.defaults.checked ? all : all.filter(([, , from]) => from !== "default");
        this.table.update(shown);
    }
}
