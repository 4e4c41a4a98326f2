/* The history: a row for each second and series, and calls in flight that always add up. */
#include "unit.h"

#include <inttypes.h>

#include "base/rng.h"
#include "report/csv_history.h"
#include "report/fixture.h"

static const struct series a = {.name = {"a", 1}}, b = {.name = {"b", 1}, .part = true};

/* Adds a second in which one series started and ended some calls. */
static void add(struct history *h, int64_t second, const struct series *s, uint64_t started,
                uint64_t ok, struct buf *out)
{
    struct results delta = {0};
    struct series_data *d = &results_get(&delta, s)->data;
    d->started = started;
    d->fates[FATE_OK] = ok;
    if (ok) {
        hist_record_n(&d->response, 2 * NS_PER_MS, ok);
        hist_record_n(&d->service, NS_PER_MS, ok);
    }
    history_add(h, &(struct second){.second = second, .delta = &delta}, 0, out);
    results_free(&delta);
}

static void assert_text(struct buf *out, const char *want)
{
    buf_char(out, 0);
    assert_string_equal(out->p, want);
    buf_free(out);
}

static void a_row_has_counts_in_flight_times_and_bytes(void **state)
{
    (void)state;
    struct history h = {0};
    struct buf out = {0};
    struct results delta = {0};
    struct tag tags[] = {{STR("protocol"), STR("http")}, {STR("x"), STR("1,2")}};
    struct series s = {.name = STR("GET \"/\""), .tags = tags, .n_tags = 2};
    struct series_data *d = &results_get(&delta, &s)->data;
    *d = (struct series_data){
        .started = 20, .fates = {5, 4, 3, 2, 1}, .bytes_sent = 70, .bytes_received = 80};
    for (uint64_t i = 1; i <= 100; i++)
        hist_record(&d->response, i * 10);
    hist_record(&d->service, 500);
    history_add(&h, &(struct second){.delta = &delta}, UINT64_C(1769860800123456789), &out);
    assert_int_equal(out.n, 0); /* held */
    history_end(&h, UINT64_C(1769860800123456789), &out);
    assert_text(&out,
                "1769860800.123,0,\"GET \"\"/\"\"\",\"protocol=http;x=1,2\",false,20,5,4,3,2,1,5,"
                "0.0005,0.00095,0.00099,0.001,0.0005,0.0005,70,80\n");
    results_free(&delta);
    history_free(&h);
}

static void metrics_of_scripts_are_no_calls_and_have_no_rows(void **state)
{
    (void)state;
    static const struct series counter = {.name = {"c", 1}, .kind = SERIES_COUNTER};
    struct history h = {0};
    struct buf out = {0};
    add(&h, 0, &counter, 5, 0, &out);
    history_end(&h, 0, &out);
    assert_int_equal(out.n, 0);
    history_free(&h);
    buf_free(&out);
}

static void the_header_names_as_many_columns_as_a_row_has(void **state)
{
    (void)state;
    struct history h = {0};
    struct buf header = {0}, row = {0};
    size_t commas[2] = {0};
    history_header(&header);
    add(&h, 0, &a, 1, 1, &row);
    history_end(&h, 0, &row);
    for (size_t i = 0; i < header.n; i++)
        commas[0] += header.p[i] == ',';
    for (size_t i = 0; i < row.n; i++)
        commas[1] += row.p[i] == ',';
    assert_int_equal(commas[0], commas[1]);
    buf_free(&header);
    buf_free(&row);
    history_free(&h);
}

static void seconds_without_anything_have_rows_too(void **state)
{
    (void)state;
    struct history h = {0};
    struct buf out = {0};
    add(&h, 1, &a, 3, 0, &out);
    add(&h, 4, &a, 0, 3, &out);
    history_end(&h, 0, &out);
    assert_text(&out, "1.000,1,a,,false,3,0,0,0,0,0,3,,,,,,,0,0\n"
                      "2.000,2,a,,false,0,0,0,0,0,0,3,,,,,,,0,0\n"
                      "3.000,3,a,,false,0,0,0,0,0,0,3,,,,,,,0,0\n"
                      "4.000,4,a,,false,0,3,0,0,0,0,0,2,2,2,2,1,1,0,0\n");
    history_free(&h);
}

