/* What two looks at a consumer group say: figures, sentences, table. */
#include "unit.h"

#include <math.h>
#include <string.h>

#include "base/clock.h"
#include "report/lag.h"

enum { NOW_MS = 1000000 };

static struct arena arena;

static struct kafka_lag_partition partition(int32_t number, int64_t committed, int64_t end,
                                            int64_t since_ms)
{
    return (struct kafka_lag_partition){.topic = STR("t"),
                                        .number = number,
                                        .committed = committed,
                                        .end = end,
                                        .since_ms = since_ms};
}

static struct kafka_lag_look look(struct kafka_lag_partition *list, size_t n, double at_s)
{
    return (struct kafka_lag_look){
        .list = list, .n = n, .at_ns = (uint64_t)(at_s * 1e9), .wall_ms = NOW_MS};
}

static struct lag_report compare(struct kafka_lag_partition *before, size_t n_before,
                                 struct kafka_lag_partition *now, size_t n)
{
    struct lag_report r = {.group = "g"};
    struct kafka_lag_look first = look(before, n_before, 5), last = look(now, n, 15);
    lag_compare(&first, &last, &arena, &r);
    return r;
}

static int forget(void **state)
{
    (void)state;
    arena_free(&arena);
    return 0;
}

/* ---- figures ---- */

static void a_group_that_catches_up_has_a_time_to_drain(void **state)
{
    (void)state;
    struct kafka_lag_partition before[] = {partition(0, 100, 1000, -1)};
    struct kafka_lag_partition now[] = {partition(0, 600, 1100, NOW_MS - 2500)};
    struct lag_report r = compare(before, 1, now, 1);
    const struct lag_figures *f = &r.rows[0].figures;
    assert_true(r.seconds == 10 && f->behind == 500 && f->waits_s == 2.5);
    assert_true(f->consumed == 50 && f->produced == 10);
    assert_true(f->drain_s == 500 / 40.0);
    assert_memory_equal(&r.total, f, sizeof *f);
}

static void one_that_does_not_is_never_done(void **state)
{
    (void)state;
    struct kafka_lag_partition before[] = {partition(0, 100, 1000, -1), partition(1, 5, 5, -1)};
    struct kafka_lag_partition now[] = {partition(0, 200, 1100, NOW_MS), partition(1, 9, 9, -1)};
    struct lag_report r = compare(before, 2, now, 2);
    assert_true(isinf(r.rows[0].figures.drain_s) && r.rows[1].figures.drain_s == 0);
    assert_true(isinf(r.total.drain_s) && r.total.behind == 900 && r.total.waits_s == 0);
}

static void the_slowest_partition_says_when_all_is_done(void **state)
{
    (void)state;
    struct kafka_lag_partition before[] = {partition(0, 0, 200, -1), partition(1, 0, 200, -1)};
    struct kafka_lag_partition now[] = {partition(0, 100, 200, -1), partition(1, 10, 200, -1)};
    struct lag_report r = compare(before, 2, now, 2);
    assert_true(r.rows[0].figures.drain_s == 10 && r.rows[1].figures.drain_s == 190);
    assert_true(r.total.drain_s == 190);
}

static void what_was_never_committed_is_in_no_figure(void **state)
{
    (void)state;
    struct kafka_lag_partition now[] = {partition(0, -1, 50, -1), partition(1, -1, 0, -1),
                                        partition(2, 7, 10, NOW_MS - 1000)};
    struct lag_report r = compare(now, 3, now, 3);
    assert_true(isnan(r.rows[0].figures.behind) && isnan(r.rows[0].figures.waits_s));
    assert_true(r.total.behind == 3 && r.total.waits_s == 1 && r.uncommitted == 1);
    r = compare(now, 2, now, 2);
    assert_true(isnan(r.total.behind) && isnan(r.total.consumed) && r.total.produced == 0);
}

