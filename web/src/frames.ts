// What is to be drawn waits here and is done frame by frame, so that a page with much to show still
// follows the reader. Each owner has one thing to do: a newer one takes the place of the older.

const FRAME_MS = 4; // of the 16 that a frame has: style, layout and paint of what was done come on top

type Tasks = Map<object, () => void>;

const waiting: Tasks = new Map();
const leisure: Tasks = new Map();
let asked = false;
let full = false; // what this frame has to do is enough

/** What comes next is done; false: nothing waits. */
function step(): boolean {
    const tasks = waiting.size > 0 ? waiting : leisure;
    for (const [owner, task] of tasks) {
        tasks.delete(owner);
        task();
        return true;
    }
    return false;
}

async function work(): Promise<void> {
    const end = performance.now() + FRAME_MS;
    full = false;
    try {
        while (!full && performance.now() < end && step()) {
            await null; // uPlot draws in a microtask, which counts too
        }
    } finally {
        asked = false;
        ask();
    }
}

function ask(): void {
    if (!asked && waiting.size + leisure.size > 0) {
        asked = true;
        requestAnimationFrame(work);
    }
}

/** Of a task that the browser has as much to do for again: nothing more is done in this frame. */
export function enough(): void {
    full = true;
}

/** For work that goes on for long: others get their turn. */
export function breath(): Promise<void> {
    return new Promise((resolve) => setTimeout(resolve));
}

export function later(owner: object, task: () => void): void {
    leisure.delete(owner);
    waiting.set(owner, task);
    ask();
}

/** When nothing else waits: what the reader does not see yet. */
export function atLeisure(owner: object, task: () => void): void {
    if (!waiting.has(owner)) {
        leisure.set(owner, task);
        ask();
    }
}

/** What waits of an owner is done now. */
export function hurry(owner: object): void {
    for (const tasks of [waiting, leisure]) {
        const task = tasks.get(owner);
        tasks.delete(owner);
        task?.();
    }
}

const forPaper: (() => void)[] = [];

function allNow(): void {
    for (const prepare of forPaper) {
        prepare();
    }
    while (step()) {}
}

/** Before the page is printed, which does not wait: whatever this leaves to be done is done at once. */
export function onPaper(prepare: () => void): void {
    if (forPaper.length === 0) {
        addEventListener("beforeprint", allNow);
    }
    forPaper.push(prepare);
}
