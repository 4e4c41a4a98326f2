/* Showing durations, rates, counts and sizes to people: three digits where digits inform, none
 * invented ("0 s" when nothing was measured as longer). */
#include <inttypes.h>
#include <math.h>
#include <stdio.h>
#include <string.h>

#include "base/clock.h"
#include "base/units.h"

/* Three significant digits, never in exponent form. */
static struct human three_digits(double v, const char *unit)
{
    struct human h;
    int decimals = v < 9.995 ? 2 : v < 99.95 ? 1 : 0;
    snprintf(h.text, sizeof h.text, "%.*f %s", decimals, v, unit);
    return h;
}

struct human human_time(double s)
{
    struct human h;
    if (s <= 0)
        return (struct human){"0 s"};
    if (s < 999.5e-9) {
        snprintf(h.text, sizeof h.text, "%.0f ns", s * 1e9);
        return h;
    }
    if (s < 999.5e-6)
        return three_digits(s * 1e6, "µs");
    if (s < 999.5e-3)
        return three_digits(s * 1e3, "ms");
    if (s < 99.95)
        return three_digits(s, "s");
    uint64_t whole = (uint64_t)llround(s);
    snprintf(h.text, sizeof h.text, "%" PRIu64 "m %02us", whole / 60, (unsigned)(whole % 60));
    return h;
}

struct human human_duration(uint64_t ns)
{
    struct human h = {""};
    uint64_t hours = ns / (3600 * NS_PER_S), minutes = ns / (60 * NS_PER_S) % 60;
    double seconds = (double)(ns % (60 * NS_PER_S)) / 1e9;
    if (ns < NS_PER_S) {
        double ms = (double)ns / 1e6;
        snprintf(h.text, sizeof h.text, "%.6gms", ms);
        return h;
    }
    size_t n = 0;
    if (hours)
        n += (size_t)snprintf(h.text + n, sizeof h.text - n, "%" PRIu64 "h", hours);
    if (minutes)
        n += (size_t)snprintf(h.text + n, sizeof h.text - n, "%" PRIu64 "m", minutes);
    if (seconds > 0)
        snprintf(h.text + n, sizeof h.text - n, "%.6gs", seconds);
    return h;
}

struct human human_count(uint64_t count)
{
    char digits[24];
    struct human h;
    int n = snprintf(digits, sizeof digits, "%" PRIu64, count), out = 0;
    for (int i = 0; i < n; i++) {
        if (i && (n - i) % 3 == 0)
            h.text[out++] = ' ';
        h.text[out++] = digits[i];
    }
    h.text[out] = 0;
    return h;
}

struct human human_rate(double r)
{
    if (r >= 1e15)
        r = 1e15;
    double whole = floor(r), tenth = round((r - whole) * 10);
    if (r >= 10000 || fabs(r - round(r)) < 0.005)
        return human_count((uint64_t)llround(r));
    struct human h;
    if (r < 100) {
        snprintf(h.text, sizeof h.text, "%.3g", r);
        return h;
    }
    if (tenth > 9) {
        whole += 1;
        tenth = 0;
    }
    h = human_count((uint64_t)whole);
    size_t n = strlen(h.text);
    if (tenth > 0)
        snprintf(h.text + n, sizeof h.text - n, ".%d", (int)tenth);
    return h;
}

struct human human_bytes(double b)
{
    struct human h;
    if (b < 999.5) {
        snprintf(h.text, sizeof h.text, "%.0f B", b);
        return h;
    }
    if (b < 999.5e3)
        return three_digits(b / 1e3, "kB");
    if (b < 999.5e6)
        return three_digits(b / 1e6, "MB");
    return three_digits(b / 1e9, "GB");
}
