/* Keys become orders (engine/control.h). */
#include "term/orders.h"

#include <math.h>
#include <stdio.h>

static double scaled(enum load_model model, double level, bool more)
{
    double to = more ? level * 1.1 : level / 1.1;
    if (model == LOAD_OPEN || level == 0)
        return to;
    to = round(to);
    if (to == level)
        to += more ? 1 : -1;
    return to < 1 ? 1 : to;
}

bool orders_scaled(const struct profile *p, uint64_t at_ns, bool more, struct arena *arena,
                   struct profile *out)
{
    if (!profile_rest(p, at_ns, arena, out))
        return false;
    for (unsigned i = 0; i < out->n; i++) {
        struct stage *s = &out->stages[i];
        s->from = scaled(p->model, s->from, more);
        s->to = scaled(p->model, s->to, more);
        s->at_once = (uint64_t)scaled(LOAD_CLOSED, (double)s->at_once, more);
    }
    return true;
}

/* Every load that goes on; good when there was one. */
static bool scale(struct control *c, bool more, struct err *e)
{
    struct control_state now;
    struct arena arena = {0};
    bool good = false;
    control_look(c, &now);
    if (now.phase == CONTROL_PAUSED)
        return err_set(e, ERR_RUN, "it is paused: p goes on, then the load can be changed");
    err_set(e, ERR_RUN, "the load has ended");
    for (unsigned i = 0; i < now.plan->n_loads; i++) {
        struct order o = {.kind = ORDER_CHANGE, .load = i};
        if (orders_scaled(&now.plan->loads[i].profile, now.at_ns + CONTROL_AHEAD_NS, more, &arena,
                          &o.stages))
            good = control_give(c, &o, e) || good;
    }
    arena_free(&arena);
    return good;
}

static bool mark(struct orders *o, struct err *e)
{
    char text[32];
    int n = snprintf(text, sizeof text, "mark %u", o->marks + 1);
    const struct order order = {.kind = ORDER_MARK, .text = {text, (size_t)n}};
    if (!control_give(o->control, &order, e))
        return false;
    o->marks++;
    return true;
}

static bool give(struct orders *o, enum order_kind kind, struct err *e)
{
    return control_give(o->control, &(struct order){.kind = kind}, e);
}

/* A key that is held down must not do more than end the drain. */
static bool stop(struct orders *o, struct err *e)
{
    struct control_state now;
    control_look(o->control, &now);
    if (o->ended)
        return true;
    o->ended = now.phase == CONTROL_DRAINING;
    return give(o, ORDER_STOP, e);
}

bool orders_give(struct orders *o, enum press press, struct err *e)
{
    struct control_state now;
    control_look(o->control, &now);
    switch (press) {
    case PRESS_START:
        return give(o, ORDER_START, e);
    case PRESS_STOP:
        return stop(o, e);
    case PRESS_PAUSE:
        return give(o, now.phase == CONTROL_PAUSED ? ORDER_RESUME : ORDER_PAUSE, e);
    case PRESS_MORE:
    case PRESS_LESS:
        return scale(o->control, press == PRESS_MORE, e);
    case PRESS_MARK:
        return mark(o, e);
    default:
        return true;
    }
}
