/* fake.h: a real worker with a client of the test's own: what tests of the life of calls share. The
 * client is ready at once; what its calls do, the test's protocol says. */
#ifndef WEIR_ENGINE_FAKE_H
#define WEIR_ENGINE_FAKE_H

#include "engine/crew.h"

struct fake_client {
    struct client client; /* first */
    struct loop *loop;
    struct timer ready_timer;
    void *config; /* as the plan's client was given it */
};

/* For the protocol's open and close. */
struct client *fake_open(const struct protocol *p, struct loop *l, const void *config,
                         const struct client_events *on, void *owner);
void fake_close(struct client *c);
static inline struct fake_client *fake_of(struct client *c)
{
    return (struct fake_client *)c;
}

/* The call is done: well, unless the engine has said otherwise. */
void fake_done(struct client *c, struct call *call, enum fate fate);

/* For the type of a scenario whose scene is its program. */
struct scene *fake_scene_open(const struct scenario *s, struct host *host, struct err *e);
void fake_scene_close(struct scene *scene);

struct fake_run {
    struct loop *loop;
    struct results results;
    struct series_data calls;   /* all of them */
    struct iteration_book book; /* of all iterations */
    bool ready, over;
    void (*failed)(const struct shown_call *c);
};

/* One worker, one user at a time: runs `load`, of which scenario, count and drain are the test's,
 * to its end. */
struct fake_run fake_run(struct load *load, const struct client_spec *client);
/* The same with the load's own profile, and its first FAKE_FAILURES calls that failed told. */
enum { FAKE_FAILURES = 64 };
struct fake_run fake_run_telling(const struct load *load, const struct client_spec *client,
                                 void (*failed)(const struct shown_call *c));
void fake_run_free(struct fake_run *r);

#endif
