/* Flags of other tools: the answers, and that the table keeps its own rules. */
#include "unit.h"

#include <string.h>

#include "base/args.h"
#include "cli/foreign.h"
#include "cli/options_common.h"
#include "cli/options_http.h"

static const struct option *const tables[] = {options_http,  options_load, options_results,
                                              options_color, options_log,  options_settings,
                                              NULL};

static void answered(enum family family, const char *flag, const char *value, bool known,
                     const char *sentence)
{
    struct err e = {0};
    assert_true(foreign_answer(family, str_from(flag), str_from(value), known, &e));
    assert_string_equal(e.text, sentence);
    assert_int_equal(e.kind, ERR_USAGE);
}

static void at_http(const char *flag, const char *value, const char *sentence)
{
    answered(FAMILY_HTTP, flag, value, false, sentence);
}

static void believed(const char *flag, const char *value)
{
    struct err e = {0};
    assert_false(foreign_answer(FAMILY_HTTP, str_from(flag), str_from(value), true, &e));
    assert_int_equal(e.kind, ERR_NONE);
}

static void a_flag_is_answered_with_the_value_that_was_typed(void **state)
{
    (void)state;
    at_http("-z", "10s", "-z 10s: weir says -d 10s");
    at_http("--vus", "50", "--vus 50: weir says -c 50");
    at_http("-R", "2k", "-R 2k: weir says -r 2k");
    at_http("-D", "body.json", "-D body.json: weir says --body @body.json");
    at_http("--latency", "http://h/", "--latency: not needed: the percentiles are always printed");
    at_http("--web-port", "9000", "--web-port 9000: weir says --ui=:9000");
    at_http("-disable-keepalive", "", "-disable-keepalive: weir says -H 'Connection: close'");
}

static void a_flag_without_value_is_answered_with_a_placeholder(void **state)
{
    (void)state;
    at_http("-z", "", "-z: weir says -d T");
    at_http("-D", "", "-D: weir says --body @FILE");
    at_http("--host", "", "--host: weir says -H 'Host: NAME'; the URL stands alone: weir http URL");
}

static void a_flag_of_several_tools_is_answered_for_each(void **state)
{
    (void)state;
    at_http("-t", "4",
            "-t 4: weir says --threads 4 (wrk), --timeout 4 (hey, oha) or -d 4 (ab, Locust)");
    at_http("-t", "30s", "-t 30s: weir says --timeout 30s (hey, oha) or -d 30s (ab, Locust)");
    at_http("-s", "10", "-s 10: weir says --timeout 10 (ab) or --drain 10 (Locust)");
}

static void a_value_is_brought_into_weirs_notation(void **state)
{
    (void)state;
    at_http("--stage", "30s:100", "--stage 30s:100: weir says --stages '0..100 users over 30s'");
    at_http("-rate", "50/1s", "-rate 50/1s: weir says -r 50/s");
    at_http("-rate", "300/1m", "-rate 300/1m: weir says -r 300/m");
    at_http("-rate", "50", "-rate 50: weir says -r 50");
}

static void a_value_is_quoted_for_the_shell(void **state)
{
    (void)state;
    at_http("-T", "text/html", "-T text/html: weir says -H 'Content-Type: text/html'");
    at_http("-D", "my file", "-D 'my file': weir says --body '@my file'");
    at_http("-C", "a='b'", "-C 'a='\\''b'\\''': weir says -H 'Cookie: a='\\''b'\\'''");
}

static void a_password_is_not_repeated(void **state)
{
    (void)state;
    at_http("-a", "joe:secret", "-a: weir says -u USER:PASSWORD");
    at_http("-A", "joe:secret", "-A: weir says -u USER:PASSWORD");
}

static void a_flag_that_weir_has_is_told_by_its_value(void **state)
{
    (void)state;
    answered(FAMILY_HTTP, "-q", "200", true,
             "-q 200: for a rate say -r 200 (in all; hey's is per worker)");
    answered(FAMILY_HTTP, "-d", "{\"a\": 1}", true,
             "-d '{\"a\": 1}': for a body say --body '{\"a\": 1}'");
    answered(FAMILY_HTTP, "-u", "100", true, "-u 100: weir says -c 100");
    answered(FAMILY_HTTP, "-H", "http://h:80", true,
             "-H http://h:80: the URL stands alone: weir http http://h:80");
    answered(FAMILY_HTTP, "--json", "http://h/", true,
             "--json http://h/: weir wants a file after it, or - for standard output: "
             "--json - http://h/");
    believed("-q", "http://h:80");
    believed("-q", "");
    believed("-d", "10s");
    believed("-d", "10sec");
    believed("-u", "joe:100");
    believed("-H", "Referer: http://h");
    believed("--json", "out.json");
    believed("-c", "64");
    believed("-X", "PUT");
}

