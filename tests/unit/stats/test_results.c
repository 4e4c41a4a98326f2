/* The merge of all recorders: order, totals, seconds. */
#include "unit.h"

#include <stdio.h>

#include "base/clock.h"

#include "stats/results.h"

static const struct tag red = {{"color", 5}, {"red", 3}}, blue = {{"color", 5}, {"blue", 4}};
static const struct series ping = {.name = {"ping", 4}};
static const struct series part = {.name = {"ping send", 9}, .part = true};
static const struct series red_ping = {.name = {"ping", 4}, .tags = &red, .n_tags = 1};
static const struct series blue_ping = {.name = {"ping", 4}, .tags = &blue, .n_tags = 1};

static void series_stand_in_the_order_of_first_use_and_parts_behind_calls(void **state)
{
    (void)state;
    struct results r = {0};
    const struct series *uses[] = {&part, &blue_ping, &ping, &blue_ping, &red_ping, &part};
    const struct series *want[] = {&blue_ping, &ping, &red_ping, &part};
    for (size_t i = 0; i < 6; i++)
        results_get(&r, uses[i])->data.started++;
    assert_int_equal(r.n, 4);
    assert_int_equal(r.n_calls, 3);
    for (size_t i = 0; i < 4; i++)
        assert_ptr_equal(r.list[i]->series, want[i]);
    assert_int_equal(r.list[0]->data.started, 2);
    assert_int_equal(r.list[3]->data.started, 2);
    results_free(&r);
}

static void metrics_of_scripts_stand_behind_all_that_has_times(void **state)
{
    (void)state;
    static const struct series counter = {.name = {"ping", 4}, .kind = SERIES_COUNTER};
    static const struct series values = {.name = {"size", 4}, .kind = SERIES_VALUES};
    struct results r = {0};
    struct series_data total = {0};
    const struct series *uses[] = {&counter, &part, &values, &ping, &counter};
    const struct series *want[] = {&ping, &part, &counter, &values};
    for (size_t i = 0; i < 5; i++)
        results_get(&r, uses[i])->data.started++;
    assert_int_equal(r.n, 4);
    assert_int_equal(r.n_calls, 1);
    assert_int_equal(r.n_timed, 2);
    for (size_t i = 0; i < 4; i++)
        assert_ptr_equal(r.list[i]->series, want[i]);
    results_total(&r, &total);
    assert_int_equal(total.started, 1); /* a counter of the same name is no call */
    series_data_free(&total);
    results_free(&r);
}

static void the_same_series_of_two_workers_is_one(void **state)
{
    (void)state;
    struct series copy = blue_ping;
    struct results r = {0};
    assert_ptr_equal(results_get(&r, &blue_ping), results_get(&r, &copy));
    assert_ptr_not_equal(results_get(&r, &blue_ping), results_get(&r, &red_ping));
    results_free(&r);
}

static void totals_leave_parts_out(void **state)
{
    (void)state;
    struct results r = {0};
    struct series_data total = {0};
    results_get(&r, &ping)->data.started = 10;
    results_get(&r, &part)->data.started = 100;
    results_get(&r, &red_ping)->data.started = 1;
    results_total(&r, &total);
    assert_int_equal(total.started, 11);
    series_data_free(&total);
    results_free(&r);
}

static void what_a_worker_had_under_way_is_given_up(void **state)
{
    (void)state;
    static const struct series counter = {.name = {"n", 1}, .kind = SERIES_COUNTER};
    struct results r = {0};
    struct series_data *d = &results_get(&r, &ping)->data, *p = &results_get(&r, &part)->data;
    d->started = 5;
    d->fates[FATE_OK] = 3;
    p->started = p->fates[FATE_OK] = 2;
    results_get(&r, &counter)->data.started = 7;
    *iteration_books_at(&r.books, 0) =
        (struct iteration_book){.planned = 9, .started = 4, .completed = 1, .script_error = 1};
    results_give_up(&r, STR("gone"));
    assert_true(call_book_balanced(d) && call_book_balanced(p));
    assert_int_equal(d->fates[FATE_ABANDONED], 2);
    assert_int_equal(d->causes.rows[0].count, 2);
    assert_int_equal(p->causes.used, 0);
    assert_int_equal(r.books.list[0].interrupted, 2);
    assert_int_equal(results_get(&r, &counter)->data.fates[FATE_ABANDONED], 0);
    results_free(&r);
}

/* A recorder of second 2 with a call in each of the seconds 1 to 3. */
static struct recorder recorder_of_second_2(void)
{
    struct recorder r = {.second = 2, .log_lines_lost = 4};
    recorder_started(&r, 0, &ping, 1 * NS_PER_S, true);
    recorder_started(&r, 0, &ping, 2 * NS_PER_S, true);
    recorder_started(&r, 0, &ping, 3 * NS_PER_S, false);
    r.data[0]->fates[FATE_OK] = 3;
    hist_record(&r.data[0]->response, 5);
    hist_record(&r.lateness, 5);
    hist_record(&r.wait, 6);
    hist_record(&r.turn, 7);
    r.replies.classes[REPLY_AGAIN] = 8;
    hist_record(&r.replies.late, 9);
    r.awaited = (struct awaited_book){.seen = 10, .taken = 1};
    tally_add(&r.script_errors, tally_text(STR("why")), 2);
    *iteration_books_at(&r.books, 1) = (struct iteration_book){.completed = 3, .last_done_ns = 77};
    return r;
}

