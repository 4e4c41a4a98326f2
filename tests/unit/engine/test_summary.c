/* Sentences of a verdict. */
#include "unit.h"

#include "engine/judge.h"

#include <math.h>
#include <string.h>

#include "engine/summary.h"

struct world {
    struct stage stage;
    struct load load;
    struct plan plan;
    struct run_info info;
    struct results results;
    struct series_data total;
    struct verdict verdict;
    struct summary s;
};

static int make(void **state)
{
    static struct world w;
    w = (struct world){.stage = {.from = 100, .to = 100, .duration_ns = 10000000000}};
    w.load.profile = (struct profile){LOAD_OPEN, &w.stage, 1};
    w.plan = (struct plan){.loads = &w.load, .n_loads = 1};
    w.info.plan = &w.plan;
    w.s = (struct summary){.info = &w.info,
                           .results = &w.results,
                           .total = &w.total,
                           .verdict = &w.verdict,
                           .length_s = 10,
                           .asked_rate = 100,
                           .achieved_rate = 99};
    *state = &w;
    return 0;
}

static int drop(void **state)
{
    struct world *w = *state;
    series_data_free(&w->total);
    results_free(&w->results);
    return 0;
}

static void a_verdict_only_gets_worse(void **state)
{
    struct verdict *v = &((struct world *)*state)->verdict;
    verdict_reason(v, RUN_DEGRADED, "%d lines", 3);
    assert_int_equal(v->validity, RUN_DEGRADED);
    verdict_reason(v, RUN_INVALID, "worse");
    verdict_reason(v, RUN_DEGRADED, "not so bad");
    assert_int_equal(v->validity, RUN_INVALID);
    assert_int_equal(v->n_reasons, 3);
    assert_string_equal(v->reasons[0], "3 lines");
    assert_string_equal(v->reasons[2], "not so bad");
}

static void notes_are_no_verdict(void **state)
{
    struct verdict *v = &((struct world *)*state)->verdict;
    verdict_note(v, "note %d", 1);
    assert_int_equal(v->validity, RUN_VALID);
    assert_int_equal(v->n_notes, 1);
    assert_string_equal(v->notes[0], "note 1");
}

static void more_sentences_than_fit_say_so_and_still_count(void **state)
{
    struct verdict *v = &((struct world *)*state)->verdict;
    for (unsigned i = 0; i < REASONS; i++)
        verdict_reason(v, RUN_DEGRADED, "reason %u", i);
    verdict_reason(v, RUN_INVALID, "too much");
    assert_int_equal(v->n_reasons, REASONS);
    assert_int_equal(v->validity, RUN_INVALID);
    assert_string_equal(v->reasons[REASONS - 2], "reason 10");
    assert_string_equal(v->reasons[REASONS - 1], "there are more than can be listed here");
}

static void thresholds_are_judged_and_the_missed_counted(void **state)
{
    struct world *w = *state;
    struct arena arena = {0};
    struct threshold list[3];
    struct err e;
    assert_true(threshold_parse(STR("failed == 0"), false, &arena, &list[0], &e));
    assert_true(threshold_parse(STR("achieved_rate > 99.5%"), false, &arena, &list[1], &e));
    assert_true(threshold_parse(STR("response_time.p99 < 1s"), false, &arena, &list[2], &e));
    judge(&w->s, list, 3, &arena);
    assert_int_equal(w->verdict.n_thresholds, 3);
    assert_int_equal(w->verdict.n_missed, 2);
    assert_true(w->verdict.thresholds[0].passed);
    assert_true(w->verdict.thresholds[1].value == 0.99);
    assert_false(w->verdict.thresholds[2].has_value);
    arena_free(&arena);
}

static void replies(struct world *w, unsigned status, uint64_t count, enum fate fate)
{
    tally_add(&w->total.status, tally_number(status), count);
    w->total.started += count;
    w->total.fates[fate] += count;
}

static void assert_only_note(struct world *w, const char *words)
{
    summary_notes(&w->s);
    assert_int_equal(w->verdict.n_notes, 1);
    if (!strstr(w->verdict.notes[0], words))
        fail_msg("%s", w->verdict.notes[0]);
}

static void the_closed_model_says_that_waiting_is_not_counted(void **state)
{
    struct world *w = *state;
    w->load.profile.model = LOAD_CLOSED;
    replies(w, 200, 100, FATE_OK);
    assert_only_note(w, "waiting is not counted");
}

static void a_good_open_run_has_no_notes(void **state)
{
    struct world *w = *state;
    replies(w, 200, 100, FATE_OK);
    replies(w, 503, 40, FATE_FAILED_CHECK);
    summary_notes(&w->s);
    assert_int_equal(w->verdict.n_notes, 0);
}

static void mostly_redirects_name_the_flag_that_follows_them(void **state)
{
    replies(*state, 200, 10, FATE_OK);
    replies(*state, 302, 11, FATE_OK);
    assert_only_note(*state, "status 302: --follow 5");
}

static void half_of_the_replies_is_not_most(void **state)
{
    struct world *w = *state;
    replies(w, 200, 10, FATE_OK);
    replies(w, 302, 10, FATE_OK);
    summary_notes(&w->s);
    assert_int_equal(w->verdict.n_notes, 0);
}

static void mostly_one_error_status_says_so(void **state)
{
    replies(*state, 404, 10, FATE_FAILED_CHECK);
    assert_only_note(*state, "status 404: is the path right?");
}

static void other_errors_have_their_own_advice(void **state)
{
    (void)state;
    struct {
        unsigned status;
        const char *words;
    } advice[] = {{401, "credentials"},
                  {403, "credentials"},
                  {407, "credentials"},
                  {429, "limits the rate"},
                  {400, "request that was meant"},
                  {503, "itself failed"}};
    for (size_t i = 0; i < sizeof advice / sizeof *advice; i++) {
        void *w;
        make(&w);
        replies(w, advice[i].status, 10, FATE_FAILED_CHECK);
        assert_only_note(w, advice[i].words);
        drop(&w);
    }
}

static void a_status_that_was_expected_is_no_error(void **state)
{
    struct world *w = *state;
    replies(w, 404, 10, FATE_OK);
    summary_notes(&w->s);
    assert_int_equal(w->verdict.n_notes, 0);
}

#define WITH_WORLD(test) cmocka_unit_test_setup_teardown(test, make, drop)

int main(void)
{
    const struct CMUnitTest tests[] = {
        WITH_WORLD(a_verdict_only_gets_worse),
        WITH_WORLD(notes_are_no_verdict),
        WITH_WORLD(more_sentences_than_fit_say_so_and_still_count),
        WITH_WORLD(thresholds_are_judged_and_the_missed_counted),
        WITH_WORLD(the_closed_model_says_that_waiting_is_not_counted),
        WITH_WORLD(a_good_open_run_has_no_notes),
        WITH_WORLD(mostly_redirects_name_the_flag_that_follows_them),
        WITH_WORLD(half_of_the_replies_is_not_most),
        WITH_WORLD(mostly_one_error_status_says_so),
        WITH_WORLD(other_errors_have_their_own_advice),
        WITH_WORLD(a_status_that_was_expected_is_no_error),
    };
    return UNIT_RUN(tests);
}
