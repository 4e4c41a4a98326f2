/* Reading flags: every spelling, and the sentence for each mistake. */
#include "unit.h"

#include "base/args_fixture.h"

static void every_spelling_gives_the_same(void **state)
{
    (void)state;
    char *const *const spellings[] = {
        WORDS("-c64", "u"),       WORDS("-c", "64", "u"),      WORDS("-c=64", "u"),
        WORDS("--users=64", "u"), WORDS("--users", "64", "u"), WORDS("u", "-c64"),
    };
    for (size_t i = 0; i < sizeof spellings / sizeof *spellings; i++) {
        struct args a;
        struct err e = {0};
        assert_true(read_words(&a, spellings[i], &e));
        assert_true(args_check(&a, &e));
        assert_int_equal(args_count(&a, "users", 0), 64);
        assert_int_equal(a.n_operands, 1);
        assert_true(str_eq(a.operands[0], STR("u")));
        args_close(&a);
    }
}

static void an_option_may_have_two_letters_and_two_names(void **state)
{
    (void)state;
    struct args a;
    struct err e = {0};
    assert_true(read_words(&a, WORDS("-X", "PUT", "--data=a=b"), &e));
    assert_true(str_eq(args_text(&a, "method"), STR("PUT")));
    assert_true(str_eq(args_text(&a, "body"), STR("a=b")));
    args_close(&a);
}

static void two_dashes_end_the_options(void **state)
{
    (void)state;
    struct args a;
    struct err e = {0};
    assert_true(read_words(&a, WORDS("-q", "--", "-c", "--", "-"), &e));
    assert_int_equal(a.n_operands, 3);
    assert_true(str_eq(a.operands[0], STR("-c")));
    assert_true(str_eq(a.operands[1], STR("--")));
    assert_true(str_eq(a.operands[2], STR("-")));
    assert_false(args_given(&a, "users"));
    args_close(&a);
}

static void a_name_alone_may_mean_something(void **state)
{
    (void)state;
    const struct {
        char *const *words;
        const char *value;
        size_t operands;
    } cases[] = {
        {WORDS("--page", "u"), ":80", 1},        {WORDS("u", "--page"), ":80", 1},
        {WORDS("--page", ":81", "u"), ":81", 1}, {WORDS("--page=h:82", "u"), "h:82", 1},
        {WORDS("--page", "h:82"), ":80", 1},     {WORDS("--page", "-q"), ":80", 0},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct args a;
        struct err e = {0};
        assert_true(read_words(&a, cases[i].words, &e));
        assert_true(str_eq(args_text(&a, "page"), str_from(cases[i].value)));
        assert_int_equal(a.n_operands, cases[i].operands);
        args_close(&a);
    }
}

static void a_switch_needs_no_value_and_takes_true_or_false(void **state)
{
    (void)state;
    struct {
        char *word;
        bool on;
    } cases[] = {{"--quiet", true},    {"-q", true},          {"--quiet=true", true},
                 {"--quiet=1", true},  {"--quiet=YES", true}, {"--quiet=false", false},
                 {"--quiet=0", false}, {"--quiet=no", false}, {"u", false}};
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct args a;
        struct err e = {0};
        assert_true(read_words(&a, WORDS(cases[i].word, "x"), &e));
        assert_true(args_check(&a, &e));
        assert_int_equal(args_switch(&a, "quiet"), cases[i].on);
        args_close(&a);
    }
    says("--quiet: 'maybe' is neither true nor false", WORDS("--quiet=maybe"));
    says("-q: 'r' is neither true nor false", WORDS("-qr"));
    says("unknown option --no-quiet; did you mean --quiet?", WORDS("--no-quiet"));
}

