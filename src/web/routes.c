/* What can be asked for. */
#include <inttypes.h>
#include <string.h>

#include "base/clock.h"
#include "base/mem.h"
#include "base/process.h"
#include "report/web_page.h"
#include "web/inside.h"

static const char json_type[] = "application/json";
static const char stream_type[] = "text/event-stream";

/* ---- errands that only ask ---- */

static void work_metrics(struct errand *e)
{
    struct web *w = e->web;
    struct control_state now;
    control_look(w->control, &now);
    bool goes = now.phase == CONTROL_RUNNING || now.phase == CONTROL_PAUSED;
    double *asked = arena_alloc(&e->arena, now.plan->n_loads * sizeof *asked);
    for (unsigned i = 0; goes && i < now.plan->n_loads; i++)
        asked[i] = profile_level_at(&now.plan->loads[i].profile, now.at_ns);
    const struct metrics_run run = {.info = w->info,
                                    .results = &w->so_far,
                                    .phase = now.phase,
                                    .asked = asked,
                                    .begun_s = w->begun_s,
                                    .cpu_s = (double)clock_cpu_ns() / (double)NS_PER_S,
                                    .rss_bytes = (double)process_resident_bytes()};
    metrics_write(&run, e->format, &e->out);
}

static void work_state(struct errand *e)
{
    struct json_out j = {.out = &e->out};
    control_put(e->web, &j);
}

static void work_page(struct errand *e)
{
    publish_write_page(e->web, &e->out);
}

static void work_series(struct errand *e)
{
    if (publish_write_series(e->web, &e->series, &e->out))
        return;
    e->status = MHD_HTTP_NOT_FOUND;
    err_set(&e->err, ERR_USAGE, "there is no series %" PRIu64, e->series.number);
}

/* What was not yet published is, so that the page and what follows it do not overlap. */
static void work_stream(struct errand *e)
{
    struct web *w = e->web;
    struct buf page = {0};
    publish_more(w);
    publish_write_live(w, &page);
    e->number = w->stream.last;
    stream_format(&w->stream, "page", e->number, buf_view(&page), &e->out);
    buf_free(&page);
}

/* ---- answers ---- */

static enum MHD_Result nobody(struct server_request *q)
{
    return server_refuse(q, MHD_HTTP_SERVICE_UNAVAILABLE,
                         "the run takes no questions now: it is being set up, or it is over");
}

/* Takes the errand, which is done. */
static enum MHD_Result answer_errand(struct server_request *q, struct errand *e, const char *type)
{
    enum MHD_Result queued;
    if (e->status == MHD_HTTP_OK)
        queued = server_reply(q, MHD_HTTP_OK, type, &e->out);
    else
        queued = server_refuse(q, e->status, "%s", e->err.text);
    errand_free(e);
    return queued;
}

/* Takes the errand, which is ready to go. */
static enum MHD_Result run_errand(struct server_request *q, struct errand *e, const char *type)
{
    return errand_send(e) ? answer_errand(q, e, type) : nobody(q);
}

static enum MHD_Result answer_metrics(void *owner, struct server_request *q)
{
    struct errand *e = errand_make(owner, work_metrics);
    const struct expo_format *format = expo_accepted(server_header(q, "Accept"));
    e->format = format;
    return run_errand(q, e, format->content_type);
}

static enum MHD_Result answer_state(void *owner, struct server_request *q)
{
    return run_errand(q, errand_make(owner, work_state), json_type);
}

static enum MHD_Result answer_page_data(void *owner, struct server_request *q)
{
    return run_errand(q, errand_make(owner, work_page), json_type);
}

/* As an answer to who asks at a moment when the run is over, no error: browsers write those down.
 */
static enum MHD_Result nothing_more(struct web *w, struct server_request *q)
{
    struct buf empty = {0};
    return errands_are_over(w) ? server_reply(q, MHD_HTTP_NO_CONTENT, json_type, &empty)
                               : nobody(q);
}

/* ?number=N, perhaps with &after=S: the course from that second on. */
static enum MHD_Result answer_series(void *owner, struct server_request *q)
{
    uint64_t after = 0;
    str number = server_query(q, "number"), from = server_query(q, "after");
    struct errand *e = errand_make(owner, work_series);
    if (str_u64(number, &e->series.number) && (!from.n || str_u64(from, &after)) &&
        after < INT64_MAX) {
        e->series.after_s = (int64_t)after;
        return errand_send(e) ? answer_errand(q, e, json_type) : nothing_more(owner, q);
    }
    errand_free(e);
    return server_refuse(q, MHD_HTTP_BAD_REQUEST,
                         "ask for series?number=N or series?number=N&after=S");
}

static enum MHD_Result answer_order(void *owner, struct server_request *q)
{
    struct errand *e = errand_make(owner, order_work);
    struct err why;
    if (order_read(str_from(q->route->path), buf_view(&q->body), e, &why))
        return run_errand(q, e, json_type);
    errand_free(e);
    return server_refuse(q, MHD_HTTP_BAD_REQUEST, "%s", why.text);
}

