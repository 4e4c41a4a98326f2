/* What comes later says so, and goes from the table when it is there. */
#include "unit.h"

#include "cli/command.h"
#include "cli/later.h"
#include "cli/options_common.h"
#include "cli/options_http.h"
#include "cli/options_kafka.h"

static void a_command_of_later_says_so(void **state)
{
    (void)state;
    struct err e = {0};
    static const str driver[] = {{"driver", 6}, {"x", 1}};
    static const str help[] = {{"help", 4}, {"driver", 6}};
    static const str produce[] = {{"kafka", 5}, {"produce", 7}};
    assert_true(later_command(driver, 1, &e));
    assert_true(later_command(driver, 2, &e));
    assert_string_equal(e.text, "weir driver is not in this version; weir help lists what is");
    assert_int_equal(e.kind, ERR_USAGE);
    assert_false(later_command(produce, 2, &e));
    assert_false(later_command(help, 2, &e));
}

static void an_option_of_later_says_so(void **state)
{
    (void)state;
    struct err e = {0};
    assert_true(later_flag(STR("--orchestrator"), &e));
    assert_string_equal(e.text,
                        "--orchestrator belongs to weir driver, which is not in this version");
    assert_false(later_flag(STR("--rate"), &e));
    assert_false(later_flag(STR("-j"), &e));
}

static void settings_of_other_commands_are_known(void **state)
{
    (void)state;
    assert_true(later_elsewhere(STR("orchestrator")));
    assert_false(later_elsewhere(STR("junit")));
    assert_false(later_elsewhere(STR("rate")));
}

static void what_is_there_is_not_called_later(void **state)
{
    (void)state;
    static const struct option *const tables[] = {options_http, options_kafka,    options_produce,
                                                  options_load, options_results,  options_color,
                                                  options_log,  options_settings, NULL};
    const struct option *o;
    struct err e = {0};
    for (const char *const *name = later_commands; *name; name++) {
        str words[2] = {{NULL, 0}};
        size_t used, n = str_cut(str_from(*name), ' ', &words[0], &words[1]) ? 2 : 1;
        assert_null(command_find(words, n, &used));
    }
    for (size_t i = 0; (o = options_at(tables, i)); i++) {
        struct buf flag = {0};
        buf_printf(&flag, "--%s", o->name);
        assert_false(later_flag(buf_view(&flag), &e));
        buf_free(&flag);
        for (const char *letter = o->letters; letter && *letter; letter++)
            assert_false(later_flag((str){(char[]){'-', *letter}, 2}, &e));
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_command_of_later_says_so),
        cmocka_unit_test(an_option_of_later_says_so),
        cmocka_unit_test(settings_of_other_commands_are_known),
        cmocka_unit_test(what_is_there_is_not_called_later),
    };
    return UNIT_RUN(tests);
}
