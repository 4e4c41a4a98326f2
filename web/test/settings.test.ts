import assert from "node:assert/strict";
import { test } from "node:test";
import { machineRows } from "../src/settings";

const small = {
    cpu: "Fast <One>",
    cpus: 2,
    cpu_limit: 0.5,
    memory_bytes: 8e9,
    memory_limit_bytes: 256e6,
    kernel: "Linux 6.1",
};

const rows = (m: typeof small) =>
    machineRows(m).map((row) => row.map((text) => text.replaceAll("\u202f", " ")));

test("a machine and what its container may use", () => {
    assert.deepEqual(rows(small), [
        ["Processor", "Fast <One>"],
        ["Processors", "2, limited to 0.5"],
        ["Memory of the machine", "8.00 GB, limited to 256 MB"],
        ["Kernel", "Linux 6.1"],
    ]);
});

test("what is not known is left out", () => {
    assert.deepEqual(machineRows(null), []);
    const little = { ...small, cpu: null, cpu_limit: null, memory_bytes: null, kernel: null };
    assert.deepEqual(machineRows(little), [["Processors", "2"]]);
});
