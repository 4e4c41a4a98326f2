/* The tail is a regularized incomplete beta function, by its continued fraction (Abramowitz and
 * Stegun, 26.5.8), evaluated from the front as Lentz did (1976). */
#include "stats/student.h"

#include <assert.h>
#include <math.h>

enum { STEPS = 1000 };

#define NORMAL_FROM 1e7 /* degrees of freedom, from which it is the normal distribution */

/* Numerator j = 1, 2, ... of the fraction. */
static double numerator(unsigned j, double a, double b, double x)
{
    double m = j / 2;
    if (j % 2)
        return -(a + m) * (a + b + m) * x / ((a + 2 * m) * (a + 2 * m + 1));
    return m * (b - m) * x / ((a + 2 * m - 1) * (a + 2 * m));
}

static double kept_from_zero(double v)
{
    const double tiny = 1e-300;
    return fabs(v) < tiny ? tiny : v;
}

/* 1 + d1 / (1 + d2 / (1 + ...)) */
static double fraction(double a, double b, double x)
{
    double f = 1, c = 1, d = 0, step = 0;
    for (unsigned j = 1; j < STEPS && fabs(step - 1) > 1e-15; j++) {
        double n = numerator(j, a, b, x);
        d = 1 / kept_from_zero(1 + n * d);
        c = kept_from_zero(1 + n / c);
        step = c * d;
        f *= step;
    }
    return f;
}

/* Of the half in which the fraction converges quickly. */
static double beta_half(double a, double b, double x)
{
    double front = a * log(x) + b * log1p(-x) + lgamma(a + b) - lgamma(a) - lgamma(b);
    return exp(front) / (a * fraction(a, b, x));
}

static double beta_share(double a, double b, double x)
{
    if (x <= 0 || x >= 1)
        return x >= 1;
    return x < (a + 1) / (a + b + 2) ? beta_half(a, b, x) : 1 - beta_half(b, a, 1 - x);
}

double student_tail(double t, double freedom)
{
    assert(freedom > 0);
    if (t < 0)
        return 1 - student_tail(-t, freedom);
    if (freedom >= NORMAL_FROM)
        return erfc(t / sqrt(2)) / 2;
    return beta_share(freedom / 2, 0.5, freedom / (freedom + t * t)) / 2;
}

double student_within(double share, double freedom)
{
    double outside = (1 - share) / 2, low = 0, high = 1;
    while (student_tail(high, freedom) > outside && high < 1e12)
        high *= 2;
    for (unsigned i = 0; i < 200 && high - low > 1e-12 * high; i++) {
        double middle = (low + high) / 2;
        *(student_tail(middle, freedom) > outside ? &low : &high) = middle;
    }
    return (low + high) / 2;
}
