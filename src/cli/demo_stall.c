/* weir demo stall: 200 requests per second for 10 s, in which the target stands still for 2 s. What
 * a user of the target would have felt is known: of the 2 000 starts the 400 within the freeze wait
 * for its end. */
#include "cli/demo_stall.h"

#include <jansson.h>
#include <math.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "base/units.h"
#include "cli/demo_target.h"

static const char stall[] = "3s:2s"; /* begins 3 s after the first request, lasts 2 s */

static const unsigned percents[] = {50, 90, 95, 99};
enum { PERCENTS = sizeof percents / sizeof *percents };

/* At 200/s over 10 s with a freeze of 2 s; spec/measure.md, "Two checks of all this". */
static const double truth[PERCENTS] = {NAN, 1.0, 1.5, 1.9};

/* Another tool, as its own documentation says how to ask for this load. URL stands for the target.
 */
struct tool {
    const char *name;
    const char *argv[16];
    const char *what; /* how it was called, for people */
};

static const struct tool tools[] = {
    {"wrk", {"wrk", "-t1", "-c10", "-d10s", "--latency", "URL"}, "wrk -t1 -c10 -d10s --latency"},
    {"hey", {"hey", "-z", "10s", "-c", "10", "-q", "20", "URL"}, "hey -z 10s -c 10 -q 20"},
    {"oha", {"oha", "--no-tui", "-z", "10s", "-q", "200", "URL"}, "oha -z 10s -q 200"},
    {"k6", {"k6", "run", "--quiet", "SCRIPT"}, "k6, constant-arrival-rate 200/s, 50 users"},
};

static const char k6_script[] =
    "import http from 'k6/http';\n"
    "export const options = {\n"
    "  summaryTrendStats: ['p(50)', 'p(90)', 'p(95)', 'p(99)'],\n"
    "  scenarios: { a: { executor: 'constant-arrival-rate', rate: 200, timeUnit: '1s',\n"
    "                    duration: '10s', preAllocatedVUs: 50 } },\n"
    "};\n"
    "export default function () { http.get('%s/ping'); }\n";

/* ---- reading what a tool reports ---- */

/* The number with its unit at the start of `text`, in seconds. */
static double read_time(str text)
{
    size_t n = 0;
    uint64_t ns;
    struct err e;
    text = str_trim(text);
    while (n < text.n && memchr("0123456789.", text.p[n], 11))
        n++;
    str number = {text.p, n}, unit = str_trim(str_skip(text, n));
    if (str_starts(unit, STR("sec")))
        unit = STR("s");
    for (n = 0; n < unit.n && unit.p[n] != ' ' && unit.p[n] != '\n';)
        n++;
    char joined[64];
    snprintf(joined, sizeof joined, STR_FMT "%.*s", STR_ARG(number), (int)n, unit.p);
    return units_duration_strict(str_from(joined), &ns, &e) ? (double)ns / 1e9 : NAN;
}

static double behind(str line, const char *label)
{
    str before, after;
    if (!str_cut_at(line, str_from(label), &before, &after))
        return NAN;
    after = str_trim(after);
    return read_time(str_starts(after, STR("in ")) ? str_skip(after, 3) : after);
}

double demo_reported(str output, unsigned percent)
{
    static const char *const labels[] = {"%u%% ", "%u.00%% ", "p(%u)="};
    str rest = output, line;
    while (str_next(&rest, '\n', &line)) {
        bool other =
            str_contains(line, STR("http_req_")) && !str_contains(line, STR("http_req_duration"));
        for (unsigned i = 0; i < 3 && !other; i++) {
            char label[16];
            snprintf(label, sizeof label, labels[i], percent);
            double seconds = behind(line, label);
            if (!isnan(seconds))
                return seconds;
        }
    }
    return NAN;
}

/* ---- running ---- */

static void print_row(const char *name, const double *seconds, const char *note)
{
    printf("  %-14s", name);
    for (unsigned i = 0; i < PERCENTS; i++)
        printf("%10s", isnan(seconds[i]) ? "-" : human_time(seconds[i]).text);
    printf("   %s\n", note);
    fflush(stdout);
}

