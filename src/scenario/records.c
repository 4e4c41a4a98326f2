/* Record k: what is drawn for it depends on seed and k alone. */
#include "scenario/records.h"

#include "base/decimal.h"
#include "base/mem.h"
#include "base/rng.h"

enum { PIECES = 64 * 1024 }; /* different places in the letters where a value may begin */

/* Draws of one record that must not hang together. */
enum { DRAW_PLACE, DRAW_SIZE, DRAW_KEY, DRAWS };

struct scene {
    const struct records *program;
};

struct vu {
    struct kafka_record record;
    bool sent;
    char key[DECIMAL_ROOM];
};

str records_letters(uint64_t seed, uint64_t most, struct arena *arena)
{
    size_t n = (size_t)most + PIECES;
    char *letters = arena_alloc(arena, n);
    struct rng r = rng_make(seed, 0);
    for (size_t i = 0; i < n; i++)
        letters[i] = (char)('A' + rng_below(&r, 26));
    return (str){letters, n};
}

static uint64_t draw(const struct records *p, uint64_t k, unsigned what, uint64_t limit)
{
    return rng_at_below(p->seed, k * DRAWS + what, limit);
}

static void make_value(const struct records *p, struct vu *vu, uint64_t k)
{
    uint64_t n = p->size_least;
    if (p->size_most > n)
        n += draw(p, k, DRAW_SIZE, p->size_most - n + 1);
    vu->record.value = (str){p->letters.p + draw(p, k, DRAW_PLACE, PIECES), (size_t)n};
}

static void make_key(const struct records *p, struct vu *vu, uint64_t k)
{
    uint64_t number = p->key == RECORD_KEY_RANDOM ? draw(p, k, DRAW_KEY, p->key_count) : k;
    vu->record.key = (str){vu->key, (size_t)(decimal_u64(vu->key, number) - vu->key)};
}

static struct scene *records_open(const struct scenario *s, struct host *host, struct err *e)
{
    struct scene *scene = mem_zero(sizeof *scene);
    (void)host, (void)e;
    scene->program = s->program;
    return scene;
}

static void records_close(struct scene *scene)
{
    mem_free(scene);
}

static void records_begin(struct scene *scene, struct vu *vu, struct iteration it)
{
    const struct records *p = scene->program;
    vu->sent = false;
    vu->record = p->common;
    if (p->letters.n)
        make_value(p, vu, it.k);
    if (p->key != RECORD_KEY_COMMON)
        make_key(p, vu, it.k);
}

static struct step records_step(struct scene *scene, struct vu *vu, struct outcome *last)
{
    (void)last;
    if (vu->sent)
        return (struct step){.kind = STEP_DONE};
    vu->sent = true;
    return (struct step){.kind = STEP_CALL, .call = scene->program->call, .request = &vu->record};
}

const struct scenario_type records_scenario = {
    .vu_size = sizeof(struct vu),
    .open = records_open,
    .close = records_close,
    .begin = records_begin,
    .step = records_step,
};
