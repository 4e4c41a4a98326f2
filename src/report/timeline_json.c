/* Points as columns: arrays of one length, which browsers read fast and deflate packs well. What
 * follows by adding up (calls in flight, users at work) is left to the reader. docs/page.md is the
 * format. */
#include <inttypes.h>

#include "report/page_shapes.h"
#include "report/timeline.h"

enum { POINT_COUNTS = 1 + FATES + 2 };

/* Of a point, in the order of `count_names`. */
static uint64_t count_of(const struct time_counts *c, unsigned i)
{
    if (i == 0)
        return c->started;
    if (i <= FATES)
        return c->fates[i - 1];
    return i == FATES + 1 ? c->bytes_sent : c->bytes_received;
}

static const char *name_of_count(unsigned i)
{
    if (i == 0)
        return "started";
    if (i <= FATES)
        return fate_name((enum fate)(i - 1));
    return i == FATES + 1 ? "bytes_sent" : "bytes_received";
}

/* Where points lie at equal distances: alone, or in frames. */
struct points {
    const struct time_point *first;
    size_t n, stride;
};

static const struct time_point *point_at(const struct points *p, size_t i)
{
    return (const struct time_point *)(const void *)((const char *)p->first + i * p->stride);
}

static void open_column(struct buf *out, const char *name)
{
    buf_printf(out, "\"%s\":[", name);
}

/* Instead of the comma behind the last value. */
static void close_array(struct buf *out)
{
    if (out->p[out->n - 1] == ',')
        out->n--;
    buf_char(out, ']');
}

static void close_column(struct buf *out, char after)
{
    close_array(out);
    buf_char(out, after);
}

/* `wanted`: a bit for each. */
static void put_figures(struct buf *out, const struct points *p, bool service, unsigned wanted)
{
    static const char *const names[TIMELINE_FIGURES] = {"p50", "p75",   "p90", "p95",
                                                        "p99", "p99_9", "max", "mean"};
    buf_printf(out, "\"%s\":{", service ? "service" : "response");
    for (unsigned f = 0; f < TIMELINE_FIGURES; f++) {
        if (!(wanted & 1U << f))
            continue;
        open_column(out, names[f]);
        for (size_t i = 0; i < p->n; i++) {
            const struct time_point *point = point_at(p, i);
            page_put_us(out, service ? point->service_us[f] : point->response_us[f]);
            buf_char(out, ',');
        }
        close_column(out, ',');
    }
    out->p[out->n - 1] = '}';
}

/* The members that all columns have; `brief`: fewer figures, as there are many series. */
static void put_points(struct buf *out, const struct points *p, bool brief)
{
    enum {
        ALL = (1 << TIMELINE_FIGURES) - 1,
        BRIEF_RESPONSE = ALL & ~(1 << 1) & ~(1 << 7), /* without p75 and mean */
        BRIEF_SERVICE = 1 << 0 | 1 << 4 | 1 << 6,     /* p50, p99, max */
    };
    open_column(out, "t");
    for (size_t i = 0; i < p->n; i++)
        buf_printf(out, "%" PRId64 ",", point_at(p, i)->start_s);
    close_column(out, ',');
    open_column(out, "n");
    for (size_t i = 0; i < p->n; i++)
        buf_printf(out, "%" PRIu64 ",", point_at(p, i)->length_s);
    close_column(out, ',');
    for (unsigned c = 0; c < POINT_COUNTS; c++) {
        open_column(out, name_of_count(c));
        for (size_t i = 0; i < p->n; i++)
            buf_printf(out, "%" PRIu64 ",", count_of(&point_at(p, i)->counts, c));
        close_column(out, ',');
    }
    put_figures(out, p, false, brief ? BRIEF_RESPONSE : ALL);
    buf_char(out, ',');
    put_figures(out, p, true, brief ? BRIEF_SERVICE : ALL);
}

/* ---- of all calls ---- */

static const struct {
    const char *name;
    size_t offset;
} numbers[] = {
    {"asked", offsetof(struct time_frame, asked)},
    {"users_asked", offsetof(struct time_frame, users)},
    {"late_p99", offsetof(struct time_frame, late_p99)},
    {"late_max", offsetof(struct time_frame, late_max)},
    {"wait_p99", offsetof(struct time_frame, wait_p99)},
    {"turn_max", offsetof(struct time_frame, turn_max)},
};

static const struct {
    const char *name;
    size_t offset;
} iterations[] = {
    {"started", offsetof(struct iteration_book, started)},
    {"completed", offsetof(struct iteration_book, completed)},
    {"script_error", offsetof(struct iteration_book, script_error)},
    {"interrupted", offsetof(struct iteration_book, interrupted)},
    {"skipped", offsetof(struct iteration_book, skipped)},
};

enum {
    NUMBERS = sizeof numbers / sizeof *numbers,
    ITERATIONS = sizeof iterations / sizeof *iterations,
};

static void put_numbers(struct buf *out, const struct time_frame *list, size_t n)
{
    for (unsigned c = 0; c < NUMBERS; c++) {
        open_column(out, numbers[c].name);
        for (size_t i = 0; i < n; i++) {
            page_put_us(out, *(const double *)((const char *)&list[i] + numbers[c].offset));
            buf_char(out, ',');
        }
        close_column(out, ',');
    }
}

static void put_iterations(struct buf *out, const struct time_frame *list, size_t n)
{
    buf_str(out, STR("\"iterations\":{"));
    for (unsigned c = 0; c < ITERATIONS; c++) {
        open_column(out, iterations[c].name);
        for (size_t i = 0; i < n; i++) {
            const char *book = (const char *)&list[i].iterations;
            buf_printf(out, "%" PRIu64 ",", *(const uint64_t *)(book + iterations[c].offset));
        }
        close_column(out, c + 1 < ITERATIONS ? ',' : '}');
    }
}

