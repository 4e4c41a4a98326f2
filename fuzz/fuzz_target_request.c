/* Request heads of weir-target. The first byte of an input says how the rest is cut into pieces,
 * each in memory of its own; the outcome must be that of the whole, and views must lie in the
 * bytes. */
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "target/request.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void must(bool holds)
{
    if (!holds)
        abort();
}

static void must_lie_in(str view, str bytes)
{
    must(view.n == 0 || (view.p >= bytes.p && view.p + view.n <= bytes.p + bytes.n));
}

static void check_done(const struct request *r, str bytes)
{
    str head = {bytes.p, r->n};
    must(r->n > 0 && r->n <= bytes.n && r->n <= REQUEST_HEAD_MAX && bytes.p[r->n - 1] == '\n');
    must_lie_in(r->method, head);
    must_lie_in(r->target, head);
    must_lie_in(r->query, head);
    must_lie_in(r->type, head);
    must(http_is_token(r->method) && r->target.n > 0);
    must(r->framing == HTTP_BODY_NONE || r->framing == HTTP_BODY_LENGTH ||
         r->framing == HTTP_BODY_CHUNKED);
}

static void must_be_same(const struct request *a, const struct request *b)
{
    must(str_eq(a->method, b->method) && str_eq(a->target, b->target));
    must(str_eq(a->path, b->path) && str_eq(a->query, b->query) && str_eq(a->type, b->type));
    must(a->length == b->length && a->n == b->n && a->framing == b->framing);
    must(a->minor == b->minor && a->keep_alive == b->keep_alive);
    must(a->expects == b->expects && a->wants_json == b->wants_json);
}

/* The outcome when the bytes come `step` at a time. */
static void check_pieces(str bytes, size_t step, const struct request *whole, enum http_step want)
{
    struct request r = {0};
    enum http_step got = HTTP_MORE;
    for (size_t n = 0; got == HTTP_MORE && n < bytes.n;) {
        n = n + step < bytes.n ? n + step : bytes.n;
        char *copy = mem_alloc(n);
        memcpy(copy, bytes.p, n);
        got = request_parse(&r, (str){copy, n});
        if (got == HTTP_DONE)
            must_be_same(&r, whole);
        mem_free(copy);
    }
    must(got == want);
    if (got == HTTP_ERROR)
        must(r.status == whole->status && strcmp(r.why, whole->why) == 0);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    if (size == 0)
        return 0;
    str bytes = {(const char *)data + 1, size - 1};
    struct request r = {0};
    enum http_step step = request_parse(&r, bytes);
    if (step == HTTP_DONE)
        check_done(&r, bytes);
    if (step == HTTP_ERROR)
        must(r.why && r.status >= 400 && r.status <= 505);
    check_pieces(bytes, (size_t)data[0] + 1, &r, step);
    return 0;
}
