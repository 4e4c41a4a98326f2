/* The timeline: rows become points, points coarser ones when there are too many; nothing is lost
 * and no percentile is averaged. Read back as JSON. */
#include "unit.h"

#include <jansson.h>

#include "report/fixture.h"
#include "report/timeline.h"

struct world {
    struct fixture f;
    struct timeline t;
};

static void open_world(struct world *w)
{
    fixture_open(&w->f);
    w->f.stage.duration_ns = UINT64_MAX;
    timeline_init(&w->t, &w->f.plan);
}

static void close_world(struct world *w)
{
    timeline_free(&w->t);
    fixture_close(&w->f);
}

/* A row with n calls of GET that each took so many ms, one of which failed when there is a cause.
 */
static void add(struct world *w, int64_t second, uint64_t length_s, unsigned n, unsigned ms,
                const char *cause)
{
    struct results delta = {0};
    struct series_data *d = &results_get(&delta, &w->f.get)->data;
    d->started = n;
    d->fates[FATE_OK] = n - (cause != NULL);
    d->fates[FATE_ERROR] = cause != NULL;
    hist_record_n(&d->response, ms * NS_PER_MS, n);
    hist_record_n(&d->service, ms * NS_PER_MS / 2, n);
    if (cause)
        tally_add(&d->causes, tally_text(str_from(cause)), 1);
    struct iteration_book *b = iteration_books_at(&delta.books, 0);
    b->started = b->completed = n;
    timeline_add(&w->t, &(struct second){second, &delta, length_s});
    results_free(&delta);
}

enum { SERIES = 100 };

struct many_series {
    struct series list[SERIES];
    char names[SERIES][8];
};

static void name_series(struct many_series *m)
{
    for (unsigned i = 0; i < SERIES; i++) {
        snprintf(m->names[i], sizeof m->names[i], "s%u", i);
        m->list[i] = (struct series){.name = str_from(m->names[i])};
    }
}

/* A row with i + 1 calls of series i. */
static void add_many(struct world *w, const struct many_series *m, int64_t second)
{
    struct results delta = {0};
    for (unsigned i = 0; i < SERIES; i++)
        results_get(&delta, &m->list[i])->data.started = i + 1;
    timeline_add(&w->t, &(struct second){.second = second, .delta = &delta});
    results_free(&delta);
}

static json_t *read_json(struct buf *members)
{
    struct buf text = {0};
    json_error_t error;
    buf_printf(&text, "{" STR_FMT "}", STR_ARG(buf_view(members)));
    json_t *all = json_loadb(text.p, text.n, 0, &error);
    if (!all)
        fail_msg("%s: %.*s", error.text, (int)text.n, text.p);
    buf_free(&text);
    buf_free(members);
    return all;
}

static json_t *told(struct world *w)
{
    struct buf out = {0};
    timeline_json(&w->t, &out);
    return read_json(&out);
}

static double number(const json_t *columns, const char *name, size_t i)
{
    return json_number_value(json_array_get(json_object_get(columns, name), i));
}

static double sum(const json_t *columns, const char *name)
{
    double all = 0;
    for (size_t i = 0; i < json_array_size(json_object_get(columns, name)); i++)
        all += number(columns, name, i);
    return all;
}

static size_t length(const json_t *columns)
{
    return json_array_size(json_object_get(columns, "t"));
}

static void seconds_become_points_with_their_figures(void **state)
{
    (void)state;
    struct world w;
    open_world(&w);
    add(&w, 0, 0, 10, 2, NULL);
    add(&w, 3, 0, 20, 4, "connection \"reset\"");
    json_t *all = told(&w), *time = json_object_get(all, "time");
    assert_int_equal(length(time), 2);
    assert_true(number(time, "t", 1) == 3 && number(time, "n", 1) == 1);
    assert_true(number(time, "started", 1) == 20 && number(time, "error", 1) == 1);
    assert_true(number(time, "asked", 0) == 500);
    const json_t *response = json_object_get(time, "response");
    assert_true(number(response, "max", 0) == 2000 && number(response, "mean", 1) == 4000);
    assert_true(number(json_object_get(time, "service"), "max", 1) == 2000);
    assert_true(number(json_object_get(time, "iterations"), "completed", 1) == 20);
    assert_true(json_is_null(json_array_get(json_object_get(time, "users_asked"), 0)));
    const json_t *causes = json_array_get(json_object_get(time, "causes"), 1);
    assert_true(json_number_value(json_object_get(causes, "connection \"reset\"")) == 1);
    const json_t *heat = json_array_get(json_object_get(time, "heat"), 0);
    assert_int_equal(json_array_size(heat), 2);
    assert_int_equal(json_integer_value(json_array_get(heat, 1)), 10);
    const json_t *series = json_object_get(all, "of_series");
    assert_int_equal(json_array_size(series), 1);
    assert_int_equal(length(json_array_get(series, 0)), 2);
    json_decref(all);
    close_world(&w);
}

