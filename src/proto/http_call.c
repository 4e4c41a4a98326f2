/* What becomes of one HTTP call: outcome of its reply, redirects, release. */
#include <pthread.h>
#include <stdio.h>

#include "proto/http_pool.h"

enum { STATUSES = 1000 };

static char wrong_answers[STATUSES][24];

static void write_wrong_answers(void)
{
    for (unsigned i = 0; i < STATUSES; i++)
        snprintf(wrong_answers[i], sizeof wrong_answers[i], "wrong answer (%u)", i);
}

const char *http_wrong_answer(unsigned status)
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
    call->outcome.fate = FATE_ERROR;
    call->outcome.cause = why;
}

/* Makes the request that a redirect asks for. False: the outcome says why it cannot be made. */
static bool follow(struct call *call, const struct http_head *head)
{
    struct http_call *h = http_call_of(call);
    struct http_url *to = arena_alloc(&h->arena, sizeof *to);
    struct http_request *next = arena_alloc(&h->arena, sizeof *next);
    struct http_prepared *bytes = arena_alloc(&h->arena, sizeof *bytes);
    struct err e;
    str where = arena_dup(&h->arena, head->location);
    if (!http_url_resolve(h->request->url, where, &h->arena, to, &e)) {
        http_call_failed(call, "redirect to an unusable location");
        return false;
    }
    *next = http_request_redirect(h->request, head->status, to, &h->arena);
    if (!http_request_prepare(next, &h->arena, bytes, &e)) {
        http_call_failed(call, "redirect to an unusable location");
        return false;
    }
    h->request = next;
    h->prepared = bytes;
    h->followed++;
    return true;
}

static bool shall_follow(const struct call *call, const struct http_head *head)
{
    return http_is_redirect(head->status) && head->location.p &&
           http_call_of((struct call *)call)->followed < http_definition_of(call)->follow;
}

void http_call_answered(struct call *call, const struct http_head *head)
{
    struct http_call *h = http_call_of(call);
    struct outcome *o = &call->outcome;
    if (shall_follow(call, head)) {
        h->goes_on = follow(call, head);
        if (h->goes_on)
            o->length = 0; /* its body was not the call's */
        return;
    }
    o->status = head->status;
    bool good = is_expected(http_definition_of(call), head->status);
    o->fate = good ? FATE_OK : FATE_FAILED_CHECK;
    o->cause = good ? NULL : http_wrong_answer(head->status);
}

void http_call_released(struct call *call)
{
    struct http_call *h = http_call_of(call);
    struct http_client *c = h->pool->client;
    if (h->goes_on) {
        h->goes_on = false;
        http_pool_take(http_pool_find(c, h->request->url), call);
        return;
    }
    http_call_done(c, call);
}
