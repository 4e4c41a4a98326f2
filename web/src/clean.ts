// Texts of others (names, causes, bodies) as they may be shown: what would be invisible, or would turn
// the direction of writing, becomes visible. Markup needs no care: nothing here is ever parsed.

function visible(c: string): string {
    const code = c.codePointAt(0) ?? 0;
    if (code < 0x20) {
        return String.fromCodePoint(0x2400 + code); // ␀ … ␟
    }
    return code === 0x7f ? "\u2421" : `\u2039U+${code.toString(16).toUpperCase()}\u203a`;
}

const ODD = /[\p{Cc}\u061c\u200b-\u200f\u2028-\u202e\u2060-\u2069\ufeff]/gu;
const ANY_ODD = new RegExp(ODD.source, "u");

export function clean(text: string): string {
    return text.replace(ODD, visible);
}

/** The same for a text of several lines. */
export function cleanLines(text: string): string {
    if (!ANY_ODD.test(text)) {
        return text;
    }
    return text
        .replace(/\r\n/g, "\n")
        .split("\n")
        .map((line) => line.split("\t").map(clean).join("\t"))
        .join("\n");
}
