/* Declared checks on replies: every kind with every operator, values of other kinds than wanted,
 * what is missing and what is broken. */
#include "unit.h"

#include <math.h>
#include <string.h>

#include "check_values.h"

static const char body[] = "{\"state\":\"PAID\",\"n\":15,\"half\":0.5,\"big\":1e999,\"yes\":true,"
                           "\"no\":false,\"null\":null,"
                           "\"list\":[1,\"two\",[3]],\"object\":{\"a\":1,\"b\":2},\"empty\":[],"
                           "\"text\":\"15\",\"esc\":\"a\\u0062c\"}";
static const char head[] = "HTTP/1.1 201 Created\r\nContent-Type: application/json\r\n"
                           "X-Count: 15\r\nX-Empty:\r\nX-Twice: a\r\nX-Twice: b\r\n\r\n";

static struct outcome outcome(void)
{
    return (struct outcome){.status = 201,
                            .length = sizeof body - 1,
                            .head = {head, sizeof head - 1},
                            .body = {body, sizeof body - 1}};
}

static bool passes_with(struct check c, const struct outcome *o, str sent)
{
    struct buf room = {0};
    bool passed = check_passes(
        &c, &(struct checked){.outcome = o, .status = o->status, .sent = sent}, NULL, &room);
    buf_free(&room);
    return passed;
}

static bool passes(struct check c, const struct outcome *o)
{
    return passes_with(c, o, STR(""));
}

/* One value of the body against one wanted. */
static bool json_in(const char *in, const char *pointer, enum check_op op, struct check_value v)
{
    struct arena arena = {0};
    struct outcome o = outcome();
    struct check c = {.kind = CHECK_JSON, .op = op, .values = &v, .n_values = 1};
    struct err e;
    o.body = str_from(in);
    if (!json_pointer_parse(str_from(pointer), &arena, &c.pointer, &e))
        fail_msg("%s", e.text);
    bool passed = passes(c, &o);
    arena_free(&arena);
    return passed;
}

static bool json(const char *pointer, enum check_op op, struct check_value v)
{
    return json_in(body, pointer, op, v);
}

/* How one comparison answers to == ~= < <= > >=, as bits from the left. */
static unsigned all_of(const char *pointer, struct check_value v)
{
    static const enum check_op ops[] = {CHECK_EQ, CHECK_NE, CHECK_LT, CHECK_LE, CHECK_GT, CHECK_GE};
    unsigned bits = 0;
    for (int i = 0; i < 6; i++)
        bits = bits << 1 | json(pointer, ops[i], v);
    return bits;
}

enum { EQUAL = 37, LESS = 28, MORE = 19, OTHER = 16 }; /* 100101, 011100, 010011, 010000 */

static void numbers_and_texts_are_compared_in_their_order(void **state)
{
    (void)state;
    assert_int_equal(all_of("/n", number(15)), EQUAL);
    assert_int_equal(all_of("/n", number(15.5)), LESS);
    assert_int_equal(all_of("/n", number(-1)), MORE);
    assert_int_equal(all_of("/half", number(0.5)), EQUAL);
    assert_int_equal(all_of("/big", number(1e300)), MORE);
    assert_int_equal(all_of("/state", text("PAID")), EQUAL);
    assert_int_equal(all_of("/state", text("PAIE")), LESS);
    assert_int_equal(all_of("/state", text("PAI")), MORE);
    assert_int_equal(all_of("/state", text("")), MORE);
    assert_int_equal(all_of("/esc", text("abc")), EQUAL);
}

static void words_are_equal_or_not(void **state)
{
    (void)state;
    assert_true(json("/yes", CHECK_EQ, word(VALUE_TRUE)));
    assert_false(json("/yes", CHECK_EQ, word(VALUE_FALSE)));
    assert_true(json("/no", CHECK_NE, word(VALUE_TRUE)));
    assert_true(json("/null", CHECK_EQ, word(VALUE_NULL)));
    assert_false(json("/null", CHECK_NE, word(VALUE_NULL)));
}

