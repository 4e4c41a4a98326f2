import assert from "node:assert/strict";
import { test } from "node:test";
import { askSeries, listen } from "../src/live";

/** A stream that says what the test wants it to. */
class Stream extends EventTarget {
    static last: Stream;
    closed = false;
    constructor() {
        super();
        Stream.last = this;
    }
    close(): void {
        this.closed = true;
    }
    say(event: string): void {
        this.dispatchEvent(Object.assign(new Event(event), { data: "{}" }));
    }
}

test("a series is asked for until the run says goodbye, even in the same moment", async () => {
    const asked: string[] = [];
    Object.assign(globalThis, {
        EventSource: Stream,
        fetch: async (url: string) => {
            asked.push(url);
            return { status: 200, json: async () => ({ of: "the run" }) };
        },
    });
    listen({ page: () => assert.fail("nothing came"), trouble: (text) => assert.fail(text) });
    assert.deepEqual(await askSeries(3, null), { of: "the run" });
    await askSeries(3, 17);
    assert.deepEqual(asked, ["./api/series?number=3", "./api/series?number=3&after=17"]);
    const late = askSeries(3, 18);
    Stream.last.say("bye");
    assert.equal(await late, null);
    assert.equal(asked.length, 2);
    assert.ok(Stream.last.closed);
});
