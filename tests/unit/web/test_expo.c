/* The formats, to the byte where they are small; the buckets of both kinds of histograms. */
#include "unit.h"

#include <math.h>
#include <string.h>

#include "web/expo.h"

static const double borders[] = {0.001, 1};
static const struct expo_bounds bounds = {borders, 2, 1e9};
static const struct expo_family calls = {"a_calls_total", EXPO_COUNTER, NULL, "Calls."};
static const struct expo_family empty = {"a_nothing", EXPO_GAUGE, NULL, "Nothing."};
static const struct expo_family times = {"a_time_seconds", EXPO_HISTOGRAM, "seconds", "Times."};

/* 3 calls, and 1 ms, 2 ms, two hours. */
static void write_all(const struct expo_format *format, struct buf *out)
{
    struct expo x = {.format = format, .out = out};
    struct expo_labels none = {.n = 0}, one = {{{STR("name"), STR("a\"b\\\n\xff")}}, 1};
    struct hist h = {0};
    hist_record(&h, 1000000);
    hist_record(&h, 2000000);
    hist_record(&h, 2 * HIST_LONGEST_NS);
    expo_family(&x, &calls);
    expo_value(&x, &one, 3);
    expo_family(&x, &empty);
    expo_family(&x, &times);
    expo_hist(&x, &none, &h, &bounds);
    expo_end(&x);
    hist_free(&h);
}

static void expect_text(const struct expo_format *format, const char *expected)
{
    struct buf out = {0};
    write_all(format, &out);
    buf_char(&out, 0);
    assert_string_equal(out.p, expected);
    buf_free(&out);
}

static void text_is_text(void **state)
{
    (void)state;
    expect_text(&expo_text, "# HELP a_calls_total Calls.\n"
                            "# TYPE a_calls_total counter\n"
                            "a_calls_total{name=\"a\\\"b\\\\\\n\xef\xbf\xbd\"} 3\n"
                            "# HELP a_time_seconds Times.\n"
                            "# TYPE a_time_seconds histogram\n"
                            "a_time_seconds_bucket{le=\"0.001\"} 1\n"
                            "a_time_seconds_bucket{le=\"1\"} 2\n"
                            "a_time_seconds_bucket{le=\"+Inf\"} 3\n"
                            "a_time_seconds_sum 7200.003\n"
                            "a_time_seconds_count 3\n");
}

static void openmetrics_names_families_units_and_the_end(void **state)
{
    (void)state;
    expect_text(&expo_openmetrics, "# HELP a_calls Calls.\n"
                                   "# TYPE a_calls counter\n"
                                   "a_calls_total{name=\"a\\\"b\\\\\\n\xef\xbf\xbd\"} 3\n"
                                   "# HELP a_time_seconds Times.\n"
                                   "# TYPE a_time_seconds histogram\n"
                                   "# UNIT a_time_seconds seconds\n"
                                   "a_time_seconds_bucket{le=\"0.001\"} 1\n"
                                   "a_time_seconds_bucket{le=\"1.0\"} 2\n"
                                   "a_time_seconds_bucket{le=\"+Inf\"} 3\n"
                                   "a_time_seconds_sum 7200.003\n"
                                   "a_time_seconds_count 3\n"
                                   "# EOF\n");
}

static void protobuf_has_its_bytes(void **state)
{
    (void)state;
    struct buf out = {0};
    write_all(&expo_protobuf, &out);
    assert_memory_equal(out.p + 1,
                        "\x0a\x0d"
                        "a_calls_total"
                        "\x12\x06"
                        "Calls."
                        "\x18\x00",
                        25);
    size_t length = (unsigned char)out.p[0];
    assert_memory_equal(out.p + 1 + length - 9, "\x09\0\0\0\0\0\0\x08\x40", 9); /* 3.0 */
    assert_memory_equal(out.p + 1 + length + 1,
                        "\x0a\x0e"
                        "a_time_seconds",
                        16);
    buf_free(&out);
}

static void native_buckets_hold_everything(void **state)
{
    (void)state;
    static struct expo_native native;
    struct hist h = {0};
    uint64_t sum = 0;
    hist_record_n(&h, 0, 5);
    for (uint64_t ns = 10; ns < UINT64_C(10000000000); ns += ns / 7 + 1)
        hist_record(&h, ns);
    hist_record_n(&h, 3 * HIST_LONGEST_NS, 2);
    expo_native(&h, 1e9, &native);
    for (unsigned i = 0; i < native.n; i++) {
        assert_true(native.buckets[i].count > 0);
        assert_true(i == 0 || native.buckets[i].index > native.buckets[i - 1].index);
        sum += native.buckets[i].count;
    }
    assert_int_equal(native.zero, 5);
    assert_int_equal(native.zero + sum, h.count);
    hist_free(&h);
}

/* 2^(i/8) is the upper border, inclusive. */
static void native_borders(void **state)
{
    (void)state;
    static struct expo_native native;
    struct hist h = {0};
    hist_record(&h, UINT64_C(1000000000)); /* its fine bucket's middle is a little more */
    hist_record(&h, 1500000000);           /* 2^(5/8) = 1.542 */
    expo_native(&h, 1e9, &native);
    assert_int_equal(native.n, 2);
    assert_in_range(native.buckets[0].index, 0, 1);
    assert_int_equal(native.buckets[1].index, 5);
    hist_free(&h);
}

static void the_scraper_chooses(void **state)
{
    (void)state;
    static const char native[] =
        "application/vnd.google.protobuf;proto=io.prometheus.client.MetricFamily;"
        "encoding=delimited,application/openmetrics-text;version=1.0.0;q=0.8,text/plain;q=0.5";
    assert_ptr_equal(expo_accepted(str_from(native)), &expo_protobuf);
    assert_ptr_equal(expo_accepted(STR("application/openmetrics-text; version=1.0.0,*/*;q=0.1")),
                     &expo_openmetrics);
    assert_ptr_equal(expo_accepted(STR("application/vnd.google.protobuf;encoding=text")),
                     &expo_text);
    assert_ptr_equal(expo_accepted(STR("*/*")), &expo_text);
    assert_ptr_equal(expo_accepted(STR("")), &expo_text);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(text_is_text),
        cmocka_unit_test(openmetrics_names_families_units_and_the_end),
        cmocka_unit_test(protobuf_has_its_bytes),
        cmocka_unit_test(native_buckets_hold_everything),
        cmocka_unit_test(native_borders),
        cmocka_unit_test(the_scraper_chooses),
    };
    return UNIT_RUN(tests);
}
