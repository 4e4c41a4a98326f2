/* What a worker reports: settled calls into its recorder, the full recorder each second, batches
 * for the log, calls in full. */
#include <string.h>

#include "base/clock.h"
#include "base/mem.h"
#include "engine/worker.h"

static void take_back(struct mail *m)
{
    struct report *r = CONTAINER_OF(m, struct report, mail);
    struct worker *w = r->worker;
    r->next = w->free_reports;
    w->free_reports = r;
}

static struct report *empty_report(struct worker *w, int64_t second)
{
    struct report *r = w->free_reports;
    if (r)
        w->free_reports = r->next;
    else
        r = mem_zero(sizeof *r);
    recorder_clear(&r->recorder);
    r->recorder.second = second;
    r->worker = w;
    return r;
}

/* From now on everything is counted there. */
static void fill_report(struct worker *w, struct report *r)
{
    unsigned n = w->plan->n_loads;
    iteration_books_at(&r->recorder.books, n - 1); /* all are made, none moves any more */
    for (unsigned i = 0; i < n; i++)
        w->flows[i].book = iteration_books_at(&r->recorder.books, i);
    w->report = r;
}

/* ---- samples ---- */

static void settle_repeat(struct repeat *r)
{
    if (r->hist)
        hist_record_n(r->hist, r->ns, r->times);
    r->hist = NULL;
}

static inline void add_sample(struct repeat *r, struct hist *h, uint64_t ns)
{
    if (r->hist == h && r->ns == ns) {
        r->times++;
        return;
    }
    settle_repeat(r);
    *r = (struct repeat){h, ns, 1};
}

/* ---- reports ---- */

static void mail_report(struct worker *w)
{
    settle_repeat(&w->response);
    settle_repeat(&w->service);
    settle_repeat(&w->wait);
    w->report->mail.deliver = w->deliver_report;
    mailbox_post(w->boss, &w->report->mail);
    w->report = NULL;
}

void report_return(struct report *r)
{
    r->mail.deliver = take_back;
    mailbox_post(loop_mailbox(r->worker->loop), &r->mail);
}

static void mail_batch(struct worker *w)
{
    if (!w->batch)
        return;
    w->batch->mail.deliver = w->deliver_calls;
    mailbox_post(w->boss, &w->batch->mail);
    w->batch = NULL;
}

static void roll(struct timer *t)
{
    struct worker *w = CONTAINER_OF(t, struct worker, second_timer);
    uint64_t now = loop_now(w->loop);
    int64_t second = now < w->start_ns ? 0 : (int64_t)(worker_plan_ns(w, now) / NS_PER_S);
    mail_batch(w);
    if (second > worker_recorder(w)->second) {
        mail_report(w);
        fill_report(w, empty_report(w, second));
    }
    loop_timer_arm(w->loop, t, w->start_ns + (uint64_t)(second + 1) * NS_PER_S);
}

void report_open(struct worker *w)
{
    fill_report(w, empty_report(w, 0));
    w->second_timer.fire = roll;
    loop_timer_arm(w->loop, &w->second_timer, w->start_ns + NS_PER_S);
}

void report_close(struct worker *w)
{
    int64_t second = worker_recorder(w)->second;
    loop_timer_disarm(w->loop, &w->second_timer);
    mail_batch(w);
    mail_report(w);
    fill_report(w, empty_report(w, second));
}

static bool says_nothing(const struct recorder *r)
{
    for (unsigned i = 0; i < r->n_measured; i++)
        if (!series_data_empty(&r->measured[i].data))
            return false;
    return true;
}

void report_last(struct worker *w)
{
    struct report *r = w->report;
    if (r && says_nothing(&r->recorder)) {
        r->next = w->free_reports;
        w->free_reports = r;
        w->report = NULL;
    } else if (r) {
        mail_report(w);
    }
}

void report_free_all(struct worker *w)
{
    while (w->free_reports) {
        struct report *r = w->free_reports;
        w->free_reports = r->next;
        recorder_free(&r->recorder);
        mem_free(r);
    }
}

