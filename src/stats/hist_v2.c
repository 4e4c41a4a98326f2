/* HdrHistogram V2, both ways. Outside: cookie, length of the rest, zlib. Inside: a header of 40
 * bytes (cookie, length of the counts, offset, digits, lowest, highest, ratio as a double; all big
 * endian), then one number for each bucket from 0 up: a count, or, when negative, how many buckets
 * are empty. */
#include "stats/hist_v2.h"

#include <assert.h>
#include <zlib.h>

#include "base/mem.h"

#define COOKIE      UINT32_C(0x1c849313)
#define COOKIE_ZLIB UINT32_C(0x1c849314)
#define RATIO_ONE   UINT64_C(0x3ff0000000000000) /* 1.0, IEEE 754 */

enum {
    OUTSIDE = 8,         /* bytes before the zlib stream */
    HEADER = 40,         /* bytes before the counts */
    DIGITS = 3,          /* significant digits of the layout */
    NUMBER = 9,          /* bytes of the longest number */
    BUCKETS = 54 * 1024, /* the layout up to 2^63, where HdrHistogram's signed values end */
    INSIDE = HEADER + BUCKETS * NUMBER, /* bytes of the longest sensible content */
};

static void put_big_endian(struct buf *out, uint64_t value, unsigned bytes)
{
    while (bytes-- > 0)
        buf_char(out, (char)(value >> 8 * bytes));
}

static uint64_t get_big_endian(const char *p, unsigned bytes)
{
    uint64_t value = 0;
    for (unsigned i = 0; i < bytes; i++)
        value = value << 8 | (unsigned char)p[i];
    return value;
}

/* ZigZag (sign in the lowest bit), then LEB128: 7 bits a byte, lowest first, the high bit says that
 * more follow; the ninth byte holds the last 8 bits. */
static void put_number(struct buf *out, int64_t number)
{
    uint64_t z = (uint64_t)number << 1 ^ (number < 0 ? UINT64_MAX : 0);
    for (unsigned i = 1; i < NUMBER && z >= 0x80; i++) {
        buf_char(out, (char)(z | 0x80));
        z >>= 7;
    }
    buf_char(out, (char)z);
}

/* Takes a number from the front of *rest; false when it is cut short. */
static bool take_number(str *rest, int64_t *number)
{
    uint64_t z = 0;
    for (unsigned i = 0; i < rest->n && i < NUMBER; i++) {
        uint64_t byte = (unsigned char)rest->p[i];
        bool last = i == NUMBER - 1 || byte < 0x80;
        z |= (last ? byte : byte & 0x7f) << 7 * i;
        if (last) {
            *rest = str_skip(*rest, i + 1);
            *number = (int64_t)(z >> 1 ^ (z & 1 ? UINT64_MAX : 0));
            return true;
        }
    }
    return false;
}

static void put_empty_buckets(struct buf *out, unsigned n)
{
    if (n > 0)
        put_number(out, n == 1 ? 0 : -(int64_t)n);
}

static void put_counts(struct buf *out, const struct hist *h)
{
    unsigned done = 0;
    for (unsigned b = hist_next(h, 0); b < HIST_BUCKETS; b = hist_next(h, b + 1)) {
        put_empty_buckets(out, b - done);
        put_number(out, (int64_t)hist_bucket_count(h, b));
        done = b + 1;
    }
    if (h->overflow) {
        put_empty_buckets(out, HIST_BUCKETS - 1 - done);
        put_number(out, (int64_t)h->overflow);
    }
}

static void put_header(struct buf *out, size_t counts_bytes)
{
    put_big_endian(out, COOKIE, 4);
    put_big_endian(out, counts_bytes, 4);
    put_big_endian(out, 0, 4);
    put_big_endian(out, DIGITS, 4);
    put_big_endian(out, 1, 8);
    put_big_endian(out, hist_bucket_high(HIST_BUCKETS - 1), 8);
    put_big_endian(out, RATIO_ONE, 8);
}

