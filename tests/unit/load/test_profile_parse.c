/* The grammar of --stages: what is understood, and the sentence for everything that is not. */
#include "plan.h"

#include <stdio.h>
#include <string.h>

#include "base/clock.h"

struct expected {
    const char *text;
    enum load_model model;
    unsigned n;
    struct stage stages[5];
};

static void same_plan(const struct expected *want)
{
    struct arena arena = {0};
    struct profile p = plan(want->text, &arena);
    assert_int_equal(p.model, want->model);
    assert_int_equal(p.n, want->n);
    for (unsigned i = 0; i < p.n; i++) {
        assert_true(p.stages[i].from == want->stages[i].from);
        assert_true(p.stages[i].to == want->stages[i].to);
        assert_int_equal(p.stages[i].duration_ns, want->stages[i].duration_ns);
        assert_int_equal(p.stages[i].at_once, want->stages[i].at_once);
    }
    arena_free(&arena);
}

#define SECONDS(n) ((n)*NS_PER_S)

static void stages_of_rates_are_an_open_plan(void **state)
{
    (void)state;
    const struct expected good[] = {
        {"0..1k over 30s, 1k for 2m, 5k for 10s, pause 10s, 100 at once",
         LOAD_OPEN,
         5,
         {{0, 1000, SECONDS(30), 0, false},
          {1000, 1000, SECONDS(120), 0, false},
          {5000, 5000, SECONDS(10), 0, false},
          {0, 0, SECONDS(10), 0, false},
          {0, 0, 0, 100, false}}},
        {"30/m for 10m", LOAD_OPEN, 1, {{0.5, 0.5, SECONDS(600), 0, false}}},
        {"1.5M..0 for 500ms", LOAD_OPEN, 1, {{1.5e6, 0, 500 * NS_PER_MS, 0, false}}},
        {"\t1k/s .. 2k/s\n over  1m30s ", LOAD_OPEN, 1, {{1000, 2000, SECONDS(90), 0, false}}},
        {"1k at once", LOAD_OPEN, 1, {{0, 0, 0, 1000, false}}},
        {"0 for 1s,5   at\tonce",
         LOAD_OPEN,
         2,
         {{0, 0, SECONDS(1), 0, false}, {0, 0, 0, 5, false}}},
        {"250 for 10", LOAD_OPEN, 1, {{250, 250, SECONDS(10), 0, false}}},
    };
    for (size_t i = 0; i < sizeof good / sizeof *good; i++)
        same_plan(&good[i]);
}

static void the_word_users_makes_the_closed_plan(void **state)
{
    (void)state;
    const struct expected good[] = {
        {"0..50 users over 1m, 50 users for 5m",
         LOAD_CLOSED,
         2,
         {{0, 50, SECONDS(60), 0, false}, {50, 50, SECONDS(300), 0, false}}},
        {"pause 1s, 1 user for 1h",
         LOAD_CLOSED,
         2,
         {{0, 0, SECONDS(1), 0, false}, {1, 1, SECONDS(3600), 0, false}}},
        {"10k..10users over 2s", LOAD_CLOSED, 1, {{10000, 10, SECONDS(2), 0, false}}},
    };
    for (size_t i = 0; i < sizeof good / sizeof *good; i++)
        same_plan(&good[i]);
}

static void a_unit_on_one_side_of_a_ramp_holds_for_both(void **state)
{
    (void)state;
    const struct expected good[] = {
        {"30..60/m over 5m", LOAD_OPEN, 1, {{0.5, 1, SECONDS(300), 0, false}}},
        {"30/m..60 over 5m", LOAD_OPEN, 1, {{0.5, 1, SECONDS(300), 0, false}}},
        {"30/m..60/s over 5m", LOAD_OPEN, 1, {{0.5, 60, SECONDS(300), 0, false}}},
        {"0..60/m over 5m", LOAD_OPEN, 1, {{0, 1, SECONDS(300), 0, false}}},
        {"60/m..0/m over 5m", LOAD_OPEN, 1, {{1, 0, SECONDS(300), 0, false}}},
    };
    for (size_t i = 0; i < sizeof good / sizeof *good; i++)
        same_plan(&good[i]);
}

