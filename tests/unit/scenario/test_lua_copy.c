/* Values as bytes and back in another state: the same bytes for the same value, whatever the order
 * of making; what cannot be carried is said. */
#include "state.h"

#include <string.h>

#include "scenario/lua_copy.h"

static str copied(struct script *s, const char *expression, enum lua_copy_functions functions)
{
    struct buf out = {0};
    struct err e;
    state_push(s, expression);
    if (!lua_copy_out(s->L, -1, functions, &out, &e))
        fail_msg("%s: %s", expression, e.text);
    lua_pop(s->L, 1);
    str kept = arena_dup(&s->arena, buf_view(&out));
    buf_free(&out);
    return kept;
}

static bool same(struct script *s, const char *a, const char *b)
{
    return str_eq(copied(s, a, COPY_NO_FUNCTIONS), copied(s, b, COPY_NO_FUNCTIONS));
}

static void assert_refused(struct script *s, const char *expression, const char *sentence)
{
    struct buf out = {0};
    struct err e;
    state_push(s, expression);
    assert_false(lua_copy_out(s->L, -1, COPY_NO_FUNCTIONS, &out, &e));
    assert_int_equal(e.kind, ERR_USAGE);
    assert_string_equal(e.text, sentence);
    assert_int_equal(lua_gettop(s->L), 1);
    lua_settop(s->L, 0);
    buf_free(&out);
}

/* Into a second state, and from there: the bytes again. */
static void assert_round_trip(const char *expression)
{
    struct script *from = state_open(), *to = state_open();
    struct buf again = {0};
    struct err e;
    str bytes = copied(from, expression, COPY_NO_FUNCTIONS);
    lua_copy_in(to->L, bytes);
    assert_int_equal(lua_gettop(to->L), 1);
    assert_true(lua_copy_out(to->L, 1, COPY_NO_FUNCTIONS, &again, &e));
    assert_true(str_eq(buf_view(&again), bytes));
    lua_settop(to->L, 0);
    buf_free(&again);
    state_close(from);
    state_close(to);
}

static void values_come_back_as_they_were(void **state)
{
    (void)state;
    static const char *const values[] = {
        "nil",
        "true",
        "false",
        "0",
        "-0.5",
        "2^53",
        "1/0",
        "0/0",
        "\"\"",
        "\"text\"",
        "\"a\\0b\\255\"",
        "weir.null",
        "{}",
        "{1,2,3}",
        "{a=1,b={c={d=true}},[3]=false,[true]=\"x\",[1.5]=2}",
        "{{},{{}},weir.null}",
        "{[weir.null]=1}",
        "string.rep(\"long\", 100000)",
    };
    for (unsigned i = 0; i < sizeof values / sizeof *values; i++)
        assert_round_trip(values[i]);
}

static void what_came_over_can_be_used(void **state)
{
    (void)state;
    struct script *from = state_open(), *to = state_open();
    str bytes = copied(from, "{token = \"t\", list = {10, 20}, n = weir.null}", COPY_NO_FUNCTIONS);
    lua_copy_in(to->L, bytes);
    lua_setglobal(to->L, "data");
    state_push(to, "data.token == \"t\" and #data.list == 2 and data.list[2] == 20 and data.n == "
                   "weir.null and data.other == nil");
    assert_true(lua_toboolean(to->L, -1));
    lua_settop(to->L, 0);
    lua_copy_in(to->L, STR("")); /* nothing was given */
    assert_true(lua_isnil(to->L, -1));
    lua_settop(to->L, 0);
    state_close(from);
    state_close(to);
}

static void equal_tables_read_the_same_whatever_their_history(void **state)
{
    (void)state;
    struct script *s = state_open();
    assert_true(same(s, "{a=1,b=2,c=3}", "{c=3,b=2,a=1}"));
    assert_true(same(s, "{1,2}", "{[2]=2,[1]=1}"));
    assert_true(
        same(s, "(function() local t = {} for i = 1, 100 do t['k' .. i] = i end return t end)()",
             "(function() local t = {} for i = 100, 1, -1 do t['k' .. i] = i end return t "
             "end)()"));
    assert_true(same(s, "(function() local t = {a=1, b=2} t.b = nil return t end)()", "{a=1}"));
    assert_false(same(s, "{a=1}", "{a=2}"));
    assert_false(same(s, "{a=1}", "{b=1}"));
    assert_false(same(s, "{\"1\"}", "{1}"));
    assert_false(same(s, "{{}}", "{}"));
    assert_false(same(s, "{{1},2}", "{{1,2}}"));
    assert_false(same(s, "\"a\"", "\"ab\""));
    assert_false(same(s, "{ab=\"c\"}", "{a=\"bc\"}"));
    state_close(s);
}

static void functions_stand_for_any_other_or_are_refused(void **state)
{
    (void)state;
    struct script *s = state_open();
    static const char f[] = "print", g[] = "tostring";
    assert_true(str_eq(copied(s, f, COPY_ANY_FUNCTION), copied(s, g, COPY_ANY_FUNCTION)));
    assert_refused(s, f, "a function cannot be given on, only plain values can");
    assert_refused(s, "{a = {print}}", "a function cannot be given on, only plain values can");
    assert_refused(s, "coroutine.create(print)",
                   "a thread cannot be given on, only plain values can");
    state_close(s);
}

static void depth_has_an_end(void **state)
{
    (void)state;
    struct script *s = state_open();
    static const char deep[] =
        "(function(n) local t = {} for i = 2, n do t = {t} end return t end)(%d)";
    char expression[200];
    snprintf(expression, sizeof expression, deep, 100);
    copied(s, expression, COPY_NO_FUNCTIONS);
    snprintf(expression, sizeof expression, deep, 101);
    assert_refused(s, expression, "a table within itself, or one that is too deep");
    assert_refused(s, "(function() local t = {} t[1] = {t} return t end)()",
                   "a table within itself, or one that is too deep");
    assert_refused(s, "(function() local t = {} t[t] = 1 return t end)()",
                   "a table within itself, or one that is too deep");
    state_close(s);
}

static void metatables_are_not_looked_at(void **state)
{
    (void)state;
    struct script *s = state_open();
    assert_true(same(s,
                     "setmetatable({a=1}, {__index = error, __pairs = error, __len = error, "
                     "__eq = error})",
                     "{a=1}"));
    state_close(s);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(values_come_back_as_they_were),
        cmocka_unit_test(what_came_over_can_be_used),
        cmocka_unit_test(equal_tables_read_the_same_whatever_their_history),
        cmocka_unit_test(functions_stand_for_any_other_or_are_refused),
        cmocka_unit_test(depth_has_an_end),
        cmocka_unit_test(metatables_are_not_looked_at),
    };
    return UNIT_RUN(tests);
}