static void another_kind_differs_and_is_neither_less_nor_more(void **state)
{
    (void)state;
    static const char *const pointers[] = {"/n",    "/state", "/yes",    "/no",    "/null",
                                           "/list", "/empty", "/object", "/absent"};
    struct check_value other = number(NAN); /* no text, no word is it */
    for (unsigned i = 0; i < sizeof pointers / sizeof *pointers; i++)
        assert_int_equal(all_of(pointers[i], other), OTHER);
    assert_int_equal(all_of("/text", number(15)), OTHER);
    assert_int_equal(all_of("/n", text("15")), OTHER);
    assert_int_equal(all_of("/list", text("[1]")), OTHER);
    assert_int_equal(all_of("/object", number(2)), OTHER);
    assert_int_equal(all_of("/absent", text("")), OTHER);
    assert_int_equal(all_of("/null", word(VALUE_FALSE)), OTHER);
}

static void a_value_may_be_one_of_a_list(void **state)
{
    (void)state;
    struct arena arena = {0};
    struct outcome o = outcome();
    struct check_value list[] = {text("DONE"), number(15), word(VALUE_NULL)};
    struct check c = {.kind = CHECK_JSON, .op = CHECK_IN, .values = list, .n_values = 3};
    static const struct {
        const char *pointer;
        bool is_in;
    } cases[] = {{"/n", true},     {"/null", true},  {"/state", false},
                 {"/text", false}, {"/list", false}, {"/absent", false}};
    struct err e;
    for (unsigned i = 0; i < sizeof cases / sizeof *cases; i++) {
        assert_true(json_pointer_parse(str_from(cases[i].pointer), &arena, &c.pointer, &e));
        assert_int_equal(passes(c, &o), cases[i].is_in);
    }
    arena_free(&arena);
}

static void what_exists_may_be_anything(void **state)
{
    (void)state;
    static const char *const there[] = {"", "/n", "/no", "/null", "/list", "/list/2/0", "/object"};
    for (unsigned i = 0; i < sizeof there / sizeof *there; i++)
        assert_true(json(there[i], CHECK_EXISTS, number(0)));
    assert_false(json("/absent", CHECK_EXISTS, number(0)));
    assert_false(json("/list/3", CHECK_EXISTS, number(0)));
}

static void members_are_counted(void **state)
{
    (void)state;
    assert_true(json("/list", CHECK_COUNT, number(3)));
    assert_true(json("/object", CHECK_COUNT, number(2)));
    assert_true(json("/empty", CHECK_COUNT, number(0)));
    assert_false(json("/list", CHECK_COUNT, number(2)));
    assert_false(json("/n", CHECK_COUNT, number(0)));
    assert_false(json("/absent", CHECK_COUNT, number(0)));
}

static void nothing_holds_in_what_is_not_json(void **state)
{
    (void)state;
    static const char *const broken[] = {"", "<html>", "{\"n\":", "{n:1}", "{\"m\":1 \"n\":1}"};
    static const enum check_op ops[] = {CHECK_EQ, CHECK_NE, CHECK_LT,     CHECK_LE,
                                        CHECK_GT, CHECK_GE, CHECK_EXISTS, CHECK_COUNT};
    for (unsigned i = 0; i < sizeof broken / sizeof *broken; i++)
        for (unsigned k = 0; k < sizeof ops / sizeof *ops; k++)
            assert_false(json_in(broken[i], "/n", ops[k], number(1)));
    assert_true(json_in("{\"n\":1 broken", "/n", CHECK_EQ, number(1))); /* found before that */
}

static bool header(const char *name, enum check_op op, struct check_value v)
{
    struct outcome o = outcome();
    return passes(
        (struct check){
            .kind = CHECK_HEADER, .text = str_from(name), .op = op, .values = &v, .n_values = 1},
        &o);
}