static void a_series_has_rows_from_its_first_second_on(void **state)
{
    (void)state;
    struct history h = {0};
    struct buf out = {0};
    add(&h, 0, &a, 1, 0, &out);
    add(&h, 1, &b, 1, 0, &out);
    history_end(&h, 0, &out);
    assert_text(&out, "0.000,0,a,,false,1,0,0,0,0,0,1,,,,,,,0,0\n"
                      "1.000,1,a,,false,0,0,0,0,0,0,1,,,,,,,0,0\n"
                      "1.000,1,b,,true,1,0,0,0,0,0,1,,,,,,,0,0\n");
    history_free(&h);
}

static void late_starts_reach_the_row_in_which_they_were_due(void **state)
{
    (void)state;
    struct history h = {0};
    struct buf out = {0};
    add(&h, 0, &a, 1, 1, &out);
    add(&h, 1, &a, 1, 1, &out);
    add(&h, 0, &a, 5, 0, &out);
    add(&h, HISTORY_HELD - 1, &a, 0, 0, &out);
    assert_int_equal(out.n, 0);
    add(&h, HISTORY_HELD, &a, 0, 0, &out);
    assert_text(&out, "0.000,0,a,,false,6,1,0,0,0,0,5,2,2,2,2,1,1,0,0\n");
    history_free(&h);
}

static void starts_later_than_that_go_into_the_oldest_second_held(void **state)
{
    (void)state;
    struct history h = {0};
    struct buf out = {0};
    add(&h, 0, &a, 1, 0, &out);
    add(&h, HISTORY_HELD + 1, &a, 0, 0, &out); /* 0 and 1 are written now */
    out.n = 0;
    add(&h, 0, &a, 7, 0, &out);
    add(&h, HISTORY_HELD + 2, &a, 0, 0, &out);
    assert_text(&out, "2.000,2,a,,false,7,0,0,0,0,0,8,,,,,,,0,0\n");
    history_free(&h);
}

/* A run whose calls take up to 4 s and are taken up to 15 s late. */
static void in_flight_follows_from_the_rows_and_ends_at_zero(void **state)
{
    (void)state;
    enum { SECONDS = 60, CALLS = 5000 };
    static uint64_t started[SECONDS][SECONDS], ended[SECONDS]; /* started[taken][due] */
    struct rng r = rng_make(3, 0);
    struct history h = {0};
    struct buf out = {0};
    struct arena arena = {0};
    for (int i = 0; i < CALLS; i++) {
        uint64_t due = rng_below(&r, SECONDS - 20), taken = due + rng_below(&r, 16);
        started[taken][due]++;
        ended[taken + rng_below(&r, 4)]++;
    }
    for (int64_t s = 0; s < SECONDS; s++) {
        add(&h, s, &a, started[s][s], ended[s], &out);
        for (int64_t due = 0; due < s; due++)
            if (started[s][due])
                add(&h, due, &a, started[s][due], 0, &out);
    }
    history_end(&h, 0, &out);
    str rest = buf_view(&out), line;
    int64_t second, rows = 0;
    uint64_t in, ok, flight, before = 0, all = 0;
    while (str_next(&rest, '\n', &line) && line.n) {
        const char *z = arena_z(&arena, line);
        assert_int_equal(
            sscanf(z, "%*[^,],%" SCNd64 ",a,,false,%" SCNu64 ",%" SCNu64 ",0,0,0,0,%" SCNu64,
                   &second, &in, &ok, &flight),
            4);
        assert_int_equal(second, rows++);
        assert_int_equal(flight, before + in - ok);
        assert_true(flight <= CALLS); /* never below zero */
        before = flight;
        all += in;
    }
    assert_int_equal(rows, SECONDS);
    assert_int_equal(all, CALLS);
    assert_int_equal(before, 0);
    arena_free(&arena);
    buf_free(&out);
    history_free(&h);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_row_has_counts_in_flight_times_and_bytes),
        cmocka_unit_test(metrics_of_scripts_are_no_calls_and_have_no_rows),
        cmocka_unit_test(the_header_names_as_many_columns_as_a_row_has),
        cmocka_unit_test(seconds_without_anything_have_rows_too),
        cmocka_unit_test(a_series_has_rows_from_its_first_second_on),
        cmocka_unit_test(late_starts_reach_the_row_in_which_they_were_due),
        cmocka_unit_test(starts_later_than_that_go_into_the_oldest_second_held),
        cmocka_unit_test(in_flight_follows_from_the_rows_and_ends_at_zero),
    };
    return UNIT_RUN(tests);
}
