/* How large a record becomes, scaled from short ones: 50 series with 10 calls each in each second,
 * at most 50 MB for an hour and 100 MB for a day. (bench/record.sh writes the whole day, which is 2
 * % more, for seconds that were folded leave some holes.) */
#include "unit.h"

#include "report/record_load.h"

enum {
    SERIES = 50,
    CALLS = 10,
    HOUR_S = 3600,
    SECONDS = 60, /* that are written */
    MINUTES = 12,
    OLD_MINUTES = 23 * 60, /* of a day: all but its last hour */
};

static double bytes_with(unsigned seconds, unsigned minutes)
{
    struct record_load *l = mem_alloc(sizeof *l);
    struct fixture f = {0};
    const char *path = fixture_path(&f, "run.weir");
    record_load_open(l, path, SERIES, CALLS);
    for (unsigned s = 0; s < seconds; s++)
        record_load_second(l, s);
    for (unsigned m = 0; m < minutes; m++) {
        struct results minute = {0};
        record_load_fill(l, &minute, 60 * CALLS);
        record_db_begin(&l->writer.db);
        record_span_write(&l->writer.db, &l->writer.series,
                          record_span_make(&l->writer.db, 60 * m, 60), &minute,
                          (struct record_process){0});
        record_db_commit(&l->writer.db);
        results_free(&minute);
    }
    double bytes = record_load_close(l);
    fixture_remove(path);
    arena_free(&f.arena);
    mem_free(l);
    return bytes;
}

static void an_hour_is_at_most_50_mb_and_a_day_100(void **state)
{
    (void)state;
    double none = bytes_with(0, 0);
    double second = (bytes_with(SECONDS, 0) - none) / SECONDS;
    double minute = (bytes_with(0, MINUTES) - none) / MINUTES;
    double hour = none + second * HOUR_S, day = hour + minute * OLD_MINUTES;
    print_message("an hour %.1f MB, a day %.1f MB\n", hour / 1e6, day / 1e6);
    assert_true(hour <= 50e6);
    assert_true(day <= 98e6);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(an_hour_is_at_most_50_mb_and_a_day_100),
    };
    return UNIT_RUN(tests);
}
