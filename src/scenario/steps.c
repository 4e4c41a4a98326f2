/* Compiled step lists: a user is no more than its place in the list. */
#include "scenario/steps.h"

#include "base/mem.h"

struct scene {
    const struct step_list *list;
};

struct vu {
    unsigned next; /* step to take */
};

static struct scene *steps_open(const struct scenario *s, struct host *host, struct err *e)
{
    struct scene *scene = mem_zero(sizeof *scene);
    (void)host, (void)e;
    scene->list = s->program;
    return scene;
}

static void steps_close(struct scene *scene)
{
    mem_free(scene);
}

static void steps_begin(struct scene *scene, struct vu *vu, struct iteration it)
{
    (void)scene, (void)it;
    vu->next = 0;
}

static struct step steps_step(struct scene *scene, struct vu *vu, struct call *last)
{
    (void)last;
    if (vu->next == scene->list->n)
        return (struct step){.kind = STEP_DONE};
    return scene->list->steps[vu->next++];
}

const struct scenario_type steps_scenario = {
    .vu_size = sizeof(struct vu),
    .open = steps_open,
    .close = steps_close,
    .begin = steps_begin,
    .step = steps_step,
};
