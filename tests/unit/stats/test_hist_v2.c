/* The encoding of histograms: its bytes, the way back, and what damaged or hostile bytes do. */
#include "unit.h"

#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <zlib.h>

#include "base/rng.h"
#include "stats/hist_v2.h"

enum {
    HEADER = 40, /* bytes before the counts in the content */
    OUTSIDE = 8, /* bytes before the zlib stream */
};

/* The 40 bytes before the counts: cookie, length of the counts, offset 0, 3 digits, lowest 1,
 * highest 2^42 - 1, ratio 1.0. */
static const unsigned char header[HEADER] = {
    0x1c, 0x84, 0x93, 0x13, 0, 0, 0,    0,    0,    0,    0,    0,    0,    0,    0, 3, 0, 0, 0, 0,
    0,    0,    0,    1,    0, 0, 0x03, 0xff, 0xff, 0xff, 0xff, 0xff, 0x3f, 0xf0, 0, 0, 0, 0, 0, 0};

/* The content, unpacked by zlib itself. */
static size_t content_of(str bytes, unsigned char *out, size_t room)
{
    uLongf n = room;
    assert_true(bytes.n > OUTSIDE);
    assert_memory_equal(bytes.p, "\x1c\x84\x93\x14", 4);
    assert_int_equal((unsigned char)bytes.p[6] * 256 + (unsigned char)bytes.p[7],
                     bytes.n - OUTSIDE);
    assert_int_equal(uncompress(out, &n, (const Bytef *)bytes.p + OUTSIDE, bytes.n - OUTSIDE),
                     Z_OK);
    return n;
}

/* Packs any content as the encoder would; the caller frees. */
static struct buf packed(const void *content, size_t n)
{
    struct buf b = {0};
    uLongf bytes = compressBound(n);
    buf_reserve(&b, OUTSIDE + bytes);
    assert_int_equal(compress((Bytef *)b.p + OUTSIDE, &bytes, content, n), Z_OK);
    const char outside[] = {0x1c,
                            (char)0x84,
                            (char)0x93,
                            0x14,
                            (char)(bytes >> 24),
                            (char)(bytes >> 16),
                            (char)(bytes >> 8),
                            (char)bytes};
    memcpy(b.p, outside, OUTSIDE);
    b.n = OUTSIDE + bytes;
    return b;
}

/* The good header with its length set, then these counts, packed. */
static struct buf packed_counts(const char *counts, size_t n)
{
    struct buf content = {0}, b;
    buf_add(&content, header, HEADER);
    buf_add(&content, counts, n);
    content.p[6] = (char)(n >> 8);
    content.p[7] = (char)n;
    b = packed(content.p, content.n);
    buf_free(&content);
    return b;
}

static void assert_consistent(const struct hist *h)
{
    uint64_t samples = h->overflow, before = h->min;
    for (unsigned b = hist_next(h, 0); b < HIST_BUCKETS; b = hist_next(h, b + 1))
        samples += hist_bucket_count(h, b);
    assert_true(samples == h->count);
    assert_true(h->min <= h->max);
    for (double p = 0; p <= 100; p += 12.5) {
        uint64_t value = hist_percentile(h, p);
        assert_true(value >= before && value <= h->max);
        before = value;
    }
}

static void assert_same_buckets(const struct hist *a, const struct hist *b)
{
    assert_true(a->count == b->count);
    assert_true(a->overflow == b->overflow);
    for (unsigned i = 0; i < HIST_BUCKETS; i++)
        assert_true(hist_bucket_count(a, i) == hist_bucket_count(b, i));
}

/* Refused, with a sentence, and what was there stays as it was. */
static void assert_refused(str bytes, const char *sentence_has)
{
    struct hist h = {0};
    struct err e = {0};
    hist_record(&h, 77);
    assert_false(hist_v2_decode(bytes, &h, &e));
    assert_int_equal(e.kind, ERR_RUN);
    assert_non_null(strstr(e.text, sentence_has));
    assert_true(h.count == 1 && h.min == 77 && h.max == 77 && h.sum == 77 && h.overflow == 0);
    assert_int_equal(hist_bucket_count(&h, 77), 1);
    assert_int_equal(hist_next(&h, 78), HIST_BUCKETS);
    hist_free(&h);
}

static void assert_packed_refused(struct buf b, const char *sentence_has)
{
    assert_refused(buf_view(&b), sentence_has);
    buf_free(&b);
}