static void what_repeats_is_kept_in_order(void **state)
{
    (void)state;
    struct args a;
    struct err e = {0};
    assert_true(read_words(&a, WORDS("-H", "a", "--header=b", "-Hc"), &e));
    assert_int_equal(args_times(&a, "header"), 3);
    assert_true(str_eq(args_item(&a, "header", 0), STR("a")));
    assert_true(str_eq(args_item(&a, "header", 1), STR("b")));
    assert_true(str_eq(args_item(&a, "header", 2), STR("c")));
    args_close(&a);
}

static void what_does_not_repeat_is_refused_the_second_time(void **state)
{
    (void)state;
    says("--rate is given twice", WORDS("-r1", "-r1"));
    says("--rate is given twice (by -r and --rate)", WORDS("-r", "1", "--rate=2"));
    says("--body is given twice (by --data and --body)", WORDS("--data", "1", "--body", "2"));
    says("--quiet is given twice", WORDS("-q", "-q"));
}

static void a_missing_value_is_named(void **state)
{
    (void)state;
    says("--rate needs a value: --rate R", WORDS("--rate"));
    says("-r needs a value (R), but the option --quiet follows", WORDS("-r", "--quiet"));
    says("-r needs a value (R), but the option --quiet=1 follows", WORDS("-r", "--quiet=1"));
    says("-r needs a value (R), but the option -c follows", WORDS("-r", "-c", "5"));
    says("-c: '-5' is not a whole number; write it like 100, 10k or 1M", WORDS("-c", "-5"));
}

static void a_value_may_begin_with_a_dash_or_be_empty(void **state)
{
    (void)state;
    struct args a;
    struct err e = {0};
    assert_true(read_words(&a, WORDS("--body", "-", "-H", "--x y", "--method="), &e));
    assert_true(str_eq(args_text(&a, "body"), STR("-")));
    assert_true(str_eq(args_item(&a, "header", 0), STR("--x y")));
    assert_true(args_given(&a, "method"));
    assert_int_equal(args_text(&a, "method").n, 0);
    args_close(&a);
}

static void an_unknown_flag_names_the_nearest(void **state)
{
    (void)state;
    says("unknown option --raet; did you mean --rate?", WORDS("--raet", "5"));
    says("unknown option --dta; did you mean --data?", WORDS("--dta=5"));
    says("unknown option --elephant; tool act --help lists what there is", WORDS("--elephant"));
    says("unknown option -C; did you mean -c?", WORDS("-C5"));
    says("unknown option -y; tool act --help lists what there is", WORDS("-y"));
    says("-rate: long options have two dashes: --rate", WORDS("-rate", "5"));
    says("-users: long options have two dashes: --users", WORDS("-users=5"));
}

static void flags_of_other_tools_are_asked_about_with_their_value(void **state)
{
    (void)state;
    says("7 -z [10s] 0", WORDS("-z", "10s"));
    says("7 -z [10s] 0", WORDS("-z10s"));
    says("7 -z [] 0", WORDS("-z", "-q"));
    says("7 -z [] 0", WORDS("-z"));
    says("7 -zone [x] 0", WORDS("-zone=x"));
    says("7 -zone [x] 0", WORDS("-zone", "x"));
    says("7 -q [200] 1", WORDS("-q", "200", "u"));
    says("7 -q [200] 1", WORDS("-q200"));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_spelling_gives_the_same),
        cmocka_unit_test(an_option_may_have_two_letters_and_two_names),
        cmocka_unit_test(two_dashes_end_the_options),
        cmocka_unit_test(a_name_alone_may_mean_something),
        cmocka_unit_test(a_switch_needs_no_value_and_takes_true_or_false),
        cmocka_unit_test(what_repeats_is_kept_in_order),
        cmocka_unit_test(what_does_not_repeat_is_refused_the_second_time),
        cmocka_unit_test(a_missing_value_is_named),
        cmocka_unit_test(a_value_may_begin_with_a_dash_or_be_empty),
        cmocka_unit_test(an_unknown_flag_names_the_nearest),
        cmocka_unit_test(flags_of_other_tools_are_asked_about_with_their_value),
    };
    return UNIT_RUN(tests);
}
