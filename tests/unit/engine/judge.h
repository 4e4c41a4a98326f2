/* judge.h: thresholds judged on a summary that no run has made. */
#ifndef WEIR_ENGINE_JUDGE_H
#define WEIR_ENGINE_JUDGE_H

#include "engine/guards.h"

static inline void judge(struct summary *s, const struct threshold *list, unsigned n,
                         struct arena *arena)
{
    struct guards *w = guards_open(s->info->plan, list, n);
    guards_judge(w, s, arena);
    guards_close(w);
}

#endif
