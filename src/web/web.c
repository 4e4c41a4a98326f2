/* The sink: what the run tells goes into the page and to its viewers; what servers' threads want
 * comes as errands (errand.c). */
#include "web/web.h"

#include <stdio.h>
#include <sys/random.h>
#include <time.h>

#include "base/clock.h"
#include "base/list.h"
#include "base/log.h"
#include "base/mem.h"
#include "web/inside.h"

enum { PAGE_PORT = 8089, METRICS_PORT = 9464 };

#define FAREWELL_NS NS_PER_S /* for viewers to read the end */

bool web_check_address(str text, struct err *e)
{
    return web_address_check(text, e);
}

static struct web *web_of(struct sink *s)
{
    return CONTAINER_OF(s, struct web, sink);
}

/* ---- what the run tells ---- */

static void prepared(struct sink *s, const struct run_info *info, struct control *control)
{
    struct web *w = web_of(s);
    w->info = info;
    w->control = control;
    stream_name(&w->stream, info->id);
    if (w->page)
        page_data_begin(w->page, info);
    errands_open(w, control->box);
}

static void begin(struct sink *s, const struct run_info *info)
{
    struct web *w = web_of(s);
    (void)info;
    if (w->page)
        publish_page(w);
}

static void second(struct sink *s, const struct second *row)
{
    struct web *w = web_of(s);
    results_merge(&w->so_far, row->delta);
    if (!w->page)
        return;
    page_data_second(w->page, row);
    publish_more(w);
}

static void event(struct sink *s, const struct run_event *e)
{
    struct web *w = web_of(s);
    if (!w->page)
        return;
    page_data_event(w->page, e);
    publish_more(w);
}

static void changed(struct sink *s)
{
    struct web *w = web_of(s);
    if (w->page)
        publish_more(w);
}

static void failed(struct sink *s, const struct shown_call *call)
{
    struct web *w = web_of(s);
    if (w->page)
        page_data_failure(w->page, call);
}

static void shown(struct sink *s, const struct shown_call *call)
{
    if (call->record.fate != FATE_OK)
        failed(s, call);
}

/* The page with its summary, to all who look at it; then nobody is served any more. */
static bool finish(struct sink *s, const struct summary *summary, struct err *e)
{
    struct web *w = web_of(s);
    (void)e;
    w->over = true;
    errands_close(w);
    if (!w->page)
        return true;
    publish_end(w, summary);
    stream_end(&w->stream, clock_now_ns() + FAREWELL_NS);
    return true;
}

/* ---- opening and closing ---- */

static void close_web(struct sink *s)
{
    struct web *w = web_of(s);
    struct mailbox *box = errands_close(w);
    if (box) /* the run never began: nobody else empties it */
        mailbox_deliver(box);
    stream_end(&w->stream, clock_now_ns()); /* such a run has viewers too */
    server_close(w->page_server);
    server_close(w->metrics_server);
    stream_close(&w->stream);
    if (w->page)
        page_data_free(w->page);
    results_free(&w->so_far);
    pthread_cond_destroy(&w->done);
    pthread_mutex_destroy(&w->lock);
    mem_free(w);
}

static const struct sink_table web_table = {
    .name = "web",
    .prepared = prepared,
    .begin = begin,
    .second = second,
    .shown = shown,
    .failed = failed,
    .event = event,
    .changed = changed,
    .finish = finish,
    .close = close_web,
};

static bool open_metrics(struct web *w, str text, struct err *e)
{
    struct server_options o = {.routes = web_metrics_routes, .owner = w, .option = "--prometheus"};
    if (!web_address_read(text, METRICS_PORT, &o.at, e))
        return false;
    w->metrics_server = server_open(&o, e);
    if (w->metrics_server)
        log_note("metrics for Prometheus: %s/metrics", server_url(w->metrics_server));
    return w->metrics_server;
}

/* 128 bits that nobody can guess. */
static bool draw_token(struct web *w, struct err *e)
{
    unsigned char bytes[16];
    if (getrandom(bytes, sizeof bytes, 0) != sizeof bytes)
        return err_set(e, ERR_RUN, "--ui: the system gives no random numbers for a token");
    for (size_t i = 0; i < sizeof bytes; i++)
        snprintf(w->drawn + 2 * i, 3, "%02x", bytes[i]);
    w->token = str_from(w->drawn);
    return true;
}

static void say_where(const struct web *w, bool local)
{
    const char *url = server_url(w->page_server);
    if (local && !w->token.n)
        log_note("the page: %s/", url);
    else if (w->drawn[0])
        log_note("the page: %s/?token=" STR_FMT, url, STR_ARG(w->token));
    else
        log_note("the page: %s/?token=… (the one of WEIR_UI_TOKEN)", url);
}

static bool open_page(struct web *w, const struct web_options *options, struct err *e)
{
    struct server_options o = {
        .routes = web_page_routes, .owner = w, .ended = web_stream_ended, .option = "--ui"};
    if (!web_address_read(options->page, PAGE_PORT, &o.at, e))
        return false;
    w->token = options->token;
    if (!o.at.local && !w->token.n && !draw_token(w, e))
        return false;
    o.token = w->token;
    w->page = page_data_make(PAGE_FOLLOWED);
    args_walk(options->settings, page_data_setting, w->page);
    w->page_server = server_open(&o, e);
    if (w->page_server)
        say_where(w, o.at.local);
    return w->page_server;
}

struct sink *web_sink(const struct web_options *options, struct err *e)
{
    struct web *w = mem_zero(sizeof *w);
    pthread_condattr_t monotonic;
    w->sink.table = &web_table;
    w->begun_s = (double)clock_wall_ns() / (double)NS_PER_S;
    pthread_mutex_init(&w->lock, NULL);
    pthread_condattr_init(&monotonic);
    pthread_condattr_setclock(&monotonic, CLOCK_MONOTONIC);
    pthread_cond_init(&w->done, &monotonic);
    pthread_condattr_destroy(&monotonic);
    stream_open(&w->stream);
    if ((!options->metrics.p || open_metrics(w, options->metrics, e)) &&
        (!options->page.p || open_page(w, options, e)))
        return &w->sink;
    close_web(&w->sink);
    return NULL;
}
