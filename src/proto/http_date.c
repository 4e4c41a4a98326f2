/* Dates of cookies: the text falls into words, and each word is the first part of a date that it
 * can be and that is not known yet. */
#include "proto/http_date.h"

#include <string.h>
#include <time.h>

struct date {
    struct tm tm;
    bool has_time, has_day, has_month, has_year;
};

/* Everything printable but digits, letters and ':'. */
static bool is_delimiter(char c)
{
    return c == '\t' || (c >= ' ' && c <= '/') || (c >= ';' && c <= '@') ||
           (c >= '[' && c <= '`') || (c >= '{' && c <= '~');
}

static bool next_word(str *rest, str *word)
{
    if (rest->n == 0) /* there may be no bytes at all */
        return false;
    const char *p = rest->p, *end = rest->p + rest->n;
    while (p < end && is_delimiter(*p))
        p++;
    const char *start = p;
    while (p < end && !is_delimiter(*p))
        p++;
    *word = (str){start, (size_t)(p - start)};
    *rest = (str){p, (size_t)(end - p)};
    return word->n > 0;
}

/* Takes `least` to `most` digits that no further one follows. */
static bool cut_number(str *s, unsigned least, unsigned most, int *out)
{
    size_t n = 0;
    *out = 0;
    for (; n < s->n && s->p[n] >= '0' && s->p[n] <= '9'; n++) {
        if (n == most)
            return false;
        *out = *out * 10 + (s->p[n] - '0');
    }
    *s = str_skip(*s, n);
    return n >= least;
}

static bool cut_colon(str *s)
{
    bool there = str_starts(*s, STR(":"));
    *s = str_skip(*s, 1);
    return there;
}

static bool read_time(str word, struct tm *tm)
{
    return cut_number(&word, 1, 2, &tm->tm_hour) && cut_colon(&word) &&
           cut_number(&word, 1, 2, &tm->tm_min) && cut_colon(&word) &&
           cut_number(&word, 1, 2, &tm->tm_sec);
}

static bool read_month(str word, struct tm *tm)
{
    static const char names[] = "janfebmaraprmayjunjulaugsepoctnovdec";
    for (int i = 0; i < 12 && word.n >= 3; i++)
        if (str_eq_nocase((str){word.p, 3}, (str){names + i * 3, 3})) {
            tm->tm_mon = i;
            return true;
        }
    return false;
}

static bool read_year(str word, struct tm *tm)
{
    int year;
    if (!cut_number(&word, 2, 4, &year))
        return false;
    if (year < 100)
        year += year < 70 ? 2000 : 1900;
    tm->tm_year = year - 1900;
    return true;
}

static void use_word(struct date *d, str word)
{
    struct tm tm = d->tm; /* what does not fit leaves nothing behind */
    if (!d->has_time && read_time(word, &tm))
        d->has_time = true;
    else if (!d->has_day && cut_number(&(str){word.p, word.n}, 1, 2, &tm.tm_mday))
        d->has_day = true;
    else if (!d->has_month && read_month(word, &tm))
        d->has_month = true;
    else if (!d->has_year && read_year(word, &tm))
        d->has_year = true;
    else
        return;
    d->tm = tm;
}

static bool exists(const struct date *d)
{
    const struct tm *tm = &d->tm;
    return d->has_time && d->has_day && d->has_month && d->has_year && tm->tm_mday >= 1 &&
           tm->tm_year >= 1601 - 1900 && tm->tm_hour <= 23 && tm->tm_min <= 59 && tm->tm_sec <= 59;
}

bool http_date_read(str text, int64_t *unix_s)
{
    struct date d = {0};
    str word;
    while (next_word(&text, &word))
        use_word(&d, word);
    if (!exists(&d))
        return false;
    const int day = d.tm.tm_mday;
    *unix_s = timegm(&d.tm); /* makes 1 March of 29 February where there is none */
    return d.tm.tm_mday == day;
}
