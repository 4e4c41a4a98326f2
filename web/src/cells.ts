// Where the cells and percentiles of the data lie, and which values an axis of times shows. Pure.

/** The lower edge of a cell, µs: an eighth of a doubling, from 1 ns. */
export function cellStart(cell: number): number {
    return 2 ** (cell / 8) / 1000;
}

/** Value i of a spectrum is the percentile 100 * (1 - 2^(-i/2)). */
export function percentOf(i: number): string {
    const rest = 2 ** (-i / 2);
    const decimals = Math.max(0, Math.ceil(-Math.log10(rest) - 1e-9) - 2);
    return `${((1 - rest) * 100).toFixed(Math.min(decimals, 8))}${"\u202f"}%`;
}

/** Powers of ten, and where there are few of them, what lies between. */
export function marks(low: number, high: number): number[] {
    const decades = Math.log10(high / low);
    const steps = decades > 3 ? [1] : decades > 1.5 ? [1, 3] : [1, 2, 5];
    const list: number[] = [];
    for (let power = 10 ** Math.floor(Math.log10(low)); power <= high; power *= 10) {
        list.push(...steps.map((s) => s * power).filter((v) => v >= low && v <= high));
    }
    return list;
}

/** Marks of a spectrum: 0, 50, 90, 99, 99.9 … %. */
export function ninesWithin(first: number, last: number): number[] {
    const nines = Array.from({ length: 10 }, (_, i) => 2 * Math.log2(10) * (i + 1));
    return [0, 2, ...nines].filter((x) => x >= first && x <= last);
}

/** Marks of a distribution, whose x is the number of a cell. */
export function cellMarks(first: number, last: number): number[] {
    return marks(cellStart(first), cellStart(last)).map((us) => 8 * Math.log2(us * 1000));
}
