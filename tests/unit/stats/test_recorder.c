/* The recorder of one worker and one second. */
#include "unit.h"

#include "base/clock.h"
#include "stats/results.h"

static const struct series one = {.name = {"one", 3}};
static const struct series two = {.name = {"two", 3}};

static void data_are_made_when_first_asked_for(void **state)
{
    (void)state;
    struct recorder r = {0};
    struct series_data *d = recorder_data(&r, 20, &two);
    assert_int_equal(r.n, 21);
    assert_ptr_equal(r.series[20], &two);
    assert_null(r.data[3]);
    assert_ptr_equal(recorder_data(&r, 20, &two), d);
    assert_ptr_not_equal(recorder_data(&r, 3, &one), d);
    assert_ptr_equal(r.series[3], &one);
    assert_int_equal(r.n, 21);
    recorder_free(&r);
}

static void data_stay_where_they_are_when_others_come(void **state)
{
    (void)state;
    struct recorder r = {0};
    struct series_data *first = recorder_data(&r, 0, &one);
    first->started = 5;
    for (unsigned i = 1; i < 100; i++)
        recorder_data(&r, i, &two);
    assert_ptr_equal(recorder_data(&r, 0, &one), first);
    assert_int_equal(first->started, 5);
    recorder_free(&r);
}

static void measures_have_numbers_of_their_own(void **state)
{
    (void)state;
    static const struct series lag = {.name = {"kafka_lag", 9}, .kind = SERIES_VALUES};
    struct recorder r = {0};
    struct results all = {0};
    recorder_data(&r, 0, &one)->started = 1;
    for (unsigned i = 0; i < 50; i++)
        recorder_measured(&r, i, i == 3 ? &lag : &two)->started += i == 3;
    recorder_measured(&r, 3, &lag)->started++;
    results_add(&all, &r);
    results_add_second(&all, &r, 0);
    assert_int_equal(all.n, 2); /* what nobody measured is not there */
    assert_ptr_equal(all.list[1]->series, &lag);
    assert_int_equal(all.list[1]->data.started, 4);
    recorder_clear(&r);
    assert_int_equal(recorder_measured(&r, 3, &lag)->started, 0);
    results_free(&all);
    recorder_free(&r);
}

static void starts_count_in_the_second_in_which_they_were_due(void **state)
{
    (void)state;
    struct recorder r = {.second = 3};
    recorder_started(&r, 0, &one, 3 * NS_PER_S, true);
    recorder_started(&r, 0, &one, 4 * NS_PER_S - 1, false);
    recorder_started(&r, 0, &one, 3 * NS_PER_S - 1, true); /* taken late */
    recorder_started(&r, 0, &one, 4 * NS_PER_S, false);    /* nothing was done in second 4 yet */
    recorder_started(&r, 1, &two, 4 * NS_PER_S, true);
    recorder_started(&r, 0, &one, 4 * NS_PER_S + 1, true);
    assert_int_equal(r.data[0]->started, 2);
    assert_int_equal(r.data[0]->started_in_plan, 1);
    assert_int_equal(r.data[1]->started, 0);
    assert_int_equal(r.n_others, 3);
    struct other_start want[] = {{2, 0, 1, 1}, {4, 0, 2, 1}, {4, 1, 1, 1}};
    for (size_t i = 0; i < 3; i++) {
        assert_int_equal(r.others[i].second, want[i].second);
        assert_int_equal(r.others[i].series, want[i].series);
        assert_int_equal(r.others[i].calls, want[i].calls);
        assert_int_equal(r.others[i].calls_in_plan, want[i].calls_in_plan);
    }
    recorder_free(&r);
}

static void no_start_is_lost_among_many_late_ones(void **state)
{
    (void)state;
    struct recorder r = {.second = 100};
    uint64_t calls[50] = {0};
    for (uint64_t i = 0; i < 5000; i++)
        recorder_started(&r, (unsigned)(i % 50), &one, i % 7 * NS_PER_S, true);
    for (size_t i = 0; i < r.n_others; i++)
        calls[r.others[i].series] += r.others[i].calls;
    for (unsigned i = 0; i < 50; i++)
        assert_int_equal(calls[i], 100);
    recorder_free(&r);
}

static void a_cleared_recorder_is_empty_and_keeps_its_memory(void **state)
{
    (void)state;
    struct recorder r = {.second = 3};
    recorder_started(&r, 0, &one, 0, true);
    recorder_started(&r, 0, &one, 3 * NS_PER_S, true);
    struct series_data *d = recorder_data(&r, 0, &one);
    hist_record(&r.lateness, 1);
    hist_record(&r.wait, 1);
    hist_record(&r.turn, 1);
    iteration_books_at(&r.books, 0)->started = r.log_lines_lost = 1;
    recorder_clear(&r);
    assert_int_equal(r.n_others, 0);
    assert_true(series_data_empty(d));
    assert_int_equal(r.lateness.count + r.wait.count + r.turn.count, 0);
    assert_int_equal(r.books.list[0].started + r.log_lines_lost, 0);
    assert_ptr_equal(recorder_data(&r, 0, &one), d);
    assert_int_equal(r.second, 3);
    recorder_free(&r);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(data_are_made_when_first_asked_for),
        cmocka_unit_test(measures_have_numbers_of_their_own),
        cmocka_unit_test(data_stay_where_they_are_when_others_come),
        cmocka_unit_test(starts_count_in_the_second_in_which_they_were_due),
        cmocka_unit_test(no_start_is_lost_among_many_late_ones),
        cmocka_unit_test(a_cleared_recorder_is_empty_and_keeps_its_memory),
    };
    return UNIT_RUN(tests);
}
