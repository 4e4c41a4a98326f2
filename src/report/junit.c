/* JUnit XML, as Jenkins' plug-in defined it and GitLab, GitHub's actions and others read it: suites
 * of cases, each passed, failed (<failure>) or impossible to tell (<error>). A check fails when it
 * failed once; an invalid run is an error, for it says nothing about the target. */
#include "report/junit.h"

#include <inttypes.h>

#include "base/clock.h"
#include "base/decimal.h"
#include "base/list.h"
#include "base/mem.h"
#include "base/utf8.h"
#include "report/check_rows.h"
#include "report/output.h"
#include "report/threshold_words.h"

struct junit_file {
    struct sink sink;
    struct output output;
};

/* A suite that is being written: its cases, and how many failed. */
struct suite {
    struct buf cases;
    const char *class_name;
    double time_s; /* of each case: that of the run */
    unsigned n, failures, errors;
};

/* ---- XML ---- */

static void add_character(struct buf *out, str c)
{
    switch (c.n == 1 ? c.p[0] : 0) {
    case '<':
        buf_str(out, STR("&lt;"));
        break;
    case '>':
        buf_str(out, STR("&gt;"));
        break;
    case '&':
        buf_str(out, STR("&amp;"));
        break;
    case '"':
        buf_str(out, STR("&quot;"));
        break;
    case '\t':
    case '\n':
    case '\r':
        buf_printf(out, "&#%d;", c.p[0]);
        break;
    default:
        buf_str(out, c);
    }
}

/* XML 1.0, 2.2: most control characters cannot be written at all. */
static bool is_no_character(str c)
{
    return c.n == 0 ||
           (c.n == 1 && (unsigned char)c.p[0] < 0x20 && c.p[0] != '\t' && c.p[0] != '\n' &&
            c.p[0] != '\r') ||
           str_eq(c, STR("\xef\xbf\xbe")) || str_eq(c, STR("\xef\xbf\xbf"));
}

/* As an attribute's value or text. */
static void add_text(struct buf *out, str text)
{
    while (text.n) {
        str c = {text.p, utf8_char(text)};
        if (is_no_character(c))
            buf_str(out, STR("\xef\xbf\xbd"));
        else
            add_character(out, c);
        text = str_skip(text, c.n ? c.n : 1);
    }
}

static void add_attribute(struct buf *out, const char *name, str value)
{
    buf_printf(out, " %s=\"", name);
    add_text(out, value);
    buf_char(out, '"');
}

static void add_time(struct buf *out, double seconds)
{
    buf_str(out, STR(" time=\""));
    decimal_add(out, seconds);
    buf_char(out, '"');
}

/* ---- cases ---- */

/* `verdict`: "failure", "error"; NULL: passed. `text`: what was found, shown either way. */
static void add_case(struct suite *s, str name, const char *verdict, str text)
{
    struct buf *out = &s->cases;
    s->n++;
    s->failures += verdict && str_eq(str_from(verdict), STR("failure"));
    s->errors += verdict && str_eq(str_from(verdict), STR("error"));
    buf_str(out, STR("    <testcase"));
    add_attribute(out, "classname", str_from(s->class_name));
    add_attribute(out, "name", name);
    add_time(out, s->time_s);
    if (verdict) {
        buf_printf(out, "><%s", verdict);
        add_attribute(out, "message", text);
        buf_str(out, STR("/></testcase>\n"));
        return;
    }
    buf_str(out, STR("><system-out>"));
    add_text(out, text);
    buf_str(out, STR("</system-out></testcase>\n"));
}

static void add_threshold(struct suite *s, const struct threshold_result *t)
{
    struct buf text = {0};
    threshold_words(t, &text);
    add_case(s, t->expr, t->passed ? NULL : "failure", buf_view(&text));
    buf_free(&text);
}

static void add_thresholds(struct suite *s, const struct summary *summary)
{
    const struct verdict *v = summary->verdict;
    for (unsigned i = 0; i < v->n_thresholds; i++)
        add_threshold(s, &v->thresholds[i]);
    for (unsigned i = 0; i < v->n_audits; i++)
        add_case(s, str_from(v->audits[i].name), v->audits[i].passed ? NULL : "failure",
                 str_from(v->audits[i].text));
}

