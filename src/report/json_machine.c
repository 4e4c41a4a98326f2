/* The machine as JSON, for the summary and for the page. */
#include <math.h>

#include "report/json_parts.h"

/* A text or a number that is not known, or a limit that there is not: null. */
static void put_known_text(struct json_out *j, str key, const char *text)
{
    if (text[0])
        put_text(j, key, text);
    else
        put_number(j, key, (double)NAN);
}

static void put_known(struct json_out *j, str key, double value)
{
    put_number(j, key, value > 0 ? value : (double)NAN);
}

void json_put_machine(struct json_out *j, const struct machine *m)
{
    if (!m->cpus) {
        put_number(j, STR("machine"), (double)NAN);
        return;
    }
    put_object(j, STR("machine"));
    put_known_text(j, STR("cpu"), m->cpu);
    put_count(j, STR("cpus"), m->cpus);
    put_known(j, STR("cpu_limit"), m->cpu_limit);
    put_known(j, STR("memory_bytes"), (double)m->memory_bytes);
    put_known(j, STR("memory_limit_bytes"), (double)m->memory_limit);
    put_known_text(j, STR("kernel"), m->kernel);
    json_out_end(j);
}
