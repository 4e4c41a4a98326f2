/* web/inside.h: the inside of the live page and the metrics. Everything measured belongs to the
 * run's thread; a server's thread that wants some of it sends an errand there and waits. Private to
 * src/web. */
#ifndef WEIR_WEB_INSIDE_H
#define WEIR_WEB_INSIDE_H

#include "base/arena.h"
#include "base/json_out.h"
#include "engine/sink.h"
#include "report/page_live.h"
#include "web/stream.h"
#include "web/metrics.h"
#include "web/server.h"

struct web {
    struct sink sink;
    struct server *page_server, *metrics_server; /* NULL: not wanted */
    str token;                                   /* empty: none is needed */
    char drawn[40];                              /* that token, unless the user gave one */
    struct stream stream;

    pthread_mutex_t lock; /* of errands */
    pthread_cond_t done;
    struct mailbox *box; /* the run's; NULL: it takes no errands yet, or … */
    bool closed;         /* … it takes no more */

    /* The run's thread. */
    double begun_s; /* of this process, of the wall clock */
    struct control *control;
    const struct run_info *info;
    struct results so_far;
    struct page_data *page; /* NULL: no page is served */
    bool over;
};

/* ---- errand.c ---- */

struct series_question {
    uint64_t number;
    int64_t after_s; /* the course from then on */
};

/* What a server's thread wants done on the run's. */
struct errand {
    struct mail mail;
    struct web *web;
    void (*work)(struct errand *e); /* on the run's thread */
    struct arena arena;             /* of what it is about */
    struct order order;
    enum load_model wants; /* a change to a rate: open */
    str load;              /* of a change: name or number; p NULL: not said */
    const struct expo_format *format;
    struct series_question series;
    struct buf out;  /* the answer */
    uint64_t number; /* of the last message, when the answer is the page */
    unsigned status; /* 200, or else the answer is: */
    struct err err;
    bool done, left; /* web.lock: it is done; nobody waits for it any more */
};

struct errand *errand_make(struct web *w, void (*work)(struct errand *e));
/* Sends it and waits. False: the run does not take it or does not answer; *e is gone then. */
bool errand_send(struct errand *e);
void errand_free(struct errand *e);
bool errands_are_over(struct web *w); /* the run is over, none will be taken again */

/* The run's thread, which takes errands from now on, and no more: who waits goes away, what was
 * posted is still delivered when the box, which is returned, is emptied. */
void errands_open(struct web *w, struct mailbox *box);
struct mailbox *errands_close(struct web *w);

/* ---- control_json.c: the run's thread ---- */
void control_put(const struct web *w, struct json_out *j); /* an object */
const char *control_page_state(const struct web *w);       /* "waiting", "running" … */

/* ---- publish.c: the run's thread ---- */
void publish_more(struct web *w); /* what is new since the last time */
void publish_page(struct web *w); /* all of it, to everybody */
/* The page with the summary, then goodbye. */
void publish_end(struct web *w, const struct summary *s);
void publish_write_page(struct web *w, struct buf *out); /* with all of every series … */
void publish_write_live(struct web *w, struct buf *out); /* … or as viewers get it */
/* False: there is no such series. */
bool publish_write_series(struct web *w, const struct series_question *q, struct buf *out);

/* ---- orders.c: a server's thread ---- */

/* The body of a POST to this path as the order of an errand. False with a sentence. */
bool order_read(str path, str body, struct errand *out, struct err *e);
void order_work(struct errand *e); /* errand.work: gives it, answers with the control object */

/* ---- routes.c ---- */
extern const struct server_route web_page_routes[], web_metrics_routes[];
void web_stream_ended(void *web, void *viewer);

#endif
