/* Origins and their precedence, checks, readers by type. */
#include "unit.h"

#include "base/args_fixture.h"
#include "base/clock.h"

static void an_option_has_only_the_origins_it_names(void **state)
{
    (void)state;
    struct args a;
    struct err e = {0};
    says("unknown option --loop; tool act --help lists what there is", WORDS("--loop=a"));
    args_open(&a, &grammar);
    assert_null(args_find(&a, STR("help"), ARG_FILE));
    assert_null(args_find(&a, STR("help"), ARG_ENVIRONMENT));
    assert_non_null(args_find(&a, STR("help"), ARG_FLAG));
    assert_non_null(args_find(&a, STR("data"), ARG_FILE));
    assert_true(args_environment(&a, WORDS("TOOL_LOOP=b"), &e));
    assert_true(args_check(&a, &e));
    assert_int_equal(args_choice(&a, "loop"), 1);
    args_close(&a);
}

/* What --users is when it is given by these origins. */
static uint64_t users_of(bool flag, bool environment, bool file)
{
    struct args a;
    struct err e = {0};
    args_open(&a, &grammar);
    assert_true(args_flags(&a, flag, WORDS("-c3"), &e));
    assert_true(args_environment(&a, WORDS(environment ? "TOOL_USERS=2" : "X=1"), &e));
    struct arg *users = args_find(&a, STR("users"), ARG_FILE);
    assert_true(!file || args_put(users, STR("1"), ARG_FILE, STR("f.json"), &e));
    assert_true(args_check(&a, &e));
    uint64_t n = args_count(&a, "users", 0);
    args_close(&a);
    return n;
}

static void the_strongest_origin_holds(void **state)
{
    (void)state;
    for (unsigned given = 0; given < 8; given++) {
        bool flag = given & 4, environment = given & 2, file = given & 1;
        assert_int_equal(users_of(flag, environment, file), flag ? 3 : environment ? 2 : file);
    }
}

static void the_strongest_origin_of_a_repeated_option_holds_whole(void **state)
{
    (void)state;
    struct args a;
    struct err e = {0};
    assert_true(read_words(&a, WORDS("-H", "flag"), &e));
    assert_true(args_environment(&a, WORDS("TOOL_HEADER=a\nb"), &e));
    assert_int_equal(args_times(&a, "header"), 1);
    assert_true(str_eq(args_item(&a, "header", 0), STR("flag")));
    args_close(&a);
}

static void a_variable_is_named_like_its_option(void **state)
{
    (void)state;
    struct args a;
    struct err e = {0};
    args_open(&a, &grammar);
    assert_true(args_environment(&a,
                                 WORDS("TOOL_DATA=x", "TOOL_NO_COLOR=true", "TOOL_RATE=",
                                       "TOOL_HEADER=a\n\nb\n", "TOOL_BROKERS=k", "TOOL_METHOD=P=Q"),
                                 &e));
    assert_true(args_check(&a, &e));
    assert_true(str_eq(args_text(&a, "body"), STR("x")));
    assert_true(args_switch(&a, "no-color"));
    assert_false(args_given(&a, "rate"));
    assert_int_equal(args_times(&a, "header"), 2);
    assert_true(str_eq(args_item(&a, "header", 1), STR("b")));
    assert_true(str_eq(args_text(&a, "method"), STR("P=Q")));
    args_close(&a);
}

static void variables_of_other_conventions_are_weaker_than_the_own(void **state)
{
    (void)state;
    struct args a;
    struct err e = {0};
    args_open(&a, &grammar);
    assert_true(args_environment(&a, WORDS("PLAIN=0", "OTHER_EVEN=2", "TOOL_EVEN=4"), &e));
    assert_true(args_check(&a, &e));
    assert_true(args_switch(&a, "no-color"));
    assert_true(str_eq(args_text(&a, "even"), STR("4")));
    args_close(&a);
    args_open(&a, &grammar);
    assert_true(args_environment(&a, WORDS("PLAIN=", "OTHER_EVEN=3"), &e));
    assert_false(args_switch(&a, "no-color"));
    assert_false(args_check(&a, &e));
    assert_string_equal(e.text, "--even: '3' is odd (from OTHER_EVEN)");
    args_close(&a);
}