static void a_pause_may_be_for_a_time(void **state)
{
    (void)state;
    same_plan(&(struct expected){"pause for 2s, 1 at once",
                                 LOAD_OPEN,
                                 2,
                                 {{0, 0, SECONDS(2), 0, false}, {0, 0, 0, 1, false}}});
}

static const char how[] = "write it like 1k for 2m, 0..1k over 30s, pause 10s, 100 at once "
                          "or 50 users for 5m";

/* `sentence` ends in "HOW" where every way to write a stage is shown. */
static void refused(const char *text, const char *sentence)
{
    struct arena arena = {0};
    struct profile p;
    struct err e = {0};
    char want[600];
    size_t n = strlen(sentence), shown = n >= 3 && !strcmp(sentence + n - 3, "HOW") ? 3 : 0;
    snprintf(want, sizeof want, "%.*s%s", (int)(n - shown), sentence, shown ? how : "");
    if (profile_parse(str_from(text), &arena, &p, &e))
        fail_msg("'%s' was taken", text);
    assert_string_equal(e.text, want);
    assert_int_equal(e.kind, ERR_USAGE);
    arena_free(&arena);
}

static void a_stage_that_is_no_stage_is_named_by_number_and_text(void **state)
{
    (void)state;
    refused("", "stage 1 '': nothing is here; HOW");
    refused(NULL, "stage 1 '': nothing is here; HOW");
    refused("1k for 2m,", "stage 2 '': nothing is here; HOW");
    refused("1k for 2m, ,5k for 1m", "stage 2 '': nothing is here; HOW");
    refused("1k for 2m, 5k 10s", "stage 2 '5k 10s': not understood; HOW");
    refused("1k", "stage 1 '1k': not understood; HOW");
    refused("100 once", "stage 1 '100 once': not understood; HOW");
    refused("paused 10s", "stage 1 'paused 10s': not understood; HOW");
    refused("1k forever 2m", "stage 1 '1k forever 2m': not understood; HOW");
}

static void a_wrong_rate_count_or_time_is_quoted(void **state)
{
    (void)state;
    refused("1k for 2m, fast for 1m", "stage 2 'fast for 1m': 'fast' is not a rate; "
                                      "write it like 250, 2k, 1.5M or 30/m");
    refused("for 1m", "stage 1 'for 1m': '' is not a rate; write it like 250, 2k, 1.5M or 30/m");
    refused("1k.. over 1m",
            "stage 1 '1k.. over 1m': '' is not a rate; write it like 250, 2k, 1.5M or 30/m");
    refused("1k/ for 1m",
            "stage 1 '1k/ for 1m': '1k/' is not a rate; write it like 250, 2k, 1.5M or 30/m");
    refused("-5 for 1m",
            "stage 1 '-5 for 1m': '-5' is not a rate; write it like 250, 2k, 1.5M or 30/m");
    refused("2000G for 1m", "stage 1 '2000G for 1m': a rate of '2000G' is not possible");
    refused("1k for ever", "stage 1 '1k for ever': 'ever' is not a duration; "
                           "write it like 500ms, 10s, 2m or 1h");
    refused("1k for", "stage 1 '1k for': '' is not a duration; write it like 500ms, 10s, 2m or 1h");
    refused("pause", "stage 1 'pause': '' is not a duration; write it like 500ms, 10s, 2m or 1h");
    refused("1k for 1s for 2s", "stage 1 '1k for 1s for 2s': '1s for 2s' is not a duration; "
                                "write it like 500ms, 10s, 2m or 1h");
    refused("0.5 users for 1m", "stage 1 '0.5 users for 1m': '0.5' is not a whole number; "
                                "write it like 100, 10k or 1M");
    refused("1..x users over 1m", "stage 1 '1..x users over 1m': 'x' is not a whole number; "
                                  "write it like 100, 10k or 1M");
    refused("some at once", "stage 1 'some at once': 'some' is not a whole number; "
                            "write it like 100, 10k or 1M");
}