/* ---- one call ---- */

/* Its own, or that of its protocol for its fate. */
static uint16_t status_of(const struct worker *w, const struct active_call *c)
{
    const struct outcome *o = c->call.outcome;
    const uint16_t *codes = w->clients[call_what(c)->client].protocol->codes;
    return o->status || !codes ? o->status : codes[o->fate];
}

/* 0: it was never sent. What came before it was asked for took no time, and that is 1 ns. */
static uint64_t service_ns(const struct call *c)
{
    if (!c->sent_ns)
        return 0;
    uint64_t done_ns = c->outcome->done_ns;
    return done_ns > c->sent_ns ? done_ns - c->sent_ns : 1;
}

static struct call_record record_of(const struct worker *w, const struct active_call *c)
{
    const struct outcome *o = c->call.outcome;
    return (struct call_record){
        .series = call_what(c)->series,
        .cause = o->cause,
        .due_ns = worker_due_ns(w, c),
        .response_ns = o->done_ns - c->call.due_ns,
        .service_ns = service_ns(&c->call),
        .length = o->length,
        .status = status_of(w, c),
        .fate = (uint8_t)o->fate,
    };
}

static void free_batch(struct call_batch *b)
{
    mem_free(b);
}

static struct call_batch *new_batch(struct worker *w)
{
    struct call_batch *b = mem_alloc(sizeof *b);
    b->holder = w->crew;
    b->done = free_batch;
    b->n = 0;
    return b;
}

static void log_record(struct worker *w, struct call_record record)
{
    if (!w->batch)
        w->batch = new_batch(w);
    w->batch->records[w->batch->n++] = record;
    if (w->batch->n == CALL_BATCH)
        mail_batch(w);
}

/* Appends s; the view of the copy. */
static str copy(char **to, str s)
{
    if (s.n)
        memcpy(*to, s.p, s.n);
    *to += s.n;
    return (str){*to - s.n, s.n};
}

/* What it sent and got, with it. */
static struct shown_mail *in_full(struct worker *w, const struct active_call *c)
{
    const struct shown_texts *s = call_ending(c)->shown;
    struct shown_mail *m = mem_alloc(sizeof *m + s->request.n + s->head.n + s->body.n);
    char *to = m->text;
    m->worker = w;
    m->call = (struct shown_call){
        .record = record_of(w, c),
        .request = copy(&to, buf_view(&s->request)),
        .head = copy(&to, buf_view(&s->head)),
        .body = copy(&to, buf_view(&s->body)),
        .request_bytes = s->request_bytes,
        .body_bytes = s->body.n ? c->call.outcome->length : 0, /* else a length of something else */
    };
    m->mail.deliver = call_ending(c)->failing ? w->deliver_failed : w->deliver_shown;
    return m;
}

/* A record that was read, in the place of a call. */
void report_shown_record(struct worker *w, const struct shown_record *r)
{
    size_t n = r->value.n < SHOWN_MOST ? r->value.n : SHOWN_MOST;
    struct shown_mail *m = mem_alloc(sizeof *m + r->head.n + n);
    char *to = m->text;
    m->worker = w;
    m->call = (struct shown_call){
        .record = {.series = r->series, .fate = FATE_OK, .length = r->value.n},
        .head = copy(&to, r->head),
        .body = copy(&to, (str){r->value.p, n}),
        .body_bytes = r->value.n,
    };
    m->mail.deliver = w->deliver_shown;
    mailbox_post(w->boss, &m->mail);
}

