/* Texts with placeholders: pieces, parts, names; what is written where they stand, and as what. */
#include "values.h"

#include <stdio.h>
#include <string.h>

#include "base/rng.h"

static struct names names;
static struct arena arena;

static int open_all(void **state)
{
    (void)state;
    names_init(&names, 100);
    return 0;
}

static int free_all(void **state)
{
    (void)state;
    names_free(&names);
    arena_free(&arena);
    return 0;
}

static struct template compiled(str text, enum template_escape escape)
{
    struct template t;
    struct err e;
    if (!template_compile(text, escape, &names, &arena, &t, &e))
        fail_msg("%s", e.text);
    assert_int_equal(e.kind, ERR_NONE);
    return t;
}

static void assert_refused(const char *text, const char *sentence)
{
    struct template t;
    struct err e;
    assert_false(template_compile(str_from(text), ESCAPE_NONE, &names, &arena, &t, &e));
    assert_int_equal(e.kind, ERR_USAGE);
    assert_string_equal(e.text, sentence);
}

/* The parts as text: "literal|${placeholder}|". */
static void assert_parts(const char *text, const char *want)
{
    struct template t = compiled(str_from(text), ESCAPE_NONE);
    struct buf got = {0};
    for (unsigned i = 0; i < t.n; i++) {
        buf_str(&got, t.parts[i].text);
        buf_char(&got, '|');
    }
    buf_char(&got, 0);
    assert_string_equal(got.p, want);
    buf_free(&got);
}

static const struct value values[] = {
    {"a", "1"},        {"b", "22"},         {"vu.a", "user's"}, {"first name", "Ann"},
    {"odd", "x/ä &?"}, {"quote", "\"\\\n"}, {"empty", ""},      {"vu.deep.er", "d"},
    {"break", "x\ry"}, {"json:x", "colon"}, {NULL, NULL},
};

static bool renders(const struct template *t, struct buf *out, struct err *e)
{
    struct values v = values_of(values, NULL);
    out->n = 0;
    return template_render(t, &v.scope, out, e);
}

static void assert_rendered(const char *text, enum template_escape escape, const char *want)
{
    struct template t = compiled(str_from(text), escape);
    struct buf got = {0};
    struct err e;
    if (!renders(&t, &got, &e))
        fail_msg("%s", e.text);
    buf_char(&got, 0);
    assert_string_equal(got.p, want);
    buf_free(&got);
}

static void texts_are_cut_at_their_placeholders(void **state)
{
    (void)state;
    assert_parts("", "");
    assert_parts("plain", "plain|");
    assert_parts("${a}", "${a}|");
    assert_parts("x${a}y", "x|${a}|y|");
    assert_parts("${a}${b}", "${a}|${b}|");
    assert_parts("${a} ${b}.", "${a}| |${b}|.|");
    assert_parts("${a}x", "${a}|x|");
    assert_parts("x${a}", "x|${a}|");
}

static void what_only_looks_like_a_placeholder_stays(void **state)
{
    (void)state;
    assert_parts("$", "$|");
    assert_parts("$$", "$$|");
    assert_parts("a$b {c} $ {d}", "a$b {c} $ {d}|");
    assert_parts("}${a}}", "}|${a}|}|");
    assert_parts("price: 5$", "price: 5$|");
    assert_parts("$${", "${|");
    assert_parts("$${a}", "${a}|");
    assert_parts("$$${a}", "$${a}|");
    assert_parts("$$$${a}", "$$${a}|");
    assert_parts("x$${a}${b}$${", "x${a}|${b}|${|");
    assert_parts("$${$${${a}", "${${|${a}|");
    assert_parts("$${${a}", "${|${a}|");
}

static void mistakes_are_sentences(void **state)
{
    (void)state;
    assert_refused("x ${a", "'${a' is not closed; write ${name}, or $${ for a plain ${");
    assert_refused("${", "'${' is not closed; write ${name}, or $${ for a plain ${");
    assert_refused("${}", "'${}' names no variable; write ${name}");
    assert_refused("${ }", "'${ }' names no variable; write ${name}");
    assert_refused("${a${b}}", "'${a${b}' names no variable; write ${name}");
    assert_refused("${a\nb}", "'${a\nb}' names no variable; write ${name}");
    assert_refused("${vu.}", "'${vu.}' names no variable; write ${name}");
    assert_refused("${json:}", "'${json:}' names no variable; write ${name}");
    char text[200] = "${", want[200];
    memset(text + 2, 'x', 150);
    snprintf(want, sizeof want, "'%.60s' is not closed; write ${name}, or $${ for a plain ${",
             text);
    assert_refused(text, want);
}

static void names_are_kept_once_and_say_where_to_look(void **state)
{
    (void)state;
    struct template t =
        compiled(STR("${sku}${vu.sku}${ sku }${json:sku}${url:vu.sku}"), ESCAPE_HEADER);
    static const struct {
        enum template_source source;
        enum template_escape escape;
    } want[] = {{SOURCE_VARIABLE, ESCAPE_HEADER},
                {SOURCE_VU, ESCAPE_HEADER},
                {SOURCE_VARIABLE, ESCAPE_HEADER},
                {SOURCE_VARIABLE, ESCAPE_JSON},
                {SOURCE_VU, ESCAPE_URL}};
    assert_int_equal(t.n, 5);
    for (unsigned i = 0; i < t.n; i++) {
        assert_ptr_equal(t.parts[i].name, t.parts[0].name);
        assert_int_equal(t.parts[i].source, want[i].source);
        assert_int_equal(t.parts[i].escape, want[i].escape);
    }
    assert_true(str_eq(t.parts[0].name->text, STR("sku")));
}

