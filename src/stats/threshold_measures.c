/* Thresholds on what clients measure by themselves: NAME of a counter, NAME.rate; NAME.p99 and the
 * like of times and values; the names of Java's clients stand for them. */
#include "base/nearest.h"
#include "stats/measures.h"
#include "stats/threshold_figures.h"
#include "stats/threshold_parts.h"

bool threshold_java(str *expr, struct arena *arena, struct err *e)
{
    str name, figure, ours, usual;
    bool dot = str_cut(*expr, '.', &name, &figure);
    const struct measure_java *j = measure_java_find(name);
    if (!j)
        return true;
    if (!j->ours)
        return err_set(e, ERR_USAGE, "%s is of Java's clients: %s", j->name, j->why);
    *expr = str_from(j->ours);
    if (dot && str_cut(*expr, '.', &ours, &usual))
        *expr = arena_printf(arena, STR_FMT "." STR_FMT, STR_ARG(ours), STR_ARG(figure));
    return true;
}

static bool read_counter(const struct measure *m, bool dot, str figure, struct threshold *t,
                         struct err *e)
{
    t->figure = dot ? &threshold_counter_rate : &threshold_counter;
    return !dot || str_eq(figure, STR("rate")) ||
           err_set(e, ERR_USAGE,
                   "%s is a counter: write %s for its sum, %s.rate for its sum per second", m->name,
                   m->name, m->name);
}

bool threshold_measure(const struct measure *m, bool dot, str figure, struct threshold *t,
                       struct err *e)
{
    t->name = str_from(m->name);
    if (m->kind == SERIES_COUNTER)
        return read_counter(m, dot, figure, t, e);
    t->figure = m->kind == SERIES_TIMES ? &threshold_times : &threshold_values;
    return (dot && figure_parse(figure, &t->of_times)) ||
           err_set(e, ERR_USAGE, "which figure of %s? write %s.p99, .mean, .max", m->name, m->name);
}

void threshold_near_measure(struct nearest *n, str name)
{
    for (const struct measure *m = measures; m < measures + MEASURES; m++)
        nearest_try(n, name, str_from(m->name));
    for (const struct measure_java *j = measures_java; j->name; j++)
        nearest_try(n, name, str_from(j->name));
}
