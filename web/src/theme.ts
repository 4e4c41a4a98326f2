// Dark and light: the system's choice, until the reader makes another; paper is light. Charts ask here
// for the colours that the style sheet has.

type Theme = "light" | "dark";

const listeners: ((paper: boolean) => void)[] = [];
const colors = new Map<string, string>();
const dark = matchMedia("(prefers-color-scheme: dark)");
const paper = matchMedia("print");

function stored(): Theme | null {
    try {
        const v = localStorage.getItem("weir-theme");
        return v === "light" || v === "dark" ? v : null;
    } catch {
        return null; // a browser may forbid it for files
    }
}

let chosen = stored();

function theme(): Theme {
    return paper.matches ? "light" : (chosen ?? (dark.matches ? "dark" : "light"));
}

/** Of the colours that are there now. Media queries are looked at in apply() alone: who looks at one between
 * its change and the event of it takes that event away (Chromium). */
export function shownTheme(): string {
    return document.documentElement.dataset.theme ?? "";
}

function apply(): void {
    const next = theme();
    if (shownTheme() !== next) {
        document.documentElement.dataset.theme = next;
        colors.clear();
        for (const tell of listeners) {
            tell(paper.matches);
        }
    }
}

export function toggleTheme(): void {
    chosen = shownTheme() === "dark" ? "light" : "dark";
    try {
        localStorage.setItem("weir-theme", chosen);
    } catch {
        // then it holds for this visit only
    }
    apply();
}

/** `paper`: it is for paper, which does not wait. */
export function onTheme(tell: (paper: boolean) => void): void {
    listeners.push(tell);
}

export function color(name: string): string {
    const known = colors.get(name);
    if (known !== undefined) {
        return known;
    }
    const value = getComputedStyle(document.documentElement).getPropertyValue(`--${name}`).trim();
    colors.set(name, value);
    return value;
}

export function startTheme(): void {
    dark.addEventListener("change", apply);
    paper.addEventListener("change", apply);
    apply();
}
