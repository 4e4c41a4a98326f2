// Which elements a reader has before their eyes, and how wide they are; without asking the document, which
// would lay itself out for it.

export interface Watcher {
    setInView(seen: boolean): void;
    setWidth(width: number): void; // inside, px
}

const NEAR = "25% 0px"; // already told before it comes into view
const watchers = new Map<Element, Watcher>();

const inView = new IntersectionObserver(
    (list) => {
        for (const e of list) {
            watchers.get(e.target)?.setInView(e.isIntersecting);
        }
    },
    { rootMargin: NEAR },
);

const widths = new ResizeObserver((list) => {
    for (const e of list) {
        watchers.get(e.target)?.setWidth(Math.floor(e.contentRect.width));
    }
});

export function watch(element: Element, watcher: Watcher): void {
    watchers.set(element, watcher);
    inView.observe(element);
    widths.observe(element);
}

export function leave(element: Element): void {
    watchers.delete(element);
    inView.unobserve(element);
    widths.unobserve(element);
}
