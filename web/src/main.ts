// The page: takes the run that is embedded in it, or, where none is, listens to the server that it came
// from; both show through the same sections.
import { Books, Metrics } from "./books";
import { TimeCharts } from "./charts";
import { clean } from "./clean";
import { showComparison } from "./compare";
import { Controls, phaseText } from "./control";
import { checked, compared, type Page } from "./data";
import { curvesOf, Distribution } from "./distribution";
import { add, byId, fill, h, section, setText } from "./dom";
import { Checks, Failures } from "./failures";
import { breath, later } from "./frames";
import { listen } from "./live";
import { Overview } from "./overview";
import { unpacked } from "./packed";
import { SeriesView } from "./series";
import { Settings } from "./settings";
import { startTheme, toggleTheme } from "./theme";

interface Part {
    element: HTMLElement;
    update(page: Page): void;
}

/** What weir leaves in a page whose data come later. */
const PLACE = "@WEIR_" + "DATA@";

const LINKS: [string, string][] = [
    ["verdict", "Verdict"],
    ["figures", "In short"],
    ["time", "Over time"],
    ["distribution", "Distribution"],
    ["series", "Series"],
    ["checks", "Checks"],
    ["failures", "What went wrong"],
    ["metrics", "Counted"],
    ["books", "Books"],
    ["setup", "How it was run"],
];

class DistributionPart implements Part {
    private readonly charts = new Distribution();
    readonly element = section("distribution", "Distribution", this.charts.element);

    update(page: Page): void {
        const shape = page.shapes?.total;
        this.element.hidden = !shape || shape.response.length === 0;
        if (shape && shape.response.length > 0) {
            this.charts.update(curvesOf(shape));
        }
    }
}

class View {
    private readonly parts: Part[] = [
        new Overview(),
        new TimeCharts(),
        new DistributionPart(),
        new SeriesView(),
        new Checks(),
        new Failures(),
        new Metrics(),
        new Books(),
        new Settings(),
    ];
    private readonly controls = new Controls();
    private readonly title = h("h1");
    private readonly state = h("span", { class: "state" });
    private readonly trouble = h("p", { class: "bad", role: "status" });
    private readonly nav = h("nav", { "aria-label": "Sections" });

    constructor() {
        const theme = h("button", { type: "button", class: "theme" }, "Dark or light");
        theme.addEventListener("click", toggleTheme);
        for (const [id, text] of LINKS) {
            add(this.nav, h("a", { href: `#${id}` }, text));
        }
        fill(
            byId("header"),
            h("div", { class: "title" }, this.title, this.state, theme),
            this.controls.element,
            this.trouble,
            this.nav,
        );
        fill(byId("main"), ...this.parts.map((p) => p.element));
        this.controls.element.hidden = true;
    }

    setTrouble(text: string): void {
        setText(this.trouble, text);
    }

    /** Part by part, as there is time; of what was not drawn yet only the newest is. */
    show(page: Page): void {
        later(this, () => this.showHeader(page));
        for (const part of this.parts) {
            later(part, () => part.update(page));
        }
        later(this.nav, () => this.showLinks());
    }

    private showHeader(page: Page): void {
        const target = clean(page.run.target) || `weir ${page.run.command}`;
        setText(this.title, target);
        setText(this.state, phaseText(page.control, page.state));
        this.state.hidden = page.state === "ended";
        document.body.classList.toggle("live", page.state !== "ended");
        document.title = `${target} – weir`;
        this.controls.update(page);
    }

    /** To the sections that are there. */
    private showLinks(): void {
        for (const a of this.nav.querySelectorAll("a")) {
            const target = document.getElementById((a.getAttribute("href") ?? "#").slice(1));
            a.hidden = target === null || target.hidden;
        }
    }
}

function fail(error: unknown): void {
    const text = error instanceof Error ? error.message : String(error);
    fill(byId("main"), h("p", { class: "loading bad", role: "alert" }, text));
}

async function start(): Promise<void> {
    await breath();
    const text = byId("data").textContent?.trim() ?? "";
    if (text === PLACE || text === "") {
        const view = { made: null as View | null };
        listen({
            page: (page) => {
                view.made ??= new View();
                view.made.show(page);
            },
            trouble: (words) => view.made?.setTrouble(words),
        });
        return;
    }
    const data = await unpacked(text);
    const two = compared(data);
    if (two) {
        showComparison(two);
    } else {
        new View().show(checked(data));
    }
}

startTheme();
start().catch(fail);
