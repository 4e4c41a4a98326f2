/* engine/control.h: what a person may ask of a run while it lives: by the page, by the terminal.
 * Everything here is called on the run's thread; from another one, post a mail to `box`, which is
 * delivered there. A sink gets its control by `prepared`. */
#ifndef WEIR_ENGINE_CONTROL_H
#define WEIR_ENGINE_CONTROL_H

#include "engine/plan.h"
#include "engine/summary.h"
#include "loop/loop.h"
#include "loop/mailbox.h"

/* A change of the load holds from so much later on: every worker shall have heard of it. */
#define CONTROL_AHEAD_NS (UINT64_C(50) * 1000 * 1000)

enum order_kind {
    ORDER_START,  /* of a held run */
    ORDER_STOP,   /* the plan ends now; when it drains already: the drain ends too */
    ORDER_PAUSE,  /* no starts from now on; the rest of the plan is moved back … */
    ORDER_RESUME, /* … by the time until this */
    ORDER_CHANGE, /* another load for the rest of the plan */
    ORDER_MARK,   /* an event of this text */
    ORDERS,
};

struct order {
    enum order_kind kind;
    unsigned load;         /* change: which of the plan's */
    double level;          /* change: starts/s or users, for what is left of the plan; or … */
    struct profile stages; /* … if it has stages: these, however long; copied */
    str text;              /* mark; UTF-8, not empty */
};

enum control_phase {
    CONTROL_PREPARING,
    CONTROL_HELD, /* everybody is ready and waits for ORDER_START */
    CONTROL_WARMUP,
    CONTROL_RUNNING,
    CONTROL_PAUSED,
    CONTROL_DRAINING, /* nothing is started any more */
    CONTROL_OVER,
    CONTROL_PHASES,
};

const char *control_phase_name(enum control_phase p); /* "preparing", … static text */

struct control_state {
    enum control_phase phase;
    const struct plan *plan; /* as it is now: its loads may have changed */
    uint64_t at_ns;          /* now, from the start of the plan, or when a change holds; 0 before */
    uint64_t length_ns;      /* of the plan; UINT64_MAX: without end, or a count ends it */
    bool can[ORDERS];        /* makes sense now */
};

struct run;

struct control {
    struct mailbox *box;
    struct loop *loop; /* the run's: for a sink's own timers and descriptors, until its settle */
    struct run *run;
};

/* Does it, or says why not. Sinks hear of it by `event` and `changed`. */
bool control_give(struct control *c, const struct order *o, struct err *e);

/* The run as it stands, as its end would tell it if it were now: figures and verdict, from the
 * seconds that are complete. */
struct standing {
    struct summary summary; /* of the rest of this */
    struct verdict verdict; /* without audits, and whether the books balance, which the end tells */
    struct series_data total;
    struct arena
        arena; /* of the thresholds' results, of which there are none before the first second */
};

/* `so_far`: what the sinks were told by `second`; gets `planned`. *out is overwritten. */
void control_stand(const struct control *c, struct results *so_far, struct standing *out);
/* Of the plan up to there, s: what rates divide by. */
double control_length_s(const struct control *c, struct results *so_far);
void standing_free(struct standing *s); /* also of {0} */

void control_look(const struct control *c, struct control_state *out);

#endif
