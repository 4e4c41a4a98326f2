/* Student's t against the tables (Abramowitz and Stegun, 26.10) and against itself. */
#include "unit.h"

#include <math.h>

#include "stats/student.h"

static void assert_near(double got, double want, double most)
{
    if (!(fabs(got - want) <= most))
        fail_msg("%.12g is not %.12g", got, want);
}

static void quantiles_are_those_of_the_tables(void **state)
{
    (void)state;
    static const struct {
        double share, freedom, t;
    } table[] = {
        {0.95, 1, 12.706}, {0.95, 2, 4.303},   {0.95, 5, 2.571},    {0.95, 10, 2.228},
        {0.95, 30, 2.042}, {0.95, 120, 1.980}, {0.95, 1e9, 1.960},  {0.99, 4, 4.604},
        {0.5, 3, 0.765},   {0.999, 10, 4.587}, {0.9999, 2, 99.992},
    };
    for (size_t i = 0; i < sizeof table / sizeof *table; i++)
        assert_near(student_within(table[i].share, table[i].freedom), table[i].t, 0.0006);
}

/* With one degree it is Cauchy's distribution, with two there is a formula. */
static void tails_are_exact_where_there_is_a_formula(void **state)
{
    (void)state;
    for (double t = -40; t <= 40; t += 0.37) {
        assert_near(student_tail(t, 1), 0.5 - atan(t) / acos(-1.0), 1e-12);
        assert_near(student_tail(t, 2), 0.5 - t / (2 * sqrt(2 + t * t)), 1e-12);
        assert_near(student_tail(t, 1e8), erfc(t / sqrt(2)) / 2, 1e-12);
    }
    assert_near(student_tail(1e9, 1) * 1e9, 1 / acos(-1.0), 1e-9);
    assert_near(student_tail(0, 7.5), 0.5, 1e-12);
}

static void freedom_need_not_be_whole(void **state)
{
    (void)state;
    double before = student_tail(2, 1);
    for (double f = 1.25; f < 60; f *= 1.1) {
        double tail = student_tail(2, f);
        assert_true(tail < before);
        assert_near(student_within(1 - 2 * tail, f), 2, 1e-8);
        before = tail;
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(quantiles_are_those_of_the_tables),
        cmocka_unit_test(tails_are_exact_where_there_is_a_formula),
        cmocka_unit_test(freedom_need_not_be_whole),
    };
    return UNIT_RUN(tests);
}