static void adding_takes_all_that_a_recorder_holds(void **state)
{
    (void)state;
    struct recorder from = recorder_of_second_2();
    struct results r = {0};
    iteration_books_at(&r.books, 1)->last_done_ns = 80;
    results_add(&r, &from);
    results_add(&r, &from);
    assert_int_equal(r.list[0]->data.started, 6);
    assert_int_equal(r.list[0]->data.started_in_plan, 4);
    assert_int_equal(r.list[0]->data.fates[FATE_OK], 6);
    assert_int_equal(r.list[0]->data.response.count, 2);
    assert_int_equal(r.lateness.count, 2);
    assert_int_equal(r.wait.max, 6);
    assert_int_equal(r.turn.max, 7);
    assert_int_equal(r.books.list[1].completed, 6);
    assert_int_equal(r.log_lines_lost, 8);
    assert_int_equal(r.replies.classes[REPLY_AGAIN], 16);
    assert_int_equal(r.replies.late.count, 2);
    assert_int_equal(awaited_book_unclaimed(&r.awaited), 18);
    assert_int_equal(r.script_errors.rows[0].count, 4);
    assert_int_equal(r.books.list[0].completed, 0);
    assert_int_equal(r.books.list[1].last_done_ns, 80);
    recorder_free(&from);
    results_free(&r);
}

static void the_seconds_of_a_recorder_add_up_to_all_of_it(void **state)
{
    (void)state;
    struct recorder from = recorder_of_second_2();
    struct results seconds[5] = {0}, all = {0}, sum = {0};
    uint64_t want[5] = {0, 1, 1, 1, 0};
    results_add(&all, &from);
    for (int64_t i = 0; i < 5; i++) {
        results_add_second(&seconds[i], &from, i);
        assert_int_equal(seconds[i].n ? seconds[i].list[0]->data.started : 0, want[i]);
        assert_int_equal(iteration_books_total(&seconds[i].books).completed, i == 2 ? 3 : 0);
        results_merge(&sum, &seconds[i]);
        results_free(&seconds[i]);
    }
    assert_int_equal(sum.list[0]->data.started, all.list[0]->data.started);
    assert_int_equal(sum.list[0]->data.started_in_plan, all.list[0]->data.started_in_plan);
    assert_int_equal(sum.list[0]->data.response.count, 1);
    assert_int_equal(sum.lateness.count + sum.wait.count + sum.turn.count, 3);
    assert_int_equal(sum.log_lines_lost, 4);
    assert_int_equal(sum.replies.classes[REPLY_AGAIN], 8);
    assert_int_equal(awaited_book_unclaimed(&sum.awaited), 9);
    assert_int_equal(sum.script_errors.rows[0].count, 2);
    assert_int_equal(sum.books.list[1].last_done_ns, 77);
    recorder_free(&from);
    results_free(&all);
    results_free(&sum);
}

static void a_series_that_counted_nothing_this_second_is_not_in_it(void **state)
{
    (void)state;
    struct recorder from = recorder_of_second_2();
    struct results r = {0};
    recorder_clear(&from);
    results_add(&r, &from);
    assert_int_equal(r.n, 0);
    assert_int_equal(r.lateness.count + r.wait.count + r.turn.count + r.log_lines_lost, 0);
    assert_int_equal(reply_book_received(&r.replies) + r.replies.late.count, 0);
    assert_int_equal(r.awaited.seen + r.awaited.taken + r.script_errors.used, 0);
    assert_int_equal(iteration_books_total(&r.books).completed, 0);
    recorder_free(&from);
    results_free(&r);
}

static void many_names_are_found_again(void **state)
{
    (void)state;
    enum { NAMES = 500 };
    static char text[NAMES][8];
    static struct series list[NAMES];
    struct results r = {0};
    for (int i = 0; i < NAMES; i++) {
        snprintf(text[i], sizeof text[i], "s%d", i);
        list[i].name = str_from(text[i]);
        results_get(&r, &list[i]);
    }
    for (int i = 0; i < NAMES; i++)
        assert_ptr_equal(results_get(&r, &list[i])->series, &list[i]);
    assert_int_equal(r.n, NAMES);
    results_free(&r);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(series_stand_in_the_order_of_first_use_and_parts_behind_calls),
        cmocka_unit_test(metrics_of_scripts_stand_behind_all_that_has_times),
        cmocka_unit_test(the_same_series_of_two_workers_is_one),
        cmocka_unit_test(totals_leave_parts_out),
        cmocka_unit_test(what_a_worker_had_under_way_is_given_up),
        cmocka_unit_test(adding_takes_all_that_a_recorder_holds),
        cmocka_unit_test(the_seconds_of_a_recorder_add_up_to_all_of_it),
        cmocka_unit_test(a_series_that_counted_nothing_this_second_is_not_in_it),
        cmocka_unit_test(many_names_are_found_again),
    };
    return UNIT_RUN(tests);
}
