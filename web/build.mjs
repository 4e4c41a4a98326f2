// node build.mjs FILE: makes the page: script and style bundled into one file of HTML, which says by
// their hashes that nothing else may run (Content-Security-Policy).
// node build.mjs --tests: the unit tests, as node runs them, into built/.
import { createHash } from "node:crypto";
import { readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { build } from "esbuild";

const here = new URL(".", import.meta.url).pathname;

async function bundle(entry, loader) {
    const result = await build({
        entryPoints: [here + entry],
        bundle: true,
        write: false,
        minify: true,
        format: "iife",
        target: ["chrome103", "firefox113", "safari16.4"],
        charset: "ascii",
        legalComments: "none",
        define: { "Intl.DateTimeFormat": "NoDates", "Intl.NumberFormat": "NoNumbers" },
        inject: [`${here}src/without_intl.ts`],
        loader,
        logLevel: "warning",
    });
    return result.outputFiles[0].text.trim();
}

function hash(text) {
    return `'sha256-${createHash("sha256").update(text).digest("base64")}'`;
}

/** What must not stand inside <script> or <style>, whatever the minifier makes. */
function embeddable(text, element) {
    if (text.toLowerCase().includes(`</${element}`) || text.includes("<!--")) {
        throw new Error(`the bundle would end its <${element}> early`);
    }
    return text;
}

async function page(file) {
    const script = embeddable(await bundle("src/main.ts"), "script");
    const style = embeddable(await bundle("src/style.css"), "style");
    const policy = [
        "default-src 'none'",
        `script-src ${hash(script)}`,
        `style-src ${hash(style)}`,
        "img-src data:",
        "connect-src 'self'",
        "base-uri 'none'",
        "form-action 'none'",
    ].join("; ");
    const html = readFileSync(`${here}src/page.html`, "utf8")
        .replace("@POLICY@", () => policy)
        .replace("@STYLE@", () => style)
        .replace("@SCRIPT@", () => script);
    writeFileSync(file, html);
}

async function tests() {
    rmSync(`${here}built`, { recursive: true, force: true });
    await build({
        entryPoints: readdirSync(`${here}test`).map((name) => `${here}test/${name}`),
        bundle: true,
        platform: "node",
        format: "esm",
        target: "node18",
        outdir: `${here}built`,
        logLevel: "warning",
    });
}

await (process.argv[2] === "--tests" ? tests() : page(process.argv[2]));
