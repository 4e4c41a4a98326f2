import assert from "node:assert/strict";
import { test } from "node:test";
import { clean, cleanLines } from "../src/clean";

test("what cannot be seen, or turns the writing, is shown", () => {
    assert.equal(clean("a\u0000b\u001b[31m"), "a␀b␛[31m");
    assert.equal(clean("x\u202etxt.exe\u200b"), "x‹U+202E›txt.exe‹U+200B›");
    assert.equal(clean("<b>é &amp; 日本</b>"), "<b>é &amp; 日本</b>");
});

test("lines and tabs of a longer text stay", () => {
    assert.equal(cleanLines("a\tb\r\nc\rd"), "a\tb\nc␍d");
});
