// Numbers for people: three significant digits for times, whole counts with groups. Pure.

const NARROW = "\u202f"; // between number and unit, and between groups of digits

/** Three significant digits, without an exponent. */
function digits(v: number): string {
    if (v === 0) {
        return "0";
    }
    const rounded = Math.abs(Number(v.toPrecision(3)));
    const places = Math.max(0, 2 - Math.floor(Math.log10(rounded)));
    return v.toFixed(Math.min(places, 6));
}

function grouped(whole: string): string {
    return whole.replace(/\B(?=(\d{3})+(?!\d))/g, NARROW);
}

export function count(n: number): string {
    return grouped(Math.round(n).toString());
}

/** A time given in µs. */
export function time(us: number | null | undefined): string {
    if (us === null || us === undefined || Number.isNaN(us)) {
        return "–";
    }
    if (us === 0) {
        return "0";
    }
    if (us < 0.9995) {
        return `${digits(us * 1000)}${NARROW}ns`;
    }
    if (us < 999.5) {
        return `${digits(us)}${NARROW}µs`;
    }
    if (us < 999_500) {
        return `${digits(us / 1000)}${NARROW}ms`;
    }
    return us < 60e6 ? `${digits(us / 1e6)}${NARROW}s` : clock(us / 1e6);
}

/** A time given in seconds, as the summary has it. */
export function seconds(s: number | null | undefined): string {
    return s === null || s === undefined ? "–" : time(s * 1e6);
}

export function rate(perSecond: number | null | undefined): string {
    if (perSecond === null || perSecond === undefined) {
        return "–";
    }
    return `${perSecond >= 1000 ? count(perSecond) : digits(perSecond)}/s`;
}

/** Short forms for axes: 1.5k, 2M. */
export function short(v: number): string {
    const a = Math.abs(v);
    for (const [limit, unit] of [
        [1e9, "G"],
        [1e6, "M"],
        [1e3, "k"],
    ] as const) {
        if (a >= limit) {
            return `${trim((v / limit).toFixed(2))}${unit}`;
        }
    }
    return trim(v.toFixed(a < 10 ? 2 : 0));
}

function trim(decimal: string): string {
    return decimal.includes(".") ? decimal.replace(/\.?0+$/, "") : decimal;
}

export function bytes(n: number): string {
    const units = ["B", "kB", "MB", "GB", "TB"];
    let i = 0;
    let v = n;
    while (v >= 999.5 && i < units.length - 1) {
        v /= 1000;
        i++;
    }
    return `${i === 0 ? v : digits(v)}${NARROW}${units[i]}`;
}

/** A share of 0..1. What is not nothing is never shown as 0, what is not all never as 100. */
export function percent(share: number): string {
    const p = share * 100;
    if (p > 0 && p < 0.001) {
        return `< 0.001${NARROW}%`;
    }
    if (p > 99.999 && p < 100) {
        return `> 99.999${NARROW}%`;
    }
    if (p > 99 && p < 100) {
        return `${trim((Math.floor(p * 1000) / 1000).toFixed(3))}${NARROW}%`;
    }
    return `${p === 0 || p === 100 ? p : trim(digits(p))}${NARROW}%`;
}

/** Seconds of a run: 0:07, 12:00, 1:02:03. */
export function clock(s: number): string {
    const sign = s < 0 ? "-" : "";
    const whole = Math.floor(Math.abs(s) + 1e-9);
    const two = (n: number) => n.toString().padStart(2, "0");
    const h = Math.floor(whole / 3600);
    const m = Math.floor(whole / 60) % 60;
    return `${sign}${h > 0 ? `${h}:${two(m)}` : m}:${two(whole % 60)}`;
}

/** A length in words: "10 s", "2 min 30 s", "24 h". */
export function length(s: number): string {
    if (s < 60) {
        return `${trim(digits(s))} s`;
    }
    const whole = Math.round(s);
    const parts: [number, string][] = [
        [Math.floor(whole / 3600), "h"],
        [Math.floor(whole / 60) % 60, "min"],
        [whole % 60, "s"],
    ];
    return parts
        .filter(([n]) => n > 0)
        .map(([n, unit]) => `${n} ${unit}`)
        .join(" ");
}

export function number(v: number): string {
    return Number.isInteger(v) ? count(v) : trim(digits(v));
}
