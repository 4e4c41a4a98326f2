/* Words of a check, one after the other. */
#include "scenario/check_words.h"

#include "scenario/check_names.h"

static const struct check_word {
    const char *word;
    enum check_kind kind;
    const char *form; /* behind the word */
} words[] = {
    {"echo", CHECK_ECHO, ""},
    {"not_empty", CHECK_NOT_EMPTY, ""},
    {"contains_request", CHECK_CONTAINS_REQUEST, ""},
    {"contains", CHECK_CONTAINS, " TEXT"},
    {"equals", CHECK_EQUALS, " TEXT"},
    {"matches", CHECK_MATCHES, " EXPRESSION"},
    {"json_same", CHECK_JSON_SAME, " /POINTER /POINTER-OF-THE-REQUEST"},
    {"json", CHECK_JSON, " /POINTER OPERATOR VALUE"},
    {"header", CHECK_HEADER, " NAME OPERATOR VALUE"},
    {"key", CHECK_KEY, " OPERATOR VALUE"},
    {"size", CHECK_SIZE, " OPERATOR BYTES"},
};

/* What is read, and how it is said when it is not as it should be. */
struct reader {
    str whole, rest;
    const struct check_word *of;
    struct arena *arena;
    struct err *e;
};

static bool refuse(const struct reader *r)
{
    return err_set(r->e, ERR_USAGE, "'" STR_FMT "' is not a check; write it like: %s%s",
                   STR_ARG(r->whole), r->of->word, r->of->form);
}

static bool next_word(struct reader *r, str *word)
{
    str rest = str_trim(r->rest);
    if (!str_cut(rest, ' ', word, &r->rest)) {
        *word = rest;
        r->rest = (str){NULL, 0};
    }
    return word->n > 0;
}

static bool read_text(struct reader *r, str *out)
{
    str text = str_trim(r->rest);
    *out = arena_dup(r->arena, text);
    return text.n > 0 || refuse(r);
}

static bool read_pointer(struct reader *r, struct json_pointer *out)
{
    str word;
    if (!next_word(r, &word))
        return refuse(r);
    return json_pointer_parse(word, r->arena, out, r->e);
}

static struct check_value value_of(str text, struct arena *arena)
{
    struct check_value v = {.kind = VALUE_TEXT};
    if (text.n >= 2 && text.p[0] == '"' && text.p[text.n - 1] == '"')
        v.text = arena_dup(arena, (str){text.p + 1, text.n - 2});
    else if (str_eq(text, STR("true")) || str_eq(text, STR("false")))
        v.kind = text.p[0] == 't' ? VALUE_TRUE : VALUE_FALSE;
    else if (str_eq(text, STR("null")))
        v.kind = VALUE_NULL;
    else if (str_double(text, &v.number))
        v.kind = VALUE_NUMBER;
    else
        v.text = arena_dup(arena, text);
    return v;
}

/* "in" takes several, with commas between. */
static unsigned add_values(struct check *c, str text, struct arena *arena)
{
    str one, rest = text;
    unsigned most = 1, n = 0;
    for (size_t i = 0; i < text.n; i++)
        most += text.p[i] == ',';
    struct check_value *values = arena_alloc(arena, most * sizeof *values);
    if (c->op != CHECK_IN)
        values[n++] = value_of(text, arena);
    while (c->op == CHECK_IN && str_next(&rest, ',', &one))
        values[n++] = value_of(str_trim(one), arena);
    c->values = values;
    return n;
}

static bool read_comparison(struct reader *r, struct check *c)
{
    str op, value;
    if (!next_word(r, &op))
        return refuse(r);
    if (!check_op_read(op, &c->op, r->e))
        return false;
    if (c->op == CHECK_EXISTS)
        return str_trim(r->rest).n == 0 || refuse(r);
    if (!read_text(r, &value))
        return false;
    c->n_values = add_values(c, value, r->arena);
    bool counts = c->op == CHECK_COUNT || c->kind == CHECK_SIZE;
    return !counts || c->values[0].kind == VALUE_NUMBER || refuse(r);
}

static bool read_expression(struct reader *r, struct check *c)
{
    regex_t expression;
    char why[120];
    if (!read_text(r, &c->text))
        return false;
    int code = regcomp(&expression, c->text.p, REG_EXTENDED | REG_NOSUB);
    if (code) {
        regerror(code, &expression, why, sizeof why);
        return err_set(r->e, ERR_USAGE, "'" STR_FMT "' is no regular expression: %s",
                       STR_ARG(c->text), why);
    }
    regfree(&expression);
    return true;
}

static bool read_rest(struct reader *r, struct check *c)
{
    str name;
    switch (c->kind) {
    case CHECK_CONTAINS:
    case CHECK_EQUALS:
        return read_text(r, &c->text);
    case CHECK_MATCHES:
        return read_expression(r, c);
    case CHECK_JSON:
        return read_pointer(r, &c->pointer) && read_comparison(r, c);
    case CHECK_JSON_SAME:
        return read_pointer(r, &c->pointer) && read_pointer(r, &c->of_request) &&
               (str_trim(r->rest).n == 0 || refuse(r));
    case CHECK_HEADER:
        if (!next_word(r, &name))
            return refuse(r);
        c->text = arena_dup(r->arena, name);
        return read_comparison(r, c);
    case CHECK_KEY:
    case CHECK_SIZE:
        return read_comparison(r, c);
    default:
        return str_trim(r->rest).n == 0 || refuse(r);
    }
}

bool check_words_read(str text, struct arena *arena, struct check *out, struct err *e)
{
    struct reader r = {.whole = text, .rest = text, .arena = arena, .e = e};
    str word;
    *out = (struct check){.op = CHECK_EQ};
    next_word(&r, &word);
    for (size_t i = 0; i < sizeof words / sizeof *words; i++)
        if (str_eq(word, str_from(words[i].word))) {
            r.of = &words[i];
            out->kind = words[i].kind;
            return read_rest(&r, out);
        }
    return err_set(e, ERR_USAGE,
                   "there is no check '" STR_FMT
                   "'; there are echo, contains_request, json_same, json, header, key, size, "
                   "contains, equals, matches, not_empty",
                   STR_ARG(word));
}
