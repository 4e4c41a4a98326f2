import assert from "node:assert/strict";
import { test } from "node:test";
import * as f from "../src/format";

const plain = (text: string) => text.replaceAll("\u202f", " ");

test("times have three digits and the unit that people read", () => {
    const cases: [number | null, string][] = [
        [null, "–"],
        [0, "0"],
        [0.0421, "42.1 ns"],
        [1, "1.00 µs"],
        [637.2, "637 µs"],
        [999.6, "1.00 ms"],
        [9704, "9.70 ms"],
        [999_600, "1.00 s"],
        [1_900_000, "1.90 s"],
        [59_990_000, "60.0 s"],
        [3_723_000_000, "1:02:03"],
    ];
    for (const [us, text] of cases) {
        assert.equal(plain(f.time(us)), text);
    }
    assert.equal(plain(f.seconds(0.0012)), "1.20 ms");
    assert.equal(f.seconds(undefined), "–");
});

test("shares are never rounded to nothing or to all", () => {
    const cases: [number, string][] = [
        [0, "0 %"],
        [1, "100 %"],
        [0.000001, "< 0.001 %"],
        [0.02, "2 %"],
        [0.98, "98 %"],
        [0.99996, "99.996 %"],
        [0.9999999, "> 99.999 %"],
    ];
    for (const [share, text] of cases) {
        assert.equal(plain(f.percent(share)), text);
    }
});

test("counts are grouped, rates and axes short", () => {
    assert.equal(plain(f.count(1234567)), "1 234 567");
    assert.equal(f.rate(0.5), "0.500/s");
    assert.equal(plain(f.rate(12_345)), "12 345/s");
    assert.equal(f.rate(null), "–");
    assert.equal(f.short(1500), "1.5k");
    assert.equal(f.short(200), "200");
    assert.equal(f.short(0.25), "0.25");
    assert.equal(plain(f.bytes(999)), "999 B");
    assert.equal(plain(f.bytes(1_234_000)), "1.23 MB");
});

test("lengths and moments of a run", () => {
    assert.equal(f.length(15), "15 s");
    assert.equal(f.length(2.5), "2.5 s");
    assert.equal(f.length(150), "2 min 30 s");
    assert.equal(f.length(86_400), "24 h");
    assert.equal(f.clock(7), "0:07");
    assert.equal(f.clock(3723), "1:02:03");
});
