/* weir check FILE.lua: reads a scenario file and says what is in it; starts nothing. */
#include "cli/cmd_check.h"

#include <inttypes.h>
#include <stdio.h>

#include "base/mem.h"
#include "cli/options_common.h"
#include "cli/options_script.h"
#include "cli/script_file.h"
#include "load/profile.h"
#include "stats/threshold.h"

static int run(const struct args *settings, struct err *e);

static const struct option *const tables[] = {options_script, options_settings, NULL};

const struct command cmd_check = {
    .name = "check",
    .summary = "read a scenario file, say what is in it, start nothing",
    .operands = "FILE.lua",
    .least = 1,
    .most = 1,
    .examples = {{"find mistakes before the run does", "weir check examples/first.lua"}},
    .tables = tables,
    .run = run,
};

static void say_user(const struct program_scenario *s, struct buf *out)
{
    if (!s->mix)
        return;
    buf_str(out, STR("  a mix of"));
    for (unsigned i = 0; i < s->n_mix; i++)
        buf_printf(out, "%s " STR_FMT " %" PRIu64, i ? "," : "", STR_ARG(s->mix[i].name),
                   s->mix[i].weight);
    buf_char(out, '\n');
}

static void say_load(const struct load *load, struct buf *out)
{
    profile_describe(&load->profile, "user", "users", out);
    if (load->law != ARRIVALS_UNIFORM)
        buf_str(out, load->law == ARRIVALS_POISSON ? STR(", poisson") : STR(", partly poisson"));
}

static void say_scenario(const struct program_scenario *s, struct buf *out)
{
    buf_printf(out, "scenario%s" STR_FMT "\n", s->name.n ? " " : "", STR_ARG(s->name));
    buf_str(out, STR("  load: "));
    if (s->has_load)
        say_load(&s->load, out);
    else
        buf_str(out, STR("none of its own (one user, once, unless -r, -c or --stages say more)"));
    buf_char(out, '\n');
    say_user(s, out);
}

static void say_program(const struct program *p, struct buf *out)
{
    for (unsigned i = 0; i < p->n_scenarios; i++)
        say_scenario(&p->scenarios[i], out);
    if (p->has_setup || p->has_teardown)
        buf_printf(out, "%s%s%s\n", p->has_setup ? "setup" : "",
                   p->has_setup && p->has_teardown ? ", " : "", p->has_teardown ? "teardown" : "");
    for (unsigned i = 0; i < p->n_thresholds; i++)
        buf_printf(out, "threshold " STR_FMT "\n", STR_ARG(p->thresholds[i]));
    buf_printf(out, "%u client%s, %zu call%s defined: " STR_FMT " is fine\n", p->n_clients,
               p->n_clients == 1 ? "" : "s", p->calls_by_key.used,
               p->calls_by_key.used == 1 ? "" : "s", STR_ARG(p->path));
}

static bool check_thresholds(struct program *p, struct err *e)
{
    struct threshold ignored;
    for (unsigned i = 0; i < p->n_thresholds; i++)
        if (!threshold_parse(p->thresholds[i], true, &p->arena, &ignored, e))
            return false;
    return true;
}

static int run(const struct args *settings, struct err *e)
{
    struct program *p = mem_zero(sizeof *p);
    struct buf out = {0};
    if (script_file_read(p, settings, NULL, 1, e) && check_thresholds(p, e)) {
        say_program(p, &out);
        fwrite(out.p, 1, out.n, stdout);
    }
    buf_free(&out);
    program_free(p);
    mem_free(p);
    return 0;
}
