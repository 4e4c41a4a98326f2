/* record_made FILE KEY=VALUE ...: writes the record of a run that was never run, for the flow tests
 * of weir compare: seconds, calls (of each series in a second), median_us, scatter and wander (of
 * the logarithm, within a second and from second to second, half of which stays), failed (share),
 * series, seed, rate (that the plan asks for), name (of the series), command, cut (1: without an
 * end). */
#include "unit.h"

#include <inttypes.h>

#include "report/record_load.h"
#include "stats/synthetic.h"

struct wanted {
    const char *name, *command;
    struct synthetic run;
    double seed, rate, series, cut;
};

static bool take(struct wanted *w, const char *key, const char *value)
{
    double number = atof(value);
    const struct {
        const char *name;
        double *to;
    } numbers[] = {{"median_us", &w->run.median_ns},
                   {"scatter", &w->run.scatter},
                   {"wander", &w->run.wander},
                   {"failed", &w->run.failed},
                   {"seed", &w->seed},
                   {"rate", &w->rate},
                   {"series", &w->series},
                   {"cut", &w->cut}};
    for (size_t i = 0; i < sizeof numbers / sizeof *numbers; i++)
        if (strcmp(key, numbers[i].name) == 0) {
            *numbers[i].to = number;
            return true;
        }
    if (strcmp(key, "seconds") == 0)
        w->run.seconds = (unsigned)number;
    else if (strcmp(key, "calls") == 0)
        w->run.calls = (unsigned)number;
    else if (strcmp(key, "name") == 0)
        w->name = value;
    else if (strcmp(key, "command") == 0)
        w->command = value;
    else
        return false;
    return true;
}

static bool take_all(struct wanted *w, int n, char **words)
{
    for (int i = 0; i < n; i++) {
        char *equals = strchr(words[i], '=');
        if (!equals)
            return false;
        *equals = 0;
        if (!take(w, words[i], equals + 1))
            return false;
    }
    w->run.median_ns *= 1000;
    return w->series <= RECORD_LOAD_MOST;
}

static void describe(struct record_load *l, const struct wanted *w)
{
    struct fixture *f = &l->f;
    f->plan.command = w->command;
    f->stage.from = f->stage.to = w->rate;
    f->stage.duration_ns = w->run.seconds * NS_PER_S;
    f->load.law = ARRIVALS_UNIFORM;
    snprintf(f->info.id, sizeof f->info.id, "%016" PRIx64, (uint64_t)w->seed);
    for (unsigned i = 0; i < l->n_series; i++)
        l->series[i].name = i ? arena_printf(&f->arena, "%s/%u", w->name, i) : str_from(w->name);
}

/* One second of all series; their levels wander on. */
static void make_second(struct record_load *l, const struct wanted *w, int64_t second,
                        double *levels)
{
    struct results delta = {0};
    for (unsigned i = 0; i < l->n_series; i++) {
        struct series_data *d = &results_get(&delta, &l->series[i])->data;
        synthetic_second(&w->run, levels[i], &l->rng, d);
        levels[i] = levels[i] / 2 + w->run.wander * synthetic_normal(&l->rng);
    }
    record_writer_second(&l->writer, second, &delta, 1);
    record_writer_commit(&l->writer);
    results_merge(&l->f.results, &delta);
    results_free(&delta);
}

int main(int argc, char **argv)
{
    static double levels[RECORD_LOAD_MOST];
    struct record_load *l = mem_alloc(sizeof *l);
    struct wanted w = {.name = "GET /ping", .command = "http", .series = 1, .rate = 100, .seed = 1};
    w.run = (struct synthetic){.median_ns = 5000, .scatter = 0.3, .seconds = 60, .calls = 20};
    if (argc < 2 || !take_all(&w, argc - 2, argv + 2))
        return 2;
    record_load_prepare(l, (unsigned)w.series, w.run.calls);
    describe(l, &w);
    record_load_start(l, argv[1]);
    l->rng = rng_make((uint64_t)w.seed, 1);
    for (int64_t s = 0; s < w.run.seconds; s++)
        make_second(l, &w, s, levels);
    if (w.cut == 0) {
        l->f.summary.length_s = w.run.seconds;
        record_writer_end(&l->writer, fixture_summary(&l->f));
    }
    record_load_close(l);
    mem_free(l);
    return 0;
}
