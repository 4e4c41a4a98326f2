// The verdict in words that need no knowledge of load testing. Pure.
import type { Page } from "./data";
import * as f from "./format";
import { failed, responseOf, type Summary, serviceOf } from "./summary";

export type Tone = "good" | "warn" | "bad" | "plain";

export interface Words {
    tone: Tone;
    title: string;
    /** What it means, a sentence each. */
    sentences: string[];
}

function missed(s: Summary): number {
    return (
        s.verdict.thresholds.filter((t) => !t.passed).length +
        s.verdict.audits.filter((a) => !a.passed).length
    );
}

function title(s: Summary): [Tone, string] {
    const v = s.verdict;
    const demands = v.thresholds.length + v.audits.length;
    const kind = v.audits.length > 0 ? "demands" : "thresholds";
    const happened = s.ledger.started > 0 || (s.ledger.records?.received ?? 0) > 0;
    if (v.validity === "invalid") {
        return ["bad", "This run says nothing about the target"];
    }
    if (!happened) {
        return ["warn", "Nothing happened in this run"];
    }
    if (s.ledger.started > 0 && s.ledger.ok === 0) {
        return ["bad", "Failed: not one call succeeded"];
    }
    if (missed(s) > 0) {
        return ["bad", `Failed: ${missed(s)} of ${demands} ${kind} not met`];
    }
    if (v.validity === "degraded") {
        return ["warn", demands > 0 ? "Passed, with reservations" : "Measured, with reservations"];
    }
    if (demands > 0) {
        return [
            "good",
            `Passed: ${demands === 1 ? `the ${kind.slice(0, -1)} is` : `all ${demands} ${kind} are`} met`,
        ];
    }
    return ["good", "Measured: the figures can be relied on"];
}

const TRUST = {
    valid: "The load generator did its part: the figures are the target's own.",
    degraded: "The load generator had trouble, so the figures may be off.",
    invalid:
        "The load generator spoiled the measurement; do not judge the target by these figures.",
};

function demandSentences(s: Summary): string[] {
    return [
        ...s.verdict.thresholds.filter((t) => !t.passed).map((t) => `Not met: ${t.expr}.`),
        ...s.verdict.audits.filter((a) => !a.passed).map((a) => `Not met: ${a.text}`),
    ];
}

function loadSentence(s: Summary, calls: string): string {
    const length = f.length(s.run.duration_s);
    const text = `${f.count(s.ledger.started)} ${calls} in ${length}`;
    const { asked_rate: asked, achieved_rate: achieved } = s.load;
    if (asked === null || achieved === null) {
        return achieved === null ? `${text}.` : `${text}, ${f.rate(achieved)}.`;
    }
    const kept = achieved >= asked * 0.999;
    return kept
        ? `${text}: the asked ${f.rate(asked)} was kept.`
        : `${text}: ${f.rate(asked)} was asked, ${f.rate(achieved)} was reached.`;
}

function successSentence(s: Summary): string {
    const bad = failed(s.total);
    const ended = s.ledger.started;
    if (bad === 0) {
        return "All of them succeeded.";
    }
    return `${f.percent((ended - bad) / ended)} succeeded, ${f.count(bad)} failed.`;
}

function waitingSentence(s: Summary): string | null {
    const t = responseOf(s.total);
    if (!t || t.p50 === null) {
        return null;
    }
    return (
        `Half of them were answered within ${f.seconds(t.p50)}, 99 of 100 within ` +
        `${f.seconds(t.p99)}; the longest took ${f.seconds(t.max)}.`
    );
}

/** Where the time went, when a user felt far more than the target took. */
function queueSentence(s: Summary): string | null {
    const felt = responseOf(s.total)?.p99;
    const took = serviceOf(s.total)?.p99;
    if (!felt || !took || felt < 2 * took || felt - took < 0.001) {
        return null;
    }
    return (
        `Much of that was waiting for a turn: once sent, 99 of 100 took at most ` +
        `${f.seconds(took)}.`
    );
}

function closedSentence(s: Summary): string | null {
    return s.run.model === "closed"
        ? "Users waited for each answer before they went on, so a slow target was asked less often; " +
              "waiting that this saved is not in the figures."
        : null;
}

function reasons(s: Summary): string[] {
    return s.verdict.reasons.map((r) => `${r.charAt(0).toUpperCase()}${r.slice(1)}.`);
}

const STANDING: Record<Summary["verdict"]["validity"], [Tone, string]> = {
    valid: ["good", "So far the figures can be relied on"],
    degraded: ["warn", "So far: with reservations"],
    invalid: ["bad", "So far this run says nothing about the target"],
};

/** Of a run that goes on: what its end would say about the figures, if it were now. */
export function standing(s: Summary): Words {
    const [tone, text] = STANDING[s.verdict.validity];
    return { tone, title: text, sentences: [TRUST[s.verdict.validity], ...reasons(s)] };
}

export function words(page: Page): Words {
    const s = page.summary;
    if (!s) {
        return { tone: "plain", title: "The run has no result yet", sentences: [] };
    }
    const [tone, text] = title(s);
    const made = s.ledger.started > 0;
    const sentences = [
        ...demandSentences(s),
        made ? `${loadSentence(s, page.run.words.calls)} ${successSentence(s)}` : null,
        made ? waitingSentence(s) : null,
        made ? queueSentence(s) : null,
        made ? closedSentence(s) : null,
        TRUST[s.verdict.validity],
        ...reasons(s),
    ].filter((x): x is string => x !== null);
    return { tone, title: text, sentences };
}
