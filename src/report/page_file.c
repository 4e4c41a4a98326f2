/* JSON, deflated (RFC 1951), as base64 in an element that browsers do not run; the page unpacks it.
 */
#include "report/page_file.h"

#define ZLIB_CONST /* it only reads what it packs */
#include <zlib.h>

#include "base/base64.h"
#include "base/mem.h"
#include "report/web_page.h"

bool page_file_is_there(struct err *e)
{
    return web_page[0] != 0 ||
           err_set(e, ERR_USAGE,
                   "this weir was built without its page, so there is no --html: npm was missing "
                   "or could not fetch its packages; with npm there, meson setup --wipe build && "
                   "ninja -C build makes it");
}

/* Without header: what the page's DecompressionStream calls deflate-raw. */
static void deflate_add(struct buf *out, str bytes)
{
    z_stream z = {.next_in = (const Bytef *)bytes.p};
    if (deflateInit2(&z, Z_BEST_COMPRESSION, Z_DEFLATED, -MAX_WBITS, 9, Z_DEFAULT_STRATEGY) != Z_OK)
        mem_out(bytes.n);
    int status = Z_OK;
    while (status != Z_STREAM_END) {
        enum { PIECE = 64 * 1024, MOST = 1 << 30 };
        if (z.avail_in == 0) {
            z.avail_in = (uInt)(bytes.n < MOST ? bytes.n : MOST);
            bytes = str_skip(bytes, z.avail_in);
        }
        buf_reserve(out, PIECE);
        z.next_out = (Bytef *)out->p + out->n;
        z.avail_out = PIECE;
        status = deflate(&z, bytes.n ? Z_NO_FLUSH : Z_FINISH);
        out->n += PIECE - z.avail_out;
    }
    deflateEnd(&z);
}

/* The page up to its element for data, the data, the rest. */
bool page_file_write(struct output *o, str json, struct err *e)
{
    struct buf packed = {0}, text = {0};
    str before, after;
    deflate_add(&packed, json);
    base64_add(&text, buf_view(&packed));
    str_cut_at(str_from(web_page), STR(WEB_PAGE_DATA), &before, &after);
    bool written = output_write(o, before, e) && output_write(o, buf_view(&text), e) &&
                   output_write(o, after, e);
    buf_free(&packed);
    buf_free(&text);
    return written;
}