static void fill(struct hist *h, uint64_t seed, int samples, unsigned bits)
{
    struct rng r = rng_make(seed, 0);
    for (int i = 0; i < samples; i++)
        hist_record_n(h, rng_u64(&r) >> (63 - rng_below(&r, bits)), 1 + rng_below(&r, 300));
}

static void assert_encoded_as(const struct hist *h, const char *counts, size_t n)
{
    struct buf b = {0};
    unsigned char content[1000];
    hist_v2_encode(h, &b);
    assert_int_equal(content_of(buf_view(&b), content, sizeof content), HEADER + n);
    assert_memory_equal(content, header, 4);
    assert_memory_equal(content + 4, "\0\0\0", 3);
    assert_int_equal(content[7], n);
    assert_memory_equal(content + 8, header + 8, HEADER - 8);
    assert_memory_equal(content + HEADER, counts, n);
    buf_free(&b);
}

static void the_bytes_are_those_of_the_format(void **state)
{
    (void)state;
    struct hist h = {0};
    assert_encoded_as(&h, "", 0);
    hist_record_n(&h, 1, 3); /* an empty bucket, 3 samples */
    assert_encoded_as(&h, "\x00\x06", 2);
    hist_record_n(&h, 2, 64); /* 64 needs two bytes */
    assert_encoded_as(&h, "\x00\x06\x80\x01", 4);
    hist_record(&h, 5); /* two empty buckets: -2 */
    assert_encoded_as(&h, "\x00\x06\x80\x01\x03\x02", 6);
    hist_record_n(&h, 5, (UINT64_C(1) << 62) - 1); /* 2^62: the longest form */
    assert_encoded_as(&h, "\x00\x06\x80\x01\x03\x80\x80\x80\x80\x80\x80\x80\x80\x80", 14);
    hist_clear(&h);
    hist_record(&h, UINT64_MAX); /* 33791 empty buckets, then the last one */
    assert_encoded_as(&h, "\xfd\x8f\x04\x02", 4);
    hist_free(&h);
}

static void round_trip(uint64_t seed, int samples, unsigned bits)
{
    struct hist h = {0}, back = {0};
    struct buf b = {0};
    struct err e = {0};
    fill(&h, seed, samples, bits);
    hist_v2_encode(&h, &b);
    assert_true(hist_v2_decode(buf_view(&b), &back, &e));
    assert_same_buckets(&h, &back);
    assert_consistent(&back);
    assert_int_equal(hist_bucket(back.min), hist_bucket(h.min));
    if (h.overflow == 0)
        assert_int_equal(hist_bucket(back.max), hist_bucket(h.max));
    hist_free(&h);
    hist_free(&back);
    buf_free(&b);
}

static void what_is_encoded_is_decoded_again(void **state)
{
    (void)state;
    for (uint64_t seed = 0; seed < 60; seed++)
        round_trip(seed, (int)(seed * seed), 1 + (unsigned)seed);
}

static void counts_up_to_two_to_the_63_pass(void **state)
{
    (void)state;
    struct hist h = {0}, back = {0};
    struct buf b = {0};
    struct err e = {0};
    hist_record_n(&h, 5, INT64_MAX);
    hist_v2_encode(&h, &b);
    assert_true(hist_v2_decode(buf_view(&b), &back, &e));
    assert_true(back.count == INT64_MAX && back.min == 5 && back.max == 5);
    hist_free(&h);
    hist_free(&back);
    buf_free(&b);
}

static void an_hour_is_an_hour_and_more_is_overflow(void **state)
{
    (void)state;
    struct hist h = {0}, back = {0};
    struct buf b = {0};
    struct err e = {0};
    hist_record(&h, HIST_LONGEST_NS);
    hist_record_n(&h, HIST_LONGEST_NS + 1, 2);
    hist_v2_encode(&h, &b);
    assert_true(hist_v2_decode(buf_view(&b), &back, &e));
    assert_true(back.count == 3 && back.overflow == 2);
    assert_true(back.min == HIST_LONGEST_NS);
    assert_true(back.max == hist_bucket_middle(HIST_BUCKETS - 1));
    hist_free(&h);
    hist_free(&back);
    buf_free(&b);
}

static void decoding_adds_to_what_is_there(void **state)
{
    (void)state;
    struct hist h = {0}, twice = {0};
    struct buf b = {0};
    struct err e = {0};
    hist_record(&h, 10);
    hist_record(&h, 1000000);
    hist_v2_encode(&h, &b);
    hist_record(&twice, 5);
    assert_true(hist_v2_decode(buf_view(&b), &twice, &e));
    assert_true(hist_v2_decode(buf_view(&b), &twice, &e));
    assert_true(twice.count == 5 && twice.min == 5 && twice.max == 1000192);
    assert_true(twice.sum == 5 + 2 * (10 + 1000192));
    assert_int_equal(hist_bucket_count(&twice, hist_bucket(1000000)), 2);
    hist_free(&h);
    hist_free(&twice);
    buf_free(&b);
}