static void count_outcome(struct worker *w, struct series_data *d, const struct call *c,
                          uint16_t status)
{
    const struct outcome *o = c->outcome;
    bool replied = o->fate == FATE_OK || o->fate == FATE_FAILED_CHECK;
    d->fates[o->fate]++;
    if (replied || o->fate == FATE_TIMEOUT)
        add_sample(&w->response, &d->response, o->done_ns - c->due_ns);
    if (replied) {
        add_sample(&w->service, &d->service, service_ns(c));
        d->body_bytes += o->length;
    }
    d->bytes_sent += o->bytes_sent;
    d->bytes_received += o->bytes_received;
    d->possibly_stored += o->possibly_stored;
    d->reconnects += o->reconnects;
    if (status)
        tally_add(&d->status, tally_number(status), 1);
    if (o->cause)
        tally_add(&d->causes, tally_text(str_from(o->cause)), 1);
}

static void count_call(struct worker *w, struct series_data *d, const struct active_call *c)
{
    count_outcome(w, d, &c->call, status_of(w, c));
    if (c->call.sent_ns && !c->call.adopted)
        add_sample(&w->wait, &worker_recorder(w)->wait, c->call.sent_ns - c->call.taken_ns);
}

/* A started call may be settled behind others that were done after it. */
static void note_done(struct iteration_book *b, uint64_t done_ns)
{
    if (done_ns > b->last_done_ns)
        b->last_done_ns = done_ns;
}

void report_call(struct worker *w, struct active_call *c)
{
    struct recorder *r = worker_recorder(w);
    count_call(w, recorder_data(r, call_what(c)->series_number, call_what(c)->series), c);
    note_done(c->flow->book, worker_done_ns(w, c));
    if (w->plan->log_calls)
        log_record(w, record_of(w, c));
    if (call_ending(c)->shown)
        mailbox_post(w->boss, &in_full(w, c)->mail);
}

/* A share of another call's time: in the table of series, in no total and no log. */
void report_part(struct worker *w, const struct part *part, const struct call *c)
{
    if (c->due_ns < w->start_ns)
        return;
    struct recorder *r = worker_recorder(w);
    recorder_started(r, part->number, part->series, worker_plan_ns(w, c->due_ns),
                     c->due_ns <= w->flows[0].end_ns);
    count_outcome(w, recorder_data(r, part->number, part->series), c, 0);
}

void report_reply(struct worker *w, enum reply_class class, uint64_t due_ns, uint64_t late_ns)
{
    if (w->phase != WORKER_RUNNING || (due_ns ? due_ns : loop_now(w->loop)) < w->start_ns)
        return;
    struct reply_book *b = &worker_recorder(w)->replies;
    b->classes[class]++;
    if (class == REPLY_TOO_LATE)
        hist_record(&b->late, late_ns);
}

void report_awaited(struct worker *w, unsigned seen, unsigned taken)
{
    if (w->phase == WORKER_RUNNING)
        awaited_book_merge(&worker_recorder(w)->awaited, &(struct awaited_book){seen, taken});
}

void report_span(struct worker *w, const struct span *s)
{
    if (!w->plan->log_calls)
        return;
    log_record(w, (struct call_record){
                      .series = s->of.series,
                      .cause = s->cause,
                      .due_ns = worker_plan_ns(w, s->due_ns),
                      .response_ns = s->done_ns - s->due_ns,
                      .service_ns = s->done_ns - s->due_ns,
                      .fate = (uint8_t)s->fate,
                  });
}

static void count_records(struct series_data *d, const struct record_batch *b)
{
    d->started += b->records;
    d->bytes_received += b->bytes;
    for (unsigned i = 0; i < b->n_due; i++)
        hist_record(&d->response, b->since_due_ns[i]);
    for (unsigned i = 0; i < b->n_sent; i++)
        hist_record(&d->service, b->since_sent_ns[i]);
    record_counts_add(&d->read, &b->counts);
}

/* They are of the first load: its client reads for all. */
void report_records(struct worker *w, const struct record_batch *b)
{
    struct flow *f = &w->flows[0];
    struct series_data *d = recorder_data(worker_recorder(w), b->series_number, b->series);
    count_records(d, b);
    if (b->read_ns <= f->end_ns)
        d->started_in_plan += b->records;
    f->book->last_done_ns = worker_plan_ns(w, b->read_ns);
}
