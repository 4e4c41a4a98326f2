/* Percentiles in the summaries of other tools. */
#include "unit.h"

#include <math.h>

#include "cli/demo_stall.h"

static const char wrk[] =
    "  Latency Distribution\n"
    "     50%  101.00us\n     75%  1.20ms\n     90%    2.96ms\n     99%    1.90s\n"
    "  1000 requests in 10.00s\n";
static const char hey[] = "Latency distribution:\n  10% in 0.0001 secs\n  90% in 0.0012 secs\n"
                          "  99% in 1.9000 secs\n";
static const char oha[] =
    "  90.00% in 0.0012 sec\n  99.00% in 1.9000 sec\n  99.90% in 2.0000 sec\n";
static const char k6[] = "http_req_duration: avg=1ms med=0.9ms p(90)=1.2ms p(95)=2ms p(99)=1.9s\n";

static void says(const char *output, unsigned percent, double want_s)
{
    double got = demo_reported(str_from(output), percent);
    if (!(fabs(got - want_s) < 1e-9))
        fail_msg("p%u is %g s, not %g s, in\n%s", percent, want_s, got, output);
}

static void each_tool_says_it_its_own_way(void **state)
{
    (void)state;
    says(wrk, 50, 101e-6);
    says(wrk, 90, 2.96e-3);
    says(wrk, 99, 1.9);
    says(hey, 90, 1.2e-3);
    says(hey, 99, 1.9);
    says(oha, 90, 1.2e-3);
    says(oha, 99, 1.9);
    says(k6, 90, 1.2e-3);
    says(k6, 99, 1.9);
}

static void what_it_does_not_say_is_no_number(void **state)
{
    (void)state;
    assert_true(isnan(demo_reported(str_from(wrk), 95)));
    assert_true(isnan(demo_reported(str_from(hey), 95)));
    assert_true(isnan(demo_reported(STR(""), 90)));
    assert_true(isnan(demo_reported(STR("90% done\n"), 90)));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(each_tool_says_it_its_own_way),
        cmocka_unit_test(what_it_does_not_say_is_no_number),
    };
    return UNIT_RUN(tests);
}
