// The buttons of a live run: start, pause, stop, another rate, a mark. An order that is refused says why.
import type { Control, LoadNow, Page } from "./data";
import { add, fill, h, setText } from "./dom";
import * as f from "./format";

type Name = "start" | "pause" | "resume" | "stop";

const LABELS: Record<Name, string> = {
    start: "Start",
    pause: "Pause",
    resume: "Go on",
    stop: "Stop",
};

async function order(path: string, body: object): Promise<string> {
    try {
        const answer = await fetch(`./api/${path}`, {
            method: "POST",
            headers: { "Content-Type": "application/json" },
            body: JSON.stringify(body),
        });
        if (answer.ok) {
            return "";
        }
        const said = (await answer.json().catch(() => null)) as { error?: string } | null;
        return said?.error ?? `The server answered ${answer.status}.`;
    } catch {
        return "The run cannot be reached.";
    }
}

export class Controls {
    readonly element = h("div", { class: "controls", role: "group", "aria-label": "Control" });
    private readonly buttons = new Map<Name, HTMLButtonElement>();
    private readonly level = h("input", {
        type: "text",
        inputmode: "decimal",
        id: "level",
        autocomplete: "off",
        size: 8,
    });
    private readonly levelLabel = h("label", { for: "level" });
    private readonly which = h("select", { "aria-label": "Which load" });
    private readonly change = h("button", { type: "submit" }, "Change");
    private readonly mark = h("input", {
        type: "text",
        id: "mark",
        maxlength: 200,
        autocomplete: "off",
        placeholder: "what happens now",
    });
    private readonly markButton = h("button", { type: "submit" }, "Mark");
    private readonly said = h("p", { class: "bad", role: "alert" });
    private loads: LoadNow[] = [];

    constructor() {
        for (const name of ["start", "pause", "resume", "stop"] as const) {
            const button = h("button", { type: "button", class: name }, LABELS[name]);
            button.addEventListener("click", () => this.send(name, {}));
            this.buttons.set(name, button);
            add(this.element, button);
        }
        const levelForm = h("form", {}, this.levelLabel, this.which, this.level, this.change);
        levelForm.addEventListener("submit", (e) => {
            e.preventDefault();
            this.sendLevel();
        });
        const markForm = h(
            "form",
            {},
            h("label", { for: "mark", class: "hidden" }, "What happens now"),
            this.mark,
            this.markButton,
        );
        markForm.addEventListener("submit", (e) => {
            e.preventDefault();
            const text = this.mark.value.trim();
            if (text) {
                this.send("mark", { text }).then((good) => {
                    this.mark.value = good ? "" : this.mark.value;
                });
            }
        });
        this.which.addEventListener("change", () => this.showLevel());
        add(this.element, levelForm, markForm, this.said);
    }

    private async send(path: string, body: object): Promise<boolean> {
        const trouble = await order(path, body);
        setText(this.said, trouble);
        return trouble === "";
    }

    private chosen(): LoadNow | undefined {
        return this.loads.find((l) => String(l.index) === this.which.value) ?? this.loads[0];
    }

    private sendLevel(): void {
        const load = this.chosen();
        const value = this.level.value.trim();
        if (!load || !value) {
            return;
        }
        const asked =
            load.model === "open"
                ? { rate: Number.isNaN(Number(value)) ? value : Number(value) }
                : { users: Number(value) };
        this.send("load", this.loads.length > 1 ? { ...asked, load: load.index } : asked);
    }

    /** What is asked now, unless the reader is typing. */
    private showLevel(): void {
        const load = this.chosen();
        setText(this.levelLabel, load?.model === "closed" ? "Users" : "Rate /s");
        if (load && document.activeElement !== this.level) {
            this.level.value = String(load.level);
        }
    }

    update(page: Page): void {
        const control = page.control;
        this.element.hidden = !control || page.state === "ended";
        if (!control) {
            return;
        }
        for (const [name, button] of this.buttons) {
            button.disabled = !control.can[name];
        }
        this.change.disabled = this.level.disabled = !control.can.change;
        this.markButton.disabled = this.mark.disabled = !control.can.mark;
        this.setLoads(control.loads);
    }

    private setLoads(loads: LoadNow[]): void {
        const names = (list: LoadNow[]) => JSON.stringify(list.map((l) => l.name));
        if (names(loads) !== names(this.loads)) {
            fill(
                this.which,
                ...loads.map((l) =>
                    h("option", { value: l.index }, l.name || `load ${l.index + 1}`),
                ),
            );
        }
        this.loads = loads;
        this.which.hidden = loads.length < 2;
        this.showLevel();
    }
}

const PHASES: Record<string, string> = {
    preparing: "getting ready",
    held: "waiting for its start",
    warmup: "warming up",
    running: "running",
    paused: "paused",
    draining: "finishing what is under way",
    over: "ended",
};

export function phaseText(control: Control | null | undefined, state: string): string {
    const phase = control ? (PHASES[control.phase] ?? control.phase) : state;
    if (!control || control.time_s === null || control.time_s < 0) {
        return phase;
    }
    const of = control.length_s === null ? "" : ` of ${f.clock(control.length_s)}`;
    return `${phase}, ${f.clock(control.time_s)}${of}`;
}
