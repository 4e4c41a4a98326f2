/* One thread that takes jobs from its mailbox, works, and mails them back. */
#include "loop/offload.h"

#include <errno.h>
#include <poll.h>
#include <stdatomic.h>
#include <string.h>

#include "base/mem.h"
#include "base/thread.h"

enum { IDLE, BUSY, CLOSED };

struct offload {
    struct mailbox box;
    pthread_t thread;
    atomic_int state; /* BUSY: a job is running; CLOSED: nobody waits for jobs any more */
    bool ending;      /* thread: stop after what is in the box */
    struct mail last; /* the mail that ends the thread */
};

static _Thread_local struct offload *self; /* which offload this thread serves */

static void free_offload(struct offload *o)
{
    mailbox_close(&o->box);
    mem_free(o);
}

/* offload_close came while a job was blocked and left this thread behind: other jobs and their
 * reply boxes may be gone by now. */
static void end_left_behind(void)
{
    free_offload(self);
    pthread_exit(NULL);
}

static void send_back(struct mail *m)
{
    struct job *job = (struct job *)((char *)m - offsetof(struct job, mail));
    job->done(job);
}

static void run_job(struct mail *m)
{
    struct job *job = (struct job *)((char *)m - offsetof(struct job, mail));
    int idle = IDLE, busy = BUSY;
    if (!atomic_compare_exchange_strong(&self->state, &idle, BUSY))
        return;
    job->work(job);
    if (!atomic_compare_exchange_strong(&self->state, &busy, IDLE))
        end_left_behind();
    job->mail.deliver = send_back;
    mailbox_post(job->reply, &job->mail);
}

static void end_thread(struct mail *m)
{
    (void)m;
    self->ending = true;
}

static void *offload_main(void *arg)
{
    self = arg;
    struct pollfd p = {.fd = self->box.fd, .events = POLLIN};
    while (!self->ending) {
        poll(&p, 1, -1);
        mailbox_deliver(&self->box);
    }
    return NULL;
}

struct offload *offload_open(const char *name, struct err *e)
{
    struct offload *o = mem_zero(sizeof *o);
    if (!mailbox_open(&o->box, e)) {
        mem_free(o);
        return NULL;
    }
    int code = thread_start(&o->thread, offload_main, o, "%s", name);
    if (code) {
        err_set(e, ERR_RUN, "cannot start a thread: %s", strerror(code));
        mailbox_close(&o->box);
        mem_free(o);
        return NULL;
    }
    return o;
}

void offload_submit(struct offload *o, struct job *job)
{
    job->mail.deliver = run_job;
    mailbox_post(&o->box, &job->mail);
}

bool offload_close(struct offload *o)
{
    if (!o)
        return false;
    pthread_t thread = o->thread;
    if (atomic_exchange(&o->state, CLOSED) == BUSY) {
        pthread_detach(thread); /* *o is the thread's now */
        return true;
    }
    o->last.deliver = end_thread;
    mailbox_post(&o->box, &o->last);
    pthread_join(thread, NULL);
    free_offload(o);
    return false;
}