static void put_frames(struct buf *out, const struct time_frame *list, size_t n)
{
    const struct points p = {n ? &list->calls : NULL, n, sizeof *list};
    buf_str(out, STR("\"time\":{"));
    put_points(out, &p, false);
    buf_char(out, ',');
    put_numbers(out, list, n);
    put_iterations(out, list, n);
    buf_char(out, ',');
    open_column(out, "heat");
    for (size_t i = 0; i < n; i++) {
        buf_str(out, buf_view(&list[i].heat));
        buf_char(out, ',');
    }
    close_column(out, ',');
    open_column(out, "causes");
    for (size_t i = 0; i < n; i++) {
        buf_str(out, buf_view(&list[i].causes));
        buf_char(out, ',');
    }
    close_column(out, '}');
}

/* Its points that end behind that second; there may be none. */
static void put_one(struct buf *out, const struct time_set *set, size_t number, int64_t after_s)
{
    struct time_points all = number < set->n_series ? set->series[number] : (struct time_points){0};
    size_t first = 0;
    while (first < all.n && all.list[first].start_s + (int64_t)all.list[first].length_s <= after_s)
        first++;
    const struct points p = {all.n ? all.list + first : NULL, all.n - first, sizeof *all.list};
    buf_printf(out, "{\"series\":%zu,", number);
    put_points(out, &p, true);
    buf_char(out, '}');
}

/* From that number on, until there are `most` points or more; the number of the next one. */
static size_t put_series(struct buf *out, const struct time_set *set, size_t number, size_t most)
{
    size_t points = 0;
    open_column(out, "of_series");
    for (; number < set->n_series && points < most; number++) {
        if (set->series[number].n == 0)
            continue;
        put_one(out, set, number, -1);
        buf_char(out, ',');
        points += set->series[number].n;
    }
    close_array(out);
    return number;
}

/* ---- which level ---- */

enum { MESSAGE_POINTS = 1500 }; /* of series, in one message: some 200 kB */

#define ALL SIZE_MAX /* series */

static void merge_open(struct time_acc *into, const struct time_acc *from, size_t number)
{
    if (number == ALL)
        time_acc_merge(into, from);
    else
        time_acc_merge_cell(into, from, number);
}

static bool has_started(const struct time_acc *a, size_t number)
{
    if (number == ALL)
        return a->total.counts.started > 0;
    return number < a->n_cells && a->cells[number] && a->cells[number]->counts.started > 0;
}

/* What no point of this level holds yet, as one; false: there is nothing. Of starts that came late
 * nobody knows more than that they came by now. `number`: of ALL, or of one series only its cell.
 */
static bool open_point(const struct timeline *t, unsigned level, size_t number,
                       struct time_acc *out)
{
    for (unsigned i = level + 1; i-- > 0;) {
        const struct time_acc *a = &t->levels[i].acc;
        merge_open(out, a, number);
        if (!a->open || out->open)
            continue;
        out->open = true;
        out->start_s = a->start_s;
    }
    bool late = !out->open && has_started(out, number);
    if (late)
        out->start_s = t->last + 1;
    out->end_s = t->last + 1 > out->start_s ? t->last + 1 : out->start_s + 1;
    return out->open || late;
}

static unsigned finest(const struct timeline *t, bool series)
{
    unsigned i = 0;
    while (series ? t->levels[i].series_over : t->levels[i].frames_over)
        i++;
    return i;
}

void timeline_time_json(struct timeline *t, struct buf *out)
{
    unsigned level = finest(t, false);
    struct time_set *set = &t->levels[level].set;
    struct time_acc rest = {0};
    bool any = open_point(t, level, ALL, &rest);
    if (any)
        time_set_push_frame(set, t, &rest);
    put_frames(out, set->frames, set->n_frames);
    if (any)
        time_set_pop_frame(set);
    time_acc_free(&rest);
}

/* Series as they are shown, with what is being counted; until hide_series. */
struct shown_series {
    struct time_set *set;
    struct time_acc rest;
    bool any;
};

static struct shown_series show_series(struct timeline *t, size_t number)
{
    unsigned level = finest(t, true);
    struct shown_series s = {.set = &t->levels[level].set};
    s.any = open_point(t, level, number, &s.rest);
    if (s.any)
        time_set_push_points(s.set, &s.rest);
    return s;
}

static void hide_series(struct shown_series *s)
{
    if (s->any)
        time_set_pop_points(s->set, &s->rest);
    time_acc_free(&s->rest);
}

void timeline_json(struct timeline *t, struct buf *out)
{
    struct shown_series s = show_series(t, ALL);
    timeline_time_json(t, out);
    buf_str(out, STR(",\n"));
    put_series(out, s.set, 0, SIZE_MAX);
    hide_series(&s);
}

void timeline_one_json(struct timeline *t, size_t number, int64_t after_s, struct buf *out)
{
    struct shown_series s = show_series(t, number);
    put_one(out, s.set, number, after_s);
    hide_series(&s);
}

size_t timeline_some_json(struct timeline *t, size_t number, struct buf *out)
{
    struct shown_series s = show_series(t, ALL);
    size_t next = put_series(out, s.set, number, MESSAGE_POINTS);
    bool more = next < s.set->n_series;
    hide_series(&s);
    return more ? next : 0;
}

void timeline_fresh_json(struct timeline *t, struct buf *out)
{
    if (t->fresh.n_frames == 0)
        return;
    put_frames(out, t->fresh.frames, t->fresh.n_frames);
    time_set_free(&t->fresh);
}