static void a_wrong_value_is_blamed_on_its_origin(void **state)
{
    (void)state;
    struct args a;
    struct err e = {0};
    says("-r: 'x' is not a rate; write it like 250, 2k, 1.5M or 30/m", WORDS("-r", "x"));
    says("--users: '0' is too small; at least 1", WORDS("--users", "0"));
    says("-w: '0s' is too short", WORDS("-w0s"));
    says("--law: 'normal' is none of uniform|poisson", WORDS("--law", "normal"));
    says("--law: 'uniform|poisson' is none of uniform|poisson", WORDS("--law", "uniform|poisson"));
    says("--even: '3' is odd", WORDS("--even", "3"));

    args_open(&a, &grammar);
    assert_true(args_environment(&a, WORDS("TOOL_WAIT=x"), &e));
    assert_false(args_check(&a, &e));
    assert_string_equal(e.text, "--wait: 'x' is not a duration; write it like 500ms, 10s, 2m or 1h "
                                "(from TOOL_WAIT)");
    args_close(&a);

    args_open(&a, &grammar);
    struct arg *rate = args_find(&a, STR("rate"), ARG_FILE);
    assert_true(args_put(rate, STR("y"), ARG_FILE, STR("f.json"), &e));
    assert_false(args_check(&a, &e));
    assert_string_equal(
        e.text, "--rate: 'y' is not a rate; write it like 250, 2k, 1.5M or 30/m (from f.json)");
    args_close(&a);

    args_open(&a, &grammar);
    assert_true(args_environment(&a, WORDS("TOOL_LOOP=c"), &e));
    assert_false(args_check(&a, &e));
    assert_string_equal(e.text, "TOOL_LOOP: 'c' is none of a|b");
    args_close(&a);
}

static void a_wrong_value_that_a_stronger_one_covers_does_no_harm(void **state)
{
    (void)state;
    struct args a;
    struct err e = {0};
    assert_true(read_words(&a, WORDS("-r5"), &e));
    assert_true(args_environment(&a, WORDS("TOOL_RATE=x"), &e));
    assert_true(args_check(&a, &e));
    assert_true(args_rate(&a, "rate", 0) == 5);
    args_close(&a);
}

static void readers_fall_back(void **state)
{
    (void)state;
    struct args a;
    struct err e = {0};
    assert_true(read_words(&a, WORDS("u"), &e));
    assert_true(args_check(&a, &e));
    assert_int_equal(args_duration(&a, "wait", 1), 10 * NS_PER_S);
    assert_int_equal(args_count(&a, "users", 77), 77);
    assert_true(args_rate(&a, "rate", 0.5) == 0.5);
    assert_int_equal(args_choice(&a, "law"), 0);
    assert_false(args_switch(&a, "quiet"));
    assert_true(str_eq(args_text(&a, "method"), STR("GET")));
    assert_null(args_text(&a, "body").p);
    assert_int_equal(args_times(&a, "header"), 0);
    assert_false(args_given(&a, "wait"));
    args_close(&a);
}

static void named(const char *want, const struct args *a, const char *name)
{
    struct buf out = {0};
    args_name(a, name, &out);
    assert_true(str_eq(buf_view(&out), str_from(want)));
    buf_free(&out);
}

static void an_option_is_named_as_the_user_knows_it(void **state)
{
    (void)state;
    struct args a;
    struct err e = {0};
    assert_true(read_words(&a, WORDS("-c3"), &e));
    assert_true(args_environment(&a, WORDS("TOOL_RATE=5"), &e));
    named("-c", &a, "users");
    named("--rate (from TOOL_RATE)", &a, "rate");
    named("--wait", &a, "wait");
    args_close(&a);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(an_option_has_only_the_origins_it_names),
        cmocka_unit_test(the_strongest_origin_holds),
        cmocka_unit_test(the_strongest_origin_of_a_repeated_option_holds_whole),
        cmocka_unit_test(a_variable_is_named_like_its_option),
        cmocka_unit_test(variables_of_other_conventions_are_weaker_than_the_own),
        cmocka_unit_test(a_wrong_value_is_blamed_on_its_origin),
        cmocka_unit_test(a_wrong_value_that_a_stronger_one_covers_does_no_harm),
        cmocka_unit_test(readers_fall_back),
        cmocka_unit_test(an_option_is_named_as_the_user_knows_it),
    };
    return UNIT_RUN(tests);
}
