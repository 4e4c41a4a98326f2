/* Dates of cookies, in the forms that servers write. */
#include "unit.h"

#include "proto/http_date.h"

#define LENGTH(a) (sizeof(a) / sizeof *(a))

static void reads(const char *text, int64_t want)
{
    int64_t got = -1;
    if (!http_date_read(str_from(text), &got))
        fail_msg("'%s' was refused", text);
    if (got != want)
        fail_msg("'%s' is %lld, not %lld", text, (long long)got, (long long)want);
}

static void the_three_forms_of_http_are_the_same_time(void **state)
{
    (void)state;
    reads("Sun, 06 Nov 1994 08:49:37 GMT", 784111777); /* RFC 9110 section 5.6.7 */
    reads("Sunday, 06-Nov-94 08:49:37 GMT", 784111777);
    reads("Sun Nov  6 08:49:37 1994", 784111777);
    reads("Sun, 06-Nov-1994 08:49:37 GMT", 784111777);
}

static void order_and_separators_do_not_matter(void **state)
{
    (void)state;
    reads("1994/Nov/6 8:49:37", 784111777); /* the first of one or two digits is the day */
    reads("8:49:37;november,06~1994", 784111777);
    reads("6th Nov 1994, 08:49:37pm", 784111777); /* what follows the digits is not read */
    reads("Thu, 01 Jan 1970 00:00:00 GMT", 0);
    reads("Fri, 31 Dec 9999 23:59:59 GMT", 253402300799);
}

static void years_of_two_digits_are_near(void **state)
{
    (void)state;
    reads("1 Jan 69 0:0:0", 3124224000); /* 2069 */
    reads("1 Jan 70 0:0:0", 0);
    reads("1 Jan 00 0:0:0", 946684800);
    reads("1 Jan 1601 0:0:0", -11644473600);
}

static void leap_days_exist_when_they_do(void **state)
{
    int64_t got;
    (void)state;
    reads("29 Feb 2024 12:00:00", 1709208000);
    assert_false(http_date_read(STR("29 Feb 2023 12:00:00"), &got));
    assert_false(http_date_read(STR("31 Apr 2024 12:00:00"), &got));
}

static void what_is_no_date_is_refused(void **state)
{
    static const char *const cases[] = {
        "",
        "0",
        "tomorrow",
        "Sun, 06 Nov 1994",
        "06 1994 08:49:37",
        "Nov 1994 08:49:37",
        "06 Nov 08:49:37",
        "06 Nov 1994 24:00:00",
        "06 Nov 1994 23:60:00",
        "06 Nov 1994 23:00:60",
        "00 Nov 1994 08:49:37",
        "32 Nov 1994 08:49:37",
        "06 Nov 1600 08:49:37",
        "06 Nov 19941 08:49:37",
        "06 Nov 1994 08:49",
        "06 Nov 1994 008:49:37",
        "06 No 1994 08:49:37",
        "6 Nov 123 08:49:37",
        "06 Nov 1994 8-49-37",
    };
    int64_t got;
    (void)state;
    for (size_t i = 0; i < LENGTH(cases); i++)
        if (http_date_read(str_from(cases[i]), &got))
            fail_msg("'%s' was read as %lld", cases[i], (long long)got);
    assert_false(http_date_read((str){NULL, 0}, &got));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_three_forms_of_http_are_the_same_time),
        cmocka_unit_test(order_and_separators_do_not_matter),
        cmocka_unit_test(years_of_two_digits_are_near),
        cmocka_unit_test(leap_days_exist_when_they_do),
        cmocka_unit_test(what_is_no_date_is_refused),
    };
    return UNIT_RUN(tests);
}
