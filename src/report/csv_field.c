/* Quoting and numbers for CSV. */
#include "report/csv_field.h"

#include <inttypes.h>
#include <math.h>

#include "base/clock.h"
#include "base/decimal.h"
#include "base/utf8.h"
#include "report/call_name.h"

static bool needs_quotes(str text)
{
    for (size_t i = 0; i < text.n; i++)
        if (text.p[i] == ',' || text.p[i] == '"' || text.p[i] == '\r' || text.p[i] == '\n')
            return true;
    return false;
}

void csv_text(struct buf *out, str text)
{
    bool quotes = needs_quotes(text);
    if (quotes)
        buf_char(out, '"');
    while (text.n) {
        size_t n = utf8_char(text);
        if (text.p[0] == '"')
            buf_char(out, '"');
        buf_str(out, n ? (str){text.p, n} : STR("\xef\xbf\xbd"));
        text = str_skip(text, n ? n : 1);
    }
    if (quotes)
        buf_char(out, '"');
}

void csv_number(struct buf *out, double v)
{
    buf_char(out, ',');
    if (isfinite(v))
        decimal_add(out, v);
}

void csv_ms(struct buf *out, double ns)
{
    csv_number(out, ns / (double)NS_PER_MS);
}

void csv_count(struct buf *out, uint64_t n)
{
    buf_printf(out, ",%" PRIu64, n);
}

void csv_series(struct buf *out, const struct series *s)
{
    struct buf tags = {0};
    csv_text(out, s->name);
    buf_char(out, ',');
    call_tags(s, &tags);
    csv_text(out, buf_view(&tags));
    buf_free(&tags);
}
