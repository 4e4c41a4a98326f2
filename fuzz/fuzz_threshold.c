/* Reading thresholds: any text is either taken, then it can be judged and is taken again in the
 * words in which it was kept, or refused with a sentence of the user's. */
#include <math.h>
#include <stdlib.h>

#include "stats/threshold.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void must(bool holds)
{
    if (!holds)
        abort();
}

static void check_taken(const struct threshold *t, bool metrics, struct arena *arena)
{
    struct threshold again;
    struct err e = {0};
    struct results none = {0};
    struct iteration_book book = {0};
    struct threshold_input in = {
        .results = &none, .iterations = &book, .length_s = 1, .asked_rate = NAN};
    struct threshold_result r = threshold_judge(t, &in, arena);
    must(isfinite(t->bound) && t->bound >= 0);
    must(r.has_value || (!r.passed && r.why.n > 0));
    must(threshold_parse(t->expr, metrics, arena, &again, &e));
    must(again.bound == t->bound && again.op == t->op && again.n_tags == t->n_tags);
    must(again.span == t->span && again.window_s == t->window_s && again.abort == t->abort);
    must(t->window_s <= WINDOW_LONGEST_S);
}

/* Was it taken? */
static bool check(str text, bool metrics)
{
    struct arena arena = {0};
    struct threshold t;
    struct err e = {0};
    bool taken = threshold_parse(text, metrics, &arena, &t, &e);
    if (taken)
        check_taken(&t, metrics, &arena);
    else
        must(e.kind == ERR_USAGE && e.text[0]);
    arena_free(&arena);
    return taken;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    str text = {(const char *)data, size};
    bool taken = check(text, false);
    must(check(text, true) || !taken);
    return 0;
}