static void each_family_has_its_own_flags(void **state)
{
    (void)state;
    struct err e = {0};
    answered(FAMILY_KAFKA, "--num-records", "1000", false, "--num-records 1000: weir says -n 1000");
    answered(FAMILY_KAFKA, "--throughput", "-1", false,
             "--throughput: not needed: without -r records go as fast as the client takes them");
    answered(FAMILY_KAFKA, "-P", "", false, "-P: to produce say weir kafka produce");
    assert_false(foreign_answer(FAMILY_HTTP, STR("--num-records"), STR("1"), false, &e));
    assert_false(foreign_answer(FAMILY_KAFKA, STR("--vus"), STR("1"), false, &e));
    assert_false(foreign_answer(FAMILY_NONE, STR("-z"), STR("1"), false, &e));
}

static void a_long_value_is_cut(void **state)
{
    (void)state;
    char value[5000];
    struct err e = {0};
    memset(value, 'x', sizeof value);
    assert_true(foreign_answer(FAMILY_HTTP, STR("-D"), (str){value, sizeof value}, false, &e));
    assert_int_equal(strlen(e.text), strlen("-D : weir says --body @") + 2 * 80);
}

/* Values of all kinds that some row waits for. */
static str sample_for(const struct foreign *f)
{
    static const char *const samples[] = {"10",        "10s",       "0",     "-1",
                                          "http://h/", "a=b",       "x.lua", "30s:100",
                                          "joe:pw",    "text/html", "false", "word"};
    for (size_t i = 0; f->when && i < sizeof samples / sizeof *samples; i++)
        if (f->when(str_from(samples[i])))
            return str_from(samples[i]);
    return f->when || !f->argument ? (str){NULL, 0} : STR("10");
}

static void check_row(const struct foreign *f)
{
    assert_true(f->flag[0] == '-' && f->tools[0]);
    assert_true((f->says != NULL) != (f->note != NULL));
    bool takes_value = strchr(f->says ? f->says : f->note, '{') != NULL;
    assert_true(f->argument || !takes_value);
    assert_true(!f->when || sample_for(f).n > 0);
}

static void each_row_has_an_answer_and_a_value_it_fits(void **state)
{
    (void)state;
    for (const struct foreign *f = foreign_http; f->flag; f++)
        check_row(f);
    for (const struct foreign *f = foreign_kafka; f->flag; f++)
        check_row(f);
}

/* Does weir http have this flag? */
static bool weir_has(str flag)
{
    const struct option *o;
    for (size_t i = 0; (o = options_at(tables, i)); i++) {
        if (str_starts(flag, STR("--")) && str_eq(str_skip(flag, 2), str_from(o->name)))
            return true;
        if (flag.n == 2 && o->letters && strchr(o->letters, flag.p[1]))
            return true;
    }
    return false;
}

static void each_flag_that_weir_has_too_is_told_by_a_value(void **state)
{
    (void)state;
    for (const struct foreign *f = foreign_http; f->flag; f++)
        if (weir_has(str_from(f->flag)))
            assert_non_null(f->when);
}

/* Splits as a shell does words with single quotes; gives the number of words. */
static int split(char *line, char **words)
{
    int n = 0;
    char *out = line;
    for (char *in = line; *in;) {
        bool quoted = false;
        words[n++] = out;
        for (; *in && (quoted || *in != ' '); in++)
            if (*in == '\'')
                quoted = !quoted;
            else
                *out++ = *in;
        in += *in == ' ';
        *out++ = 0;
    }
    return n;
}

static void each_way_of_weir_is_one_that_weir_understands(void **state)
{
    (void)state;
    static const struct args_grammar grammar = {
        .command = "weir http", .prefix = "WEIR_", .tables = tables};
    for (const struct foreign *f = foreign_http; f->flag; f++) {
        struct buf line = {0};
        struct args a;
        struct err e = {0};
        char *words[20];
        if (!f->says)
            continue;
        foreign_fill(f, sample_for(f), &line);
        buf_char(&line, 0);
        args_open(&a, &grammar);
        int n = split(line.p, words);
        if (!args_flags(&a, n, words, &e) || !args_check(&a, &e))
            fail_msg("%s (%s) is answered with %s: %s", f->flag, f->tools, f->says, e.text);
        assert_int_equal(a.n_operands, 0);
        args_close(&a);
        buf_free(&line);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_flag_is_answered_with_the_value_that_was_typed),
        cmocka_unit_test(a_flag_without_value_is_answered_with_a_placeholder),
        cmocka_unit_test(a_flag_of_several_tools_is_answered_for_each),
        cmocka_unit_test(a_value_is_brought_into_weirs_notation),
        cmocka_unit_test(a_value_is_quoted_for_the_shell),
        cmocka_unit_test(a_password_is_not_repeated),
        cmocka_unit_test(a_flag_that_weir_has_is_told_by_its_value),
        cmocka_unit_test(each_family_has_its_own_flags),
        cmocka_unit_test(a_long_value_is_cut),
        cmocka_unit_test(each_row_has_an_answer_and_a_value_it_fits),
        cmocka_unit_test(each_flag_that_weir_has_too_is_told_by_a_value),
        cmocka_unit_test(each_way_of_weir_is_one_that_weir_understands),
    };
    return UNIT_RUN(tests);
}