static void headers_are_found_in_any_case(void **state)
{
    (void)state;
    assert_true(header("content-type", CHECK_EQ, text("application/json")));
    assert_true(header("CONTENT-TYPE", CHECK_NE, text("text/html")));
    assert_false(header("Content-Type", CHECK_EQ, text("application")));
    assert_true(header("X-Twice", CHECK_EQ, text("a")));
    assert_true(header("X-Empty", CHECK_EXISTS, text("")));
    assert_true(header("X-Empty", CHECK_EQ, text("")));
    assert_false(header("X-Absent", CHECK_EXISTS, text("")));
    assert_false(header("X-Absent", CHECK_EQ, text("")));
    assert_true(header("X-Absent", CHECK_NE, text("")));
    assert_false(header("HTTP/1.1 201 Created", CHECK_EXISTS, text("")));
}

static void headers_are_numbers_where_numbers_are_wanted(void **state)
{
    (void)state;
    assert_true(header("X-Count", CHECK_EQ, number(15)));
    assert_true(header("X-Count", CHECK_LT, number(100)));
    assert_false(header("X-Count", CHECK_GT, number(15)));
    assert_true(header("X-Count", CHECK_LT, text("2"))); /* as texts */
    assert_false(header("Content-Type", CHECK_LT, number(100)));
    assert_true(header("Content-Type", CHECK_NE, number(100)));
}

static bool of_body(enum check_kind kind, const char *wanted, const char *there)
{
    struct outcome o = outcome();
    o.body = str_from(there);
    o.length = o.body.n;
    return passes((struct check){.kind = kind, .text = str_from(wanted)}, &o);
}

static void bodies_contain_and_equal_texts(void **state)
{
    (void)state;
    assert_true(of_body(CHECK_CONTAINS, "pong", "ping pong"));
    assert_false(of_body(CHECK_CONTAINS, "pong", "ping"));
    assert_true(of_body(CHECK_CONTAINS, "", "anything"));
    assert_true(of_body(CHECK_CONTAINS, "", ""));
    assert_false(of_body(CHECK_CONTAINS, "x", ""));
    assert_true(of_body(CHECK_EQUALS, "ok", "ok"));
    assert_false(of_body(CHECK_EQUALS, "ok", "ok\n"));
    assert_true(of_body(CHECK_EQUALS, "", ""));
    assert_true(of_body(CHECK_NOT_EMPTY, "", "x"));
    assert_false(of_body(CHECK_NOT_EMPTY, "", ""));
}

static void a_body_that_was_not_kept_is_not_there(void **state)
{
    (void)state;
    struct outcome o = {.status = 204};
    assert_false(passes((struct check){.kind = CHECK_CONTAINS, .text = STR("x")}, &o));
    assert_false(passes((struct check){.kind = CHECK_NOT_EMPTY}, &o));
    assert_true(passes((struct check){.kind = CHECK_EQUALS, .text = STR("")}, &o));
}

static void replies_are_compared_with_their_requests(void **state)
{
    (void)state;
    struct outcome o = {.body = STR("<x>"), .length = 3};
    assert_true(passes_with((struct check){.kind = CHECK_ECHO}, &o, STR("<x>")));
    assert_false(passes_with((struct check){.kind = CHECK_ECHO}, &o, STR("x")));
    assert_true(passes_with((struct check){.kind = CHECK_CONTAINS_REQUEST}, &o, STR("x")));
    assert_true(passes_with((struct check){.kind = CHECK_CONTAINS_REQUEST}, &o, STR("")));
    assert_false(passes_with((struct check){.kind = CHECK_CONTAINS_REQUEST}, &o, STR("y")));
    o.body = (str){NULL, 0};
    assert_true(passes_with((struct check){.kind = CHECK_ECHO}, &o, (str){NULL, 0}));
    assert_true(check_wants_request(&(struct check){.kind = CHECK_JSON_SAME}));
    assert_false(check_wants_request(&(struct check){.kind = CHECK_JSON}));
}

static bool same_json(const char *reply, const char *p, const char *request, const char *q)
{
    struct arena arena = {0};
    struct outcome o = {.body = str_from(reply)};
    struct check c = {.kind = CHECK_JSON_SAME};
    struct err e;
    assert_true(json_pointer_parse(str_from(p), &arena, &c.pointer, &e));
    assert_true(json_pointer_parse(str_from(q), &arena, &c.of_request, &e));
    bool passed = passes_with(c, &o, str_from(request));
    arena_free(&arena);
    return passed;
}

