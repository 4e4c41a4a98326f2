/* Packed histograms: the bytes, the way back, and what damaged ones do. */
#include "unit.h"

#include <string.h>

#include "stats/hist_pack.h"
#include "stats/hist_samples.h"
#include "stats/hist_v2.h"

static void assert_same_buckets(const struct hist *a, const struct hist *b)
{
    assert_true(a->count == b->count);
    assert_true(a->overflow == b->overflow);
    for (unsigned i = 0; i < HIST_BUCKETS; i++)
        assert_true(hist_bucket_count(a, i) == hist_bucket_count(b, i));
}

static void assert_comes_back(const struct hist *h)
{
    struct buf bytes = {0};
    struct hist again = {0};
    struct err e = {0};
    hist_pack(h, &bytes);
    assert_true(hist_is_packed(buf_view(&bytes)));
    if (!hist_unpack(buf_view(&bytes), &again, &e))
        fail_msg("%s", e.text);
    assert_same_buckets(h, &again);
    hist_free(&again);
    buf_free(&bytes);
}

static void assert_bytes(const struct hist *h, const char *want, size_t n)
{
    struct buf bytes = {0};
    hist_pack(h, &bytes);
    assert_int_equal(bytes.n, n);
    assert_memory_equal(bytes.p, want, n);
    buf_free(&bytes);
}

/* By hand, from the header's description. */
static void the_bytes_are_as_described(void **state)
{
    (void)state;
    struct hist h = {0};
    assert_bytes(&h, "\x80", 1);
    hist_record(&h, 0); /* gap 0: 1; count 1: 1; 6 zeros fill up */
    assert_bytes(&h, "\x80\xc0", 2);
    hist_record(&h, 2); /* gap 1: 010; count: 1 */
    assert_bytes(&h, "\x80\xd4", 2);
    hist_record_n(&h, 2, 2); /* count 3: 011 */
    assert_bytes(&h, "\x80\xd3", 2);
    hist_free(&h);
}

static void any_samples_come_back(void **state)
{
    (void)state;
    struct rng r = rng_make(7, 0);
    for (unsigned n = 0; n < 300; n++) {
        struct hist h = {0};
        for (unsigned i = 0; i < n; i++)
            hist_record_n(&h, draw(&r, 44), n % 3 ? 1 : 1 + rng_below(&r, UINT64_C(1) << n % 40));
        assert_comes_back(&h);
        hist_free(&h);
    }
}

static void the_ends_of_the_layout_come_back(void **state)
{
    (void)state;
    static const uint64_t values[] = {
        0, 1, 2047, 2048, HIST_LONGEST_NS - 1, HIST_LONGEST_NS, HIST_LONGEST_NS + 1, UINT64_MAX};
    struct hist h = {0};
    for (size_t i = 0; i < LENGTH(values); i++) {
        hist_record(&h, values[i]);
        assert_comes_back(&h);
    }
    hist_record_n(&h, 5, (uint64_t)INT64_MAX - h.count);
    assert_comes_back(&h);
    hist_free(&h);
}

static void what_is_unpacked_is_added(void **state)
{
    (void)state;
    struct hist h = {0}, sum = {0};
    struct buf bytes = {0};
    struct err e;
    hist_record(&h, 100);
    hist_pack(&h, &bytes);
    assert_true(hist_unpack(buf_view(&bytes), &sum, &e));
    assert_true(hist_unpack(buf_view(&bytes), &sum, &e));
    assert_int_equal(sum.count, 2);
    assert_int_equal(sum.min, 100);
    assert_true(sum.sum == 200);
    hist_free(&sum);
    hist_free(&h);
    buf_free(&bytes);
}

/* Around 5 ms, as a server's are: what the record counts on. */
static size_t bytes_of(unsigned samples, bool packed)
{
    struct rng r = rng_make(1, 0);
    struct hist h = {0};
    struct buf bytes = {0};
    for (unsigned i = 0; i < samples; i++)
        hist_record(&h, (uint64_t)(2e6 + 3e6 * rng_exp(&r)));
    (packed ? hist_pack : hist_v2_encode)(&h, &bytes);
    size_t n = bytes.n;
    hist_free(&h);
    buf_free(&bytes);
    return n;
}

static void they_are_short(void **state)
{
    (void)state;
    assert_in_range(bytes_of(10, true), 10, 22);
    assert_true(bytes_of(10, true) * 3 < bytes_of(10, false));
    assert_true(bytes_of(100, true) * 2 < bytes_of(100, false));
    assert_true(bytes_of(1000, true) * 5 < bytes_of(1000, false) * 4);
}

static void refused(const char *bytes, size_t n)
{
    struct hist h = {0};
    struct err e = {0};
    hist_record(&h, 3);
    assert_false(hist_unpack((str){bytes, n}, &h, &e));
    assert_int_equal(e.kind, ERR_RUN);
    assert_int_equal(h.count, 1);
    hist_free(&h);
}

static void damaged_bytes_are_refused(void **state)
{
    (void)state;
    refused("", 0);
    refused("\x1c\x84\x93\x14", 4);         /* another encoding */
    refused("\x80\x00", 2);                 /* fills more than a byte */
    refused("\x80\xd0\x00", 3);             /* that, behind a bucket */
    refused("\x80\x81", 2);                 /* a count without its end */
    refused("\x8f\x80", 2);                 /* a gap without its end */
    refused("\x80\x00\x00\x80\x00\x02", 6); /* beyond the last bucket */
    refused("\x80\x00\x00\x00\x00\x00\x00\x00\x00\x80\x00\x00\x00", 13); /* beyond 64 bits */
}

static void samples_that_do_not_fit_together_are_refused(void **state)
{
    (void)state;
    struct hist h = {0}, sum = {0};
    struct buf bytes = {0};
    struct err e;
    hist_record_n(&h, 1, (uint64_t)INT64_MAX);
    hist_pack(&h, &bytes);
    hist_record(&sum, 9);
    assert_false(hist_unpack(buf_view(&bytes), &sum, &e));
    assert_int_equal(sum.count, 1);
    hist_free(&sum);
    hist_free(&h);
    buf_free(&bytes);
}

/* Whatever the bytes: refused, or what they say comes back. */
static void any_bytes_are_told_or_refused(void **state)
{
    (void)state;
    struct rng r = rng_make(3, 0);
    for (unsigned i = 0; i < 20000; i++) {
        char bytes[24];
        struct hist h = {0};
        struct err e;
        size_t n = 1 + rng_below(&r, sizeof bytes);
        for (size_t k = 0; k < n; k++)
            bytes[k] = (char)rng_u64(&r);
        if (hist_unpack((str){bytes, n}, &h, &e))
            assert_comes_back(&h);
        hist_free(&h);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_bytes_are_as_described),
        cmocka_unit_test(any_samples_come_back),
        cmocka_unit_test(the_ends_of_the_layout_come_back),
        cmocka_unit_test(what_is_unpacked_is_added),
        cmocka_unit_test(they_are_short),
        cmocka_unit_test(damaged_bytes_are_refused),
        cmocka_unit_test(samples_that_do_not_fit_together_are_refused),
        cmocka_unit_test(any_bytes_are_told_or_refused),
    };
    return UNIT_RUN(tests);
}
