/* Exp-Golomb codes: short for what is small, and what is far from the rest costs no more than twice
 * its bits, so that a single slow call does not spoil the code of the others. */
#include "stats/hist_pack.h"

#include <assert.h>

enum {
    MARK = 0x80, /* no other encoding's first bytes have it */
    GAP_ORDERS = 16,
    COUNT_ORDERS = 8,
};

/* ---- walking ---- */

/* The buckets that hold samples, in order; the overflow in the last one of the layout. */
struct walk {
    const struct hist *h;
    unsigned next; /* bucket to look at */
    uint64_t gap, count;
};

static bool walk_on(struct walk *w)
{
    if (w->next >= HIST_BUCKETS)
        return false;
    unsigned last = HIST_BUCKETS - 1, b = hist_next(w->h, w->next);
    if (b >= last) {
        b = last;
        w->count = w->h->overflow; /* no sample of up to an hour is there */
    } else {
        w->count = hist_bucket_count(w->h, b);
    }
    w->gap = b - w->next;
    w->next = b + 1;
    return w->count > 0;
}

/* ---- how long ---- */

static unsigned bits_behind_highest(uint64_t q)
{
    return 63 - (unsigned)__builtin_clzll(q);
}

static unsigned code_bits(uint64_t n, unsigned order)
{
    return 2 * bits_behind_highest((n >> order) + 1) + 1 + order;
}

static unsigned shortest(const uint64_t *bits, unsigned orders)
{
    unsigned best = 0;
    for (unsigned k = 1; k < orders; k++)
        if (bits[k] < bits[best])
            best = k;
    return best;
}

static void choose_orders(const struct hist *h, unsigned *gap_order, unsigned *count_order)
{
    uint64_t gap_bits[GAP_ORDERS] = {0}, count_bits[COUNT_ORDERS] = {0};
    for (struct walk w = {.h = h}; walk_on(&w);) {
        for (unsigned k = 0; k < GAP_ORDERS; k++)
            gap_bits[k] += code_bits(w.gap, k);
        for (unsigned k = 0; k < COUNT_ORDERS; k++)
            count_bits[k] += code_bits(w.count - 1, k);
    }
    *gap_order = shortest(gap_bits, GAP_ORDERS);
    *count_order = shortest(count_bits, COUNT_ORDERS);
}

/* ---- bits ---- */

struct writer {
    struct buf *out;
    unsigned char byte;
    unsigned used; /* bits of it */
};

static void put_bit(struct writer *w, unsigned bit)
{
    w->byte = (unsigned char)(w->byte << 1 | bit);
    if (++w->used < 8)
        return;
    buf_char(w->out, (char)w->byte);
    w->used = 0;
}

/* The lowest `bits` of n, highest first. */
static void put_bits(struct writer *w, uint64_t n, unsigned bits)
{
    while (bits-- > 0)
        put_bit(w, n >> bits & 1);
}

static void put_code(struct writer *w, uint64_t n, unsigned order)
{
    uint64_t q = (n >> order) + 1;
    unsigned behind = bits_behind_highest(q);
    put_bits(w, 0, behind);
    put_bits(w, q, behind + 1);
    put_bits(w, n, order);
}

void hist_pack(const struct hist *h, struct buf *out)
{
    assert(h->count <= HIST_SAMPLES_MOST);
    unsigned gap_order, count_order;
    struct writer w = {.out = out};
    choose_orders(h, &gap_order, &count_order);
    buf_char(out, (char)(MARK | count_order << 4 | gap_order));
    for (struct walk walk = {.h = h}; walk_on(&walk);) {
        put_code(&w, walk.gap, gap_order);
        put_code(&w, walk.count - 1, count_order);
    }
    while (w.used > 0)
        put_bit(&w, 0);
}

/* ---- the way back ---- */

struct reader {
    str bytes;
    size_t at;  /* bit */
    bool wrong; /* the end came inside a number, or one is too large */
};

static size_t bits_left(const struct reader *r)
{
    return r->bytes.n * 8 - r->at;
}

static unsigned take_bit(struct reader *r)
{
    unsigned char byte = (unsigned char)r->bytes.p[r->at / 8];
    return byte >> (7 - r->at++ % 8) & 1;
}

/* n, with so many bits behind it. */
static uint64_t take_bits(struct reader *r, uint64_t n, unsigned bits)
{
    if (bits > bits_left(r)) {
        r->wrong = true;
        return n;
    }
    while (bits-- > 0)
        n = n << 1 | take_bit(r);
    return n;
}

/* The zeros before a number's highest bit, which is taken too; false: the end came first. */
static bool take_zeros(struct reader *r, unsigned *zeros)
{
    for (*zeros = 0; bits_left(r) > 0; ++*zeros)
        if (take_bit(r))
            return true;
    return false;
}

/* Behind its zeros. */
static uint64_t take_number(struct reader *r, unsigned zeros, unsigned order)
{
    if (zeros + order > 63) {
        r->wrong = true;
        return 0;
    }
    uint64_t q = take_bits(r, 1, zeros);
    return take_bits(r, q - 1, order);
}

/* False: there are no more buckets, or r->wrong. */
static bool take_gap(struct reader *r, unsigned order, uint64_t *gap)
{
    unsigned zeros;
    if (!take_zeros(r, &zeros)) {
        r->wrong = zeros >= 8; /* more than fills a byte */
        return false;
    }
    *gap = take_number(r, zeros, order);
    return !r->wrong;
}

static bool take_count(struct reader *r, unsigned order, uint64_t *count)
{
    unsigned zeros;
    r->wrong |= !take_zeros(r, &zeros);
    if (!r->wrong)
        *count = take_number(r, zeros, order);
    r->wrong |= *count >= HIST_SAMPLES_MOST;
    ++*count;
    return !r->wrong;
}

static bool take_buckets(struct reader *r, unsigned orders, struct hist *h)
{
    uint64_t bucket = 0, gap = 0, count = 0;
    while (take_gap(r, orders & 15, &gap) && take_count(r, orders >> 4 & 7, &count)) {
        if (gap >= HIST_BUCKETS - bucket || count > HIST_SAMPLES_MOST - h->count) {
            r->wrong = true;
            break;
        }
        bucket += gap;
        hist_record_n(h, hist_bucket_sample((unsigned)bucket++), count);
    }
    return !r->wrong;
}

bool hist_is_packed(str bytes)
{
    return bytes.n > 0 && (unsigned char)bytes.p[0] & MARK;
}

bool hist_unpack(str bytes, struct hist *h, struct err *e)
{
    struct hist samples = {0};
    struct reader r = {.bytes = str_skip(bytes, bytes.n > 0)};
    bool good = hist_is_packed(bytes) && take_buckets(&r, (unsigned char)bytes.p[0], &samples) &&
                samples.count <= HIST_SAMPLES_MOST - h->count;
    if (good)
        hist_merge(h, &samples);
    else
        err_set(e, ERR_RUN, "the packed histogram is damaged");
    hist_free(&samples);
    return good;
}
