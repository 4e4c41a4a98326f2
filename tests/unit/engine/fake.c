/* The client, and the crew of one that makes a plan's calls with it. */
#include "unit.h"

#include "base/clock.h"
#include "base/mem.h"
#include "engine/fake.h"

/* ---- the client ---- */

static void get_ready(struct timer *t)
{
    struct fake_client *c = CONTAINER_OF(t, struct fake_client, ready_timer);
    c->client.on->ready(&c->client, NULL);
}

struct client *fake_open(const struct protocol *p, struct loop *l, const void *config,
                         const struct client_events *on, void *owner)
{
    struct fake_client *c = mem_zero(sizeof *c);
    c->client = (struct client){p, on, owner};
    c->loop = l;
    c->config = (void *)(uintptr_t)config;
    c->ready_timer.fire = get_ready;
    loop_timer_arm(l, &c->ready_timer, 0);
    return &c->client;
}

void fake_close(struct client *c)
{
    c->on->closed(c);
    mem_free(c);
}

void fake_done(struct client *c, struct call *call, enum fate fate)
{
    struct outcome *outcome = call_outcome(c, call);
    if (!outcome->cause)
        outcome->fate = fate;
    c->on->done(c, call);
}

/* ---- the scene ---- */

struct scene *fake_scene_open(const struct scenario *s, struct host *host, struct err *e)
{
    (void)host, (void)e;
    return (struct scene *)(uintptr_t)s->program;
}

void fake_scene_close(struct scene *scene)
{
    (void)scene;
}

/* ---- the run ---- */

static void on_ready(void *owner, const struct err *e)
{
    assert_null(e);
    ((struct fake_run *)owner)->ready = true;
}

static void on_report(void *owner, unsigned member, const struct recorder *r)
{
    (void)member;
    results_add(&((struct fake_run *)owner)->results, r);
}

static void on_finished(void *owner)
{
    ((struct fake_run *)owner)->over = true;
}

static void on_failed(void *owner, const struct shown_call *c)
{
    ((struct fake_run *)owner)->failed(c);
}

static const struct crew_events events = {
    .ready = on_ready, .report = on_report, .call_failed = on_failed, .finished = on_finished};

static void turn_until(struct fake_run *r, const bool *what)
{
    uint64_t end_ns = clock_now_ns() + 20 * NS_PER_S;
    while (!*what) {
        assert_true(clock_now_ns() < end_ns);
        loop_turn(r->loop, clock_now_ns() + 50 * NS_PER_MS);
    }
}

struct fake_run fake_run_telling(const struct load *load, const struct client_spec *client,
                                 void (*failed)(const struct shown_call *c))
{
    struct fake_run r = {.failed = failed};
    struct err e;
    struct plan plan = {.loads = load,
                        .n_loads = 1,
                        .clients = client,
                        .n_clients = 1,
                        .threads = 1,
                        .failures = failed ? FAKE_FAILURES : 0};
    r.loop = loop_open(&(struct loop_options){.backend = "epoll"}, &e);
    struct crew *crew = crew_local_open(&plan, r.loop, &events, &r);
    crew->table->prepare(crew);
    turn_until(&r, &r.ready);
    crew->table->start(crew, clock_now_ns() + NS_PER_MS);
    turn_until(&r, &r.over);
    crew->table->close(crew);
    results_total(&r.results, &r.calls);
    r.book = iteration_books_total(&r.results.books);
    loop_close(r.loop);
    return r;
}

struct fake_run fake_run(struct load *load, const struct client_spec *client)
{
    struct stage stage = {.from = 1, .to = 1, .duration_ns = UINT64_MAX};
    load->profile = (struct profile){LOAD_CLOSED, &stage, 1};
    load->max_in_flight = UINT64_MAX;
    return fake_run_telling(load, client, NULL);
}

void fake_run_free(struct fake_run *r)
{
    series_data_free(&r->calls);
    results_free(&r->results);
}
