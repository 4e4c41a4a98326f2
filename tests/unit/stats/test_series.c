/* Series: what is the same one, and how counts add up. */
#include "unit.h"

#include "stats/series.h"

static const struct tag http = {{"protocol", 8}, {"http", 4}};
static const struct tag kafka = {{"protocol", 8}, {"kafka", 5}};

static void the_same_name_tags_and_kind_are_the_same_series(void **state)
{
    (void)state;
    char name[] = "GET /ping";
    struct tag copy = http;
    struct series a = {.name = STR("GET /ping"), .tags = &http, .n_tags = 1};
    struct series b = {.name = str_from(name), .tags = &copy, .n_tags = 1};
    struct series other_name = {.name = STR("GET /pin"), .tags = &http, .n_tags = 1};
    struct series other_tag = {.name = STR("GET /ping"), .tags = &kafka, .n_tags = 1};
    struct series no_tag = {.name = STR("GET /ping")};
    struct series part = {.name = STR("GET /ping"), .tags = &http, .n_tags = 1, .part = true};
    assert_true(series_same(&a, &a));
    assert_true(series_same(&a, &b));
    assert_false(series_same(&a, &other_name));
    assert_false(series_same(&a, &other_tag));
    assert_false(series_same(&a, &no_tag));
    assert_false(series_same(&a, &part));
}

/* Every counter has a value of its own. */
static void fill(struct series_data *d, uint64_t base)
{
    d->started = base + 100;
    d->started_in_plan = base + 90;
    for (unsigned f = 0; f < FATES; f++)
        d->fates[f] = base + f;
    hist_record(&d->response, base + 1000);
    hist_record(&d->service, base + 500);
    d->bytes_sent = base + 7;
    d->bytes_received = base + 8;
    d->body_bytes = base + 9;
    d->reconnects = base + 10;
    tally_add(&d->status, tally_number(200), base + 11);
    tally_add(&d->causes, tally_text(STR("refused")), base + 12);
}

static void merging_adds_every_counter(void **state)
{
    (void)state;
    struct series_data a = {0}, b = {0};
    fill(&a, 1000);
    fill(&b, 20000);
    series_data_merge(&a, &b);
    assert_int_equal(a.started, 21200);
    assert_int_equal(a.started_in_plan, 21180);
    for (unsigned f = 0; f < FATES; f++)
        assert_int_equal(a.fates[f], 21000 + 2 * f);
    assert_int_equal(a.response.count, 2);
    assert_int_equal(a.response.min, 2000);
    assert_int_equal(a.response.max, 21000);
    assert_int_equal(a.service.count, 2);
    assert_int_equal(a.service.max, 20500);
    assert_int_equal(a.bytes_sent, 21014);
    assert_int_equal(a.bytes_received, 21016);
    assert_int_equal(a.body_bytes, 21018);
    assert_int_equal(a.reconnects, 21020);
    assert_int_equal(a.status.rows[0].count, 21022);
    assert_int_equal(a.causes.rows[0].count, 21024);
    assert_int_equal(series_data_ended(&a), 5 * 21000 + 2 * 10);
    assert_int_equal(series_data_failed(&a), 4 * 21000 + 2 * 10);
    series_data_free(&a);
    series_data_free(&b);
}

static void cleared_data_count_from_zero(void **state)
{
    (void)state;
    struct series_data d = {0}, sum = {0};
    fill(&d, 1000);
    series_data_clear(&d);
    assert_true(series_data_empty(&d));
    series_data_merge(&sum, &d);
    assert_int_equal(sum.started + sum.started_in_plan + series_data_ended(&sum), 0);
    assert_int_equal(sum.bytes_sent + sum.bytes_received + sum.body_bytes + sum.reconnects, 0);
    assert_int_equal(sum.response.count + sum.service.count, 0);
    assert_int_equal(sum.status.used + sum.causes.used, 0);
    series_data_free(&d);
    series_data_free(&sum);
}

static void data_are_empty_until_a_call_starts_or_ends(void **state)
{
    (void)state;
    struct series_data started = {.started = 1}, ended = {.fates[FATE_ABANDONED] = 1}, none = {0};
    assert_true(series_data_empty(&none));
    assert_false(series_data_empty(&started));
    assert_false(series_data_empty(&ended));
}

static void fates_have_the_names_of_the_machine_formats(void **state)
{
    (void)state;
    assert_string_equal(fate_name(FATE_OK), "ok");
    assert_string_equal(fate_name(FATE_FAILED_CHECK), "failed_check");
    assert_string_equal(fate_name(FATE_ERROR), "error");
    assert_string_equal(fate_name(FATE_TIMEOUT), "timeout");
    assert_string_equal(fate_name(FATE_ABANDONED), "abandoned");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_same_name_tags_and_kind_are_the_same_series),
        cmocka_unit_test(merging_adds_every_counter),
        cmocka_unit_test(cleared_data_count_from_zero),
        cmocka_unit_test(data_are_empty_until_a_call_starts_or_ends),
        cmocka_unit_test(fates_have_the_names_of_the_machine_formats),
    };
    return UNIT_RUN(tests);
}