static enum MHD_Result answer_where(void *owner, struct server_request *q)
{
    struct buf body = {0};
    (void)owner;
    buf_str(&body, STR("weir: the metrics of this run are at /metrics\n"));
    return server_reply(q, MHD_HTTP_OK, "text/plain; charset=utf-8", &body);
}

/* ---- the stream ---- */

/* The whole page, or what a browser missed that was here before. */
static bool begin_stream(struct web *w, struct server_request *q, struct buf *own, uint64_t *after)
{
    buf_str(own, STR("retry: 1000\n\n"));
    if (stream_find(&w->stream, server_header(q, "Last-Event-ID"), after))
        return true;
    struct errand *e = errand_make(w, work_stream);
    if (!errand_send(e))
        return false;
    buf_str(own, buf_view(&e->out));
    *after = e->number;
    errand_free(e);
    return true;
}

/* A browser comes again after an empty stream, and never after 204 (HTML standard, 9.2.3). */
static enum MHD_Result answer_later(struct web *w, struct server_request *q)
{
    struct buf empty = {0};
    if (errands_are_over(w))
        return server_reply(q, MHD_HTTP_NO_CONTENT, stream_type, &empty);
    buf_str(&empty, STR("retry: 1000\n\n"));
    return server_reply(q, MHD_HTTP_OK, stream_type, &empty);
}

static enum MHD_Result answer_stream(void *owner, struct server_request *q)
{
    enum { PIECE = 32 * 1024 };
    struct web *w = owner;
    struct buf own = {0};
    uint64_t after;
    bool begun = begin_stream(w, q, &own, &after);
    struct viewer *v = begun ? stream_watch(&w->stream, q->connection, &own, after) : NULL;
    buf_free(&own);
    if (!begun)
        return answer_later(w, q);
    if (!v)
        return server_refuse(q, MHD_HTTP_SERVICE_UNAVAILABLE, "there are %d viewers already",
                             STREAM_VIEWERS);
    q->stream = v;
    struct MHD_Response *r =
        MHD_create_response_from_callback(MHD_SIZE_UNKNOWN, PIECE, stream_read, v, NULL);
    MHD_add_response_header(r, "Content-Type", stream_type);
    return server_queue(q, MHD_HTTP_OK, r);
}

void web_stream_ended(void *web, void *viewer)
{
    struct web *w = web;
    stream_leave(&w->stream, viewer);
}

/* ---- the page ---- */

static const char no_page[] =
    "<!doctype html><html lang=en><meta charset=utf-8><title>weir</title>"
    "<h1>weir</h1><p>This weir was built without its page, because npm was missing (meson option "
    "web). The run can be watched and directed all the same: <a href=api/state>api/state</a>, "
    "api/stream, <a href=metrics>metrics</a>.";

/* The policy that the page itself names, with what a page cannot: who may frame it. */
static void add_policy(struct MHD_Response *r, str page)
{
    struct buf policy = {0};
    str before, after, content, rest;
    if (str_cut_at(page, STR("http-equiv=\"Content-Security-Policy\" content=\""), &before,
                   &after) &&
        str_cut(after, '"', &content, &rest))
        buf_printf(&policy, STR_FMT "; frame-ancestors 'none'", STR_ARG(content));
    else
        buf_str(&policy, STR("default-src 'none'; frame-ancestors 'none'"));
    buf_char(&policy, 0);
    MHD_add_response_header(r, "Content-Security-Policy", policy.p);
    MHD_add_response_header(r, "X-Frame-Options", "DENY");
    buf_free(&policy);
}

static enum MHD_Result answer_page(void *owner, struct server_request *q)
{
    str page = str_from(web_page[0] ? web_page : no_page);
    (void)owner;
    struct MHD_Response *r =
        MHD_create_response_from_buffer(page.n, (void *)(uintptr_t)page.p, MHD_RESPMEM_PERSISTENT);
    MHD_add_response_header(r, "Content-Type", "text/html; charset=utf-8");
    add_policy(r, page);
    return server_queue(q, MHD_HTTP_OK, r);
}

const struct server_route web_page_routes[] = {
    {"GET", "/", answer_page},
    {"GET", "/api/stream", answer_stream},
    {"GET", "/api/state", answer_state},
    {"GET", "/api/page", answer_page_data},
    {"GET", "/api/series", answer_series},
    {"GET", "/metrics", answer_metrics},
    {"POST", "/api/start", answer_order},
    {"POST", "/api/stop", answer_order},
    {"POST", "/api/pause", answer_order},
    {"POST", "/api/resume", answer_order},
    {"POST", "/api/load", answer_order},
    {"POST", "/api/mark", answer_order},
    {NULL, NULL, NULL},
};

const struct server_route web_metrics_routes[] = {
    {"GET", "/metrics", answer_metrics},
    {"GET", "/", answer_where},
    {NULL, NULL, NULL},
};
