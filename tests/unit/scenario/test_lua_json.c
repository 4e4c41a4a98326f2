/* Lua values as JSON, as JSON with placeholders in it, and back by pointer. */
#include "state.h"

#include <math.h>
#include <string.h>

#include "scenario/lua_json.h"

/* What is asked of the function below, and what came of it. */
struct writing {
    const char *expression;
    struct script *script;
    bool template, good;
    struct buf out;
    struct err e;
};

static int do_write(lua_State *L)
{
    struct writing *w = lua_touserdata(L, 1);
    state_push(w->script, w->expression);
    w->good = w->template ? lua_json_template(L, -1, &w->out, &w->e)
                          : lua_json_add(L, -1, &w->out, &w->e);
    return 0;
}

static struct writing written(const char *expression, bool template)
{
    struct writing w = {.expression = expression, .script = state_open(), .template = template};
    const char *raised = state_raised(w.script, do_write, &w);
    if (raised)
        fail_msg("%s raised %s", expression, raised);
    buf_char(&w.out, 0);
    state_close(w.script);
    return w;
}

static void assert_written(const char *expression, bool template, const char *want)
{
    struct writing w = written(expression, template);
    if (!w.good)
        fail_msg("%s: %s", expression, w.e.text);
    assert_string_equal(w.out.p, want);
    buf_free(&w.out);
}

static void assert_json(const char *expression, const char *want)
{
    assert_written(expression, false, want);
}

static void assert_template(const char *expression, const char *want)
{
    assert_written(expression, true, want);
}

static void assert_refused(const char *expression, bool template, const char *sentence)
{
    struct writing w = written(expression, template);
    assert_false(w.good);
    assert_int_equal(w.e.kind, ERR_USAGE);
    assert_string_equal(w.e.text, sentence);
    buf_free(&w.out);
}

static void scalars_are_written(void **state)
{
    (void)state;
    assert_json("nil", "null");
    assert_json("weir.null", "null");
    assert_json("true", "true");
    assert_json("false", "false");
    assert_json("1", "1");
    assert_json("-1", "-1");
    assert_json("0.1", "0.1");
    assert_json("1e15", "1000000000000000");
    assert_json("2^53 - 1", "9007199254740991");
    assert_json("1e-7", "0.0000001");
    assert_json("'a \"b\"\\n\\0\\\\'", "\"a \\\"b\\\"\\n\\u0000\\\\\"");
    assert_json("'\\195\\164\\255'", "\"ä\xef\xbf\xbd\"");
}

static void tables_are_arrays_or_objects_with_sorted_keys(void **state)
{
    (void)state;
    assert_json("{}", "{}");
    assert_json("{1, 'two', {3}, weir.null}", "[1,\"two\",[3],null]");
    assert_json("{b = 2, a = {c = {}}}", "{\"a\":{\"c\":{}},\"b\":2}");
    assert_json("{['odd \"key\"'] = 1, [''] = 2}", "{\"\":2,\"odd \\\"key\\\"\":1}");
    assert_json("{{}, {}}", "[{},{}]");
    assert_json("{[2] = 'b', [1] = 'a'}", "[\"a\",\"b\"]");
}

static void what_json_has_not_is_said(void **state)
{
    (void)state;
    static const char *const mixed =
        "a table is a list, 1 to n, or has words as keys: JSON has nothing that is both";
    assert_refused("1/0", false, "inf is no number that can be written");
    assert_refused("{0/0}", false, "nan is no number that can be written");
    assert_refused("{f = print}", false, "a function is nothing that JSON has");
    assert_refused("coroutine.create(print)", false, "a thread is nothing that JSON has");
    assert_refused("{1, 2, x = 3}", false, mixed);
    assert_refused("{[1] = 1, [3] = 3}", false, mixed);
    assert_refused("{[0] = 1}", false, mixed);
    assert_refused("{[1.5] = 1}", false, mixed);
    assert_refused("{[true] = 1}", false, mixed);
}

static void depth_has_an_end(void **state)
{
    (void)state;
    static const char deep[] =
        "(function(n) local t = {} for i = 2, n do t = {t} end return t end)(%d)";
    char expression[200];
    snprintf(expression, sizeof expression, deep, 100);
    struct writing w = written(expression, false);
    assert_true(w.good);
    buf_free(&w.out);
    snprintf(expression, sizeof expression, deep, 101);
    assert_refused(expression, false, "a table within itself, or too deep for JSON");
    assert_refused("(function() local t = {} t.t = t return t end)()", false,
                   "a table within itself, or too deep for JSON");
}

static void placeholders_stay_in_texts(void **state)
{
    (void)state;
    assert_template("{a = '${x}', b = 'say \"${x}\" ${vu.y}'}",
                    "{\"a\":\"${x}\",\"b\":\"say \\\"${x}\\\" ${vu.y}\"}");
    assert_template("'$${x} \"'", "\"$${x} \\\"\"");
    assert_template("{['${k}'] = 1}", "{\"${k}\":1}");
    assert_template("5", "5");
}