static void values_stand_where_their_placeholders_were(void **state)
{
    (void)state;
    assert_rendered("", ESCAPE_NONE, "");
    assert_rendered("plain", ESCAPE_NONE, "plain");
    assert_rendered("${a}", ESCAPE_NONE, "1");
    assert_rendered("<${a}${b}|${empty}>${a}", ESCAPE_NONE, "<122|>1");
    assert_rendered("${vu.a} ${vu.deep.er} ${first name}", ESCAPE_NONE, "user's d Ann");
    assert_rendered("$${a} is ${a}", ESCAPE_NONE, "${a} is 1");
}

static void values_are_written_as_their_place_demands(void **state)
{
    (void)state;
    assert_rendered("/x y/${odd}", ESCAPE_URL, "/x y/x%2F%C3%A4%20%26%3F");
    assert_rendered("\"${quote}\"", ESCAPE_JSON_STRING, "\"\\\"\\\\\\n\"");
    assert_rendered("${quote}", ESCAPE_JSON, "\"\\\"\\\\\\n\"");
    assert_rendered("${json:quote} ${url:odd} ${odd}", ESCAPE_NONE,
                    "\"\\\"\\\\\\n\" x%2F%C3%A4%20%26%3F x/ä &?");
    assert_rendered("${odd}", ESCAPE_HEADER, "x/ä &?");
}

static void what_cannot_be_written_ends_the_rendering(void **state)
{
    (void)state;
    struct buf out = {0};
    struct err e;
    struct template t = compiled(STR("a ${nobody} b"), ESCAPE_NONE);
    assert_false(renders(&t, &out, &e));
    assert_string_equal(e.text, "${nobody} is not set");
    t = compiled(STR("X: ${quote}"), ESCAPE_HEADER);
    assert_false(renders(&t, &out, &e));
    assert_string_equal(e.text, "the value of header '${…}' holds a line break");
    t = compiled(STR("X: ${break}"), ESCAPE_HEADER);
    assert_false(renders(&t, &out, &e));
    buf_free(&out);
}

static void texts_without_placeholders_are_constant(void **state)
{
    (void)state;
    struct template t = compiled(STR("same $${a}"), ESCAPE_NONE);
    assert_true(template_is_constant(&t));
    assert_true(str_eq(template_constant(&t), STR("same ${a}")));
    t = compiled(STR(""), ESCAPE_NONE);
    assert_true(template_is_constant(&t));
    assert_int_equal(template_constant(&t).n, 0);
    t = compiled(STR("${a}"), ESCAPE_NONE);
    assert_false(template_is_constant(&t));
    t = compiled(STR("x${a}"), ESCAPE_NONE);
    assert_false(template_is_constant(&t));
}

static void thousands_of_placeholders_are_no_trouble(void **state)
{
    (void)state;
    enum { MANY = 5000 };
    struct buf text = {0}, want = {0}, got = {0};
    struct err e;
    for (int i = 0; i < MANY; i++) {
        buf_str(&text, STR("${a}$,"));
        buf_str(&want, STR("1$,"));
    }
    struct template t = compiled(buf_view(&text), ESCAPE_NONE);
    assert_int_equal(t.n, 2 * MANY);
    assert_true(renders(&t, &got, &e));
    assert_true(str_eq(buf_view(&got), buf_view(&want)));
    buf_free(&text);
    buf_free(&want);
    buf_free(&got);
}

/* Random texts of the bytes that matter: where compiling accepts one, its pieces are the text
 * again.
 */
static void pieces_are_the_text_again(void **state)
{
    (void)state;
    struct rng rng = rng_make(1, 1);
    for (int i = 0; i < 20000; i++) {
        char text[12];
        str whole = {text, rng_below(&rng, sizeof text + 1)}, rest = whole;
        struct buf again = {0};
        struct template_piece piece;
        struct err e = {0};
        for (size_t k = 0; k < whole.n; k++)
            text[k] = "$${}ab"[rng_below(&rng, 6)];
        while (template_next(&rest, &piece, &e)) {
            buf_str(&again, piece.literal);
            buf_str(&again, piece.placeholder);
        }
        if (e.kind == ERR_NONE)
            assert_true(str_eq(buf_view(&again), whole));
        buf_free(&again);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(texts_are_cut_at_their_placeholders),
        cmocka_unit_test(what_only_looks_like_a_placeholder_stays),
        cmocka_unit_test(mistakes_are_sentences),
        cmocka_unit_test(names_are_kept_once_and_say_where_to_look),
        cmocka_unit_test(values_stand_where_their_placeholders_were),
        cmocka_unit_test(values_are_written_as_their_place_demands),
        cmocka_unit_test(what_cannot_be_written_ends_the_rendering),
        cmocka_unit_test(texts_without_placeholders_are_constant),
        cmocka_unit_test(thousands_of_placeholders_are_no_trouble),
        cmocka_unit_test(pieces_are_the_text_again),
    };
    return cmocka_run_group_tests(tests, open_all, free_all);
}
