// uPlot asks for the zone and the numbers of the reader when it is loaded, for which a browser opens its
// tables of all languages: 10 to 20 ms, for texts that this page makes itself (format.ts). build.mjs puts
// these in the place of Intl.DateTimeFormat and Intl.NumberFormat.
export function NoDates() {
    return { resolvedOptions: () => ({ timeZone: "" }) };
}

export function NoNumbers() {
    return { format: String };
}
