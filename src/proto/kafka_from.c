/* Beginnings in words, as numbers and as times. */
#include "proto/kafka_from.h"

#include <stdio.h>
#include <time.h>

#include "base/clock.h"
#include "base/units.h"

/* Fraction of a second, "25" as 250 ms; digits after the third are below the resolution. */
static bool read_ms(str digits, int64_t *ms)
{
    uint64_t n;
    if (!str_u64(digits, &n) || digits.n > 9)
        return false;
    for (size_t i = digits.n; i < 3; i++)
        n *= 10;
    for (size_t i = digits.n; i > 3; i--)
        n /= 10;
    *ms = (int64_t)n;
    return true;
}

static bool is_a_date(const struct tm *t)
{
    static const int days[] = {31, 29, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};
    return t->tm_mon >= 0 && t->tm_mon < 12 && t->tm_mday >= 1 && t->tm_mday <= days[t->tm_mon] &&
           t->tm_hour < 24 && t->tm_min < 60 && t->tm_sec < 61;
}

/* RFC 3339 in UTC: "2026-01-31T12:00:00Z", "2026-01-31T12:00:00.250Z". */
static bool read_time(str text, int64_t *unix_ms)
{
    struct tm t = {0};
    char z[40], tail[2] = "";
    int64_t ms = 0;
    str whole, fraction;
    if (!str_ends(text, STR("Z")) || text.n >= sizeof z)
        return false;
    text.n--;
    if (str_cut(text, '.', &whole, &fraction) && !read_ms(fraction, &ms))
        return false;
    snprintf(z, sizeof z, STR_FMT, STR_ARG(whole));
    if (whole.n != 19 || sscanf(z, "%4d-%2d-%2dT%2d:%2d:%2d%1s", &t.tm_year, &t.tm_mon, &t.tm_mday,
                                &t.tm_hour, &t.tm_min, &t.tm_sec, tail) != 6)
        return false;
    t.tm_year -= 1900;
    t.tm_mon--;
    if (!is_a_date(&t))
        return false;
    *unix_ms = (int64_t)timegm(&t) * 1000 + ms; /* makes a March 1 of a February 30 */
    return true;
}

static bool read_ago(str text, int64_t now_ms, int64_t *unix_ms)
{
    uint64_t ns;
    struct err ignored;
    if (!str_starts(text, STR("-")) || !units_duration_strict(str_skip(text, 1), &ns, &ignored))
        return false;
    int64_t ago = (int64_t)(ns / NS_PER_MS);
    *unix_ms = ago < now_ms ? now_ms - ago : 0;
    return true;
}

bool kafka_from_read(str text, int64_t now_ms, struct kafka_from *out, struct err *e)
{
    uint64_t offset;
    *out = (struct kafka_from){.kind = KAFKA_FROM_END};
    if (str_eq(text, STR("end")))
        return true;
    out->kind = KAFKA_FROM_BEGINNING;
    if (str_eq(text, STR("beginning")))
        return true;
    out->kind = KAFKA_FROM_OFFSET;
    if (str_u64(text, &offset) && offset <= INT64_MAX) {
        out->value = (int64_t)offset;
        return true;
    }
    out->kind = KAFKA_FROM_TIME;
    return read_time(text, &out->value) || read_ago(text, now_ms, &out->value) ||
           err_set(e, ERR_USAGE,
                   "'" STR_FMT "' is no place to begin: write beginning, end, an offset like 1000, "
                   "a time like 2026-01-31T12:00:00Z or -10m",
                   STR_ARG(text));
}
