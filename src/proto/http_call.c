/* What becomes of one HTTP call: its request, the outcome of its reply, redirects, release. */
#include <pthread.h>
#include <stdio.h>

#include "proto/http_pool.h"
#include "proto/http_redirect.h"

enum { STATUSES = 1000 };

static char wrong_answers[STATUSES][24];

static void write_wrong_answers(void)
{
    for (unsigned i = 0; i < STATUSES; i++)
        snprintf(wrong_answers[i], sizeof wrong_answers[i], "wrong answer (%u)", i);
}

/* "wrong answer (503)": static text for each status. */
static const char *wrong_answer(unsigned status)
{
    static pthread_once_t once = PTHREAD_ONCE_INIT;
    pthread_once(&once, write_wrong_answers);
    return wrong_answers[status < STATUSES ? status : 0];
}

static bool is_expected(const struct http_definition *d, unsigned status)
{
    if (!d->expect)
        return status >= 200 && status < 400;
    for (unsigned i = 0; i < d->n_expect; i++)
        if (d->expect[i] == status)
            return true;
    return false;
}

void http_call_failed(struct call *call, const char *why)
{
    call->outcome->fate = FATE_ERROR;
    call->outcome->cause = why;
}

/* ---- requests ---- */

static void go(struct call *call)
{
    struct http_call *h = http_call_of(call);
    h->sent = h->asked;
    if (h->session)
        http_session_join(h->session, h);
    http_pool_take(h->pool, call);
}

/* The bytes of a call that nobody waits for may go as soon as it has started. */
static const struct http_prepared *copy(const struct http_prepared *p, struct arena *arena)
{
    struct http_prepared *kept = arena_alloc(arena, sizeof *kept);
    *kept = *p;
    kept->bytes = arena_dup(arena, p->bytes);
    return kept;
}

void http_call_begin(struct http_client *c, struct call *call, struct http_session *session)
{
    struct http_call *h = http_call_of(call);
    const struct http_message *m = call->request;
    const struct http_definition *d = m->definition;
    call_outcome(&c->client, call);
    list_init(&h->link);
    h->session = session;
    h->definition = d;
    h->asked = call->detached ? copy(&m->prepared, &h->arena) : &m->prepared;
    h->pool = d->elsewhere ? http_pool_find(c, d->elsewhere) : c->origins[d->origin];
    go(call);
}

/* ---- replies ---- */

void http_call_heard(struct call *call, const struct http_head *head)
{
    struct http_call *h = http_call_of(call);
    if (h->session)
        http_session_learn(h->session, h, head->fields);
    if (http_is_redirect(head->status) && head->location.p && h->followed < h->definition->follow)
        h->location = arena_dup(&h->arena, head->location);
}

/* Makes the request that a redirect asks for. False: it cannot be made. */
static bool follow(struct http_call *h, unsigned status)
{
    struct http_prepared *next = arena_alloc(&h->arena, sizeof *next);
    struct http_redirect redirect = {h->asked, &h->pool->url, status, h->location};
    struct http_url to;
    struct err e;
    h->location = (str){NULL, 0};
    if (!http_redirect_follow(&redirect, &h->arena, &to, next, &e))
        return false;
    h->asked = next;
    h->pool = http_pool_find(h->pool->client, &to);
    h->followed++;
    return true;
}

void http_call_answered(struct call *call, const struct http_head *head)
{
    struct http_call *h = http_call_of(call);
    struct outcome *o = call->outcome;
    if (h->location.p) {
        h->goes_on = follow(h, head->status);
        if (h->goes_on)
            o->length = 0; /* its body was not the call's */
        else
            http_call_failed(call, "redirect to an unusable location");
        return;
    }
    o->status = head->status;
    bool good = is_expected(h->definition, head->status);
    o->fate = good ? FATE_OK : FATE_FAILED_CHECK;
    o->cause = good ? NULL : wrong_answer(head->status);
}

void http_call_released(struct call *call)
{
    struct http_call *h = http_call_of(call);
    if (h->goes_on) {
        h->goes_on = false;
        go(call);
        return;
    }
    http_call_done(h->pool->client, call);
}
