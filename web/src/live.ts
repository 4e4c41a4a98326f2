// The stream of a live run: first the whole page, then pieces. A browser that lost it comes back by
// itself and gets what it missed.
import { append, checked, type More, type OneSeries, type Page, received } from "./data";

export interface Listener {
    /** The page is new, or has grown. */
    page: (page: Page) => void;
    /** In words; empty: all is well. */
    trouble: (text: string) => void;
}

/** With so many rows all is asked for anew: what is old comes coarser then. */
export const MOST_ROWS = 2400;

/** The run has said goodbye: nobody is there to be asked. */
let over = false;

/** A run's last piece and its end come together. */
const AT_ONCE_MS = 50;

/** All of one series, its course after that second; null: the run does not say. */
export async function askSeries(number: number, after_s: number | null): Promise<OneSeries | null> {
    const after = after_s === null ? "" : `&after=${after_s}`;
    await new Promise((done) => setTimeout(done, AT_ONCE_MS));
    if (over) {
        return null;
    }
    try {
        const answer = await fetch(`./api/series?number=${number}${after}`);
        return answer.status === 200 ? ((await answer.json()) as OneSeries) : null;
    } catch {
        return null; // who listens to the run says so
    }
}

export function listen(listener: Listener): void {
    let page: Page | null = null;
    const stream = new EventSource("./api/stream");

    /** A message is long: what it says is taken in apart from its coming, one after the other. */
    function hear(event: string, take: (data: string) => void): void {
        stream.addEventListener(event, (e) => {
            setTimeout(() => take((e as MessageEvent<string>).data));
        });
    }

    function show(next: Page): void {
        page = next;
        listener.trouble("");
        listener.page(next);
    }

    hear("page", (data) => {
        try {
            show(received(checked(JSON.parse(data)), page));
        } catch (error) {
            stream.close();
            listener.trouble(error instanceof Error ? error.message : String(error));
        }
    });
    hear("more", (data) => {
        if (!page) {
            return;
        }
        append(page, JSON.parse(data) as More);
        show(page);
        if (page.time.t.length > MOST_ROWS) {
            stream.close();
            listen(listener);
        }
    });
    hear("courses", (data) => {
        if (page) {
            append(page, JSON.parse(data) as More); // they are for the page that comes next
        }
    });
    stream.addEventListener("bye", () => {
        over = true;
        stream.close();
    });
    stream.addEventListener("error", () => {
        listener.trouble("The run does not answer; trying again.");
    });
}
