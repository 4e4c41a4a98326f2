/* Sentences of a verdict: reasons and notes. */
#include "engine/summary.h"

#include <assert.h>
#include <stdarg.h>
#include <stdio.h>

#include "engine/evidence.h"
#include "proto/http_redirect.h"

enum { SENTENCE = sizeof((struct verdict *)0)->reasons[0] };

const struct run_words *run_words(const struct run_info *info)
{
    static const struct run_words usual = {"user", "users", "calls", "ok"};
    return info->words ? info->words : &usual;
}

/* Into the next free place; when there is none, the last one tells so. */
static void add_sentence(char (*list)[SENTENCE], unsigned *n, const char *format, va_list args)
{
    if (*n < REASONS)
        vsnprintf(list[(*n)++], SENTENCE, format, args);
    else
        snprintf(list[REASONS - 1], SENTENCE, "there are more than can be listed here");
}

void verdict_reason(struct verdict *v, enum validity validity, const char *format, ...)
{
    va_list args;
    va_start(args, format);
    add_sentence(v->reasons, &v->n_reasons, format, args);
    va_end(args);
    if (validity > v->validity)
        v->validity = validity;
}

void verdict_note(struct verdict *v, const char *format, ...)
{
    va_list args;
    va_start(args, format);
    add_sentence(v->notes, &v->n_notes, format, args);
    va_end(args);
}

void verdict_audit(struct verdict *v, const char *name, bool passed, double value,
                   const char *format, ...)
{
    va_list args;
    assert(v->n_audits < AUDITS);
    struct audit_result *a = &v->audits[v->n_audits++];
    *a = (struct audit_result){.name = name, .passed = passed, .value = value};
    v->n_audits_failed += !passed;
    va_start(args, format);
    vsnprintf(a->text, sizeof a->text, format, args);
    va_end(args);
}

static const char *advice(unsigned status)
{
    if (http_is_redirect(status))
        return "--follow 5 goes where they lead";
    if (status == 401 || status == 403 || status == 407)
        return "are credentials needed (-u USER:PW)?";
    if (status == 404)
        return "is the path right?";
    if (status == 429)
        return "the target limits the rate";
    return status < 500 ? "is this the request that was meant?" : "the target itself failed";
}

/* The status that more than half of all replies had; 0: none. */
static unsigned usual_status(const struct tally *status)
{
    uint64_t replies = 0;
    for (size_t i = 0; i < status->used; i++)
        replies += status->rows[i].count;
    for (size_t i = 0; i < status->used; i++)
        if (status->rows[i].count > replies / 2)
            return status->rows[i].key.number;
    return 0;
}

void summary_notes(struct summary *s)
{
    evidence_note(s);
    if (s->info->plan->reads)
        return;
    if (!plan_is_open(s->info->plan))
        verdict_note(s->verdict, "waiting is not counted: in the closed model a slow target gets "
                                 "fewer calls; -r RATE asks at a rate of its own");
    unsigned usual = usual_status(&s->total->status);
    bool is_error = usual >= 400 && s->total->fates[FATE_FAILED_CHECK] > 0;
    if (is_error || http_is_redirect(usual))
        verdict_note(s->verdict, "most replies have status %u: %s", usual, advice(usual));
}
