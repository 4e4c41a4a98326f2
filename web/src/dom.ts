// Making elements. Text goes in as text, never as markup, and made visible (clean.ts) whoever wrote it;
// there are no inline styles or handlers.
import { cleanLines } from "./clean";

type Child = Node | string | null | undefined | false;
type Attributes = Record<string, string | number | boolean | null | undefined>;

/** false, null, undefined: the attribute is not there. */
export function h<K extends keyof HTMLElementTagNameMap>(
    tag: K,
    attributes: Attributes = {},
    ...children: Child[]
): HTMLElementTagNameMap[K] {
    const e = document.createElement(tag);
    for (const [name, value] of Object.entries(attributes)) {
        if (value !== false && value !== null && value !== undefined) {
            e.setAttribute(name, value === true ? "" : String(value));
        }
    }
    add(e, ...children);
    return e;
}

export function add(parent: Node, ...children: Child[]): void {
    for (const c of children) {
        if (c !== null && c !== undefined && c !== false) {
            parent.appendChild(typeof c === "string" ? document.createTextNode(cleanLines(c)) : c);
        }
    }
}

/** Replaces what the element holds. */
export function fill(parent: Element, ...children: Child[]): void {
    parent.replaceChildren();
    add(parent, ...children);
}

export function setText(e: Element, text: string): void {
    const shown = cleanLines(text);
    if (e.textContent !== shown) {
        e.textContent = shown;
    }
}

export function setAttribute(e: Element, name: string, value: string): void {
    if (e.getAttribute(name) !== value) {
        e.setAttribute(name, value);
    }
}

export function byId(id: string): HTMLElement {
    const e = document.getElementById(id);
    if (!e) {
        throw new Error(`the page has no #${id}`);
    }
    return e;
}

/** A section with its heading, which it is named by. */
export function section(id: string, title: string, ...children: Child[]): HTMLElement {
    return h(
        "section",
        { id, "aria-labelledby": `${id}-title` },
        h("h2", { id: `${id}-title` }, title),
        ...children,
    );
}

/** What may be wider than the screen scrolls alone, by keyboard too. */
export function scrolling(label: string, child: Node): HTMLElement {
    return h(
        "div",
        { class: "scroll", role: "region", "aria-label": `${label}: table`, tabindex: 0 },
        child,
    );
}