static void one_look_has_no_rates(void **state)
{
    (void)state;
    struct lag_report r = {.group = "g"};
    struct kafka_lag_partition now[] = {partition(0, 0, 50, NOW_MS - 1), partition(1, 5, 5, -1)};
    struct kafka_lag_look one = look(now, 2, 5);
    lag_compare(&one, &one, &arena, &r);
    assert_true(r.seconds == 0 && r.total.behind == 50 && isnan(r.total.consumed));
    assert_true(isnan(r.rows[0].figures.drain_s) && r.rows[1].figures.drain_s == 0);
}

static void partitions_are_found_again_by_topic_and_number(void **state)
{
    (void)state;
    struct kafka_lag_partition before[] = {partition(1, 10, 20, -1)};
    struct kafka_lag_partition now[] = {partition(0, 0, 20, -1), partition(1, 20, 20, -1),
                                        partition(1, 20, 20, -1)};
    now[2].topic = STR("u");
    struct lag_report r = compare(before, 1, now, 3);
    assert_true(isnan(r.rows[0].figures.consumed) && r.rows[1].figures.consumed == 1);
    assert_true(isnan(r.rows[2].figures.consumed));
}

static void clocks_and_offsets_that_go_back_make_nothing_negative(void **state)
{
    (void)state;
    struct kafka_lag_partition before[] = {partition(0, 90, 100, -1), partition(1, 5, 9, -1)};
    struct kafka_lag_partition now[] = {partition(0, 10, 100, NOW_MS + 500),
                                        partition(1, 9, 3, -1)}; /* made anew */
    struct lag_report r = compare(before, 2, now, 2);
    assert_true(r.rows[0].figures.consumed == 0 && r.rows[0].figures.waits_s == 0);
    assert_true(r.rows[1].figures.behind == 0 && r.rows[1].figures.produced == 0);
}

static void what_retention_took_away_is_counted(void **state)
{
    (void)state;
    struct kafka_lag_partition now[] = {partition(0, 10, 100, NOW_MS)};
    now[0].begin = 60;
    struct lag_report r = compare(now, 1, now, 1);
    assert_true(r.dropped == 50 && r.total.behind == 90);
}

/* ---- why ---- */

static void assert_why(struct lag_report *r, const struct kafka_lag_group *about, size_t n,
                       const char *first)
{
    r->about = about;
    lag_explain(r, &arena);
    assert_int_equal(r->n_findings, n);
    assert_true(str_contains(r->findings[0], str_from(first)));
}

static void the_cap_is_named_where_members_share_all_partitions(void **state)
{
    (void)state;
    struct kafka_lag_partition now[] = {partition(0, 0, 50, NOW_MS)};
    struct lag_report r = compare(now, 1, now, 1);
    struct kafka_lag_group about = {.known = true, .members = 3, .state = "Stable"};
    assert_why(&r, &about, 1, "partitions are the cap: 3 members share 1 partition (topics that");
    about.members = 0;
    about.state = "Empty";
    assert_why(&r, &about, 1, "nobody is in the group (its state is Empty)");
}

static void another_groups_name_is_named(void **state)
{
    (void)state;
    str others[] = {STR("app"), STR("app2")};
    struct kafka_lag_partition now[] = {partition(0, -1, 50, -1)};
    struct lag_report r = compare(now, 1, now, 1);
    struct kafka_lag_group about = {.known = true, .state = "Dead"};
    assert_why(&r, &about, 2, "is that the application's name for it?");
    assert_true(str_contains(r.findings[1], STR("of 1 of 1 partitions nothing was ever")));
    about.others = others;
    about.n_others = 2;
    assert_why(&r, &about, 2, "but 'app', 'app2' has: is that the application's?");
}

static void work_in_memory_is_named_where_no_lag_shows(void **state)
{
    (void)state;
    struct kafka_lag_partition before[] = {partition(0, 50, 50, -1), partition(1, 0, 0, -1)};
    struct kafka_lag_partition now[] = {partition(0, 60, 60, -1), partition(1, 0, 0, -1)};
    struct lag_report r = compare(before, 2, now, 2);
    struct kafka_lag_group about = {.known = true, .members = 1, .state = "Stable"};
    assert_why(&r, &about, 1, "nothing is behind although 1 records/s come");
    r = compare(now, 2, now, 2);
    assert_why(&r, &about, 1, "nothing is behind and nothing comes");
}

