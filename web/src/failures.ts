// What went wrong: causes with their counts, checks, errors of the script, and the first calls that
// failed, with what was said in them when the run was asked to show it.
import { clean, cleanLines } from "./clean";
import type { Failure, Page } from "./data";
import { add, fill, h, section, setText } from "./dom";
import * as f from "./format";
import { label } from "./series";
import { type Check, isTimed } from "./summary";
import { Table } from "./table";

const FEW = 10; // samples at first

interface Cause {
    series: string;
    cause: string;
    count: number;
    share: number;
}

function causesOf(page: Page): Cause[] {
    const list: Cause[] = [];
    for (const s of page.summary?.series.filter(isTimed) ?? []) {
        for (const [cause, count] of Object.entries(s.errors ?? {})) {
            list.push({ series: label(s), cause: clean(cause), count, share: count / s.count });
        }
    }
    return list;
}

function sample(title: string, text: string | null): HTMLElement | null {
    return text === null
        ? null
        : h(
              "div",
              {},
              h("h4", {}, title),
              h("pre", { tabindex: 0, role: "region", "aria-label": title }, cleanLines(text)),
          );
}

function failureBox(page: Page, failure: Failure): HTMLElement {
    const series = page.series.find((s) => s.id === failure.series);
    const name = series ? label(series) : "?";
    const times =
        failure.response_us === null
            ? ""
            : ` after ${f.time(failure.response_us)} (service ${f.time(failure.service_us)})`;
    const head = h(
        "summary",
        {},
        h("b", { class: "moment" }, f.clock(failure.at_s)),
        ` ${name}: ${clean(failure.cause || failure.fate)}${times}`,
    );
    const shown = failure.request !== null || failure.head !== null || failure.body !== null;
    return h(
        "details",
        {},
        head,
        h(
            "p",
            {},
            `Fate: ${failure.fate.replace("_", " ")}.`,
            failure.status ? ` Status: ${failure.status}.` : "",
            failure.length ? ` Body: ${f.bytes(failure.length)}.` : "",
            shown ? "" : " Its texts were not kept: --show N keeps those of the first N calls.",
        ),
        sample("Request", failure.request),
        sample("Reply", failure.head),
        sample("Body", failure.body),
    );
}

export class Failures {
    readonly element: HTMLElement;
    private readonly none = h("p", { class: "muted" }, "Nothing failed.");
    private readonly causes = new Table<Cause>({
        label: "Causes",
        key: (r) => JSON.stringify([r.series, r.cause]),
        filter: (r) => `${r.series} ${r.cause}`,
        sort: { column: 2, down: true },
        columns: [
            { name: "cause", value: (r) => r.cause },
            { name: "series", value: (r) => r.series },
            { name: "count", value: (r) => r.count, text: (r) => f.count(r.count), numeric: true },
            {
                name: "of its calls",
                value: (r) => r.share,
                text: (r) => f.percent(r.share),
                numeric: true,
            },
        ],
    });
    private readonly causesBox = h("div", {}, h("h3", {}, "By cause"), this.causes.element);
    private readonly errors = new Table<[string, number]>({
        label: "Errors of the script",
        key: ([text]) => text,
        columns: [
            { name: "error", value: ([text]) => clean(text) },
            { name: "count", value: ([, n]) => n, text: ([, n]) => f.count(n), numeric: true },
        ],
    });
    private readonly errorsBox = h(
        "div",
        {},
        h("h3", {}, "Errors of the script"),
        this.errors.element,
    );
    private readonly samples = h("div", { class: "samples" });
    private readonly samplesBox = h("div", {}, h("h3", {}, "The first ones"), this.samples);

    private readonly more = h("button", { type: "button", class: "screen" });
    private all = false;
    private page: Page | null = null;

    constructor() {
        this.more.addEventListener("click", () => this.showAll());
        add(this.samplesBox, this.more);
        this.element = section(
            "failures",
            "What went wrong",
            this.none,
            this.causesBox,
            this.errorsBox,
            this.samplesBox,
        );
    }

    update(page: Page): void {
        const causes = causesOf(page);
        const errors = Object.entries(page.summary?.iterations.script_errors ?? {});
        this.causes.update(causes);
        this.errors.update(errors);
        this.causesBox.hidden = causes.length === 0;
        this.errorsBox.hidden = errors.length === 0;
        this.samplesBox.hidden = page.failures.length === 0;
        this.none.hidden = causes.length + errors.length + page.failures.length > 0;
        this.showSamples(page);
    }

    /** The first few, until all are asked for; those that are there stay as the reader left them. */
    private showSamples(page: Page): void {
        const wanted = this.all ? page.failures : page.failures.slice(0, FEW);
        if (this.samples.children.length > wanted.length) {
            fill(this.samples);
        }
        for (const failure of wanted.slice(this.samples.children.length)) {
            add(this.samples, failureBox(page, failure));
        }
        const rest = page.failures.length - wanted.length;
        this.more.hidden = rest === 0;
        setText(this.more, `Show ${rest} more`);
        this.page = page;
    }

    private showAll(): void {
        this.all = true;
        if (this.page) {
            this.showSamples(this.page);
        }
    }
}

export class Checks {
    readonly element: HTMLElement;
    private readonly table = new Table<Check>({
        label: "Checks",
        key: (c) => JSON.stringify([c.series, c.tags, c.name]),
        filter: (c) => `${c.name} ${c.series}`,
        columns: [
            { name: "check", value: (c) => clean(c.name) },
            { name: "series", value: (c) => label({ name: c.series, tags: c.tags }) },
            {
                name: "passed",
                value: (c) => c.passed,
                text: (c) => f.count(c.passed),
                numeric: true,
            },
            {
                name: "failed",
                value: (c) => c.failed,
                text: (c) => f.count(c.failed),
                numeric: true,
                bad: (c) => c.failed > 0,
            },
            {
                name: "share passed",
                value: (c) => c.passed / (c.passed + c.failed || 1),
                text: (c) => f.percent(c.passed / (c.passed + c.failed || 1)),
                numeric: true,
            },
        ],
    });

    constructor() {
        this.element = section("checks", "Checks", this.table.element);
    }

    update(page: Page): void {
        const checks = page.summary?.checks ?? [];
        this.element.hidden = checks.length === 0;
        this.table.update(checks);
    }
}