static void a_whole_value_stands_without_quotes(void **state)
{
    (void)state;
    assert_template("{items = '${json:items}', n = '${json:vu.n}'}",
                    "{\"items\":${json:items},\"n\":${json:vu.n}}");
    assert_template("'${ json:x }'", "${ json:x }");
    assert_refused("'the ${json:x}'", true,
                   "'${json:x}' writes a whole JSON value, so it is the whole text: \"${json:x}\"");
    assert_refused("'${json:a}${json:b}'", true,
                   "'${json:a}' writes a whole JSON value, so it is the whole text: \"${json:a}\"");
    assert_refused("{a = {'x ${open'}}", true,
                   "'${open' is not closed; write ${name}, or $${ for a plain ${");
}

static void a_later_mistake_is_not_hidden_by_a_good_value(void **state)
{
    (void)state;
    assert_refused("{a = {b = print}, c = {d = 1}}", false, "a function is nothing that JSON has");
    assert_refused("{a = {1, print}, c = {d = {}}}", false, "a function is nothing that JSON has");
}

/* ---- reading ---- */

struct reading {
    const char *text, *pointer;
    struct script *script;
    const char *test; /* of the value v */
    bool holds;
};

static int do_read(lua_State *L)
{
    struct reading *r = lua_touserdata(L, 1);
    lua_json_at(L, str_from(r->text), str_from(r->pointer));
    assert_int_equal(lua_gettop(L), 2);
    lua_setglobal(L, "v");
    state_push(r->script, r->test);
    r->holds = lua_toboolean(L, -1);
    return 0;
}

static void assert_read(const char *text, const char *pointer, const char *test)
{
    struct reading r = {text, pointer, state_open(), test, false};
    const char *raised = state_raised(r.script, do_read, &r);
    if (raised)
        fail_msg("%s in %s raised %s", pointer, text, raised);
    if (!r.holds)
        fail_msg("%s in %s is not: %s", pointer, text, test);
    state_close(r.script);
}

static void assert_raises(const char *text, const char *pointer, const char *sentence)
{
    struct reading r = {text, pointer, state_open(), "v", false};
    const char *raised = state_raised(r.script, do_read, &r);
    assert_non_null(raised);
    assert_string_equal(raised, sentence);
    lua_settop(r.script->L, 0);
    state_close(r.script);
}

static void values_are_found_by_pointer(void **state)
{
    (void)state;
    static const char text[] = "{\"s\":\"a\\u0062\\n\",\"n\":-1.5e1,\"t\":true,\"f\":false,"
                               "\"z\":null,\"l\":[1,[2,{\"x\":null}]],\"o\":{\"k\":\"v\"}}";
    assert_read(text, "/s", "v == 'ab\\n'");
    assert_read(text, "$.n", "v == -15");
    assert_read(text, "/t", "v == true");
    assert_read(text, "/f", "v == false");
    assert_read(text, "/z", "v == weir.null");
    assert_read(text, "/l/1/0", "v == 2");
    assert_read(text, "/l", "#v == 2 and v[1] == 1 and v[2][1] == 2 and v[2][2].x == weir.null");
    assert_read(text, "/o", "v.k == 'v' and v.absent == nil");
    assert_read(text, "", "v.o.k == 'v' and v.l[1] == 1 and v.s == 'ab\\n'");
    assert_read(text, "/absent", "v == nil");
    assert_read(text, "/l/9", "v == nil");
    assert_read("[]", "", "type(v) == 'table' and next(v) == nil");
}

static void the_deepest_text_becomes_tables(void **state)
{
    (void)state;
    char text[2 * JSON_DEEPEST + 2];
    memset(text, '[', JSON_DEEPEST);
    text[JSON_DEEPEST] = '7';
    memset(text + JSON_DEEPEST + 1, ']', JSON_DEEPEST);
    text[2 * JSON_DEEPEST + 1] = 0;
    assert_read(text, "",
                "(function() local n = 0 while type(v) == 'table' do v = v[1] n = n + 1 end return "
                "v == 7 and n == 1024 end)()");
}

static void what_is_broken_raises(void **state)
{
    (void)state;
    assert_raises("<html>", "/a", "not JSON at byte 1: no value begins like this");
    assert_raises("{\"a\":tru}", "/a", "not JSON at byte 6: a word is none of true, false, null");
    assert_raises("", "/a", "not JSON at byte 1: the text ends where a value should stand");
    assert_raises("{}", "a", "JSON pointer 'a': it begins with / or $, like /state or $.state");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(scalars_are_written),
        cmocka_unit_test(tables_are_arrays_or_objects_with_sorted_keys),
        cmocka_unit_test(what_json_has_not_is_said),
        cmocka_unit_test(depth_has_an_end),
        cmocka_unit_test(placeholders_stay_in_texts),
        cmocka_unit_test(a_whole_value_stands_without_quotes),
        cmocka_unit_test(a_later_mistake_is_not_hidden_by_a_good_value),
        cmocka_unit_test(values_are_found_by_pointer),
        cmocka_unit_test(the_deepest_text_becomes_tables),
        cmocka_unit_test(what_is_broken_raises),
    };
    return UNIT_RUN(tests);
}
