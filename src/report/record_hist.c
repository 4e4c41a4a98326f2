/* Histograms of a record: packed where there are very many, HdrHistogram's V2 for the whole run,
 * which other programs want to read, and where zlib is shorter. */
#include "report/record_hist.h"

#include "report/record_span.h"
#include "stats/hist_pack.h"
#include "stats/hist_v2.h"

enum {
    PACKED_MOST = 5000, /* samples; about where both are as long */
    COARSE = 32,        /* buckets that become one */
};

static bool is_packed(uint64_t span, const struct hist *h)
{
    return span != RECORD_WHOLE && h->count <= PACKED_MOST;
}

void record_put_hist(struct record_row *row, uint64_t span, const struct hist *h)
{
    struct buf bytes = {0};
    if (h->count == 0) {
        for (int i = 0; i < 5; i++)
            record_put_null(row);
        return;
    }
    (is_packed(span, h) ? hist_pack : hist_v2_encode)(h, &bytes);
    record_put_bytes(row, buf_view(&bytes));
    record_put_count(row, h->min);
    record_put_count(row, h->max);
    record_put_wide(row, h->sum);
    record_put_wide(row, h->sum_squares);
    buf_free(&bytes);
}

/* min and max stay in their own buckets, as is_sound wants it. */
static unsigned coarse_bucket(unsigned bucket, unsigned first, unsigned last)
{
    unsigned middle = bucket / COARSE * COARSE + COARSE / 2;
    bool is_end = bucket == first || bucket == last;
    return is_end || middle <= first || middle >= last ? bucket : middle;
}

static struct hist coarse(const struct hist *h)
{
    struct hist c = {0};
    uint64_t longest = h->max < HIST_LONGEST_NS ? h->max : HIST_LONGEST_NS;
    unsigned first = hist_bucket(h->min), last = hist_bucket(longest);
    for (unsigned b = hist_next(h, 0); b < HIST_BUCKETS; b = hist_next(h, b + 1))
        hist_record_n(&c, hist_bucket_sample(coarse_bucket(b, first, last)),
                      hist_bucket_count(h, b));
    hist_record_n(&c, h->max, h->overflow);
    c.min = h->min;
    c.max = h->max;
    c.sum = h->sum;
    c.sum_squares = h->sum_squares;
    return c;
}

void record_put_coarse_hist(struct record_row *row, uint64_t span, const struct hist *h)
{
    struct hist c = span == RECORD_WHOLE ? (struct hist){0} : coarse(h);
    record_put_hist(row, span, span == RECORD_WHOLE ? h : &c);
    hist_free(&c);
}

/* Both longer than the layout reaches, or in one bucket of it. */
static bool same_place(uint64_t a, uint64_t b)
{
    bool beyond = a > HIST_LONGEST_NS && b > HIST_LONGEST_NS;
    return beyond || hist_bucket(a) == hist_bucket(b);
}

/* What a histogram's samples and the figures beside them must satisfy. */
static bool is_sound(const struct hist *h, uint64_t min, uint64_t max, u128 sum)
{
    return min <= max && same_place(min, h->min) && same_place(max, h->max) &&
           sum >= (u128)h->count * min && sum <= (u128)h->count * max;
}

/* The encoding has the samples; what it does not carry stands beside it. */
void record_take_hist(struct record_row *row, struct hist *into)
{
    struct hist h = {0};
    struct err e;
    str bytes = record_take_bytes(row);
    if (bytes.n && !(hist_is_packed(bytes) ? hist_unpack : hist_v2_decode)(bytes, &h, &e))
        record_db_damaged(row->db, e.text);
    uint64_t min = record_take_count(row), max = record_take_count(row);
    u128 sum = record_take_wide(row), squares = record_take_wide(row);
    if (h.count && !is_sound(&h, min, max, sum))
        record_db_damaged(row->db, "the figures beside a histogram are not its own");
    else if (h.count) {
        h.min = min;
        h.max = max;
        h.sum = sum;
        h.sum_squares = squares;
        hist_take(into, &h);
    }
    hist_free(&h);
}
