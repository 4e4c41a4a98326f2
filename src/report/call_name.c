/* Names of series in two fields. */
#include "report/call_name.h"

/* A method is a word in capitals with something behind it; "place order" has none. */
static bool split(str name, str *method, str *rest)
{
    if (!str_cut(name, ' ', method, rest) || method->n == 0 || rest->n == 0)
        return false;
    for (size_t i = 0; i < method->n; i++)
        if (method->p[i] < 'A' || method->p[i] > 'Z')
            return false;
    return true;
}

static str tag_value(const struct series *s, str name)
{
    for (unsigned i = 0; i < s->n_tags; i++)
        if (str_eq(s->tags[i].name, name))
            return s->tags[i].value;
    return (str){NULL, 0};
}

static void add_capitals(struct buf *out, str word)
{
    for (size_t i = 0; i < word.n; i++) {
        bool small = word.p[i] >= 'a' && word.p[i] <= 'z';
        buf_char(out, small ? (char)(word.p[i] - 'a' + 'A') : word.p[i]);
    }
}

void call_type(const struct series *s, struct buf *out)
{
    str method, rest, type = tag_value(s, STR("type")), protocol = tag_value(s, STR("protocol"));
    if (type.n)
        buf_str(out, type);
    else if (split(s->name, &method, &rest))
        buf_str(out, method);
    else
        add_capitals(out, protocol.n ? protocol : STR("call"));
}

str call_name(const struct series *s)
{
    str method, rest;
    bool typed = tag_value(s, STR("type")).n > 0;
    return !typed && split(s->name, &method, &rest) ? rest : s->name;
}

void call_tags(const struct series *s, struct buf *out)
{
    for (unsigned i = 0; i < s->n_tags; i++) {
        if (i)
            buf_char(out, ';');
        buf_str(out, s->tags[i].name);
        buf_char(out, '=');
        buf_str(out, s->tags[i].value);
    }
}
