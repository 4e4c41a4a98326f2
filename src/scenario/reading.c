/* One step that waits, one that is done. */
#include "scenario/reading.h"

#include "base/mem.h"

struct scene {
    char unused;
};

struct vu {
    bool waited;
};

static struct scene *reading_open(const struct scenario *s, struct host *host, struct err *e)
{
    (void)s, (void)host, (void)e;
    return mem_zero(sizeof(struct scene));
}

static void reading_close(struct scene *scene)
{
    mem_free(scene);
}

static void reading_begin(struct scene *scene, struct vu *vu, struct iteration it)
{
    (void)scene, (void)it;
    vu->waited = false;
}

static struct step reading_step(struct scene *scene, struct vu *vu, struct call *last)
{
    bool over = vu->waited;
    (void)scene, (void)last;
    vu->waited = true;
    return (struct step){.kind = over ? STEP_DONE : STEP_WAIT};
}

const struct scenario_type reading_scenario = {
    .vu_size = sizeof(struct vu),
    .open = reading_open,
    .close = reading_close,
    .begin = reading_begin,
    .step = reading_step,
};