static void add_checks(struct suite *s, const struct summary *summary)
{
    struct check_rows rows = check_rows_of(summary->results);
    for (size_t i = 0; i < rows.n; i++) {
        const struct check_row *c = &rows.list[i];
        struct buf name = {0}, text = {0};
        buf_printf(&name, STR_FMT ": " STR_FMT, STR_ARG(c->series->name), STR_ARG(c->name));
        buf_printf(&text, "%" PRIu64 " passed, %" PRIu64 " failed", c->passed, c->failed);
        add_case(s, buf_view(&name), c->failed ? "failure" : NULL, buf_view(&text));
        buf_free(&name);
        buf_free(&text);
    }
    check_rows_free(&rows);
}

static void add_run(struct suite *s, const struct summary *summary)
{
    static const char *const words[] = {"valid", "degraded", "invalid"};
    const struct verdict *v = summary->verdict;
    struct buf text = {0};
    buf_str(&text, str_from(words[v->validity]));
    for (unsigned i = 0; i < v->n_reasons; i++)
        buf_printf(&text, "%s%s", i ? "; " : ": ", v->reasons[i]);
    add_case(s, STR("the figures are the target's own"),
             v->validity == RUN_INVALID ? "error" : NULL, buf_view(&text));
    buf_free(&text);
    const struct series_data *d = summary->total;
    bool none = d->started > 0 && d->fates[FATE_OK] == 0;
    struct buf count = {0};
    buf_printf(&count, "%" PRIu64 " of %" PRIu64 " calls", d->fates[FATE_OK], d->started);
    add_case(s, STR("calls succeeded"), none ? "failure" : NULL, buf_view(&count));
    buf_free(&count);
}

/* ---- the document ---- */

static const struct {
    const char *name, *class_name;
    void (*add)(struct suite *s, const struct summary *summary);
} suites[] = {
    {"thresholds", "weir.thresholds", add_thresholds},
    {"checks", "weir.checks", add_checks},
    {"run", "weir.run", add_run},
};

static void add_counts(struct buf *out, const struct suite *s)
{
    buf_printf(out, " tests=\"%u\" failures=\"%u\" errors=\"%u\" skipped=\"0\"", s->n, s->failures,
               s->errors);
}

static void add_suite(struct buf *out, const char *name, const struct suite *s, str started)
{
    if (s->n == 0)
        return;
    buf_str(out, STR("  <testsuite"));
    add_attribute(out, "name", str_from(name));
    add_counts(out, s);
    add_time(out, s->time_s);
    add_attribute(out, "timestamp", started);
    buf_str(out, STR(">\n"));
    buf_str(out, buf_view(&s->cases));
    buf_str(out, STR("  </testsuite>\n"));
}

static void add_all(const struct summary *s, struct buf *out)
{
    enum { SUITES = sizeof suites / sizeof *suites };
    char started[32];
    struct suite all = {0}, list[SUITES];
    struct buf content = {0};
    clock_rfc3339(s->info->started_wall_ns, started);
    for (unsigned i = 0; i < SUITES; i++) {
        list[i] = (struct suite){.class_name = suites[i].class_name, .time_s = s->length_s};
        suites[i].add(&list[i], s);
        all.n += list[i].n;
        all.failures += list[i].failures;
        all.errors += list[i].errors;
        add_suite(&content, suites[i].name, &list[i], (str){started, 19}); /* xs:dateTime, UTC */
        buf_free(&list[i].cases);
    }
    buf_str(out, STR("<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<testsuites"));
    add_attribute(out, "name", str_from(s->info->target));
    add_counts(out, &all);
    add_time(out, s->length_s);
    buf_str(out, STR(">\n"));
    buf_str(out, buf_view(&content));
    buf_str(out, STR("</testsuites>\n"));
    buf_free(&content);
}

/* ---- the sink ---- */

static bool finish(struct sink *s, const struct summary *summary, struct err *e)
{
    struct junit_file *f = CONTAINER_OF(s, struct junit_file, sink);
    struct buf all = {0};
    struct err ignored;
    add_all(summary, &all);
    bool written = output_write(&f->output, buf_view(&all), e);
    buf_free(&all);
    return output_close(&f->output, written ? e : &ignored) && written;
}

static void close_file(struct sink *s)
{
    struct junit_file *f = CONTAINER_OF(s, struct junit_file, sink);
    struct err ignored;
    output_close(&f->output, &ignored);
    mem_free(f);
}

static const struct sink_table junit_table = {
    .name = "junit", .finish = finish, .close = close_file};

struct sink *junit_sink(const char *path, struct err *e)
{
    struct junit_file *f = mem_zero(sizeof *f);
    f->sink.table = &junit_table;
    if (output_open(&f->output, "test results", path, e))
        return &f->sink;
    mem_free(f);
    return NULL;
}
