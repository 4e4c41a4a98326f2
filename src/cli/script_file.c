/* Reading a scenario file once, with the settings that were given. */
#include "cli/script_file.h"

#include "base/units.h"

static void take_settings(struct program *p, const struct args *a)
{
    p->n_settings = args_times(a, "set");
    p->settings = arena_alloc(&p->arena, (p->n_settings + 1) * sizeof *p->settings);
    for (size_t i = 0; i < p->n_settings; i++) {
        struct program_setting *s = &p->settings[i];
        str name, value;
        str_cut(args_item(a, "set", i), '=', &name, &value);
        s->name = arena_dup(&p->arena, name);
        s->value = arena_dup(&p->arena, value);
    }
}

/* Nothing is ignored. */
static bool all_were_read(const struct program *p, struct err *e)
{
    for (size_t i = 0; i < p->n_settings; i++)
        if (!p->settings[i].read)
            return err_set(e, ERR_USAGE, "-e " STR_FMT ": nothing in " STR_FMT " reads it%s",
                           STR_ARG(p->settings[i].name), STR_ARG(p->path),
                           " (weir.env(\"…\") at the top level does)");
    return true;
}

static bool read_text(struct program *p, const char *path, const char *text, struct err *e)
{
    if (!text)
        return program_read(p, path, e);
    p->path = str_from(path);
    p->text = str_from(text);
    return true;
}

bool script_file_read(struct program *p, const struct args *a, const char *text, uint64_t seed,
                      struct err *e)
{
    uint64_t memory = 0;
    program_init(p);
    p->seed = seed;
    units_size(args_text(a, "script-memory"), &memory, e);
    p->memory_limit = memory;
    take_settings(p, a);
    return read_text(p, arena_z(&p->arena, a->operands[0]), text, e) && lua_program_read(p, e) &&
           all_were_read(p, e);
}
