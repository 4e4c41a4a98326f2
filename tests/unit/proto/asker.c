/* The engine's part in the tests of the HTTP client. */
#include "proto/asker.h"

#include <netinet/in.h>
#include <stdio.h>

#include "base/mem.h"

static void on_ready(struct client *c, const struct err *e)
{
    struct asker *a = c->owner;
    assert_false(a->ready || a->why.kind);
    a->ready = !e;
    if (e)
        a->why = *e;
}

static void on_done(struct client *c, struct call *call)
{
    struct ask *q = *(struct ask **)((char *)call - sizeof(max_align_t));
    assert_ptr_equal(c->owner, q->asker);
    assert_false(q->done);
    q->done = true;
}

static struct outcome *on_outcome(struct client *c, struct call *call)
{
    struct ask *q = *(struct ask **)((char *)call - sizeof(max_align_t));
    (void)c;
    return call->outcome = &q->outcome;
}

static void on_client_closed(struct client *c)
{
    struct asker *a = c->owner;
    a->closed = true;
}

static const struct client_events events = {
    .ready = on_ready, .outcome = on_outcome, .done = on_done, .closed = on_client_closed};

void asker_open(struct asker *a, struct loop *l)
{
    struct err e = {0};
    *a = (struct asker){.loop = l};
    a->offload = offload_open("offload", &e);
    for (unsigned i = 0; i < ORIGINS; i++) {
        struct origin *o = &a->origins[i];
        origin_open(o, l);
        unsigned port = ntohs(((struct sockaddr_in *)&o->at.storage)->sin_port);
        str url = arena_printf(&a->arena, "http://127.0.0.1:%u", port);
        assert_true(http_url_parse(url, &a->arena, &a->where[i].url, &e));
    }
    a->config = (struct http_config){
        .origins = a->where, .n_origins = ORIGINS, .connections = 16, .timeout_ns = 10 * NS_PER_S};
}

void asker_start(struct asker *a)
{
    struct err e = {0};
    if (!http_config_resolve(&a->config, &e))
        fail_msg("%s", e.text);
    a->client =
        http_protocol.open(a->loop, a->offload, &a->config, (struct share){0, 1}, &events, a);
    assert_false(a->ready || a->why.kind);
    TURN_UNTIL(a->loop, a->ready || a->why.kind);
}

void asker_close(struct asker *a)
{
    http_protocol.close(a->client);
    TURN_UNTIL(a->loop, a->closed);
    for (unsigned i = 0; i < ORIGINS; i++)
        origin_close(&a->origins[i]);
    offload_close(a->offload);
    arena_free(&a->arena);
    loop_close(a->loop);
}

static size_t read_headers(const char *text, struct http_header *headers)
{
    str rest = str_from(text);
    size_t n = 0;
    while (http_header_next(&rest, &headers[n]))
        n++;
    return n;
}

struct ask *ask_make(struct asker *a, const char *line, const char *headers)
{
    struct ask *q = mem_zero(sizeof *q);
    struct http_url url = a->where[0].url;
    struct http_header list[8];
    struct http_request r = {.url = &url, .headers = list};
    struct err e = {0};
    r.header_count = read_headers(headers, list);
    str_cut(str_from(line), ' ', &r.method, &url.target);
    if (!http_request_prepare(&r, &a->arena, &q->message.prepared, &e))
        fail_msg("%s", e.text);
    q->asker = a;
    q->message.definition = &q->definition;
    char *memory = mem_zero(sizeof(max_align_t) + CALL_BYTES + http_protocol.call_size);
    *(struct ask **)memory = q;
    q->call = (struct call *)(memory + sizeof(max_align_t));
    q->call->request = &q->message;
    return q;
}

void ask_start(struct ask *q, void *session)
{
    q->call->due_ns = q->call->taken_ns = loop_now(q->asker->loop);
    http_protocol.start(q->asker->client, q->call, session);
    assert_false(q->done);
}

void ask_wait(struct ask *q)
{
    TURN_UNTIL(q->asker->loop, q->done);
}

void ask_free(struct ask *q)
{
    http_protocol.finish(q->asker->client, q->call);
    buf_free(&q->reply.bytes);
    mem_free((char *)q->call - sizeof(max_align_t));
    mem_free(q);
}

void ask(struct asker *a, void *session, const char *line, unsigned status)
{
    struct ask *q = ask_make(a, line, NULL);
    q->definition.follow = 5;
    ask_start(q, session);
    ask_wait(q);
    assert_int_equal(q->outcome.status, status);
    ask_free(q);
}