static bool read_summary(str json, double *seconds)
{
    json_t *root = json_loadb(json.p, json.n, 0, NULL);
    json_t *times = json_object_get(json_object_get(root, "total"), "response_time_s");
    for (unsigned i = 0; i < PERCENTS; i++) {
        char key[8];
        snprintf(key, sizeof key, "p%u", percents[i]);
        json_t *value = json_object_get(times, key);
        seconds[i] = json_is_number(value) ? json_number_value(value) : NAN;
    }
    json_decref(root);
    return times != NULL;
}

/* weir itself, as the user would call it. */
static bool run_weir(double *seconds, struct arena *arena, struct err *e)
{
    struct demo_target target;
    struct child weir;
    if (!demo_target_start(&target, stall, arena, e))
        return false;
    str url = arena_printf(arena, STR_FMT "/ping", STR_ARG(target.url));
    const char *argv[] = {"/proc/self/exe", "http", url.p, "-r", "200", "-d", "10s",
                          "--json",         "-",    NULL};
    bool good = child_start(&weir, argv, false, e);
    if (good) {
        str json = child_rest(&weir, arena);
        int code = child_wait(&weir);
        good = read_summary(json, seconds) ||
               err_set(e, ERR_RUN, "the run did not end as it should (exit code %d)", code);
    }
    demo_target_end(&target);
    return good;
}

/* A file with the script that k6 wants, in the arena's name; false: k6 is left out. */
static bool write_script(str url, char *path)
{
    int fd = mkstemps(path, 3);
    if (fd < 0)
        return false;
    bool good = dprintf(fd, k6_script, url.p) > 0;
    close(fd);
    return good;
}

static void run_tool(const struct tool *tool, struct arena *arena)
{
    struct demo_target target;
    struct child child;
    struct err e;
    double seconds[PERCENTS];
    const char *argv[16] = {NULL};
    char script[] = "/tmp/weir-demo-XXXXXX.js";
    if (!child_exists(tool->name) || !demo_target_start(&target, stall, arena, &e))
        return;
    str url = arena_printf(arena, STR_FMT "/ping", STR_ARG(target.url));
    bool scripted = false;
    for (unsigned i = 0; tool->argv[i]; i++) {
        str word = str_from(tool->argv[i]);
        argv[i] = str_eq(word, STR("URL")) ? url.p : word.p;
        if (str_eq(word, STR("SCRIPT"))) {
            scripted = write_script(arena_dup(arena, target.url), script);
            argv[i] = script;
        }
    }
    if (child_start(&child, argv, true, &e)) {
        str output = child_rest(&child, arena);
        child_wait(&child);
        for (unsigned i = 0; i < PERCENTS; i++)
            seconds[i] = demo_reported(output, percents[i]);
        print_row(tool->name, seconds, tool->what);
    }
    if (scripted)
        unlink(script);
    demo_target_end(&target);
}

static void print_head(void)
{
    printf("  %-14s", "");
    for (unsigned i = 0; i < PERCENTS; i++)
        printf("%9s%u", "p", percents[i]);
    printf("\n");
}

int demo_stall(struct arena *arena, struct err *e)
{
    double seconds[PERCENTS];
    bool others = false;
    printf("weir demo stall: 200 requests per second for 10 s; after 3 s the target stands still "
           "for 2 s.\n\n");
    fflush(stdout);
    if (!run_weir(seconds, arena, e))
        return 1;
    printf("\nWhat a user had to wait, and what is reported\n\n");
    print_head();
    print_row("the truth", truth, "400 of 2 000 requests fell into the freeze");
    print_row("weir", seconds, "weir http … -r 200 -d 10s");
    for (unsigned i = 0; i < sizeof tools / sizeof *tools; i++) {
        others = others || child_exists(tools[i].name);
        run_tool(&tools[i], arena);
    }
    if (!others)
        printf("\n  None of wrk, hey, oha, k6 is installed: install one, and it is measured here "
               "too.\n");
    return 0;
}
