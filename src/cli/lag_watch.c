/* Looks, one each second, and a line of progress for each (on a terminal; else each ten seconds).
 */
#include "cli/lag_watch.h"

#include <math.h>
#include <poll.h>
#include <signal.h>

#include "base/clock.h"
#include "base/log.h"
#include "base/mem.h"
#include "base/units.h"

enum { SECONDS_A_LINE = 10 }; /* where lines cannot be rewritten */

/* ---- Ctrl-C ---- */

static volatile sig_atomic_t interrupted;

static void note_signal(int number)
{
    (void)number;
    interrupted = 1;
}

static void watch_signals(void)
{
    const struct sigaction action = {.sa_handler = note_signal, .sa_flags = (int)SA_RESETHAND};
    sigaction(SIGINT, &action, NULL);
    sigaction(SIGTERM, &action, NULL);
}

static void wait_until(uint64_t end_ns)
{
    for (uint64_t now = clock_now_ns(); now < end_ns && !interrupted; now = clock_now_ns())
        poll(NULL, 0, (int)((end_ns - now) / NS_PER_MS) + 1);
}

/* ---- progress ---- */

static void show_progress(struct page *p, const struct lag_moment *m, uint64_t duration_ns)
{
    struct err ignored;
    if (p->paper.terminal)
        page_text(p, PLAIN, STR("\r\x1b[K"));
    page_printf(p, BOLD, "%.0fs", m->at_s);
    page_printf(p, DIM, " of %s", human_duration(duration_ns).text);
    if (isnan(m->behind))
        page_text(p, PLAIN, STR("  nothing was committed"));
    else
        page_printf(p, PLAIN, "  behind %s", human_count((uint64_t)m->behind).text);
    if (m->waits_s > 0)
        page_printf(p, PLAIN, "  the oldest waits for %s", human_time(m->waits_s).text);
    if (!p->paper.terminal)
        page_text(p, PLAIN, STR("\n"));
    page_write(p, &ignored);
    log_over_line(p->paper.terminal);
}

static void progress(struct lag_watch *w, struct page *p, uint64_t duration_ns)
{
    const struct lag_moment *m = &w->moments[w->n - 1];
    if (p->paper.terminal || w->n % SECONDS_A_LINE == 0)
        show_progress(p, m, duration_ns);
}

static void wipe(struct page *p)
{
    struct err ignored;
    if (p->paper.terminal)
        page_text(p, PLAIN, STR("\r\x1b[K"));
    page_write(p, &ignored);
    log_over_line(false);
}

/* ---- looks ---- */

static void note_moment(struct lag_watch *w)
{
    struct arena arena = {0};
    struct lag_report r = {.group = NULL};
    lag_compare(&w->first, &w->last, &arena, &r);
    w->moments = mem_room(w->moments, w->n, &w->capacity, sizeof *w->moments);
    w->moments[w->n++] = (struct lag_moment){r.seconds, r.total.behind, r.total.waits_s};
    arena_free(&arena);
}

static bool look(struct lag_watch *w, struct kafka_lag *l, struct err *e)
{
    struct arena arena = {0};
    struct kafka_lag_look next;
    if (!kafka_lag_look(l, &arena, &next, e)) {
        arena_free(&arena);
        return false;
    }
    arena_free(&w->last_arena);
    w->last_arena = arena;
    w->last = next;
    note_moment(w);
    return true;
}

/* The first one is the last one, too. */
static bool look_first(struct lag_watch *w, struct kafka_lag *l, struct err *e)
{
    if (!kafka_lag_look(l, &w->first_arena, &w->first, e))
        return false;
    w->last = w->first;
    note_moment(w);
    return true;
}

bool lag_watch(struct lag_watch *w, struct kafka_lag *l, uint64_t duration_ns, struct err *e)
{
    struct page page = {.paper = paper_of(stderr, false)};
    struct err failure;
    bool failing = false;
    watch_signals();
    if (!look_first(w, l, e))
        return false;
    uint64_t begun = w->first.at_ns;
    for (uint64_t at = 0; at < duration_ns && !interrupted;) {
        progress(w, &page, duration_ns);
        at = at + NS_PER_S < duration_ns ? at + NS_PER_S : duration_ns;
        wait_until(begun + at);
        bool good = interrupted || look(w, l, &failure);
        if (!good && !failing)
            log_warn("%s", failure.text);
        failing = !good;
    }
    wipe(&page);
    buf_free(&page.text);
    w->interrupted = interrupted;
    return true;
}

void lag_watch_free(struct lag_watch *w)
{
    arena_free(&w->first_arena);
    arena_free(&w->last_arena);
    mem_free(w->moments);
}
