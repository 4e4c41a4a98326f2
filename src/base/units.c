/* Reading and showing durations, rates, counts and sizes. */
#include "base/units.h"

#include <inttypes.h>
#include <math.h>
#include <stdio.h>

#include "base/clock.h"

struct unit {
    str name;
    double factor;
};

static const struct unit time_units[] = {
    {{"ns", 2}, 1},  {{"us", 2}, 1e3}, {{"\xc2\xb5s", 3}, 1e3}, {{"ms", 2}, 1e6},
    {{"s", 1}, 1e9}, {{"m", 1}, 60e9}, {{"h", 1}, 3600e9},
};

static const struct unit size_units[] = {
    {{"", 0}, 1},         {{"B", 1}, 1},       {{"k", 1}, 1e3},      {{"kB", 2}, 1e3},
    {{"K", 1}, 1e3},      {{"KB", 2}, 1e3},    {{"M", 1}, 1e6},      {{"MB", 2}, 1e6},
    {{"G", 1}, 1e9},      {{"GB", 2}, 1e9},    {{"KiB", 3}, 1024},   {{"Ki", 2}, 1024},
    {{"MiB", 3}, 0x1p20}, {{"Mi", 2}, 0x1p20}, {{"GiB", 3}, 0x1p30}, {{"Gi", 2}, 0x1p30},
};

static const struct unit count_units[] = {
    {{"", 0}, 1}, {{"k", 1}, 1e3}, {{"K", 1}, 1e3}, {{"M", 1}, 1e6}, {{"G", 1}, 1e9},
};

#define LENGTH(a) (sizeof(a) / sizeof *(a))

static bool find_factor(const struct unit *units, size_t n, str name, double *factor)
{
    for (size_t i = 0; i < n; i++)
        if (str_eq(units[i].name, name)) {
            *factor = units[i].factor;
            return true;
        }
    return false;
}

/* Cuts "12.5ms…" into the number and the letters behind it; false without a number. */
static bool number_and_unit(str *rest, double *number, str *unit)
{
    size_t digits = 0, letters;
    while (digits < rest->n &&
           ((rest->p[digits] >= '0' && rest->p[digits] <= '9') || rest->p[digits] == '.'))
        digits++;
    letters = digits;
    while (letters < rest->n && rest->p[letters] != '.' &&
           (rest->p[letters] < '0' || rest->p[letters] > '9'))
        letters++;
    if (!str_double((str){rest->p, digits}, number))
        return false;
    *unit = (str){rest->p + digits, letters - digits};
    *rest = str_skip(*rest, letters);
    return true;
}

static bool duration_ns(str text, bool bare_is_seconds, double *total)
{
    str rest = str_trim(text), unit;
    double number, factor;
    *total = 0;
    if (rest.n == 0)
        return false;
    if (bare_is_seconds && str_double(rest, &number) && rest.p[0] != '-') {
        *total = number * 1e9;
        return true;
    }
    while (rest.n) {
        if (!number_and_unit(&rest, &number, &unit) ||
            !find_factor(time_units, LENGTH(time_units), unit, &factor))
            return false;
        *total += number * factor;
    }
    return true;
}

static bool read_duration(str text, bool bare, uint64_t *ns, struct err *e)
{
    double total;
    if (!duration_ns(text, bare, &total))
        return err_set(e, ERR_USAGE,
                       "'" STR_FMT "' is not a duration; write it like 500ms, 10s, 2m or 1h%s",
                       STR_ARG(text), bare ? "" : " (the unit must be there)");
    if (total > 366 * 24 * 3600e9)
        return err_set(e, ERR_USAGE, "'" STR_FMT "' is longer than a year", STR_ARG(text));
    *ns = (uint64_t)llround(total);
    return true;
}

bool units_duration(str text, uint64_t *ns, struct err *e)
{
    return read_duration(text, true, ns, e);
}

bool units_duration_strict(str text, uint64_t *ns, struct err *e)
{
    return read_duration(text, false, ns, e);
}

/* A number with a factor from `units` and nothing behind it. */
static bool scaled(str text, const struct unit *units, size_t n, double *out)
{
    str rest = str_trim(text), unit;
    double factor;
    if (!number_and_unit(&rest, out, &unit) || rest.n || !find_factor(units, n, unit, &factor))
        return false;
    *out *= factor;
    return true;
}

bool units_rate(str text, double *per_second, struct err *e)
{
    str amount, per;
    double factor = 1e9, r;
    bool has_per = str_cut(str_trim(text), '/', &amount, &per);
    if (!scaled(amount, count_units, LENGTH(count_units), &r) ||
        (has_per && !find_factor(time_units, LENGTH(time_units), str_trim(per), &factor)))
        return err_set(e, ERR_USAGE,
                       "'" STR_FMT "' is not a rate; write it like 250, 2k, 1.5M or 30/m",
                       STR_ARG(text));
    r = r * 1e9 / factor;
    if (!(r > 0) || r > 1e12)
        return err_set(e, ERR_USAGE, "a rate of '" STR_FMT "' is not possible", STR_ARG(text));
    *per_second = r;
    return true;
}

static bool whole(str text, const struct unit *units, size_t n, uint64_t *out)
{
    double v;
    if (str_u64(str_trim(text), out))
        return true;
    if (!scaled(text, units, n, &v) || v != floor(v) || v > 9e15)
        return false;
    *out = (uint64_t)v;
    return true;
}

bool units_count(str text, uint64_t *out, struct err *e)
{
    if (whole(text, count_units, LENGTH(count_units), out))
        return true;
    return err_set(e, ERR_USAGE,
                   "'" STR_FMT "' is not a whole number; write it like 100, 10k or 1M",
                   STR_ARG(text));
}

bool units_size(str text, uint64_t *bytes, struct err *e)
{
    if (whole(text, size_units, LENGTH(size_units), bytes))
        return true;
    return err_set(e, ERR_USAGE, "'" STR_FMT "' is not a size; write it like 100, 10kB or 64KiB",
                   STR_ARG(text));
}

bool units_share(str text, uint64_t *ppb, struct err *e)
{
    double share;
    str number = str_trim(text);
    bool percent = str_ends(number, STR("%"));
    double whole_share = percent ? 100 : 1;
    if (percent)
        number.n--;
    if (!str_double(number, &share) || !(share >= 0 && share <= whole_share))
        return err_set(e, ERR_USAGE,
                       "'" STR_FMT "' is not a share; write it like 1%%, 0.5%% or 0.01",
                       STR_ARG(text));
    *ppb = (uint64_t)llround(share * 1e9 / whole_share);
    return true;
}
