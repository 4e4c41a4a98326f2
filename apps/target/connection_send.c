/* Writing answers into what goes out next, as many as fit, while the kernel reads what goes out
 * now. */
#include "target/connection_inside.h"

#include "target/reply.h"

void connection_flush(struct connection *c)
{
    if (sock_sending(&c->sock) || c->next.n == 0)
        return;
    struct buf empty = c->sending;
    empty.n = 0;
    c->sending = c->next;
    c->next = empty;
    sock_send(&c->sock, c->sending.p, c->sending.n);
}

static void finish_answer(struct connection *c)
{
    struct metrics *m = &c->server->metrics;
    if (c->answer.counted) {
        m->responses++;
        m->by_status[c->answer.status]++;
    }
    c->answers++;
    c->freeze_ns += c->answer.freeze_ns;
    c->state = c->last ? LAST : READ_HEAD;
    c->request = (struct request){0};
    c->to_head = false;
    buf_free(&c->body);
    c->type_n = 0;
}

void connection_make_body(struct connection *c)
{
    struct stream *s = &c->stream;
    bool more = s->left > 0;
    while (more && c->next.n < OUT_MOST) {
        more = stream_next(s, &c->next);
        if (s->pause_ns)
            break;
    }
    if (!more)
        finish_answer(c);
    else if (s->pause_ns)
        loop_timer_arm(c->server->loop, &c->timer, loop_now(c->server->loop) + s->pause_ns);
}

static bool ends_here(const struct connection *c, uint64_t after)
{
    return after && c->answers + 1 >= after;
}

static void start_reply(struct connection *c, bool close)
{
    struct answer *a = &c->answer;
    if (a->body == ANSWER_METRICS && a->wants_json)
        metrics_json(&c->server->metrics, &c->body);
    else if (a->body == ANSWER_METRICS)
        metrics_prometheus(&c->server->metrics, &c->body);
    struct reply r = {
        .answer = a,
        .text = str_skip(buf_view(&c->body), c->type_n),
        .type = {c->body.p, c->type_n},
        .to_head = c->to_head,
        .close = close,
        .keep_alive_10 = !close && c->request.minor == 0,
    };
    reply_write(&r, &c->next, &c->stream);
}

static bool is_plain_ping(const struct connection *c)
{
    const struct answer *a = &c->answer;
    return a->body == ANSWER_PING && a->size == c->server->options->faults.body_bytes &&
           !c->to_head && c->request.minor > 0;
}

void connection_answer(struct connection *c)
{
    const struct server *sv = c->server;
    bool close = !c->request.keep_alive || ends_here(c, sv->options->close_after);
    c->drop = !close && ends_here(c, sv->options->drop_after);
    c->last = close || c->drop;
    c->state = SEND;
    if (!close && sv->ping.n && is_plain_ping(c)) {
        buf_str(&c->next, buf_view(&sv->ping));
        finish_answer(c);
        return;
    }
    start_reply(c, close);
    if (c->stream.pause_ns && c->stream.left)
        loop_timer_arm(sv->loop, &c->timer, loop_now(sv->loop) + c->stream.pause_ns);
    else
        connection_make_body(c);
}
