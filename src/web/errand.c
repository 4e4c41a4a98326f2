/* Errands: a mail to the run's thread, and a wait for its answer that ends in any case. */
#include <errno.h>
#include <time.h>

#include "base/clock.h"
#include "base/list.h"
#include "base/mem.h"
#include "web/inside.h"

#define PATIENCE_NS (5 * NS_PER_S)

/* On the run's thread. */
static void deliver(struct mail *m)
{
    struct errand *e = CONTAINER_OF(m, struct errand, mail);
    struct web *w = e->web;
    e->work(e);
    pthread_mutex_lock(&w->lock);
    bool left = e->left;
    e->done = true;
    pthread_cond_broadcast(&w->done);
    pthread_mutex_unlock(&w->lock);
    if (left)
        errand_free(e);
}

struct errand *errand_make(struct web *w, void (*work)(struct errand *e))
{
    struct errand *e = mem_zero(sizeof *e);
    *e = (struct errand){.mail.deliver = deliver, .web = w, .work = work, .status = MHD_HTTP_OK};
    return e;
}

void errand_free(struct errand *e)
{
    arena_free(&e->arena);
    buf_free(&e->out);
    mem_free(e);
}

bool errand_send(struct errand *e)
{
    struct web *w = e->web;
    uint64_t until_ns = clock_now_ns() + PATIENCE_NS;
    const struct timespec until = {.tv_sec = (time_t)(until_ns / NS_PER_S),
                                   .tv_nsec = (long)(until_ns % NS_PER_S)};
    pthread_mutex_lock(&w->lock);
    bool posted = w->box;
    if (posted)
        mailbox_post(w->box, &e->mail);
    while (posted && !e->done && w->box)
        if (pthread_cond_timedwait(&w->done, &w->lock, &until) == ETIMEDOUT)
            break;
    bool done = e->done;
    e->left = posted && !done;
    pthread_mutex_unlock(&w->lock);
    if (!posted)
        errand_free(e);
    return done;
}

void errands_open(struct web *w, struct mailbox *box)
{
    pthread_mutex_lock(&w->lock);
    w->box = box;
    pthread_mutex_unlock(&w->lock);
}

bool errands_are_over(struct web *w)
{
    pthread_mutex_lock(&w->lock);
    bool closed = w->closed;
    pthread_mutex_unlock(&w->lock);
    return closed;
}

struct mailbox *errands_close(struct web *w)
{
    pthread_mutex_lock(&w->lock);
    struct mailbox *box = w->box;
    w->box = NULL;
    w->closed = true;
    pthread_cond_broadcast(&w->done);
    pthread_mutex_unlock(&w->lock);
    return box;
}
