/* The sink of the record: the aggregator's side hands over, the writer's thread writes. */
#include "report/record.h"

#include <errno.h>
#include <inttypes.h>
#include <poll.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/list.h"
#include "base/log.h"
#include "base/mem.h"
#include "base/units.h"
#include "base/thread.h"
#include "report/record_run.h"
#include "report/record_write.h"

enum { COMMIT_MS = 1000 }; /* longest time that an event waits for its transaction's end */

struct record_file {
    struct sink sink;
    const char *path;
    bool tell;
    struct mailbox box;
    pthread_t thread;
    bool writing;             /* the thread is there */
    struct mail last_mail;    /* tells it to end */
    _Atomic unsigned waiting; /* seconds under way to the writer */

    /* the aggregator's */
    const struct run_info *info;
    const struct stage **stages;    /* of each load, as they were written */
    uint64_t lost;                  /* seconds for which there was no room */
    int64_t first_lost, last_lost;  /* of the gap that is going on */
    const struct summary *finished; /* with last_mail; NULL: the run has no end */

    /* the writer's, and whoever's as long as it is not there */
    struct record_writer writer;
    bool end, second_came, told;
};

static struct record_file *record_of(struct sink *s)
{
    return CONTAINER_OF(s, struct record_file, sink);
}

/* ---- mails ---- */

struct second_mail {
    struct mail mail;
    struct record_file *file;
    int64_t second;
    uint64_t started_wall_ns;
    struct results delta;
};

struct event_mail {
    struct mail mail;
    struct record_file *file;
    struct record_event event;
    char text[]; /* the event's */
};

struct plan_mail {
    struct mail mail;
    struct record_file *file;
    unsigned load;
    struct profile profile;
    struct stage stages[]; /* the profile's */
};

struct failure_mail {
    struct mail mail;
    struct record_file *file;
    struct shown_call call;
    char text[]; /* request, head, body */
};

/* ---- the writer's thread ---- */

static void take_second(struct mail *m)
{
    struct second_mail *s = CONTAINER_OF(m, struct second_mail, mail);
    record_writer_second(&s->file->writer, s->second, &s->delta, s->started_wall_ns);
    s->file->second_came = true;
    s->file->waiting--;
    results_free(&s->delta);
    mem_free(s);
}

static void take_event(struct mail *m)
{
    struct event_mail *e = CONTAINER_OF(m, struct event_mail, mail);
    record_writer_event(&e->file->writer, &e->event);
    mem_free(e);
}

static void take_plan(struct mail *m)
{
    struct plan_mail *p = CONTAINER_OF(m, struct plan_mail, mail);
    record_writer_plan(&p->file->writer, p->load, &p->profile);
    mem_free(p);
}

static void take_failure(struct mail *m)
{
    struct failure_mail *f = CONTAINER_OF(m, struct failure_mail, mail);
    record_writer_failure(&f->file->writer, &f->call);
    mem_free(f);
}

static void take_end(struct mail *m)
{
    struct record_file *f = CONTAINER_OF(m, struct record_file, last_mail);
    if (f->finished)
        record_writer_end(&f->writer, f->finished);
    f->end = true;
}

/* Once, at the time: the run goes on. */
static void tell_failure(struct record_file *f)
{
    if (f->writer.db.failure.kind && !f->told)
        log_warn("%s; the run goes on, its record has ended", f->writer.db.failure.text);
    f->told = f->writer.db.failure.kind;
}

static void *write_all(void *record_file)
{
    struct record_file *f = record_file;
    while (!f->end) {
        struct pollfd p = {.fd = f->box.fd, .events = POLLIN};
        int ready = poll(&p, 1, f->writer.in_transaction ? COMMIT_MS : -1);
        mailbox_deliver(&f->box);
        if (ready == 0 || f->second_came || f->end)
            record_writer_commit(&f->writer);
        f->second_came = false;
        tell_failure(f);
    }
    return NULL;
}

/* ---- the aggregator's thread ---- */

static void start_writing(struct record_file *f)
{
    int error = thread_start(&f->thread, write_all, f, "weir record");
    f->writing = error == 0;
    if (error)
        err_set(&f->writer.db.failure, ERR_RUN, "cannot start the record's thread: %s",
                strerror(error));
}

static void begin(struct sink *s, const struct run_info *info)
{
    struct record_file *f = record_of(s);
    f->info = info;
    f->stages = mem_array(info->plan->n_loads, sizeof *f->stages);
    for (unsigned i = 0; i < info->plan->n_loads; i++)
        f->stages[i] = info->plan->loads[i].profile.stages;
    record_writer_begin(&f->writer, info);
    start_writing(f);
}

static void post_plan(struct record_file *f, unsigned load)
{
    const struct profile *p = &f->info->plan->loads[load].profile;
    struct plan_mail *m = mem_alloc(sizeof *m + p->n * sizeof *m->stages);
    *m = (struct plan_mail){
        .mail.deliver = take_plan, .file = f, .load = load, .profile = {p->model, m->stages, p->n}};
    memcpy(m->stages, p->stages, p->n * sizeof *m->stages);
    mailbox_post(&f->box, &m->mail);
}

