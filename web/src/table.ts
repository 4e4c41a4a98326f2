// Tables that sort by a click or a key on a heading, and filter by a text. What stands in a row is changed
// in place, a few rows in each frame; so a live table does not lose the reader's place, and a long one, of
// which the first rows are shown until all are asked for, does not stop the page.
import { add, fill, h, scrolling, setAttribute, setText } from "./dom";
import { enough, later, onPaper } from "./frames";

export interface Column<T> {
    name: string;
    /** A number sorts as one and stands right. */
    value: (row: T) => number | string | null;
    /** Shown; the value itself without it. */
    text?: (row: T) => string;
    /** Instead of text: made once for each key. */
    node?: (row: T) => Node;
    numeric?: boolean;
    bad?: (row: T) => boolean;
}

export interface TableOptions<T> {
    label: string;
    columns: Column<T>[];
    key: (row: T) => string;
    /** Text that the filter looks into; no filter without it. */
    filter?: (row: T) => string;
    sort?: { column: number; down: boolean };
}

const FEW = 50; // rows at first
const MOST_ROWS = 1000;
const STEP = 8; // rows at once

let words: Intl.Collator | null = null; // made when it is needed: that takes long

function compare(a: number | string | null, b: number | string | null): number {
    if (a === null || b === null) {
        return a === b ? 0 : a === null ? -1 : 1;
    }
    if (typeof a === "number" && typeof b === "number") {
        return a - b;
    }
    words ??= new Intl.Collator(undefined, { numeric: true });
    return words.compare(String(a), String(b));
}

export class Table<T> {
    readonly element: HTMLElement;
    private rows: T[] = [];
    private readonly table: HTMLElement;
    private readonly body = h("tbody");
    private readonly headings: HTMLTableCellElement[] = [];
    private readonly nodes = new Map<string, Node>(); // by column and key of the row
    private readonly rest = h("p", { class: "muted", "aria-live": "polite" });
    private readonly more = h("button", { type: "button", class: "screen" });
    private most = FEW;
    private wanted = "";
    private list: T[] = []; // of rows: what is wanted, in its order
    private shown = 0; // of list
    private sort: { column: number; down: boolean } | null;

    constructor(private readonly options: TableOptions<T>) {
        this.sort = options.sort ?? null;
        const head = h("tr");
        options.columns.forEach((c, i) => {
            head.appendChild(this.heading(c, i));
        });
        this.table = h(
            "table",
            {},
            h("caption", { class: "hidden" }, options.label),
            h("thead", {}, head),
            this.body,
        );
        this.element = h("div", { class: "table" });
        add(
            this.element,
            options.filter ? this.filterBox() : null,
            scrolling(options.label, this.table),
            this.rest,
            this.more,
        );
        this.more.addEventListener("click", () => this.showAll());
        onPaper(() => this.showAll());
    }

    private heading(c: Column<T>, i: number): HTMLTableCellElement {
        const button = h("button", { type: "button" }, c.name);
        button.addEventListener("click", () => {
            const down = this.sort?.column === i ? !this.sort.down : c.numeric === true;
            this.sort = { column: i, down };
            this.show();
        });
        const th = h("th", { scope: "col", class: c.numeric ? "number" : null }, button);
        this.headings.push(th);
        return th;
    }

    private filterBox(): HTMLElement {
        const input = h("input", { type: "search", autocomplete: "off", spellcheck: "false" });
        input.addEventListener("input", () => {
            this.wanted = input.value.trim().toLowerCase();
            this.show();
        });
        return h("label", { class: "filter" }, "Filter ", input);
    }

    update(rows: T[]): void {
        this.rows = rows;
        this.show();
    }

    private visible(): T[] {
        const { filter, columns } = this.options;
        const list =
            filter && this.wanted
                ? this.rows.filter((r) => filter(r).toLowerCase().includes(this.wanted))
                : [...this.rows];
        const column = this.sort ? columns[this.sort.column] : undefined;
        if (column && this.sort) {
            const sign = this.sort.down ? -1 : 1;
            return list
                .map((row) => ({ row, value: column.value(row) }))
                .sort((a, b) => sign * compare(a.value, b.value))
                .map(({ row }) => row);
        }
        return list;
    }

    private show(): void {
        this.headings.forEach((th, i) => {
            const here = this.sort?.column === i;
            th.setAttribute(
                "aria-sort",
                here ? (this.sort?.down ? "descending" : "ascending") : "none",
            );
        });
        const list = this.visible();
        this.list = list.slice(0, this.most);
        this.table.classList.toggle("long", this.list.length > FEW);
        this.shown = 0;
        this.showStep();
        this.tellRest(list.length - this.list.length);
    }

    private tellRest(rest: number): void {
        this.more.hidden = rest === 0 || this.most === MOST_ROWS;
        setText(this.more, `Show ${Math.min(rest, MOST_ROWS - this.most)} more`);
        setText(
            this.rest,
            this.list.length === 0 && this.rows.length > 0
                ? "Nothing matches."
                : rest > 0
                  ? `${rest} more: the filter finds them.`
                  : "",
        );
    }

    private showAll(): void {
        this.most = MOST_ROWS;
        this.show();
    }

    private showStep(): void {
        const { rows } = this.body;
        for (const r of this.list.slice(this.shown, this.shown + STEP)) {
            this.showRow(rows[this.shown] ?? this.body.appendChild(h("tr")), r);
            this.shown++;
        }
        enough();
        if (this.shown < this.list.length) {
            later(this, () => this.showStep());
            return;
        }
        while (rows.length > this.list.length) {
            this.body.lastElementChild?.remove();
        }
    }

    private showRow(tr: HTMLTableRowElement, r: T): void {
        const key = this.options.key(r);
        this.options.columns.forEach((c, i) => {
            const cell = tr.children[i] ?? tr.appendChild(this.cell(c, i === 0));
            const value = c.value(r);
            setAttribute(cell, "data-value", value === null ? "" : String(value));
            if (c.bad) {
                cell.classList.toggle("bad", c.bad(r));
            }
            if (c.node) {
                this.showNode(cell, `${i} ${key}`, () => c.node?.(r) as Node);
            } else {
                setText(cell, c.text ? c.text(r) : String(value ?? "–"));
            }
        });
    }

    private showNode(cell: Element, key: string, make: () => Node): void {
        const node = this.nodes.get(key) ?? make();
        this.nodes.set(key, node);
        if (cell.firstChild !== node) {
            fill(cell, node);
        }
    }

    private cell(c: Column<T>, first: boolean): HTMLElement {
        const cell = first ? h("th", { scope: "row" }) : h("td");
        cell.classList.toggle("number", c.numeric === true);
        return cell;
    }
}

/** A table of two columns: a name, a text. */
export function pairs(label: string, list: [string, string][]): HTMLElement {
    const body = h("tbody");
    for (const [name, text] of list) {
        add(body, h("tr", {}, h("th", { scope: "row" }, name), h("td", {}, text)));
    }
    return scrolling(
        label,
        h("table", { class: "pairs" }, h("caption", { class: "hidden" }, label), body),
    );
}