static void values_of_reply_and_request_are_the_same_as_json(void **state)
{
    (void)state;
    assert_true(same_json("{\"a\":{\"x\":1,\"y\":[]}}", "/a", "{\"y\":[],\"x\":1.0}", ""));
    assert_false(same_json("{\"a\":1}", "/a", "{\"a\":\"1\"}", "/a"));
    assert_false(same_json("{\"a\":1}", "/b", "{\"a\":1}", "/b"));
    assert_false(same_json("{\"a\":1}", "/a", "{\"a\":1}", "/b"));
    assert_false(same_json("<html>", "/a", "{\"a\":1}", "/a"));
    assert_false(same_json("{\"a\":1}", "/a", "", "/a"));
}

static void sizes_and_statuses_are_numbers(void **state)
{
    (void)state;
    struct outcome o = outcome();
    struct check_value limit = number(sizeof body), statuses[] = {number(200), number(201)};
    struct check size = {.kind = CHECK_SIZE, .op = CHECK_LT, .values = &limit, .n_values = 1};
    struct check status = {.kind = CHECK_STATUS, .op = CHECK_IN, .values = statuses, .n_values = 2};
    assert_true(passes(size, &o));
    size.op = CHECK_GE;
    assert_false(passes(size, &o));
    assert_true(passes(status, &o));
    status.n_values = 1;
    assert_false(passes(status, &o));
    o.status = 200;
    status.op = CHECK_EQ;
    assert_true(passes(status, &o));
}

static bool matches(const char *expression, str there)
{
    regex_t compiled;
    struct outcome o = {.body = there, .length = there.n};
    struct check c = {.kind = CHECK_MATCHES, .text = str_from(expression)};
    assert_int_equal(regcomp(&compiled, expression, REG_EXTENDED), 0);
    struct buf room = {0};
    bool found = check_passes(&c, &(struct checked){.outcome = &o}, &compiled, &room);
    buf_free(&room);
    regfree(&compiled);
    return found;
}

static void expressions_look_at_the_body_alone(void **state)
{
    (void)state;
    assert_true(matches("^a+b$", STR("aaab")));
    assert_true(matches("[0-9]{3}", STR("x 123")));
    assert_false(matches("[0-9]{3}", STR("12")));
    assert_false(matches("cd", (str){"abcd", 3})); /* what stands behind is not of the body */
    assert_true(matches("b", STR("a\0b")));
    assert_true(matches("^$", (str){NULL, 0}));
    assert_false(matches("x", (str){NULL, 0}));
}

/* ---- records of Kafka ---- */

/* A head as proto/kafka_reply.h writes it: key, then pairs; NULL is null. */
static void add_text(struct buf *to, const char *z)
{
    uint32_t n = z ? (uint32_t)strlen(z) : UINT32_MAX;
    buf_add(to, &n, sizeof n);
    buf_str(to, str_from(z ? z : ""));
}

static bool record_passes(struct check c, const char *const *texts, unsigned n, str value, str sent)
{
    struct buf there = {0}, room = {0};
    for (unsigned i = 0; i < n; i++)
        add_text(&there, texts[i]);
    const struct outcome o = {.head = buf_view(&there), .body = value, .length = value.n};
    const struct checked reply = {.outcome = &o, .status = 200, .is_record = true, .sent = sent};
    bool passed = check_passes(&c, &reply, NULL, &room);
    buf_free(&there);
    buf_free(&room);
    return passed;
}

static bool record_header(const char *name, enum check_op op, struct check_value v)
{
    static const char *const texts[] = {"k", "a", "1", "n", NULL, "e", "", "a", "2"};
    struct check c = {.kind = CHECK_HEADER,
                      .op = op,
                      .text = str_from(name),
                      .values = &v,
                      .n_values = op == CHECK_EXISTS ? 0 : 1};
    return record_passes(c, texts, 9, STR("x"), STR(""));
}