static void too_many_points_become_coarser_ones_and_nothing_is_lost(void **state)
{
    (void)state;
    struct world w;
    open_world(&w);
    for (int64_t s = 0; s < 3 * TIMELINE_POINTS; s++)
        add(&w, s, 0, 1 + (unsigned)(s % 7), 1 + (unsigned)(s % 100), NULL);
    json_t *all = told(&w), *time = json_object_get(all, "time");
    assert_int_equal(length(time), 3 * TIMELINE_POINTS / 10);
    assert_true(number(time, "n", 0) == 10);
    double started = 0;
    for (int64_t s = 0; s < 3 * TIMELINE_POINTS; s++)
        started += 1 + (double)(s % 7);
    assert_true(sum(time, "started") == started);
    /* seconds 0 to 9: 1, 2 … 10 ms, of which 7 ms has 7 samples and the half is 6 */
    assert_true(number(json_object_get(time, "response"), "max", 0) == 10000);
    double p50 = number(json_object_get(time, "response"), "p50", 0);
    assert_true(p50 >= 6000 && p50 < 6010);
    json_decref(all);
    close_world(&w);
}

static void beside_another_run_there_are_half_as_many_points(void **state)
{
    (void)state;
    struct world w;
    open_world(&w);
    w.t.half = true;
    for (int64_t s = 0; s < TIMELINE_POINTS; s++)
        add(&w, s, 0, 1, 1, NULL);
    json_t *all = told(&w), *time = json_object_get(all, "time");
    assert_int_equal(length(time), TIMELINE_POINTS / 2);
    assert_true(sum(time, "started") == TIMELINE_POINTS);
    json_decref(all);
    close_world(&w);
}

static void what_is_being_counted_is_told_and_may_still_grow(void **state)
{
    (void)state;
    struct world w;
    open_world(&w);
    for (int64_t s = 0; s < TIMELINE_POINTS + 1; s++) /* the last one begins a point of 2 s */
        add(&w, s, 0, 1, 1, NULL);
    for (int i = 0; i < 2; i++) {
        json_t *all = told(&w), *time = json_object_get(all, "time");
        size_t n = length(time);
        assert_int_equal(n, TIMELINE_POINTS / 2 + 1);
        assert_true(number(time, "n", n - 1) == 1);
        assert_true(sum(time, "started") == TIMELINE_POINTS + 1);
        json_decref(all);
    }
    add(&w, TIMELINE_POINTS + 1, 0, 1, 1, NULL);
    json_t *all = told(&w), *time = json_object_get(all, "time");
    assert_true(number(time, "n", length(time) - 1) == 2);
    json_decref(all);
    close_world(&w);
}

static void minutes_of_a_record_stay_minutes_among_seconds(void **state)
{
    (void)state;
    struct world w;
    open_world(&w);
    add(&w, 0, 60, 600, 1, NULL);
    add(&w, 60, 60, 600, 1, NULL);
    add(&w, 120, 1, 10, 1, NULL);
    json_t *all = told(&w), *time = json_object_get(all, "time");
    assert_int_equal(length(time), 3);
    assert_true(number(time, "n", 1) == 60 && number(time, "t", 1) == 60);
    assert_true(number(time, "asked", 1) == 500);
    assert_true(number(time, "t", 2) == 120 && number(time, "n", 2) == 1);
    json_decref(all);
    close_world(&w);
}

static void starts_that_are_told_late_are_in_the_next_point(void **state)
{
    (void)state;
    struct world w;
    open_world(&w);
    add(&w, 0, 0, 5, 1, NULL);
    add(&w, 1, 0, 5, 1, NULL);
    add(&w, 0, 0, 3, 1, NULL);
    json_t *all = told(&w);
    assert_true(sum(json_object_get(all, "time"), "started") == 13);
    json_decref(all);
    add(&w, 2, 0, 5, 1, NULL);
    all = told(&w);
    assert_int_equal(length(json_object_get(all, "time")), 3);
    assert_true(number(json_object_get(all, "time"), "started", 2) == 8);
    json_decref(all);
    close_world(&w);
}

static void many_series_have_fewer_points_and_the_whole_as_many(void **state)
{
    (void)state;
    struct world w;
    struct many_series many;
    open_world(&w);
    name_series(&many);
    for (int64_t s = 0; s < 600; s++)
        add_many(&w, &many, s);
    json_t *all = told(&w);
    assert_int_equal(length(json_object_get(all, "time")), 600);
    const json_t *of_series = json_object_get(all, "of_series");
    assert_int_equal(json_array_size(of_series), SERIES);
    assert_int_equal(length(json_array_get(of_series, 99)), 60);
    const json_t *service = json_object_get(json_array_get(of_series, 99), "service");
    assert_int_equal(json_object_size(service), 3);
    assert_true(sum(json_array_get(of_series, 99), "started") == 600 * 100);
    json_decref(all);
    close_world(&w);
}

/* What a viewer has of a series: points of this start, length and calls. */
struct followed {
    double points[1000][3];
    size_t n;
};

