/* Giving out rows: whoever raises a counter first has the place that it stood on. */
#include "scenario/feed.h"

#include <assert.h>
#include <stdatomic.h>

#include "base/mem.h"
#include "base/nearest.h"

enum { CACHE_LINE = 64 };

/* Places of a worker's share that were given out; more than it has once two asked for the last.
 * No two in one cache line, as each is raised by its own worker. */
struct counter {
    _Atomic uint64_t next;
    char apart[CACHE_LINE - sizeof(uint64_t)];
};

struct feed {
    enum feed_mode mode;
    uint64_t rows;
    struct share driver;
    unsigned workers;
    uint64_t *order;          /* FEED_SHUFFLE: the row at each place */
    struct counter *counters; /* of each worker */
};

static const struct {
    str name;
    enum feed_mode mode;
} modes[] = {
    {{"queue", 5}, FEED_QUEUE},
    {{"shuffle", 7}, FEED_SHUFFLE},
    {{"circular", 8}, FEED_CIRCULAR},
    {{"random", 6}, FEED_RANDOM},
};

bool feed_mode_parse(str text, enum feed_mode *out, struct err *e)
{
    struct nearest nearest = {0};
    for (size_t i = 0; i < sizeof modes / sizeof *modes; i++) {
        if (str_eq(modes[i].name, text)) {
            *out = modes[i].mode;
            return true;
        }
        nearest_try(&nearest, text, modes[i].name);
    }
    return err_set(e, ERR_USAGE, "'" STR_FMT "' is no mode; %s" STR_FMT "%s", STR_ARG(text),
                   nearest.best.n ? "did you mean '" : "there are queue, shuffle, circular, random",
                   STR_ARG(nearest.best), nearest.best.n ? "'?" : "");
}

/* Fisher and Yates, 1938; in place as by Durstenfeld, 1964. */
static uint64_t *shuffled(uint64_t rows, uint64_t seed)
{
    uint64_t *order = mem_array(rows, sizeof *order);
    struct rng rng = rng_make(seed, 0);
    for (uint64_t i = 0; i < rows; i++) {
        uint64_t k = rng_below(&rng, i + 1);
        order[i] = order[k];
        order[k] = i;
    }
    return order;
}

struct feed *feed_open(enum feed_mode mode, uint64_t rows, struct share driver, unsigned workers,
                       uint64_t seed)
{
    assert(rows > 0 && workers > 0);
    struct feed *f = mem_zero(sizeof *f);
    *f = (struct feed){.mode = mode, .rows = rows, .driver = driver, .workers = workers};
    f->counters = mem_array(workers, sizeof *f->counters);
    if (mode == FEED_SHUFFLE)
        f->order = shuffled(rows, seed);
    return f;
}

void feed_close(struct feed *f)
{
    mem_free(f->order);
    mem_free(f->counters);
    mem_free(f);
}

static struct share share_of_worker(const struct feed *f, unsigned worker)
{
    return share_nest(f->driver, (struct share){worker, f->workers});
}

/* A place of this worker's share; false: it has none left. The look before keeps an empty share
 * from being raised for ever. */
static bool take_from(struct feed *f, unsigned worker, uint64_t *place)
{
    struct share share = share_of_worker(f, worker);
    _Atomic uint64_t *next = &f->counters[worker].next;
    uint64_t size = share_of(share, f->rows);
    if (atomic_load_explicit(next, memory_order_relaxed) >= size)
        return false;
    uint64_t j = atomic_fetch_add_explicit(next, 1, memory_order_relaxed);
    *place = share_element(share, j);
    return j < size;
}

static bool take_once(struct feed *f, unsigned worker, uint64_t *place)
{
    for (unsigned i = 0; i < f->workers; i++)
        if (take_from(f, (worker + i) % f->workers, place))
            return true;
    return false;
}

bool feed_take(struct feed *f, unsigned worker, struct rng *rng, uint64_t *row)
{
    uint64_t j;
    switch (f->mode) {
    case FEED_QUEUE:
        return take_once(f, worker, row);
    case FEED_SHUFFLE:
        if (!take_once(f, worker, row))
            return false;
        *row = f->order[*row];
        return true;
    case FEED_CIRCULAR:
        j = atomic_fetch_add_explicit(&f->counters[worker].next, 1, memory_order_relaxed);
        *row = share_element(share_of_worker(f, worker), j) % f->rows;
        return true;
    case FEED_RANDOM:
        *row = rng_below(rng, f->rows);
        return true;
    }
    return false;
}
