/* The help on figures says all that the tables hold. */
#include "unit.h"

#include "cli/help_metrics.h"
#include "stats/measures.h"
#include "stats/threshold_figures.h"

static void says(const struct buf *text, const char *words)
{
    if (!str_contains(buf_view(text), str_from(words)))
        fail_msg("'%s' is not in:\n" STR_FMT, words, STR_ARG(buf_view(text)));
}

static void every_figure_is_there_with_its_meaning(void **state)
{
    (void)state;
    struct buf text = {0};
    reference_metrics(&text);
    for (const struct threshold_figure *f = threshold_figures; f->name; f++) {
        struct buf line = {0};
        assert_non_null(f->meaning);
        assert_int_equal(f->share != NULL, f->whole != NULL);
        buf_printf(&line, "\n| `%s%s` | %s | a %c", f->name, f->times ? ".X" : "", f->meaning, 0);
        says(&text, line.p);
        buf_free(&line);
    }
    says(&text, "\n| `NAME` | the sum of what weir.count added | a number |\n");
    says(&text,
         "\n| `achieved_rate` | iterations started per second | a rate, like 2k or 30/m, or % "
         "of the asked rate |\n");
    for (const struct figure *f = figures; f->name; f++) {
        struct buf line = {0};
        buf_printf(&line, "\n| `%s` | %s |\n%c", f->name, f->meaning, 0);
        says(&text, line.p);
        buf_free(&line);
    }
    buf_free(&text);
}

static void every_measure_of_clients_is_there(void **state)
{
    (void)state;
    struct buf text = {0}, people = {0};
    reference_metrics(&text);
    help_metrics(&people);
    for (const struct measure *m = measures; m < measures + MEASURES; m++) {
        struct buf line = {0};
        assert_non_null(m->name);
        assert_ptr_equal(measure_find(str_from(m->name)), m);
        buf_printf(&line, "\n| `%s%s` | %s | %s | %s |\n%c", m->name,
                   m->kind == SERIES_COUNTER ? "[.rate]" : ".X", m->meaning, m->unit, m->by, 0);
        says(&text, line.p);
        says(&people, m->name);
        buf_free(&line);
    }
    for (const struct measure_java *j = measures_java; j->name; j++) {
        says(&text, j->name);
        says(&people, j->name);
        assert_int_equal(j->ours != NULL, j->why == NULL);
    }
    buf_free(&text);
    buf_free(&people);
}

static void people_read_the_same(void **state)
{
    (void)state;
    struct buf text = {0};
    help_metrics(&text);
    says(&text, "\n  response_time.X               from when a call was due until its outcome");
    says(&text,
         "\n  checks                        checks that passed [a count, or % of the checks]\n");
    says(&text, "\n  NAME.X                        a figure of the values that weir.record took [a "
                "number]\n");
    says(&text, "\n  p99_9                         99.9 % were at most this\n");
    buf_free(&text);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_figure_is_there_with_its_meaning),
        cmocka_unit_test(every_measure_of_clients_is_there),
        cmocka_unit_test(people_read_the_same),
    };
    return UNIT_RUN(tests);
}