static void a_stage_without_time_or_starts_is_refused(void **state)
{
    (void)state;
    refused("1k for 0s", "stage 1 '1k for 0s': a stage must last some time; HOW");
    refused("5 at once, pause 0s", "stage 2 'pause 0s': a stage must last some time; HOW");
    refused("0 at once", "stage 1 '0 at once': it starts nothing; HOW");
}

static void a_plan_has_one_model(void **state)
{
    (void)state;
    refused("1k for 1m, pause 1s, 5 users for 1m",
            "stage 3 '5 users for 1m': the stages before are in starts per second, this one is in "
            "users; write all like 1k for 2m, or all like 50 users for 5m");
    refused("5 users for 1m, 1k for 1m",
            "stage 2 '1k for 1m': the stages before are in users, this one is not; write all like "
            "50 users for 5m");
    refused("5 users for 1m, 9 at once",
            "stage 2 '9 at once': the stages before are in users, this one is not; write all like "
            "50 users for 5m");
    refused("100 users at once",
            "stage 1 '100 users at once': users cannot come at once; write 100 users for 5m");
}

static void a_plan_that_starts_nothing_is_refused(void **state)
{
    (void)state;
    refused("pause 10s", "the plan starts nothing; write it like 1k for 2m");
    refused("0..0 over 10s", "the plan starts nothing; write it like 1k for 2m");
    refused("0 users for 10s", "the plan starts nothing; write it like 1k for 2m");
}

static void what_no_machine_could_do_is_refused(void **state)
{
    (void)state;
    refused("1 for 5000h, 1 for 5000h", "the plan is longer than a year");
    refused("1T for 1s", "stage 1 '1T for 1s': '1T' is not a rate; "
                         "write it like 250, 2k, 1.5M or 30/m");
    refused("1000G for 10000s", "the plan asks for 1e+16 starts, more than is possible");
    refused("18446744073709551615 at once",
            "the plan asks for 1.84e+19 starts, more than is possible");
    refused("9007199254740994 users for 1s",
            "the plan asks for 9.01e+15 users, more than is possible");
}

static void a_very_long_stage_is_cut_in_the_sentence(void **state)
{
    (void)state;
    refused("1k for 1m, "
            "aaaaaaaaaabbbbbbbbbbccccccccccddddddddddeeeeeeeeeeffffffffffgggggggggghhhhhhhhhhX",
            "stage 2 "
            "'aaaaaaaaaabbbbbbbbbbccccccccccddddddddddeeeeeeeeeeffffffffffgggggggggghhhhhhhhhh…': "
            "too long; HOW");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(stages_of_rates_are_an_open_plan),
        cmocka_unit_test(the_word_users_makes_the_closed_plan),
        cmocka_unit_test(a_unit_on_one_side_of_a_ramp_holds_for_both),
        cmocka_unit_test(a_pause_may_be_for_a_time),
        cmocka_unit_test(a_stage_that_is_no_stage_is_named_by_number_and_text),
        cmocka_unit_test(a_wrong_rate_count_or_time_is_quoted),
        cmocka_unit_test(a_stage_without_time_or_starts_is_refused),
        cmocka_unit_test(a_plan_has_one_model),
        cmocka_unit_test(a_plan_that_starts_nothing_is_refused),
        cmocka_unit_test(what_no_machine_could_do_is_refused),
        cmocka_unit_test(a_very_long_stage_is_cut_in_the_sentence),
    };
    return UNIT_RUN(tests);
}
