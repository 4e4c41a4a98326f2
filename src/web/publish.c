/* What viewers are sent: the page, its pieces, and with both how the run stands. */
#include "report/json_parts.h"
#include "web/inside.h"

/* The members of an object, without its braces. */
static str members(const struct buf *object)
{
    str text = str_trim(buf_view(object));
    return str_trim((str){text.p + 1, text.n - 2});
}

/* An object is open in *out, perhaps with members: adds those of another one. */
static void add_members(struct buf *out, const struct buf *object)
{
    str more = members(object);
    if (more.n && out->p[out->n - 1] != '{')
        buf_str(out, STR(", "));
    buf_str(out, more);
}

/* "control": {...}, as an object. */
static void add_control(struct web *w, struct buf *out)
{
    struct buf object = {0};
    struct json_out j = {.out = &object};
    json_out_object(&j);
    json_out_key(&j, STR("control"));
    control_put(w, &j);
    json_out_end(&j);
    add_members(out, &object);
    buf_free(&object);
}

static void add_summary(struct web *w, struct buf *out)
{
    struct standing now;
    struct buf object = {0};
    control_stand(w->control, &w->so_far, &now);
    page_live_summary(w->page, &now.summary, &object);
    add_members(out, &object);
    buf_free(&object);
    standing_free(&now);
}

static void add_state(const struct web *w, struct buf *out)
{
    struct buf object = {0};
    struct json_out j = {.out = &object};
    json_out_object(&j);
    put_text(&j, STR("state"), control_page_state(w));
    json_out_end(&j);
    add_members(out, &object);
    buf_free(&object);
}

void publish_more(struct web *w)
{
    struct buf out = {0}, pieces = {0};
    buf_char(&out, '{');
    if (!w->over && stream_is_watched(&w->stream))
        add_summary(w, &out);
    page_live_more(w->page, &pieces);
    add_members(&out, &pieces);
    add_state(w, &out);
    add_control(w, &out);
    buf_char(&out, '}');
    stream_publish(&w->stream, "more", buf_view(&out));
    buf_free(&pieces);
    buf_free(&out);
}

typedef void page_writer(struct page_data *p, const char *state, const struct summary *s,
                         struct buf *out);

/* A page, with how the run is directed. */
static void add_page(struct web *w, struct buf *page, struct buf *out)
{
    buf_char(out, '{');
    add_members(out, page);
    add_control(w, out);
    buf_char(out, '}');
    buf_free(page);
}

/* As it stands. */
static void write_page(struct web *w, page_writer *write, struct buf *out)
{
    struct standing now;
    struct buf page = {0};
    control_stand(w->control, &w->so_far, &now);
    write(w->page, control_page_state(w), &now.summary, &page);
    add_page(w, &page, out);
    standing_free(&now);
}

void publish_write_page(struct web *w, struct buf *out)
{
    write_page(w, page_data_write, out);
}

void publish_write_live(struct web *w, struct buf *out)
{
    write_page(w, page_live_write, out);
}

bool publish_write_series(struct web *w, const struct series_question *q, struct buf *out)
{
    struct summary now = {.results = &w->so_far,
                          .length_s = control_length_s(w->control, &w->so_far)};
    return page_live_series(w->page, q->number, q->after_s, &now, out);
}

/* Courses of series come before the page that says that it is the end. */
static void publish_courses(struct web *w)
{
    size_t number = 0;
    do {
        struct buf out = {0};
        number = page_live_courses(w->page, number, &out);
        stream_publish(&w->stream, "courses", buf_view(&out));
        buf_free(&out);
    } while (number);
}

void publish_end(struct web *w, const struct summary *s)
{
    struct buf page = {0}, out = {0};
    publish_courses(w);
    page_live_end(w->page, s, &page);
    add_page(w, &page, &out);
    stream_publish(&w->stream, "page", buf_view(&out));
    stream_publish(&w->stream, "bye", STR("{}"));
    buf_free(&out);
}

void publish_page(struct web *w)
{
    struct buf out = {0}, dropped = {0};
    page_live_more(w->page, &dropped); /* it is in the page */
    publish_write_live(w, &out);
    stream_publish(&w->stream, "page", buf_view(&out));
    buf_free(&dropped);
    buf_free(&out);
}
