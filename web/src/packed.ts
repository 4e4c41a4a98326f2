// The data in a report: JSON, deflated, in base64; unpacked piece by piece, so that the page answers its
// reader meanwhile.

import { breath } from "./frames";

const PIECE = 1 << 16; // letters; whole groups of four

function bytesOf(base64: string): Uint8Array<ArrayBuffer> {
    const letters = atob(base64);
    const bytes = new Uint8Array(letters.length);
    for (let i = 0; i < bytes.length; i++) {
        bytes[i] = letters.charCodeAt(i);
    }
    return bytes;
}

async function feed(base64: string, into: WritableStream<BufferSource>): Promise<void> {
    const writer = into.getWriter();
    for (let at = 0; at < base64.length; at += PIECE) {
        await breath();
        await writer.write(bytesOf(base64.slice(at, at + PIECE)));
    }
    await writer.close();
}

export async function unpacked(base64: string): Promise<unknown> {
    const { readable, writable } = new DecompressionStream("deflate-raw");
    const [text] = await Promise.all([new Response(readable).text(), feed(base64, writable)]);
    await breath();
    return JSON.parse(text);
}