static void put_compressed(struct buf *out, str content)
{
    uLongf bytes = compressBound(content.n);
    buf_reserve(out, OUTSIDE + bytes);
    Bytef *to = (Bytef *)out->p + out->n + OUTSIDE;
    int result = compress(to, &bytes, (const Bytef *)content.p, content.n);
    if (result != Z_OK)
        mem_out(content.n); /* nothing else can go wrong: the room is enough */
    put_big_endian(out, COOKIE_ZLIB, 4);
    put_big_endian(out, bytes, 4);
    out->n += bytes;
}

void hist_v2_encode(const struct hist *h, struct buf *out)
{
    assert(h->count <= HIST_SAMPLES_MOST);
    struct buf counts = {0}, content = {0};
    put_counts(&counts, h);
    put_header(&content, counts.n);
    buf_str(&content, buf_view(&counts));
    put_compressed(out, buf_view(&content));
    buf_free(&counts);
    buf_free(&content);
}

static bool take_counts(str counts, struct hist *h, struct err *e)
{
    unsigned bucket = 0;
    int64_t number;
    while (counts.n > 0) {
        if (!take_number(&counts, &number))
            return err_set(e, ERR_RUN, "the histogram is damaged: its last count is cut short");
        uint64_t step = number < 0 ? 0 - (uint64_t)number : 1;
        if (step > BUCKETS - bucket)
            return err_set(e, ERR_RUN, "the histogram is damaged: it has too many buckets");
        if (number > 0 && (uint64_t)number > HIST_SAMPLES_MOST - h->count)
            return err_set(e, ERR_RUN, "the histogram is damaged: its counts are too large");
        if (number > 0)
            hist_record_n(h, hist_bucket_sample(bucket), (uint64_t)number);
        bucket += (unsigned)step;
    }
    return true;
}

/* Checks the content and takes the samples into the empty *h. */
static bool take_content(str content, struct hist *h, struct err *e)
{
    if (content.n < HEADER || get_big_endian(content.p, 4) != COOKIE)
        return err_set(e, ERR_RUN, "the content of the histogram is not HdrHistogram V2");
    if (get_big_endian(content.p + 4, 4) != content.n - HEADER)
        return err_set(e, ERR_RUN, "the histogram is damaged: its length is not what it says");
    uint64_t offset = get_big_endian(content.p + 8, 4), digits = get_big_endian(content.p + 12, 4);
    uint64_t lowest = get_big_endian(content.p + 16, 8), ratio = get_big_endian(content.p + 32, 8);
    if (offset != 0 || digits != DIGITS || lowest != 1 || ratio != RATIO_ONE)
        return err_set(e, ERR_RUN,
                       "the histogram has another unit or precision; only whole units from 1 up "
                       "with %d significant digits can be read",
                       DIGITS);
    return take_counts(str_skip(content, HEADER), h, e);
}

/* Checks the outside and unpacks into the INSIDE bytes at `into`. */
static bool unpack(str bytes, char *into, str *content, struct err *e)
{
    if (bytes.n < OUTSIDE || get_big_endian(bytes.p, 4) != COOKIE_ZLIB)
        return err_set(e, ERR_RUN, "the bytes are not a histogram in HdrHistogram's V2 encoding");
    if (get_big_endian(bytes.p + 4, 4) != bytes.n - OUTSIDE)
        return err_set(e, ERR_RUN, "the histogram is cut short or something stands behind its end");
    uLongf out = INSIDE;
    uLong in = bytes.n - OUTSIDE;
    int result = uncompress2((Bytef *)into, &out, (const Bytef *)bytes.p + OUTSIDE, &in);
    if (result == Z_MEM_ERROR)
        mem_out(INSIDE);
    if (result != Z_OK || in != bytes.n - OUTSIDE)
        return err_set(e, ERR_RUN, "the histogram is damaged: it cannot be decompressed");
    *content = (str){into, out};
    return true;
}

bool hist_v2_decode(str bytes, struct hist *h, struct err *e)
{
    char *room = mem_alloc(INSIDE);
    struct hist samples = {0};
    str content = {0};
    bool good = unpack(bytes, room, &content, e) && take_content(content, &samples, e);
    if (good && samples.count > HIST_SAMPLES_MOST - h->count)
        good = err_set(e, ERR_RUN, "the histograms have more than 2^63 samples together");
    if (good)
        hist_take(h, &samples);
    hist_free(&samples);
    mem_free(room);
    return good;
}
