/* Decimals for machines. */
#include "base/decimal.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/clock.h"

/* d.ddde+XX with the fewest digits that read back; 17 always do. */
static void shortest(double v, char *out, size_t size)
{
    for (int decimals = 14; decimals <= 16; decimals++) {
        snprintf(out, size, "%.*e", decimals, v);
        if (strtod(out, NULL) == v)
            return;
    }
}

/* Digits of a number in that form, without its point and the zeros at its end. */
static int significant(const char *scientific, char *digits)
{
    int n = 0;
    for (const char *p = scientific; *p != 'e'; p++)
        if (*p >= '0' && *p <= '9')
            digits[n++] = *p;
    while (n > 1 && digits[n - 1] == '0')
        n--;
    return n;
}

static void add_zeros(struct buf *out, int n)
{
    for (int i = 0; i < n; i++)
        buf_char(out, '0');
}

void decimal_add(struct buf *out, double v)
{
    char scientific[40], digits[24];
    shortest(fabs(v), scientific, sizeof scientific);
    int n = significant(scientific, digits);
    int whole = atoi(strchr(scientific, 'e') + 1) + 1; /* digits before the point */
    if (v < 0)
        buf_char(out, '-');
    if (whole <= 0) {
        buf_str(out, STR("0."));
        add_zeros(out, -whole);
        buf_add(out, digits, (size_t)n);
    } else if (whole >= n) {
        buf_add(out, digits, (size_t)n);
        add_zeros(out, whole - n);
    } else {
        buf_add(out, digits, (size_t)whole);
        buf_char(out, '.');
        buf_add(out, digits + whole, (size_t)(n - whole));
    }
}

static unsigned digits_of(uint64_t v)
{
    unsigned n = 1;
    for (; v >= 10; v /= 10)
        n++;
    return n;
}

/* The last n digits of v. */
static char *write_digits(char *p, uint64_t v, unsigned n)
{
    for (unsigned i = n; i-- > 0; v /= 10)
        p[i] = (char)('0' + v % 10);
    return p + n;
}

char *decimal_u64(char *p, uint64_t v)
{
    return write_digits(p, v, digits_of(v));
}

char *decimal_seconds(char *p, uint64_t ns)
{
    p = decimal_u64(p, ns / NS_PER_S);
    *p++ = '.';
    return write_digits(p, ns % NS_PER_S, 9);
}

char *decimal_ms(char *p, uint64_t ns)
{
    uint64_t fraction = ns % NS_PER_MS;
    unsigned digits = 6;
    p = decimal_u64(p, ns / NS_PER_MS);
    if (fraction == 0)
        return p;
    for (; fraction % 10 == 0; fraction /= 10)
        digits--;
    *p++ = '.';
    return write_digits(p, fraction, digits);
}