static void encoding_appends(void **state)
{
    (void)state;
    struct hist h = {0};
    struct buf b = {0}, alone = {0};
    hist_record(&h, 10);
    hist_v2_encode(&h, &alone);
    buf_str(&b, STR("before"));
    hist_v2_encode(&h, &b);
    assert_int_equal(b.n, 6 + alone.n);
    assert_memory_equal(b.p, "before", 6);
    assert_memory_equal(b.p + 6, alone.p, alone.n);
    hist_free(&h);
    buf_free(&b);
    buf_free(&alone);
}

/* A copy of exactly n bytes, so that the sanitizers see each read beyond them. */
static void assert_cut_refused(str bytes, size_t n)
{
    char *copy = malloc(n > 0 ? n : 1);
    assert_non_null(copy);
    memcpy(copy, bytes.p, n);
    assert_refused((str){copy, n}, "");
    free(copy);
}

static void each_truncation_is_refused(void **state)
{
    (void)state;
    struct hist h = {0};
    struct buf b = {0};
    fill(&h, 21, 100, 42);
    hist_v2_encode(&h, &b);
    for (size_t n = 0; n < b.n; n++)
        assert_cut_refused(buf_view(&b), n);
    buf_char(&b, 0);
    assert_refused(buf_view(&b), "behind its end");
    hist_free(&h);
    buf_free(&b);
}

static void assert_refused_or_consistent(str bytes)
{
    struct hist back = {0};
    struct err e = {0};
    if (hist_v2_decode(bytes, &back, &e)) {
        assert_consistent(&back);
    } else {
        assert_int_equal(e.kind, ERR_RUN);
        assert_true(back.count == 0);
    }
    hist_free(&back);
}

static void a_flipped_bit_is_refused_or_gives_a_consistent_histogram(void **state)
{
    (void)state;
    struct hist h = {0};
    struct buf b = {0};
    fill(&h, 22, 40, 42);
    hist_v2_encode(&h, &b);
    for (size_t bit = 0; bit < b.n * 8; bit++) {
        b.p[bit / 8] = (char)(b.p[bit / 8] ^ 1 << bit % 8);
        assert_refused_or_consistent(buf_view(&b));
        b.p[bit / 8] = (char)(b.p[bit / 8] ^ 1 << bit % 8);
    }
    hist_free(&h);
    buf_free(&b);
}

/* The same below zlib's checksum, which otherwise catches nearly all. */
static void a_flipped_bit_of_the_content_is_refused_or_gives_a_consistent_histogram(void **state)
{
    (void)state;
    struct hist h = {0};
    struct buf b = {0};
    unsigned char content[4000];
    fill(&h, 23, 20, 42);
    hist_record(&h, UINT64_MAX);
    hist_v2_encode(&h, &b);
    size_t n = content_of(buf_view(&b), content, sizeof content);
    for (size_t bit = 0; bit < n * 8; bit++) {
        content[bit / 8] = (unsigned char)(content[bit / 8] ^ 1 << bit % 8);
        struct buf bad = packed(content, n);
        assert_refused_or_consistent(buf_view(&bad));
        buf_free(&bad);
        content[bit / 8] = (unsigned char)(content[bit / 8] ^ 1 << bit % 8);
    }
    hist_free(&h);
    buf_free(&b);
}

static void foreign_headers_are_refused_with_the_reason(void **state)
{
    (void)state;
    struct {
        size_t byte;
        const char *reason;
    } fields[] = {
        {3, "not HdrHistogram V2"},        {7, "length is not what it says"},
        {11, "another unit or precision"}, {15, "another unit or precision"},
        {23, "another unit or precision"}, {39, "another unit or precision"},
    };
    unsigned char content[HEADER];
    for (size_t i = 0; i < sizeof fields / sizeof *fields; i++) {
        memcpy(content, header, HEADER);
        content[fields[i].byte] ^= 1;
        assert_packed_refused(packed(content, HEADER), fields[i].reason);
    }
    memcpy(content, header, HEADER);
    assert_packed_refused(packed(content, HEADER - 1), "not HdrHistogram V2");
    assert_refused(STR(""), "not a histogram");
    assert_refused(STR("GET / HTTP/1.1\r\n"), "not a histogram");
}

