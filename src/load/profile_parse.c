/* The text of --stages: stages between commas, each of a few words. Every error shows a right one.
 */
#include "load/profile.h"

#include <string.h>

#include "base/units.h"

/* What one stage turned out to be; a pause fits both models. */
enum stage_model { STAGE_ANY, STAGE_OPEN, STAGE_CLOSED };

/* Bytes. No stage needs as many; with more, what is wrong would find no room behind the quote. */
enum { longest_stage = 80 };

static const char how[] = "write it like 1k for 2m, 0..1k over 30s, pause 10s, 100 at once "
                          "or 50 users for 5m";

static bool is_zero(str text)
{
    double v;
    return str_double(text, &v) && v == 0;
}

/* units_rate, and zero, which only a ramp or a pause may have. `per` is "" or like "/m". */
static bool rate_level(str amount, str per, struct arena *arena, double *out, struct err *e)
{
    bool zero = is_zero(amount);
    str text =
        arena_printf(arena, STR_FMT STR_FMT, STR_ARG(zero ? STR("1") : amount), STR_ARG(per));
    if (!units_rate(text, out, e))
        return false;
    if (zero)
        *out = 0;
    return true;
}

static bool rates(str from, str to, struct arena *arena, struct stage *s, struct err *e)
{
    str from_amount, to_amount, rest;
    str_cut(from, '/', &from_amount, &rest);
    str_cut(to, '/', &to_amount, &rest);
    str from_per = str_skip(from, from_amount.n), to_per = str_skip(to, to_amount.n);
    return rate_level(from_amount, from_per.n ? from_per : to_per, arena, &s->from, e) &&
           rate_level(to_amount, to_per.n ? to_per : from_per, arena, &s->to, e);
}

static bool users(str from, str to, struct stage *s, struct err *e)
{
    uint64_t first, last;
    if (!units_count(from, &first, e) || !units_count(to, &last, e))
        return false;
    s->from = (double)first;
    s->to = (double)last;
    return true;
}

static bool cut_word_users(str *s)
{
    if (!str_ends(*s, STR("users")) && !str_ends(*s, STR("user")))
        return false;
    s->n -= str_ends(*s, STR("users")) ? 5 : 4;
    *s = str_trim(*s);
    return true;
}

static bool levels(str text, struct arena *arena, struct stage *s, enum stage_model *model,
                   struct err *e)
{
    str from, to;
    *model = cut_word_users(&text) ? STAGE_CLOSED : STAGE_OPEN;
    if (!str_cut_at(text, STR(".."), &from, &to))
        to = from;
    from = str_trim(from);
    to = str_trim(to);
    return *model == STAGE_CLOSED ? users(from, to, s, e) : rates(from, to, arena, s, e);
}

static bool duration(str text, struct stage *s, struct err *e)
{
    if (!units_duration(text, &s->duration_ns, e))
        return false;
    if (s->duration_ns == 0)
        return err_set(e, ERR_USAGE, "a stage must last some time; %s", how);
    return true;
}

static bool at_once(str text, struct stage *s, struct err *e)
{
    if (cut_word_users(&text))
        return err_set(e, ERR_USAGE, "users cannot come at once; write " STR_FMT " users for 5m",
                       STR_ARG(text));
    if (!units_count(text, &s->at_once, e))
        return false;
    if (s->at_once == 0)
        return err_set(e, ERR_USAGE, "it starts nothing; %s", how);
    return true;
}

/* Cuts the first word off `s`, which begins with one. */
static str first_word(str s, str *rest)
{
    size_t n = 0;
    while (n < s.n && !memchr(" \t\r\n", s.p[n], 4))
        n++;
    *rest = str_trim(str_skip(s, n));
    return (str){s.p, n};
}

/* Cuts "LEVEL for TIME" at its word. */
static bool cut_at_for(str text, str *level, str *time)
{
    str rest = text, word;
    while (rest.n) {
        word = first_word(rest, &rest);
        if (str_eq(word, STR("for")) || str_eq(word, STR("over"))) {
            *level = str_trim((str){text.p, (size_t)(word.p - text.p)});
            *time = rest;
            return true;
        }
    }
    return false;
}

/* Cuts "COUNT at once" at its words. */
static bool cut_at_once(str text, str *count)
{
    if (!str_ends(text, STR("once")))
        return false;
    text = str_trim((str){text.p, text.n - 4});
    if (!str_ends(text, STR("at")))
        return false;
    *count = str_trim((str){text.p, text.n - 2});
    return true;
}

static bool stage_parse(str text, struct arena *arena, struct stage *s, enum stage_model *model,
                        struct err *e)
{
    str level, time, count;
    *model = STAGE_OPEN;
    if (text.n > longest_stage)
        return err_set(e, ERR_USAGE, "too long; %s", how);
    if (cut_at_once(text, &count))
        return at_once(count, s, e);
    bool has_for = cut_at_for(text, &level, &time);
    if (!has_for)
        level = first_word(text, &time);
    if (str_eq(level, STR("pause"))) {
        *model = STAGE_ANY;
        return duration(time, s, e);
    }
    if (!has_for)
        return err_set(e, ERR_USAGE, "%s; %s", text.n ? "not understood" : "nothing is here", how);
    return levels(level, arena, s, model, e) && duration(time, s, e);
}

/* The model of the plan so far, and of one stage more. */
static bool same_model(enum stage_model *plan, enum stage_model stage, struct err *e)
{
    if (*plan == STAGE_ANY)
        *plan = stage;
    if (stage == STAGE_ANY || stage == *plan)
        return true;
    if (stage == STAGE_OPEN)
        return err_set(e, ERR_USAGE,
                       "the stages before are in users, this one is not; write all "
                       "like 50 users for 5m");
    return err_set(e, ERR_USAGE,
                   "the stages before are in starts per second, this one is in users; "
                   "write all like 1k for 2m, or all like 50 users for 5m");
}

static size_t count_pieces(str text)
{
    size_t n = 0;
    str piece;
    while (str_next(&text, ',', &piece))
        n++;
    return n;
}

static bool wrap_stage(struct err *e, unsigned number, str stage)
{
    if (stage.n <= longest_stage)
        return err_wrap(e, "stage %u '" STR_FMT "'", number, STR_ARG(stage));
    return err_wrap(e, "stage %u '%.*s…'", number, longest_stage, stage.p);
}

bool profile_parse(str text, struct arena *arena, struct profile *out, struct err *e)
{
    enum stage_model plan = STAGE_ANY, stage;
    str rest = text.p ? text : STR(""), piece;
    struct stage *s = arena_alloc(arena, count_pieces(rest) * sizeof *s);
    *out = (struct profile){.stages = s};
    while (str_next(&rest, ',', &piece)) {
        piece = str_trim(piece);
        if (!stage_parse(piece, arena, &s[out->n++], &stage, e) || !same_model(&plan, stage, e))
            return wrap_stage(e, out->n, piece);
    }
    out->model = plan == STAGE_CLOSED ? LOAD_CLOSED : LOAD_OPEN;
    return profile_check(out, e);
}
