/* Compiled step lists: a user is no more than its place in the list. */
#include "scenario/steps.h"

struct vu {
    unsigned next; /* step to take */
};

static void steps_begin(const struct scenario *s, struct vu *vu, uint64_t k)
{
    (void)s, (void)k;
    vu->next = 0;
}

static struct step steps_step(const struct scenario *s, struct vu *vu, struct outcome *last)
{
    const struct step_list *list = s->program;
    (void)last;
    if (vu->next == list->n)
        return (struct step){.kind = STEP_DONE};
    return list->steps[vu->next++];
}

const struct scenario_type steps_scenario = {
    .vu_size = sizeof(struct vu),
    .begin = steps_begin,
    .step = steps_step,
};