static void any_highest_value_in_the_header_will_do(void **state)
{
    (void)state;
    struct hist h = {0};
    struct err e = {0};
    unsigned char content[HEADER + 2];
    memcpy(content, header, HEADER);
    memset(content + 24, 0x7f, 8);
    memcpy(content + HEADER, "\x00\x06", 2);
    content[7] = 2;
    struct buf b = packed(content, sizeof content);
    assert_true(hist_v2_decode(buf_view(&b), &h, &e));
    assert_true(h.count == 3 && h.min == 1 && h.max == 1);
    hist_free(&h);
    buf_free(&b);
}

static void values_beyond_our_layout_become_overflow(void **state)
{
    (void)state;
    struct hist h = {0};
    struct err e = {0};
    struct buf b = packed_counts("\xfd\xdf\x06\x06", 4); /* 55295 empty ones, then 3 in the last */
    assert_true(hist_v2_decode(buf_view(&b), &h, &e));
    assert_true(h.count == 3 && h.overflow == 3);
    assert_true(h.min == hist_bucket_middle(54 * 1024 - 1));
    hist_free(&h);
    buf_free(&b);
}

static void impossible_counts_are_refused(void **state)
{
    (void)state;
    const char *many = "too many buckets", *large = "too large", *cut = "cut short";
    /* 55296 empty buckets and one more; 55297 empty ones; -2^63 empty ones */
    assert_packed_refused(packed_counts("\xff\xdf\x06\x00", 4), many);
    assert_packed_refused(packed_counts("\x81\xe0\x06", 3), many);
    assert_packed_refused(packed_counts("\xff\xff\xff\xff\xff\xff\xff\xff\xff", 9), many);
    /* 2^63 - 1 samples and one more */
    assert_packed_refused(packed_counts("\xfe\xff\xff\xff\xff\xff\xff\xff\xff\x02", 10), large);
    assert_packed_refused(packed_counts("\x06\x80", 2), cut);
    assert_packed_refused(packed_counts("\x80\x80\x80\x80\x80\x80\x80\x80", 8), cut);
}

static void more_samples_than_fit_together_are_refused(void **state)
{
    (void)state;
    struct hist h = {0};
    struct err e = {0};
    struct buf b = packed_counts("\xfe\xff\xff\xff\xff\xff\xff\xff\xff", 9); /* 2^63 - 1 of 0 ns */
    hist_record(&h, 9);
    assert_false(hist_v2_decode(buf_view(&b), &h, &e));
    assert_non_null(strstr(e.text, "together"));
    assert_true(h.count == 1 && h.min == 9);
    hist_clear(&h);
    assert_true(hist_v2_decode(buf_view(&b), &h, &e));
    hist_free(&h);
    buf_free(&b);
}

static void a_small_message_that_unpacks_to_much_is_refused(void **state)
{
    (void)state;
    const size_t n = 20 << 20;
    char *zeros = calloc(1, n);
    assert_non_null(zeros);
    memcpy(zeros, header, HEADER);
    assert_packed_refused(packed(zeros, n), "cannot be decompressed");
    free(zeros);
}

static void bytes_behind_the_zlib_stream_are_refused(void **state)
{
    (void)state;
    struct buf b = packed_counts("\x02", 1);
    buf_char(&b, 0);
    b.p[7]++;
    assert_packed_refused(b, "cannot be decompressed");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_bytes_are_those_of_the_format),
        cmocka_unit_test(what_is_encoded_is_decoded_again),
        cmocka_unit_test(counts_up_to_two_to_the_63_pass),
        cmocka_unit_test(an_hour_is_an_hour_and_more_is_overflow),
        cmocka_unit_test(decoding_adds_to_what_is_there),
        cmocka_unit_test(encoding_appends),
        cmocka_unit_test(each_truncation_is_refused),
        cmocka_unit_test(a_flipped_bit_is_refused_or_gives_a_consistent_histogram),
        cmocka_unit_test(a_flipped_bit_of_the_content_is_refused_or_gives_a_consistent_histogram),
        cmocka_unit_test(foreign_headers_are_refused_with_the_reason),
        cmocka_unit_test(any_highest_value_in_the_header_will_do),
        cmocka_unit_test(values_beyond_our_layout_become_overflow),
        cmocka_unit_test(impossible_counts_are_refused),
        cmocka_unit_test(more_samples_than_fit_together_are_refused),
        cmocka_unit_test(a_small_message_that_unpacks_to_much_is_refused),
        cmocka_unit_test(bytes_behind_the_zlib_stream_are_refused),
    };
    return UNIT_RUN(tests);
}
