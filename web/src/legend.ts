// The legend of a chart: a button for each line, which hides it and tells its value under the cursor.
import { fill, h, setText } from "./dom";

export interface Entry {
    label: string;
    color: string; // of the style sheet: "blue"
    dashed?: boolean;
}

export class Legend {
    readonly element = h("div", { class: "legend" });
    private readonly moment = h("output", { class: "moment" });
    private readonly hidden = new Set<string>();
    private outputs: HTMLElement[] = [];

    /** `toggled`: a reader hides a line or shows it again. */
    constructor(private readonly toggled: (line: number, show: boolean) => void) {}

    shows(label: string): boolean {
        return !this.hidden.has(label);
    }

    setEntries(entries: Entry[]): void {
        this.outputs = entries.map(() => h("output"));
        fill(this.element, this.moment, ...entries.map((e, i) => this.button(e, i)));
    }

    /** Under the cursor; a text for each entry. */
    tell(moment: string, values: string[]): void {
        setText(this.moment, moment);
        this.outputs.forEach((o, i) => {
            setText(o, values[i] ?? "");
        });
    }

    private button(e: Entry, i: number): HTMLElement {
        const swatch = h("span", {
            class: `swatch ink-${e.color}${e.dashed ? " dashed" : ""}`,
            "aria-hidden": "true",
        });
        const button = h(
            "button",
            { type: "button", "aria-pressed": String(this.shows(e.label)) },
            swatch,
            e.label,
            " ",
            this.outputs[i],
        );
        button.addEventListener("click", () => {
            const show = this.hidden.delete(e.label);
            if (!show) {
                this.hidden.add(e.label);
            }
            button.setAttribute("aria-pressed", String(show));
            this.toggled(i, show);
        });
        return button;
    }
}
