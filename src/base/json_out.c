/* Writing JSON: commas, escapes and lines. */
#include "base/json_out.h"

#include <assert.h>
#include <inttypes.h>
#include <math.h>
#include <string.h>

#include "base/decimal.h"
#include "base/utf8.h"

enum { DEEPEST = 60, INDENT = 2 };

static uint64_t level(const struct json_out *j)
{
    return UINT64_C(1) << j->depth;
}

static void new_line(struct json_out *j)
{
    buf_char(j->out, '\n');
    for (unsigned i = 0; i < j->depth * INDENT; i++)
        buf_char(j->out, ' ');
    j->line = false;
}

/* What stands before a member: a comma, a line's end. */
static void separate(struct json_out *j)
{
    if (j->keyed) {
        j->keyed = false;
        return;
    }
    bool first = !(j->not_empty & level(j));
    j->not_empty |= level(j);
    if (!first)
        buf_char(j->out, ',');
    if (j->line)
        new_line(j);
    else if (!first)
        buf_char(j->out, ' ');
}

static void open(struct json_out *j, char bracket, bool array)
{
    assert(j->depth < DEEPEST);
    separate(j);
    buf_char(j->out, bracket);
    j->depth++;
    j->not_empty &= ~level(j);
    j->arrays = array ? j->arrays | level(j) : j->arrays & ~level(j);
}

void json_out_object(struct json_out *j)
{
    open(j, '{', false);
}

void json_out_array(struct json_out *j)
{
    open(j, '[', true);
}

void json_out_end(struct json_out *j)
{
    assert(j->depth > 0);
    char bracket = j->arrays & level(j) ? ']' : '}';
    j->depth--;
    if (j->line)
        new_line(j);
    buf_char(j->out, bracket);
}

void json_out_line(struct json_out *j)
{
    j->line = true;
}

static void add_escaped(struct buf *out, unsigned char c)
{
    static const char named[] = "\"\"\\\\\bb\ff\nn\rr\tt"; /* pairs: byte, letter */
    for (const char *p = named; *p; p += 2)
        if ((unsigned char)*p == c) {
            buf_char(out, '\\');
            buf_char(out, p[1]);
            return;
        }
    buf_printf(out, "\\u%04x", c);
}

/* Bytes at the start of s that stand for themselves in JSON. */
static size_t plain_run(str s)
{
    size_t n = 0;
    while (n < s.n && s.p[n] >= ' ' && s.p[n] < 0x7f && s.p[n] != '"' && s.p[n] != '\\')
        n++;
    return n;
}

void json_out_escape(struct buf *out, str text)
{
    while (text.n) {
        size_t plain = plain_run(text), n = utf8_char(str_skip(text, plain));
        buf_add(out, text.p, plain);
        text = str_skip(text, plain);
        if (text.n && n == 0)
            buf_str(out, STR("\xef\xbf\xbd"));
        else if (n == 1)
            add_escaped(out, (unsigned char)text.p[0]);
        else
            buf_add(out, text.p, n);
        text = str_skip(text, n ? n : 1);
    }
}

void json_out_quote(struct buf *out, str text)
{
    buf_char(out, '"');
    json_out_escape(out, text);
    buf_char(out, '"');
}

void json_out_key(struct json_out *j, str name)
{
    separate(j);
    json_out_quote(j->out, name);
    buf_str(j->out, STR(": "));
    j->keyed = true;
}

void json_out_text(struct json_out *j, str text)
{
    separate(j);
    json_out_quote(j->out, text);
}

void json_out_count(struct json_out *j, uint64_t n)
{
    separate(j);
    buf_printf(j->out, "%" PRIu64, n);
}

void json_out_number(struct json_out *j, double v)
{
    separate(j);
    if (!isfinite(v)) {
        buf_str(j->out, STR("null"));
        return;
    }
    size_t start = j->out->n;
    decimal_add(j->out, v);
    if (!memchr(j->out->p + start, '.', j->out->n - start))
        buf_str(j->out, STR(".0")); /* so that readers with types see the same one always */
}

void json_out_raw(struct json_out *j, str json)
{
    separate(j);
    buf_str(j->out, json);
}

void json_out_bool(struct json_out *j, bool b)
{
    separate(j);
    buf_str(j->out, b ? STR("true") : STR("false"));
}
