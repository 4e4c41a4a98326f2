/* Counting what came, and saying it in one line. */
#include "proto/kafka_sight.h"

#include "base/units.h"

enum { NAMES_MOST = 8, LOOK_AT = 1000, ID_MOST = 60 };

static bool is_listed(const struct kafka_sight *s, str name)
{
    str rest = buf_view(&s->names), one;
    while (str_next(&rest, ',', &one))
        if (str_eq(str_trim(one), name))
            return true;
    return false;
}

static void note_names(struct kafka_sight *s, const struct kafka_message *m)
{
    str name, value;
    for (size_t i = 0; kafka_message_header_at(m, i, &name, &value); i++)
        if (s->n_names < NAMES_MOST && !is_listed(s, name)) {
            buf_printf(&s->names, "%s" STR_FMT, s->n_names ? ", " : "", STR_ARG(name));
            s->n_names++;
        }
}

void kafka_sight_note(struct kafka_sight *s, const struct kafka_message *m,
                      enum kafka_correlate_found found, str id)
{
    s->absent += found == KAFKA_CORRELATE_ABSENT;
    s->undecodable += found == KAFKA_CORRELATE_UNDECODABLE;
    if (s->seen++ >= LOOK_AT)
        return;
    note_names(s, m);
    if (found == KAFKA_CORRELATE_FOUND && s->id.n == 0)
        buf_str(&s->id, id.n > ID_MOST ? (str){id.p, ID_MOST} : id);
}

void kafka_sight_describe(const struct kafka_sight *s, const char *topic, str correlate,
                          const char *unfit, struct buf *out)
{
    buf_printf(out, "%s %s came to %s", human_count(s->seen).text,
               s->seen == 1 ? "record" : "records", topic);
    if (s->n_names)
        buf_printf(out, ", with the %s " STR_FMT, s->n_names == 1 ? "header" : "headers",
                   STR_ARG(buf_view(&s->names)));
    else
        buf_str(out, STR(", without headers"));
    buf_printf(out, "; looked for the id in " STR_FMT, STR_ARG(correlate));
    if (s->id.n)
        buf_printf(out, ", found '" STR_FMT "' first, %s", STR_ARG(buf_view(&s->id)), unfit);
    else if (s->undecodable > s->absent)
        buf_str(out, STR(", which cannot be read there: the values have another form"));
    else
        buf_str(out, STR(", which none of them has"));
}

void kafka_sight_free(struct kafka_sight *s)
{
    buf_free(&s->names);
    buf_free(&s->id);
}
