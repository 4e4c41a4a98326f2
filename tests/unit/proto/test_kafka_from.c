/* Places to begin, read from words. */
#include "unit.h"

#include <string.h>

#include "proto/kafka_from.h"

static const int64_t now_ms = 1769860800000; /* 2026-01-31T12:00:00Z */

static void reads(const char *text, enum kafka_from_kind kind, int64_t value)
{
    struct kafka_from from;
    struct err e = {0};
    if (!kafka_from_read(str_from(text), now_ms, &from, &e))
        fail_msg("%s", e.text);
    assert_int_equal(from.kind, kind);
    assert_int_equal(from.value, value);
}

static void words_and_numbers(void **state)
{
    (void)state;
    reads("beginning", KAFKA_FROM_BEGINNING, 0);
    reads("end", KAFKA_FROM_END, 0);
    reads("0", KAFKA_FROM_OFFSET, 0);
    reads("9223372036854775807", KAFKA_FROM_OFFSET, INT64_MAX);
}

static void times(void **state)
{
    (void)state;
    reads("2026-01-31T12:00:00Z", KAFKA_FROM_TIME, now_ms);
    reads("2026-01-31T12:00:00.25Z", KAFKA_FROM_TIME, now_ms + 250);
    reads("2026-01-31T12:00:00.1239Z", KAFKA_FROM_TIME, now_ms + 123);
    reads("1970-01-01T00:00:00Z", KAFKA_FROM_TIME, 0);
    reads("-10m", KAFKA_FROM_TIME, now_ms - 600000);
    reads("-1h30m", KAFKA_FROM_TIME, now_ms - 5400000);
}

static void what_is_none_is_a_sentence(void **state)
{
    (void)state;
    static const char *const bad[] = {
        "",
        "start",
        "-10",
        "-",
        "10s",
        "9223372036854775808",
        "2026-01-31",
        "2026-01-31T12:00:00",
        "2026-01-31T12:00:00.Z",
        "2026-13-01T00:00:00Z",
        "2026-04-31T00:00:00Z",
        "2026-01-31T24:00:00Z",
        "2026-01-31T12:00:0xZ",
        "2026-1-31T12:00:000Z",
        "2026-01-31T12:00:00.1234567890Z",
    };
    struct kafka_from from;
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
        struct err e = {0};
        if (kafka_from_read(str_from(bad[i]), now_ms, &from, &e))
            fail_msg("'%s' was taken", bad[i]);
        assert_int_equal(e.kind, ERR_USAGE);
        assert_non_null(strstr(e.text, "is no place to begin: write beginning, end, an offset"));
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(words_and_numbers),
        cmocka_unit_test(times),
        cmocka_unit_test(what_is_none_is_a_sentence),
    };
    return UNIT_RUN(tests);
}
