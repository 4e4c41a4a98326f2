/* What Linux says: /proc, and cgroup v2 (kernel documentation, admin-guide/cgroup-v2.rst), where
 * each group up to the root may limit those below it. */
#include "base/machine.h"

#include <sched.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/utsname.h>

#include "base/file.h"
#include "base/units.h"

enum { KIB = 1024 };

static str read_at(const char *root, const char *path, str below, const char *file,
                   struct arena *arena)
{
    struct err ignored;
    str all = {NULL, 0};
    str name = arena_printf(arena, "%s%s" STR_FMT "%s", root, path, STR_ARG(below), file);
    return file_read(name.p, arena, &all, &ignored) ? all : STR("");
}

/* What stands behind that word and a colon in lines like "model name : AMD EPYC"; empty: nowhere.
 */
static str find_line(str text, str word)
{
    str line, name, value;
    while (str_next(&text, '\n', &line))
        if (str_cut(line, ':', &name, &value) && str_eq(str_trim(name), word))
            return str_trim(value);
    return STR("");
}

/* The least of two limits, of which 0 is none. */
static double stricter(double a, double b)
{
    return a > 0 && (b <= 0 || a < b) ? a : b;
}

/* "50000 100000": so many µs of processor time in each so many; "max" is none. */
static double cpu_limit_of(str text, struct arena *arena)
{
    double quota = 0, period = 0;
    if (sscanf(arena_z(arena, text), "%lf %lf", &quota, &period) != 2 || period <= 0)
        return 0;
    return quota / period;
}

static double memory_limit_of(str text, struct arena *arena)
{
    return strtod(arena_z(arena, text), NULL); /* of "max" 0 */
}

static str parent_of(str group)
{
    while (group.n && group.p[group.n - 1] != '/')
        group.n--;
    group.n -= group.n > 0;
    return group;
}

static void look_at_limits(struct machine *m, const char *root, struct arena *arena)
{
    str line, list = read_at(root, "/proc/self/cgroup", STR(""), "", arena), group = STR("");
    double memory = 0;
    while (str_next(&list, '\n', &line))
        if (str_starts(line, STR("0::/")))
            group = str_skip(line, 3);
    for (;;) {
        str cpu = read_at(root, "/sys/fs/cgroup", group, "/cpu.max", arena);
        str most = read_at(root, "/sys/fs/cgroup", group, "/memory.max", arena);
        m->cpu_limit = stricter(cpu_limit_of(cpu, arena), m->cpu_limit);
        memory = stricter(memory_limit_of(most, arena), memory);
        if (group.n == 0)
            break;
        group = parent_of(group);
    }
    m->memory_limit = (uint64_t)memory;
}

static void look_at_kernel(struct machine *m)
{
    struct utsname name;
    if (uname(&name) == 0)
        snprintf(m->kernel, sizeof m->kernel, "%.20s %.64s", name.sysname, name.release);
}

static void look_at_processors(struct machine *m, str cpuinfo)
{
    cpu_set_t set;
    str model = find_line(cpuinfo, STR("model name"));
    snprintf(m->cpu, sizeof m->cpu, "%.*s", (int)model.n, model.n ? model.p : "");
    m->cpus = sched_getaffinity(0, sizeof set, &set) == 0 ? (unsigned)CPU_COUNT(&set) : 0;
}

void machine_look(struct machine *m, const char *root)
{
    struct arena arena = {0};
    *m = (struct machine){.cpus = 0};
    look_at_kernel(m);
    look_at_processors(m, read_at(root, "/proc/cpuinfo", STR(""), "", &arena));
    str total = find_line(read_at(root, "/proc/meminfo", STR(""), "", &arena), STR("MemTotal"));
    m->memory_bytes = strtoull(arena_z(&arena, total), NULL, 10) * KIB;
    look_at_limits(m, root, &arena);
    arena_free(&arena);
}

/* ---- in words ---- */

static void add_part(struct buf *out, const char *text)
{
    buf_printf(out, "%s%s", out->n ? ", " : "", text);
}

void machine_words(const struct machine *m, struct buf *out)
{
    struct buf all = {0};
    if (m->cpu[0])
        add_part(&all, m->cpu);
    if (m->cpus) {
        add_part(&all, human_count(m->cpus).text);
        buf_str(&all, m->cpus == 1 ? STR(" processor") : STR(" processors"));
    }
    if (m->cpu_limit > 0)
        buf_printf(&all, " (limit %.3g)", m->cpu_limit);
    if (m->memory_bytes)
        add_part(&all, human_bytes((double)m->memory_bytes).text);
    if (m->memory_limit)
        buf_printf(&all, " (limit %s)", human_bytes((double)m->memory_limit).text);
    if (m->kernel[0])
        add_part(&all, m->kernel);
    buf_str(out, buf_view(&all));
    buf_free(&all);
}
