// What weir compare --json writes (docs/compare.md), and how the page says it in words. Pure.
import * as f from "./format";
import type { Tone } from "./verdict";

export type Outcome = "none" | "unjudged" | "same" | "undecided" | "better" | "worse";

export interface Difference {
    a: number | null;
    b: number | null;
    difference: number | null;
    low: number | null;
    high: number | null;
    p: number | null;
    adjusted_p: number | null;
    outcome: Outcome;
}

export interface Named {
    name: string;
    tags: Record<string, string>;
    part: boolean;
}

export interface Pair extends Named {
    count: { a: number; b: number };
    figures: Record<string, Difference>;
}

export interface ComparedRun {
    file: string;
    id: string;
    weir: string;
    started_at: string;
    command: string;
    target: string;
    load: string;
    duration_s: number;
    ended: boolean;
    validity: string | null;
}

export interface Comparison {
    a: ComparedRun;
    b: ComparedRun;
    method: { confidence: number; smallest_effect: number; comparisons: number };
    verdict: Record<Outcome, number> & { outcome: Outcome };
    warnings: string[];
    settings: { name: string; a: string; b: string }[];
    series: Pair[];
    only_a: Named[];
    only_b: Named[];
}

/** In the terminal's words. */
export function outcomeText(figure: string, outcome: Outcome): string {
    const better = outcome === "better";
    switch (outcome) {
        case "none":
            return "too few to tell";
        case "unjudged":
            return "asked for otherwise";
        case "same":
            return "same";
        case "undecided":
            return "cannot tell";
        default:
            if (figure === "rate") {
                return better ? "higher" : "lower";
            }
            if (figure === "failed") {
                return better ? "fewer fail" : "more fail";
            }
            return better ? "faster" : "slower";
    }
}

export function valueText(figure: string, v: number | null): string {
    if (v === null) {
        return "–";
    }
    return figure === "rate" ? f.rate(v) : figure === "failed" ? f.percent(v) : f.seconds(v);
}

function signed(v: number): string {
    const text = (100 * v).toFixed(Math.abs(v) < 0.9995 ? 1 : 0);
    return v >= 0 ? `+${text}` : text;
}

/** Shares differ by points of percent. */
function unit(figure: string): string {
    return figure === "failed" ? "pt" : "%";
}

export function differenceText(figure: string, d: Difference): string {
    return d.difference === null ? "–" : `${signed(d.difference)} ${unit(figure)}`;
}

export function intervalText(figure: string, d: Difference): string {
    return d.low === null || d.high === null
        ? "–"
        : `${signed(d.low)} .. ${signed(d.high)} ${unit(figure)}`;
}

export function verdictTitle(c: Comparison): [Tone, string] {
    const { worse, better, undecided } = c.verdict;
    const many = (n: number) => `${f.count(n)} of ${f.count(c.method.comparisons)} figures`;
    if (worse > 0) {
        return ["bad", `B is worse in ${many(worse)}`];
    }
    if (better > 0) {
        return ["good", `B is better in ${many(better)}, worse in none`];
    }
    if (c.method.comparisons === 0) {
        return ["warn", "Not worse: no series has enough calls to tell"];
    }
    return undecided > 0
        ? ["warn", "Not worse, as far as can be told"]
        : ["good", "No difference that matters"];
}

export function verdictSentences(c: Comparison): string[] {
    const { worse, better, undecided } = c.verdict;
    const least = f.percent(c.method.smallest_effect);
    const list: string[] = [];
    if (worse > 0 && better > 0) {
        list.push(`In ${f.count(better)} it is better.`);
    }
    if (worse + better === 0 && c.method.comparisons > 0) {
        list.push(`No difference of ${least} or more was found.`);
    }
    if (undecided > 0) {
        list.push(
            `${f.count(undecided)} of ${f.count(c.method.comparisons)} cannot be told: longer or ` +
                "quieter runs would.",
        );
    }
    list.push(`A difference counts when it is larger than ${least} by more than chance explains.`);
    return list;
}
