/* Settings from a JSON file: the forms a value may have, and the sentence for each mistake. */
#include "unit.h"

#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "cli/config_file.h"
#include "cli/options_common.h"
#include "cli/options_http.h"

static const struct option *const tables[] = {options_http,  options_load, options_results,
                                              options_color, options_log,  options_settings,
                                              NULL};

static bool elsewhere(str name, enum arg_origin from)
{
    return from == ARG_FILE && str_eq(name, STR("brokers"));
}

static bool refuse(const struct args_grammar *g, str flag, str value, bool known, struct err *e)
{
    (void)g;
    return str_eq(flag, STR("--vus")) && !known &&
           !err_set(e, ERR_USAGE, "vus " STR_FMT, STR_ARG(value));
}

static const struct args_grammar grammar = {
    .command = "weir http",
    .prefix = "WEIR_",
    .tables = tables,
    .refuse = refuse,
    .elsewhere = elsewhere,
};

/* The file of this process; each test writes it anew. */
static char path[64];

static bool read_text(struct args *a, const char *text, struct err *e)
{
    snprintf(path, sizeof path, "/tmp/weir_test_config_%ld.json", (long)getpid());
    FILE *f = fopen(path, "w");
    assert_non_null(f);
    fputs(text, f);
    fclose(f);
    args_open(a, &grammar);
    bool good = config_file_read(a, path, e) && args_check(a, e);
    unlink(path);
    return good;
}

/* The value that an option has after the file was read. */
static void gives(const char *text, const char *option, const char *value)
{
    struct args a;
    struct err e = {0};
    if (!read_text(&a, text, &e))
        fail_msg("%s: %s", text, e.text);
    struct arg *arg = args_find(&a, str_from(option), ARG_FILE);
    assert_int_equal(arg->n, 1);
    assert_int_equal(arg->origin, ARG_FILE);
    assert_true(str_eq(arg->where, str_from(path)));
    if (!str_eq(arg->values[0], str_from(value)))
        fail_msg("%s gave " STR_FMT, text, STR_ARG(arg->values[0]));
    args_close(&a);
}

/* The sentence, "PATH" standing for the file. */
static void says(const char *text, const char *sentence)
{
    struct args a;
    struct err e = {0};
    char want[600];
    assert_false(read_text(&a, text, &e));
    const char *mark = strstr(sentence, "PATH");
    assert_non_null(mark);
    snprintf(want, sizeof want, "%.*s%s%s", (int)(mark - sentence), sentence, path, mark + 4);
    assert_string_equal(e.text, want);
    assert_int_equal(e.kind, ERR_USAGE);
    args_close(&a);
}

static void values_are_strings_numbers_or_truth(void **state)
{
    (void)state;
    gives("{\"rate\": \"2k\"}", "rate", "2k");
    gives("{\"rate\": 250}", "rate", "250");
    gives("{\"rate\": 0.1}", "rate", "0.1");
    gives("{\"rate\": 1234567.25}", "rate", "1234567.25");
    gives("{\"rate\": 1e6}", "rate", "1000000");
    gives("{\"rate\": 1.5e-7}", "rate", "0.00000015");
    gives("{\"seed\": 9007199254740992}", "seed", "9007199254740992");
    gives("{\"insecure\": true}", "insecure", "true");
    gives("{\"insecure\": false}", "insecure", "false");
    gives("{\"data\": \"\\u00e4\"}", "body", "ä");
    gives("{\"header\": \"A: b\"}", "header", "A: b");
    gives("{\"header\": [\"A: b\"]}", "header", "A: b");
}

static void a_list_gives_each_value_in_order(void **state)
{
    (void)state;
    struct args a;
    struct err e = {0};
    assert_true(read_text(&a, "{\"header\": [\"A: b\", \"C: d\"], \"threshold\": []}", &e));
    assert_int_equal(args_times(&a, "header"), 2);
    assert_true(str_eq(args_item(&a, "header", 1), STR("C: d")));
    assert_int_equal(args_times(&a, "threshold"), 0);
    args_close(&a);
}

