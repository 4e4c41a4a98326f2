import assert from "node:assert/strict";
import { test } from "node:test";
import { cellMarks, cellStart, marks, ninesWithin, percentOf } from "../src/cells";

test("a spectrum's values stand for halves of what is left", () => {
    const plain = (i: number) => percentOf(i).replaceAll("\u202f", " ");
    assert.deepEqual([0, 2, 4, 7, 14, 20].map(plain), [
        "0 %",
        "50 %",
        "75 %",
        "91 %",
        "99.2 %",
        "99.90 %",
    ]);
});

test("cells are eighths of a doubling, from 1 ns", () => {
    assert.equal(cellStart(0), 0.001);
    assert.equal(cellStart(80), 1.024);
});

test("axes are marked at powers of ten, and between where there are few", () => {
    assert.deepEqual(marks(2, 5000), [10, 100, 1000]);
    assert.deepEqual(marks(2, 200).map(Math.round), [3, 10, 30, 100]);
    assert.deepEqual(marks(2, 20).map(Math.round), [2, 5, 10, 20]);
});

test("marks of percentiles and of cells are round", () => {
    const plain = (text: string) => text.replaceAll("\u202f", " ");
    assert.deepEqual(
        ninesWithin(0, 22).map((x) => plain(percentOf(x))),
        ["0 %", "50 %", "90 %", "99 %", "99.9 %"],
    );
    assert.deepEqual(
        cellMarks(80, 160).map((cell) => Math.round(cellStart(cell))),
        [10, 100, 1000],
    );
});