/* As the page does it (carryOn in web/src/data.ts). */
static void follow(struct followed *v, struct timeline *t, size_t series)
{
    static const char *const names[] = {"t", "n", "started"};
    struct buf one = {0}, text = {0};
    timeline_one_json(t, series, v->n ? (int64_t)v->points[v->n - 1][0] : -1, &one);
    buf_printf(&text, "\"one\":" STR_FMT, STR_ARG(buf_view(&one)));
    buf_free(&one);
    json_t *all = read_json(&text), *fresh = json_object_get(all, "one");
    assert_int_equal(json_integer_value(json_object_get(fresh, "series")), series);
    while (v->n && length(fresh) && v->points[v->n - 1][0] >= number(fresh, "t", 0))
        v->n--;
    for (size_t i = 0; i < length(fresh); i++, v->n++)
        for (unsigned k = 0; k < 3; k++)
            v->points[v->n][k] = number(fresh, names[k], i);
    json_decref(all);
}

static void who_looks_at_one_series_has_its_whole_course(void **state)
{
    (void)state;
    enum { SECONDS = 600 };
    struct world w;
    struct followed v = {.n = 0};
    struct many_series many;
    open_world(&w);
    name_series(&many);
    for (int64_t s = 0; s < SECONDS; s++) { /* points of 1 s become such of 10 s meanwhile */
        add_many(&w, &many, s);
        if (s % 7 == 0 || s + 1 == SECONDS)
            follow(&v, &w.t, 41);
    }
    double end = 0;
    for (size_t i = 0; i < v.n; i++) {
        assert_true(v.points[i][0] == end);
        assert_true(v.points[i][2] == 42 * v.points[i][1]);
        end += v.points[i][1];
    }
    assert_true(end == SECONDS && v.n < SECONDS);
    v.n = 0;
    follow(&v, &w.t, 41);
    assert_int_equal(v.n, 60);
    follow(&v, &w.t, SERIES + 5); /* has no points */
    assert_int_equal(v.n, 60);
    close_world(&w);
}

static void courses_come_in_pieces(void **state)
{
    (void)state;
    enum { SECONDS = 40 };
    struct world w;
    struct many_series many;
    open_world(&w);
    name_series(&many);
    for (int64_t s = 0; s < SECONDS; s++)
        add_many(&w, &many, s);
    size_t next = 0, pieces = 0, told = 0;
    do {
        struct buf out = {0};
        next = timeline_some_json(&w.t, next, &out);
        json_t *all = read_json(&out), *list = json_object_get(all, "of_series");
        for (size_t i = 0; i < json_array_size(list); i++, told++) {
            const json_t *of = json_array_get(list, i);
            assert_int_equal(json_integer_value(json_object_get(of, "series")), told);
            assert_true(sum(of, "started") == SECONDS * (double)(told + 1));
        }
        json_decref(all);
        pieces++;
    } while (next);
    assert_int_equal(told, SERIES);
    assert_int_equal(pieces, 3);
    close_world(&w);
}

static void who_follows_is_told_each_second_once(void **state)
{
    (void)state;
    struct world w;
    struct buf out = {0};
    open_world(&w);
    w.t.follow = true;
    timeline_fresh_json(&w.t, &out);
    assert_int_equal(out.n, 0);
    add(&w, 0, 0, 5, 1, NULL);
    add(&w, 1, 0, 6, 1, NULL);
    timeline_fresh_json(&w.t, &out);
    json_t *all = read_json(&out);
    assert_int_equal(length(json_object_get(all, "time")), 2);
    assert_true(number(json_object_get(all, "time"), "started", 1) == 6);
    assert_null(json_object_get(all, "of_series"));
    json_decref(all);
    timeline_fresh_json(&w.t, &out);
    assert_int_equal(out.n, 0);
    close_world(&w);
}

static void causes_of_any_number_are_bounded(void **state)
{
    (void)state;
    struct world w;
    char cause[32];
    open_world(&w);
    for (int i = 0; i < 2 * TIME_CAUSES; i++) {
        snprintf(cause, sizeof cause, "cause %d", i);
        add(&w, i, 0, 1, 1, cause);
    }
    json_t *all = told(&w);
    const json_t *causes = json_object_get(json_object_get(all, "time"), "causes");
    const json_t *last = json_array_get(causes, json_array_size(causes) - 1);
    assert_int_equal(json_integer_value(json_object_get(last, "other")), 1);
    json_decref(all);
    close_world(&w);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(seconds_become_points_with_their_figures),
        cmocka_unit_test(too_many_points_become_coarser_ones_and_nothing_is_lost),
        cmocka_unit_test(beside_another_run_there_are_half_as_many_points),
        cmocka_unit_test(what_is_being_counted_is_told_and_may_still_grow),
        cmocka_unit_test(minutes_of_a_record_stay_minutes_among_seconds),
        cmocka_unit_test(starts_that_are_told_late_are_in_the_next_point),
        cmocka_unit_test(many_series_have_fewer_points_and_the_whole_as_many),
        cmocka_unit_test(who_looks_at_one_series_has_its_whole_course),
        cmocka_unit_test(courses_come_in_pieces),
        cmocka_unit_test(who_follows_is_told_each_second_once),
        cmocka_unit_test(causes_of_any_number_are_bounded),
    };
    return UNIT_RUN(tests);
}