/* So that the record's plan is the one that was asked for, also when its end is never written. */
static void changed(struct sink *s)
{
    struct record_file *f = record_of(s);
    for (unsigned i = 0; f->writing && i < f->info->plan->n_loads; i++) {
        const struct stage *now = f->info->plan->loads[i].profile.stages;
        if (now != f->stages[i])
            post_plan(f, i);
        f->stages[i] = now;
    }
}

static void post_event(struct record_file *f, uint64_t at_ns, const char *kind, const char *text)
{
    size_t n = strlen(text) + 1;
    struct event_mail *m = mem_alloc(sizeof *m + n);
    memcpy(m->text, text, n);
    *m = (struct event_mail){.mail.deliver = take_event, .file = f};
    m->event = (struct record_event){at_ns, kind, m->text};
    mailbox_post(&f->box, &m->mail);
}

static void event(struct sink *s, const struct run_event *e)
{
    struct record_file *f = record_of(s);
    if (f->writing)
        post_event(f, e->at_ns, e->kind, e->text);
}

/* Names the seconds that were lost since the last one that was not. */
static void close_gap(struct record_file *f)
{
    char text[64];
    if (f->first_lost < 0)
        return;
    snprintf(text, sizeof text, "seconds %" PRId64 " to %" PRId64 " are not in the record",
             f->first_lost, f->last_lost);
    post_event(f, (uint64_t)f->first_lost * NS_PER_S, "gap", text);
    f->first_lost = -1;
}

static void lose(struct record_file *f, int64_t second)
{
    f->lost++;
    if (f->first_lost < 0)
        f->first_lost = second;
    f->last_lost = second;
}

static void second(struct sink *s, const struct second *row)
{
    struct record_file *f = record_of(s);
    if (!f->writing)
        return;
    if (f->waiting >= RECORD_WAITING) {
        lose(f, row->second);
        return;
    }
    close_gap(f);
    struct second_mail *m = mem_zero(sizeof *m);
    m->mail.deliver = take_second;
    m->file = f;
    m->second = row->second;
    m->started_wall_ns = f->info->started_wall_ns;
    results_merge(&m->delta, row->delta);
    f->waiting++;
    mailbox_post(&f->box, &m->mail);
}

static str copy(char **to, str text)
{
    if (text.n)
        memcpy(*to, text.p, text.n);
    *to += text.n;
    return (str){*to - text.n, text.n};
}

static void failed(struct sink *s, const struct shown_call *call)
{
    struct record_file *f = record_of(s);
    if (!f->writing)
        return;
    struct failure_mail *m = mem_alloc(sizeof *m + call->request.n + call->head.n + call->body.n);
    char *to = m->text;
    *m = (struct failure_mail){.mail.deliver = take_failure, .file = f, .call = *call};
    m->call.request = copy(&to, call->request);
    m->call.head = copy(&to, call->head);
    m->call.body = copy(&to, call->body);
    mailbox_post(&f->box, &m->mail);
}

static void shown(struct sink *s, const struct shown_call *call)
{
    if (call->record.fate != FATE_OK)
        failed(s, call);
}

static void doubt(struct sink *s, struct summary *summary)
{
    struct record_file *f = record_of(s);
    if (f->lost)
        verdict_reason(summary->verdict, RUN_DEGRADED,
                       "%s seconds of the record were lost: they came faster than they could be "
                       "written",
                       human_count(f->lost).text);
}

static void end_thread(struct record_file *f)
{
    if (!f->writing)
        return;
    close_gap(f);
    f->last_mail.deliver = take_end;
    mailbox_post(&f->box, &f->last_mail);
    pthread_join(f->thread, NULL);
    f->writing = false;
}

static bool finish(struct sink *s, const struct summary *summary, struct err *e)
{
    struct record_file *f = record_of(s);
    f->finished = summary;
    end_thread(f);
    bool written = record_writer_close(&f->writer, e);
    if (written && f->tell)
        log_note("record: %s (weir report %s)", f->path, f->path);
    return written;
}

static void close_record(struct sink *s)
{
    struct record_file *f = record_of(s);
    struct err ignored;
    end_thread(f);
    record_writer_close(&f->writer, &ignored);
    if (!f->info)
        record_db_remove(f->path);
    mailbox_close(&f->box);
    mem_free(f->stages);
    mem_free(f);
}

static const struct sink_table record_table = {
    .name = "record",
    .begin = begin,
    .second = second,
    .shown = shown,
    .failed = failed,
    .event = event,
    .changed = changed,
    .doubt = doubt,
    .finish = finish,
    .close = close_record,
};

struct sink *record_sink(const char *path, const struct record_about *about, struct err *e)
{
    struct record_file *f = mem_zero(sizeof *f);
    f->sink.table = &record_table;
    f->path = path;
    f->tell = about->tell;
    f->first_lost = -1;
    f->box.fd = -1;
    if (record_writer_open(&f->writer, path, about, e) && mailbox_open(&f->box, e))
        return &f->sink;
    struct err ignored;
    bool made = f->writer.db.handle;
    record_writer_close(&f->writer, &ignored);
    if (made)
        record_db_remove(path);
    mailbox_close(&f->box);
    mem_free(f);
    return NULL;
}