static void headers_of_records_may_be_null_and_the_last_counts(void **state)
{
    (void)state;
    assert_true(record_header("a", CHECK_EQ, text("2")));
    assert_true(record_header("a", CHECK_LT, number(3)));
    assert_false(record_header("a", CHECK_EQ, text("1")));
    assert_true(record_header("n", CHECK_EQ, word(VALUE_NULL)));
    assert_false(record_header("n", CHECK_EQ, text("")));
    assert_true(record_header("e", CHECK_EQ, text("")));
    assert_false(record_header("e", CHECK_EQ, word(VALUE_NULL)));
    assert_true(record_header("n", CHECK_EXISTS, word(VALUE_NONE)));
    assert_false(record_header("A", CHECK_EXISTS, word(VALUE_NONE))); /* names have a case */
    assert_false(record_header("x", CHECK_EQ, word(VALUE_NULL)));
}

static bool key(const char *there, enum check_op op, struct check_value v)
{
    struct check c = {.kind = CHECK_KEY, .op = op, .values = &v, .n_values = op != CHECK_EXISTS};
    return record_passes(c, &there, 1, STR("x"), STR(""));
}

static void keys_are_null_or_there(void **state)
{
    (void)state;
    assert_true(key("k", CHECK_EQ, text("k")));
    assert_true(key("12", CHECK_GE, number(12)));
    assert_true(key("k", CHECK_EXISTS, word(VALUE_NONE)));
    assert_true(key("", CHECK_EXISTS, word(VALUE_NONE)));
    assert_true(key("", CHECK_EQ, text("")));
    assert_false(key("", CHECK_EQ, word(VALUE_NULL)));
    assert_true(key(NULL, CHECK_EQ, word(VALUE_NULL)));
    assert_false(key(NULL, CHECK_EXISTS, word(VALUE_NONE)));
    assert_false(key(NULL, CHECK_EQ, text("")));
    assert_true(key(NULL, CHECK_NE, text("k")));
}

static bool value(enum check_kind kind, str wanted, str there, str sent)
{
    static const char *const texts[] = {NULL};
    return record_passes((struct check){.kind = kind, .text = wanted}, texts, 1, there, sent);
}

static void a_value_that_is_null_is_not_empty(void **state)
{
    (void)state;
    const str null = {NULL, 0}, empty = STR("");
    assert_true(value(CHECK_EQUALS, null, null, empty));
    assert_false(value(CHECK_EQUALS, null, empty, empty));
    assert_false(value(CHECK_EQUALS, empty, null, empty));
    assert_true(value(CHECK_EQUALS, empty, empty, empty));
    assert_true(value(CHECK_ECHO, null, null, null));
    assert_false(value(CHECK_ECHO, null, empty, null));
    assert_false(value(CHECK_ECHO, null, null, empty));
    assert_true(value(CHECK_ECHO, null, STR("x"), STR("x")));
    assert_false(value(CHECK_NOT_EMPTY, null, null, empty));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(numbers_and_texts_are_compared_in_their_order),
        cmocka_unit_test(words_are_equal_or_not),
        cmocka_unit_test(another_kind_differs_and_is_neither_less_nor_more),
        cmocka_unit_test(a_value_may_be_one_of_a_list),
        cmocka_unit_test(what_exists_may_be_anything),
        cmocka_unit_test(members_are_counted),
        cmocka_unit_test(nothing_holds_in_what_is_not_json),
        cmocka_unit_test(headers_are_found_in_any_case),
        cmocka_unit_test(headers_are_numbers_where_numbers_are_wanted),
        cmocka_unit_test(bodies_contain_and_equal_texts),
        cmocka_unit_test(a_body_that_was_not_kept_is_not_there),
        cmocka_unit_test(replies_are_compared_with_their_requests),
        cmocka_unit_test(values_of_reply_and_request_are_the_same_as_json),
        cmocka_unit_test(sizes_and_statuses_are_numbers),
        cmocka_unit_test(expressions_look_at_the_body_alone),
        cmocka_unit_test(headers_of_records_may_be_null_and_the_last_counts),
        cmocka_unit_test(keys_are_null_or_there),
        cmocka_unit_test(a_value_that_is_null_is_not_empty),
    };
    return UNIT_RUN(tests);
}
