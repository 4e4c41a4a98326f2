/* The page with a run in it. */
#include "report/html.h"

#include "base/list.h"
#include "base/mem.h"
#include "report/page_data.h"
#include "report/page_file.h"

struct html_file {
    struct sink sink;
    struct output output;
    struct page_data *data;
};

static struct html_file *html_of(struct sink *s)
{
    return CONTAINER_OF(s, struct html_file, sink);
}

static void begin(struct sink *s, const struct run_info *info)
{
    page_data_begin(html_of(s)->data, info);
}

static void second(struct sink *s, const struct second *row)
{
    page_data_second(html_of(s)->data, row);
}

static void event(struct sink *s, const struct run_event *e)
{
    page_data_event(html_of(s)->data, e);
}

static void failed(struct sink *s, const struct shown_call *call)
{
    page_data_failure(html_of(s)->data, call);
}

static void shown(struct sink *s, const struct shown_call *call)
{
    if (call->record.fate != FATE_OK)
        failed(s, call);
}

static bool finish(struct sink *s, const struct summary *summary, struct err *e)
{
    struct html_file *f = html_of(s);
    struct buf json = {0};
    struct err ignored;
    page_data_write(f->data, "ended", summary, &json);
    bool written = page_file_write(&f->output, buf_view(&json), e);
    buf_free(&json);
    return output_close(&f->output, written ? e : &ignored) && written;
}

static void close_file(struct sink *s)
{
    struct html_file *f = html_of(s);
    struct err ignored;
    output_close(&f->output, &ignored);
    page_data_free(f->data);
    mem_free(f);
}

static const struct sink_table html_table = {
    .name = "html",
    .begin = begin,
    .second = second,
    .shown = shown,
    .failed = failed,
    .event = event,
    .finish = finish,
    .close = close_file,
};

void html_setting(void *sink, str name, str value, str origin)
{
    page_data_setting(html_of(sink)->data, name, value, origin);
}

struct sink *html_sink(const char *path, struct err *e)
{
    if (!page_file_is_there(e))
        return NULL;
    struct html_file *f = mem_zero(sizeof *f);
    f->sink.table = &html_table;
    if (!output_open(&f->output, "report", path, e)) {
        mem_free(f);
        return NULL;
    }
    f->data = page_data_make(PAGE_ALONE);
    return &f->sink;
}