static void a_wrong_type_is_named_by_its_key(void **state)
{
    (void)state;
    says("{\"rate\": true}", "PATH: 'rate': a string or a number is wanted");
    says("{\"rate\": null}", "PATH: 'rate': a string or a number is wanted");
    says("{\"rate\": {}}", "PATH: 'rate': a string or a number is wanted");
    says("{\"rate\": [1]}", "PATH: 'rate': a string or a number is wanted");
    says("{\"quiet\": 1}", "PATH: 'quiet': true or false is wanted");
    says("{\"quiet\": \"true\"}", "PATH: 'quiet': true or false is wanted");
    says("{\"header\": [[\"A: b\"]]}",
         "PATH: 'header': a string or a number, or a list of them is wanted");
    says("[1]", "PATH: an object is wanted, like {\"rate\": \"2k\"}");
    says("{\"body\": \"1\", \"data\": \"2\"}", "PATH: 'data': --body is given twice");
    says("{\"rate\": \"x\"}",
         "--rate: 'x' is not a rate; write it like 250, 2k, 1.5M or 30/m (from PATH)");
}

static void an_unknown_key_names_the_nearest(void **state)
{
    (void)state;
    says("{\"raet\": 1}", "PATH: 'raet': no setting is called so; did you mean 'rate'?");
    says("{\"max_in_flight\": 1}",
         "PATH: 'max_in_flight': no setting is called so; did you mean 'max-in-flight'?");
    says("{\"elephant\": 1}",
         "PATH: 'elephant': no setting is called so; keys are the long options of weir http");
    says("{\"loop\": \"epoll\"}", "PATH: 'loop': no setting is called so; did you mean 'log'?");
    says("{\"vus\": 10}", "PATH: 'vus': vus 10");
}

static void a_syntax_error_has_line_and_column(void **state)
{
    (void)state;
    says("{\n  \"rate\": 1,\n  \"users\": 2x\n}", "PATH:3:13: '}' expected near 'x'");
    says("{\"rate\": 1, \"rate\": 2}", "PATH:1:18: duplicate object key near '\"rate\"'");
    says("", "PATH:1:0: unexpected token near end of file");
}

static void a_key_of_another_command_is_kept_apart(void **state)
{
    (void)state;
    struct args a;
    struct err e = {0};
    assert_true(read_text(&a, "{\"brokers\": \"k:9092\", \"rate\": 5}", &e));
    assert_int_equal(a.n_unused, 1);
    assert_true(str_eq(a.unused[0].name, STR("brokers")));
    assert_true(args_rate(&a, "rate", 0) == 5);
    args_close(&a);
}

static void a_file_that_cannot_be_read_is_an_error_of_the_world(void **state)
{
    (void)state;
    struct args a;
    struct err e = {0};
    args_open(&a, &grammar);
    assert_false(config_file_read(&a, "/nonexistent/weir.json", &e));
    assert_string_equal(e.text, "cannot read /nonexistent/weir.json: No such file or directory");
    assert_int_equal(e.kind, ERR_RUN);
    assert_false(config_file_read(&a, "/tmp", &e));
    assert_string_equal(e.text, "cannot read /tmp: Is a directory");
    assert_int_equal(e.kind, ERR_RUN);
    args_close(&a);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(values_are_strings_numbers_or_truth),
        cmocka_unit_test(a_list_gives_each_value_in_order),
        cmocka_unit_test(a_wrong_type_is_named_by_its_key),
        cmocka_unit_test(an_unknown_key_names_the_nearest),
        cmocka_unit_test(a_syntax_error_has_line_and_column),
        cmocka_unit_test(a_key_of_another_command_is_kept_apart),
        cmocka_unit_test(a_file_that_cannot_be_read_is_an_error_of_the_world),
    };
    return UNIT_RUN(tests);
}
