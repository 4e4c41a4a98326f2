/* The page's data: one JSON object with everything that was told, or what is new of it; shapes;
 * hostile texts; bounds. */
#include "unit.h"

#include <jansson.h>

#include "report/fixture.h"
#include "report/page_live.h"
#include "report/page_shapes.h"

static json_t *read_json(struct buf *text)
{
    json_error_t error;
    json_t *all = json_loadb(text->p, text->n, JSON_ALLOW_NUL, &error);
    if (!all)
        fail_msg("%s: %.*s", error.text, (int)text->n, text->p);
    buf_free(text);
    return all;
}

static const json_t *at(const json_t *object, const char *key)
{
    const json_t *value = json_object_get(object, key);
    if (!value)
        fail_msg("there is no '%s'", key);
    return value;
}

static void second(struct page_data *p, struct fixture *f, int64_t number)
{
    fixture_call(f, &f->get, FATE_OK, NULL, 200, 1500000, 1000000);
    page_data_second(p, &(struct second){.second = number, .delta = &f->results});
}

static void a_page_has_all_that_was_told(void **state)
{
    (void)state;
    struct fixture f;
    struct buf out = {0};
    fixture_open(&f);
    struct page_data *p = page_data_make(PAGE_ALONE);
    page_data_setting(p, STR("--rate"), STR("500"), STR("flag -r"));
    page_data_begin(p, &f.info);
    second(p, &f, 0);
    page_data_event(p, &(struct run_event){1500000000, "mark", "</script>"});
    page_data_write(p, "ended", fixture_summary(&f), &out);
    json_t *all = read_json(&out);
    assert_int_equal(json_integer_value(at(all, "page")), 1);
    assert_string_equal(json_string_value(at(all, "state")), "ended");
    const json_t *run = at(all, "run");
    assert_string_equal(json_string_value(at(run, "model")), "open");
    assert_true(json_number_value(at(run, "length_s")) == 10);
    const json_t *setting = json_array_get(at(run, "settings"), 0);
    assert_string_equal(json_string_value(json_array_get(setting, 2)), "flag -r");
    const json_t *series = json_array_get(at(all, "series"), 0);
    assert_string_equal(json_string_value(at(series, "name")), "GET /ping");
    const json_t *event = json_array_get(at(all, "events"), 0);
    assert_true(json_number_value(at(event, "at_s")) == 1.5);
    assert_int_equal(json_integer_value(at(at(at(all, "summary"), "ledger"), "ok")), 1);
    assert_int_equal(json_array_size(at(at(at(all, "shapes"), "total"), "response_cells")), 2);
    json_decref(all);
    page_data_free(p);
    fixture_close(&f);
}

static void more_is_what_is_new(void **state)
{
    (void)state;
    struct fixture f;
    struct buf out = {0};
    fixture_open(&f);
    struct page_data *p = page_data_make(PAGE_FOLLOWED);
    page_data_begin(p, &f.info);
    second(p, &f, 0);
    page_live_more(p, &out);
    json_t *all = read_json(&out);
    assert_int_equal(json_array_size(at(all, "series")), 1);
    assert_int_equal(json_array_size(at(at(all, "time"), "t")), 1);
    json_decref(all);
    page_data_event(p, &(struct run_event){1, "mark", "x"});
    page_live_more(p, &out);
    all = read_json(&out);
    assert_int_equal(json_object_size(all), 1);
    assert_int_equal(json_array_size(at(all, "events")), 1);
    json_decref(all);
    page_live_more(p, &out);
    buf_char(&out, 0);
    assert_string_equal(out.p, "{}");
    buf_free(&out);
    page_data_free(p);
    fixture_close(&f);
}

static void failures_keep_their_texts_masked_cut_and_bounded(void **state)
{
    (void)state;
    enum { LONG = 20000 };
    struct fixture f;
    struct buf out = {0}, body = {0};
    fixture_open(&f);
    struct page_data *p = page_data_make(PAGE_ALONE);
    page_data_begin(p, &f.info);
    for (int i = 0; i < LONG; i++)
        buf_char(&body, (char)(i % 256));
    struct shown_call call = {
        .record = {.series = &f.get, .cause = "\xff", .fate = FATE_FAILED_CHECK, .status = 500},
        .request = STR("GET / HTTP/1.1\r\nAuthorization: Bearer s3cret\r\n\r\n"),
        .body = buf_view(&body)};
    for (int i = 0; i < 1000; i++)
        page_data_failure(p, &call);
    page_data_write(p, "running", NULL, &out);
    assert_true(out.n < 2000000);
    json_t *all = read_json(&out);
    const json_t *failures = at(all, "failures");
    assert_int_equal(json_array_size(failures), 200);
    const json_t *first = json_array_get(failures, 0);
    assert_string_equal(json_string_value(at(first, "fate")), "failed_check");
    assert_null(strstr(json_string_value(at(first, "request")), "s3cret"));
    assert_non_null(json_string_value(at(first, "body")));
    assert_true(json_is_null(at(first, "head")));
    assert_true(json_is_null(at(json_array_get(failures, 199), "body")));
    assert_true(json_is_null(at(all, "summary")));
    json_decref(all);
    buf_free(&body);
    page_data_free(p);
    fixture_close(&f);
}

static void text_of(void (*put)(const struct hist *h, struct buf *out), const struct hist *h,
                    const char *want)
{
    struct buf out = {0};
    put(h, &out);
    buf_char(&out, 0);
    assert_string_equal(out.p, want);
    buf_free(&out);
}

static void cells_count_all_samples(void **state)
{
    (void)state;
    struct hist h = {0};
    text_of(page_cells, &h, "[]");
    hist_record_n(&h, 1, 2);
    hist_record_n(&h, 1024, 3); /* 2^10 ns: cell 80 */
    hist_record_n(&h, 1025, 4);
    hist_record(&h, 2 * HIST_LONGEST_NS);
    text_of(page_cells, &h, "[0,2,80,7,335,1]");
    hist_free(&h);
}

static void a_spectrum_goes_as_far_as_the_samples(void **state)
{
    (void)state;
    struct hist h = {0};
    text_of(page_spectrum, &h, "[]");
    hist_record(&h, 1000);
    hist_record(&h, 2000);
    hist_record(&h, 3000);
    hist_record(&h, 4000); /* p0, p29, p50, p65, p75, p82, p87.5, the longest */
    text_of(page_spectrum, &h, "[1,2,2,3.001,3.001,4,4,4]");
    hist_free(&h);
}

static void times_have_four_digits(void **state)
{
    (void)state;
    static const struct {
        double us;
        const char *text;
    } cases[] = {
        {0, "0"},           {0.001, "0.001"},       {1.23456, "1.235"},    {999.96, "1000"},
        {12345.6, "12350"}, {3600e6, "3600000000"}, {(double)NAN, "null"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct buf out = {0};
        page_put_us(&out, cases[i].us);
        buf_char(&out, 0);
        assert_string_equal(out.p, cases[i].text);
        buf_free(&out);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_page_has_all_that_was_told),
        cmocka_unit_test(more_is_what_is_new),
        cmocka_unit_test(failures_keep_their_texts_masked_cut_and_bounded),
        cmocka_unit_test(cells_count_all_samples),
        cmocka_unit_test(a_spectrum_goes_as_far_as_the_samples),
        cmocka_unit_test(times_have_four_digits),
    };
    return UNIT_RUN(tests);
}
