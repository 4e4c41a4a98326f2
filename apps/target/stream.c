/* Pieces of a made-up body. */
#include "target/stream.h"

#include <assert.h>
#include <string.h>

enum { LETTERS = 26 };

/* Any run of STREAM_PIECE letters, at whichever one it begins. Filled once. */
static const char *letters_from(uint64_t at)
{
    static char letters[LETTERS + STREAM_PIECE];
    for (size_t i = 0; !letters[sizeof letters - 1]; i++)
        letters[i] = (char)('a' + i % LETTERS);
    return letters + at % LETTERS;
}

static void add_spaces(size_t n, struct buf *out)
{
    buf_reserve(out, n);
    memset(out->p + out->n, ' ', n);
    out->n += n;
}

bool stream_next(struct stream *s, struct buf *out)
{
    assert(s->left && s->piece && s->piece <= STREAM_PIECE);
    size_t n = (size_t)(s->left < s->piece ? s->left : s->piece);
    if (s->chunked)
        buf_printf(out, "%zx\r\n", n);
    if (s->spaces)
        add_spaces(n, out);
    else
        buf_add(out, letters_from(s->at), n);
    s->at += n;
    s->left -= n;
    if (s->chunked)
        buf_str(out, s->left ? STR("\r\n") : STR("\r\n0\r\n\r\n"));
    return s->left > 0;
}
