/* Decoding of histograms. The first byte of an input says what the rest is: 'r' the raw bytes of a
 * message, anything else the content below zlib, which is packed here, because mutations hardly
 * ever pass zlib's checksum. What is accepted must be consistent and survive encoding and decoding.
 */
#include <stdlib.h>
#include <string.h>
#include <zlib.h>

#include "stats/hist_v2.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void must(bool holds)
{
    if (!holds)
        abort();
}

static void check_consistent(const struct hist *h)
{
    uint64_t samples = h->overflow, before = h->min;
    for (unsigned b = hist_next(h, 0); b < HIST_BUCKETS; b = hist_next(h, b + 1))
        samples += hist_bucket_count(h, b);
    must(samples == h->count);
    for (double p = 0; p <= 100; p += 25) {
        uint64_t value = hist_percentile(h, p);
        must(value >= before && value <= h->max);
        before = value;
    }
    must(hist_stddev(h) >= 0);
    must(hist_count_until(h, h->max) == h->count);
    hist_mode(h);
}

static void check_same_buckets(const struct hist *a, const struct hist *b)
{
    must(a->count == b->count && a->overflow == b->overflow);
    for (unsigned i = hist_next(a, 0); i < HIST_BUCKETS; i = hist_next(a, i + 1))
        must(hist_bucket_count(a, i) == hist_bucket_count(b, i));
}

static void check_again(const struct hist *h)
{
    struct hist again = {0};
    struct buf bytes = {0};
    struct err e = {0};
    hist_v2_encode(h, &bytes);
    must(hist_v2_decode(buf_view(&bytes), &again, &e));
    check_same_buckets(h, &again);
    hist_free(&again);
    buf_free(&bytes);
}

static void decode(str bytes)
{
    struct hist h = {0};
    struct err e = {0};
    if (hist_v2_decode(bytes, &h, &e)) {
        check_consistent(&h);
        check_again(&h);
    } else {
        must(e.kind == ERR_RUN && h.count == 0);
    }
    hist_free(&h);
}

/* As hist_v2_encode does around the content, without spending time on compression. */
static struct buf packed(const uint8_t *content, size_t n)
{
    struct buf b = {0};
    uLongf bytes = compressBound(n);
    buf_reserve(&b, 8 + bytes);
    must(compress2((Bytef *)b.p + 8, &bytes, content, n, Z_NO_COMPRESSION) == Z_OK);
    memcpy(b.p, "\x1c\x84\x93\x14", 4);
    for (unsigned i = 0; i < 4; i++)
        b.p[4 + i] = (char)(bytes >> (24 - 8 * i));
    b.n = 8 + bytes;
    return b;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    if (size == 0)
        return 0;
    if (data[0] == 'r') {
        decode((str){(const char *)data + 1, size - 1});
    } else {
        struct buf b = packed(data + 1, size - 1);
        decode(buf_view(&b));
        buf_free(&b);
    }
    return 0;
}
