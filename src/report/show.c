/* Calls in full: '>' before what was sent, '<' before what came back. */
#include "report/show.h"

#include "base/clock.h"
#include "base/list.h"
#include "base/mem.h"
#include "base/units.h"
#include "proto/http_mask.h"

enum { BODY_SHOWN = 4096 };

struct show {
    struct sink sink;
    struct page page;
    unsigned shown;
    struct err failure; /* the first one; nothing is shown any more */
};

/* Tabs are part of text; all else that a terminal would act on is not. */
static void add_text(struct buf *out, str text)
{
    str piece;
    for (bool first = true; str_next(&text, '\t', &piece); first = false) {
        if (!first)
            buf_str(out, STR("    "));
        page_clean(out, piece);
    }
}

static void add_line(struct page *p, const char *mark, enum ink ink, str line)
{
    struct buf text = {0};
    if (str_ends(line, STR("\r")))
        line.n--;
    add_text(&text, line);
    page_printf(p, DIM, "%s", mark);
    page_text(p, ink, buf_view(&text));
    page_text(p, PLAIN, STR("\n"));
    buf_free(&text);
}

static void add_lines(struct page *p, const char *mark, enum ink ink, str text)
{
    str line;
    if (text.n == 0)
        return;
    if (str_ends(text, STR("\n")))
        text.n--;
    while (str_next(&text, '\n', &line))
        add_line(p, mark, ink, line);
}

/* As much of a body as is shown, and how much is not. */
static void add_body(struct page *p, const char *mark, str body, uint64_t bytes)
{
    str part = {body.p, body.n < BODY_SHOWN ? body.n : BODY_SHOWN};
    add_lines(p, mark, PLAIN, part);
    if (bytes > part.n)
        page_printf(p, YELLOW, "%s… %s bytes more\n", mark, human_count(bytes - part.n).text);
}

static void add_name(struct page *p, const char *what, unsigned number, const struct series *s)
{
    struct buf name = {0};
    page_clean(&name, s->name);
    page_printf(p, BOLD, "%s %u: " STR_FMT, what, number, STR_ARG(buf_view(&name)));
    buf_free(&name);
}

static void add_caption(struct page *p, const struct call_record *r, unsigned number)
{
    if (r->series->kind == SERIES_RECORDS) {
        add_name(p, "record", number, r->series);
        page_text(p, PLAIN, STR("\n"));
        return;
    }
    add_name(p, "call", number, r->series);
    page_printf(p, r->fate == FATE_OK ? GREEN : RED, " · %s",
                r->cause ? r->cause : fate_name(r->fate));
    if (r->status && r->fate == FATE_OK)
        page_printf(p, GREEN, " (%u)", r->status);
    page_printf(p, PLAIN, " · response %s", human_time((double)r->response_ns / 1e9).text);
    if (r->service_ns)
        page_printf(p, PLAIN, ", service %s", human_time((double)r->service_ns / 1e9).text);
    page_printf(p, PLAIN, ", due at %s\n", human_time((double)r->due_ns / 1e9).text);
}

static void add_request(struct page *p, const struct shown_call *call, struct arena *arena)
{
    str head = call->request, body;
    size_t head_n = call->request.n;
    if (str_cut_at(call->request, STR("\r\n\r\n"), &head, &body))
        head_n = head.n + 4;
    add_lines(p, "> ", PLAIN, http_mask_secrets((str){call->request.p, head_n}, arena));
    add_body(p, "> ", str_skip(call->request, head_n), call->request_bytes - head_n);
}

void show_call(struct page *p, const struct shown_call *call, unsigned number)
{
    struct arena arena = {0};
    add_caption(p, &call->record, number);
    add_request(p, call, &arena);
    add_lines(p, "< ", PLAIN, http_mask_secrets(call->head, &arena));
    add_body(p, "< ", call->body, call->body_bytes);
    page_text(p, PLAIN, STR("\n"));
    arena_free(&arena);
}

static void shown(struct sink *s, const struct shown_call *call)
{
    struct show *w = CONTAINER_OF(s, struct show, sink);
    if (w->failure.kind)
        return;
    show_call(&w->page, call, ++w->shown);
    page_write(&w->page, &w->failure);
}

static bool finish(struct sink *s, const struct summary *summary, struct err *e)
{
    struct show *w = CONTAINER_OF(s, struct show, sink);
    (void)summary;
    *e = w->failure;
    return !w->failure.kind;
}

static void close_show(struct sink *s)
{
    struct show *w = CONTAINER_OF(s, struct show, sink);
    buf_free(&w->page.text);
    mem_free(w);
}

static const struct sink_table show_table = {
    .name = "show",
    .shown = shown,
    .finish = finish,
    .close = close_show,
};

struct sink *show_sink(struct paper paper)
{
    struct show *w = mem_zero(sizeof *w);
    w->sink.table = &show_table;
    w->page.paper = paper;
    return &w->sink;
}