static void lag_that_more_members_would_help_is_said_to_be(void **state)
{
    (void)state;
    struct kafka_lag_partition now[] = {partition(0, 0, 50, NOW_MS), partition(1, 0, 9, NOW_MS)};
    struct lag_report r = compare(now, 2, now, 2);
    struct kafka_lag_group about = {.known = true, .members = 1, .state = "Stable"};
    assert_why(&r, &about, 1, "up to 2 members could share the partitions; there is 1");
    about.known = false;
    assert_why(&r, &about, 1, "these brokers do not say who is in a group");
}

/* ---- in words ---- */

static void assert_says(const struct lag_report *r, const char *line)
{
    struct page p = {.paper = {.utf8 = true, .width = 100}};
    lag_text(&p, r);
    if (!str_contains(buf_view(&p.text), str_from(line)))
        print_error("'%s' is not in:\n%.*s\n", line, (int)p.text.n, p.text.p);
    assert_true(str_contains(buf_view(&p.text), str_from(line)));
    buf_free(&p.text);
}

static void sentences_say_it(void **state)
{
    (void)state;
    struct kafka_lag_partition before[] = {partition(0, 1000, 9000, -1)};
    struct kafka_lag_partition now[] = {partition(0, 6000, 10000, NOW_MS - 2500)};
    struct lag_report r = compare(before, 1, now, 1);
    assert_says(&r, "t              0         6 000        10 000         4 000    2.50 s"
                    "         500         100    10.0 s\n");
    assert_says(&r, "  behind     4 000 records, the oldest waits for 2.50 s\n");
    assert_says(&r, "  rate       500/s consumed, 100/s produced, within 10.0 s\n");
    assert_says(&r, "  drained    in 10.0 s at these rates\n");
    now[0].committed = 1500;
    r = compare(before, 1, now, 1);
    assert_says(&r, "  drained    never at these rates: not faster than records come\n");
    now[0].committed = 1000;
    r = compare(before, 1, now, 1);
    assert_says(&r, "  drained    never: nothing was committed within 10.0 s\n");
}

static void names_of_others_cannot_harm_a_terminal(void **state)
{
    (void)state;
    str others[] = {STR("\x1b]2;evil\x07")};
    struct kafka_lag_partition now[] = {partition(0, -1, 50, -1)};
    struct lag_report r = compare(now, 1, now, 1);
    struct kafka_lag_group about = {
        .known = true, .state = "Dead", .others = others, .n_others = 1};
    r.about = &about;
    lag_explain(&r, &arena);
    assert_says(&r, "\\x1b]2;evil\\x07");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_teardown(a_group_that_catches_up_has_a_time_to_drain, forget),
        cmocka_unit_test_teardown(one_that_does_not_is_never_done, forget),
        cmocka_unit_test_teardown(the_slowest_partition_says_when_all_is_done, forget),
        cmocka_unit_test_teardown(what_was_never_committed_is_in_no_figure, forget),
        cmocka_unit_test_teardown(one_look_has_no_rates, forget),
        cmocka_unit_test_teardown(partitions_are_found_again_by_topic_and_number, forget),
        cmocka_unit_test_teardown(clocks_and_offsets_that_go_back_make_nothing_negative, forget),
        cmocka_unit_test_teardown(what_retention_took_away_is_counted, forget),
        cmocka_unit_test_teardown(the_cap_is_named_where_members_share_all_partitions, forget),
        cmocka_unit_test_teardown(another_groups_name_is_named, forget),
        cmocka_unit_test_teardown(work_in_memory_is_named_where_no_lag_shows, forget),
        cmocka_unit_test_teardown(lag_that_more_members_would_help_is_said_to_be, forget),
        cmocka_unit_test_teardown(sentences_say_it, forget),
        cmocka_unit_test_teardown(names_of_others_cannot_harm_a_terminal, forget),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
