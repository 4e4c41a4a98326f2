/* The thread for calls that block: order, threads, and an end that nothing can hold up. */
#include "unit.h"

#include <poll.h>
#include <pthread.h>
#include <semaphore.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <string.h>

#include "base/clock.h"
#include "base/list.h"
#include "base/mem.h"
#include "loop/offload.h"

struct task {
    struct job job;
    unsigned number; /* as submitted */
    unsigned order;  /* as worked */
    atomic_bool worked;
    bool done;
    pthread_t worker;
    sem_t *begun, *go; /* MAY: says that it has begun, then blocks until told */
};

static struct mailbox reply;
static atomic_uint worked_n;
static unsigned done_n;

static struct task *task_of(struct job *job)
{
    return CONTAINER_OF(job, struct task, job);
}

static void work(struct job *job)
{
    struct task *t = task_of(job);
    t->worker = pthread_self();
    t->order = atomic_fetch_add(&worked_n, 1);
    if (t->begun)
        sem_post(t->begun);
    if (t->go)
        sem_wait(t->go);
    atomic_store(&t->worked, true);
}

static void done(struct job *job)
{
    struct task *t = task_of(job);
    assert_true(atomic_load(&t->worked));
    assert_int_equal(t->order, t->number);
    assert_int_equal(t->number, done_n);
    assert_false(pthread_equal(t->worker, pthread_self()));
    done_n++;
    t->done = true;
}

static struct offload *open_all(void)
{
    struct err e = {0};
    atomic_store(&worked_n, 0);
    done_n = 0;
    assert_true(mailbox_open(&reply, &e));
    struct offload *o = offload_open("offload", &e);
    assert_non_null(o);
    return o;
}

static void submit(struct offload *o, struct task *t, unsigned number)
{
    t->number = number;
    t->job = (struct job){.reply = &reply, .work = work, .done = done};
    offload_submit(o, &t->job);
}

static bool mail_comes(int timeout_ms)
{
    struct pollfd p = {.fd = reply.fd, .events = POLLIN};
    return poll(&p, 1, timeout_ms) == 1;
}

static void take_until(unsigned n)
{
    while (done_n < n) {
        assert_true(mail_comes(20000));
        mailbox_deliver(&reply);
    }
}

static void jobs_run_in_order_on_a_thread_of_their_own(void **state)
{
    (void)state;
    static struct task tasks[500];
    memset(tasks, 0, sizeof tasks);
    struct offload *o = open_all();
    for (unsigned i = 0; i < 500; i++)
        submit(o, &tasks[i], i);
    take_until(500);
    for (unsigned i = 1; i < 500; i++)
        assert_true(pthread_equal(tasks[0].worker, tasks[i].worker));
    assert_false(pthread_equal(tasks[0].worker, pthread_self()));
    offload_close(o);
    mailbox_close(&reply);
}

struct again {
    struct job job;
    struct offload *offload;
};

static void submit_again(struct job *job)
{
    if (++done_n < 100)
        offload_submit(CONTAINER_OF(job, struct again, job)->offload, job);
}

static void count_work(struct job *job)
{
    (void)job;
    atomic_fetch_add(&worked_n, 1);
}

static void a_job_may_be_submitted_again_when_it_is_done(void **state)
{
    (void)state;
    struct offload *o = open_all();
    struct again again = {{.reply = &reply, .work = count_work, .done = submit_again}, o};
    offload_submit(o, &again.job);
    take_until(100);
    offload_close(o);
    assert_int_equal(atomic_load(&worked_n), 100);
    mailbox_close(&reply);
}

static void closing_without_work_ends_the_thread(void **state)
{
    (void)state;
    for (unsigned i = 0; i < 200; i++) {
        struct offload *o = open_all();
        offload_close(o);
        mailbox_close(&reply);
    }
    offload_close(NULL);
}

/* The reply is on its way when the box is closed behind the offload. */
static void closing_right_behind_a_reply_touches_the_box_no_more(void **state)
{
    (void)state;
    for (unsigned i = 0; i < 100; i++) {
        struct task t = {0};
        struct offload *o = open_all();
        submit(o, &t, 0);
        while (!t.done)
            mailbox_deliver(&reply); /* polled: often before the bell was rung */
        offload_close(o);
        mailbox_close(&reply);
    }
}

static void a_blocked_job_does_not_hold_up_the_close_and_is_never_done(void **state)
{
    (void)state;
    static struct task tasks[2];
    static sem_t begun, go;
    memset(tasks, 0, sizeof tasks);
    sem_init(&begun, 0, 0);
    sem_init(&go, 0, 0);
    struct offload *o = open_all();
    tasks[0].begun = &begun;
    tasks[0].go = &go;
    submit(o, &tasks[0], 0);
    submit(o, &tasks[1], 1); /* waits behind it */
    sem_wait(&begun);
    uint64_t before = clock_now_ns();
    offload_close(o);
    assert_true(clock_now_ns() - before < NS_PER_S);
    sem_post(&go); /* much later the name server answers */
    for (int i = 0; i < 1000 && !atomic_load(&tasks[0].worked); i++)
        assert_false(mail_comes(10));
    assert_true(atomic_load(&tasks[0].worked));
    assert_false(mail_comes(100));
    assert_false(atomic_load(&tasks[1].worked));
    mailbox_close(&reply);
    sem_destroy(&begun);
    sem_destroy(&go);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(jobs_run_in_order_on_a_thread_of_their_own),
        cmocka_unit_test(a_job_may_be_submitted_again_when_it_is_done),
        cmocka_unit_test(closing_without_work_ends_the_thread),
        cmocka_unit_test(closing_right_behind_a_reply_touches_the_box_no_more),
        cmocka_unit_test(a_blocked_job_does_not_hold_up_the_close_and_is_never_done),
    };
    return UNIT_RUN(tests);
}
