/* Settings and option tables as people see them. */
#include "unit.h"

#include "base/args_fixture.h"

static void each_setting_is_printed_with_its_origin(void **state)
{
    (void)state;
    struct args a;
    struct err e = {0};
    struct buf out = {0};
    assert_true(
        read_words(&a, WORDS("http://u:p@h", "-c3", "-H", "a\nb\033", "--body=secret"), &e));
    assert_true(args_environment(&a, WORDS("TOOL_RATE=2k", "PLAIN=1", "TOOL_LOOP=a"), &e));
    assert_true(args_put(args_find(&a, STR("even"), ARG_FILE), STR("4"), ARG_FILE, STR("f"), &e));
    args_note_unused(&a, STR("brokers"), STR("f"));
    args_print(&a, &out);
    buf_char(&out, 0);
    assert_string_equal(out.p, "URL         ***                         argument\n"
                               "--users     3                           flag -c\n"
                               "--rate      2k                          environment TOOL_RATE\n"
                               "--method    GET                         default\n"
                               "--body      ***                         flag --body\n"
                               "--header    a\\nb\\x1b                    flag -H\n"
                               "--wait      10s                         default\n"
                               "--law       uniform                     default\n"
                               "--page      (none)                      default\n"
                               "--quiet     false                       default\n"
                               "--no-color  true                        environment PLAIN\n"
                               "--even      4                           file f\n"
                               "--help      false                       default\n"
                               "TOOL_LOOP   a                           environment TOOL_LOOP\n"
                               "--brokers   (not used by this command)  file f\n");
    buf_free(&out);
    args_close(&a);
}

static void the_help_is_made_from_the_tables(void **state)
{
    (void)state;
    struct buf out = {0};
    options_help(tables, "TOOL_", &out);
    buf_char(&out, 0);
    assert_string_equal(out.p, "\nLoad\n"
                               "  -c, --users N                 how many [as many as fit]\n"
                               "  -r, --rate R                  how fast\n"
                               "  -w, --wait T                  how long [10s]\n"
                               "  --law uniform|poisson         how spread [uniform]\n"
                               "\nRequest\n"
                               "  -m, -X, --method METHOD       what is asked [GET]\n"
                               "  --body, --data TEXT           what is sent\n"
                               "  -H, --header LINE             a line (repeatable)\n"
                               "\nResults\n"
                               "  --page [[HOST]:PORT]          where to look\n"
                               "  -q, --quiet                   say little\n"
                               "  --no-color                    no colors\n"
                               "  --even N                      an even one\n"
                               "  -h, --help                    this\n"
                               "  TOOL_LOOP                     which loop\n");
    buf_free(&out);
}

static void long_help_is_wrapped(void **state)
{
    (void)state;
    struct buf out = {0};
    options_item("--a-very-long-option-name ARGUMENT",
                 "aaaaaaaaaaaaaaaaaaaa bbbbbbbbbbbbbbbbbbbb cccccccccccccccccccc dddd e ff", &out);
    buf_char(&out, 0);
    assert_string_equal(out.p, "  --a-very-long-option-name ARGUMENT\n"
                               "                                aaaaaaaaaaaaaaaaaaaa "
                               "bbbbbbbbbbbbbbbbbbbb cccccccccccccccccccc dddd\n"
                               "                                e ff\n");
    buf_free(&out);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(each_setting_is_printed_with_its_origin),
        cmocka_unit_test(the_help_is_made_from_the_tables),
        cmocka_unit_test(long_help_is_wrapped),
    };
    return UNIT_RUN(tests);
}
