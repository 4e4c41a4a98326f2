// What a reader sees first: the verdict in words, the demands, the main figures.
import type { Page } from "./data";
import { add, fill, h, scrolling, section, setText } from "./dom";
import * as f from "./format";
import { failed, responseOf, type Summary, serviceOf } from "./summary";
import { standing, type Words, words } from "./verdict";

const ICONS = { good: "✓", warn: "!", bad: "✗", plain: "…" };

/** `live`: as they stand, nothing is lost or won yet. */
function demands(s: Summary, found: string[], live: boolean): HTMLElement | null {
    const list = [
        ...s.verdict.thresholds.map(
            (t, n) => [t.passed, t.expr, found[n] ?? t.why ?? "", t.value] as const,
        ),
        ...s.verdict.audits.map((a) => [a.passed, a.name, a.text, a.value] as const),
    ];
    if (list.length === 0) {
        return null;
    }
    const met = live ? "✓ holds" : "✓ met";
    const missed = live ? "✗ does not hold" : "✗ not met";
    const body = h("tbody");
    for (const [passed, expr, text, value] of list) {
        add(
            body,
            h(
                "tr",
                { class: passed ? null : "missed" },
                h("td", { class: passed ? "good" : "bad" }, passed ? met : missed),
                h("th", { scope: "row" }, h("code", {}, expr)),
                h("td", { "data-value": value ?? "" }, text),
            ),
        );
    }
    return h(
        "div",
        {},
        h("h3", {}, live ? "Thresholds as they stand" : "Thresholds"),
        scrolling(
            "Thresholds",
            h("table", { class: "demands" }, h("caption", { class: "hidden" }, "Thresholds"), body),
        ),
    );
}

function paragraphs(w: Words, s: Summary | null): HTMLElement[] {
    return [
        ...w.sentences.map((text) => h("p", {}, text)),
        ...(s?.verdict.notes ?? []).map((text) => h("p", { class: "muted" }, text)),
    ];
}

const TIMES = ["p50", "p95", "p99", "max"] as const;
const QUIET_S = 2; // without a row, seconds: nothing happens

class Tile {
    readonly element: HTMLElement;
    private readonly value = h("dd", { class: "value" });
    private readonly note = h("dd", { class: "note" });

    constructor(name: string) {
        this.element = h("div", { class: "tile" }, h("dt", {}, name), this.value, this.note);
    }

    setNote(note: string): void {
        setText(this.note, note);
    }

    set(text: string, raw: number | null, note: string, bad = false): void {
        setText(this.value, text);
        setText(this.note, note);
        this.value.dataset.value = raw === null ? "" : String(raw);
        this.value.classList.toggle("bad", bad);
    }
}

export class Overview {
    readonly element: HTMLElement;
    private readonly icon = h("span", { class: "icon", "aria-hidden": "true" });
    private readonly title = h("h2", { id: "verdict-title" });
    private readonly verdict = h("section", {
        id: "verdict",
        class: "verdict",
        "aria-labelledby": "verdict-title",
        "aria-live": "polite",
    });
    private readonly text = h("div");
    private readonly tiles = {
        rate: new Tile("rate"),
        calls: new Tile("calls"),
        failed: new Tile("failed"),
        p50: new Tile("response p50"),
        p95: new Tile("response p95"),
        p99: new Tile("response p99"),
        max: new Tile("longest response"),
    };
    private readonly standing = h("div", { class: "standing" });
    private shown = "";
    private stood = "";

    constructor() {
        add(this.verdict, h("div", { class: "title" }, this.icon, this.title), this.text);
        const list = h("dl", { class: "tiles" });
        for (const [name, tile] of Object.entries(this.tiles)) {
            tile.element.dataset.tile = name;
            add(list, tile.element);
        }
        this.element = h(
            "div",
            {},
            this.verdict,
            section("figures", "In short", list, this.standing),
        );
    }

    update(page: Page): void {
        const live = page.state !== "ended";
        this.verdict.hidden = live;
        if (!live) {
            this.showVerdict(page);
        }
        this.standing.hidden = !live;
        if (live) {
            this.showStanding(page);
        }
        if (page.summary) {
            this.showFigures(page, page.summary);
        }
    }

    private showVerdict(page: Page): void {
        const w = words(page);
        const shown = JSON.stringify([w, page.summary?.verdict]);
        if (shown === this.shown) {
            return;
        }
        this.shown = shown;
        this.verdict.className = `verdict ${w.tone}`;
        setText(this.icon, ICONS[w.tone]);
        setText(this.title, w.title);
        fill(
            this.text,
            ...paragraphs(w, page.summary),
            page.summary ? demands(page.summary, page.thresholds ?? [], false) : null,
        );
    }

    /** How verdict and thresholds stand while the run goes on. */
    private showStanding(page: Page): void {
        const found = page.thresholds ?? [];
        const stood = JSON.stringify([found, page.summary?.verdict]);
        if (page.summary && stood !== this.stood) {
            const w = standing(page.summary);
            this.stood = stood;
            fill(
                this.standing,
                h(
                    "div",
                    { class: `so-far ${w.tone}` },
                    h(
                        "h3",
                        {},
                        h("span", { class: "icon", "aria-hidden": "true" }, ICONS[w.tone]),
                        ` ${w.title}`,
                    ),
                    ...paragraphs(w, page.summary),
                ),
                demands(page.summary, found, true),
            );
        }
    }

    private showFigures(page: Page, s: Summary): void {
        const t = this.tiles;
        const { asked_rate: asked, achieved_rate: achieved } = s.load;
        const bad = failed(s.total);
        t.rate.set(f.rate(achieved), achieved, asked === null ? "" : `asked: ${f.rate(asked)}`);
        t.calls.set(
            f.count(s.ledger.started),
            s.ledger.started,
            `in ${f.length(s.run.duration_s)}`,
        );
        t.failed.set(
            s.ledger.started > 0 ? f.percent(bad / s.ledger.started) : "–",
            bad,
            `${f.count(bad)} ${page.run.words.calls}`,
            bad > 0,
        );
        for (const name of TIMES) {
            const value = responseOf(s.total)?.[name] ?? null;
            const service = serviceOf(s.total)?.[name];
            t[name].set(f.seconds(value), value, `service: ${f.seconds(service)}`);
        }
        if (page.state !== "ended") {
            this.showNow(page);
        }
    }

    /** While the run goes on the newest second stands beside the whole. */
    private showNow(page: Page): void {
        const { time, control } = page;
        const last = time.t.length - 1;
        const end = (time.t[last] ?? 0) + (time.n[last] ?? 0);
        if (last < 0) {
            return;
        }
        const idle = typeof control?.time_s === "number" && control.time_s > end + QUIET_S;
        const asked = time.asked[last] ?? null;
        const starts = asked === null ? time.started : time.iterations.started;
        const rate = idle ? 0 : (starts[last] ?? 0) / (time.n[last] ?? 1);
        const note = asked === null || idle ? "now" : `now; asked: ${f.rate(asked)}`;
        this.tiles.rate.set(f.rate(rate), rate, note);
        for (const name of TIMES) {
            const now = idle ? null : time.response[name][last];
            this.tiles[name].setNote(`now: ${f.time(now)}`);
        }
    }
}
