/* How many users a closed plan wants at a moment, in whole numbers throughout: the moments at which
 * users come and go on a ramp are exact, and symmetric for up and down. */
#include "load/profile.h"

#include "base/u128.h"

/* Users at `t_ns` of a stage with a duration; *change_ns: when in the stage that number changes
 * next, UINT64_MAX: not in this stage. A ramp makes its j-th change (1, 2, ...) at (j - 1/2) /
 * changes of its duration. */
static uint64_t users_at(const struct stage *s, uint64_t t_ns, uint64_t *change_ns)
{
    uint64_t from = (uint64_t)s->from, to = (uint64_t)s->to;
    uint64_t changes = to > from ? to - from : from - to;
    u128 duration = s->duration_ns, twice = 2 * (u128)changes;
    *change_ns = UINT64_MAX;
    if (!changes)
        return from;
    uint64_t made = (uint64_t)((twice * t_ns + duration) / (2 * duration));
    u128 next = ((2 * (u128)made + 1) * duration + twice - 1) / twice;
    if (next < duration)
        *change_ns = (uint64_t)next;
    return to > from ? from + made : from - made;
}

uint64_t profile_users(const struct profile *p, uint64_t at_ns, uint64_t *next_change_ns)
{
    uint64_t start = 0, end, now = 0, change;
    bool found = false;
    for (unsigned i = 0; i < p->n; i++, start = end) {
        const struct stage *s = &p->stages[i];
        if (__builtin_add_overflow(start, s->duration_ns, &end))
            end = UINT64_MAX;
        if (s->duration_ns == 0 || end <= at_ns)
            continue;
        uint64_t users = users_at(s, at_ns > start ? at_ns - start : 0, &change);
        if (found && users != now) {
            *next_change_ns = start;
            return now;
        }
        found = true;
        now = users;
        if (change != UINT64_MAX) {
            *next_change_ns = start + change;
            return now;
        }
    }
    *next_change_ns = now ? start : UINT64_MAX;
    return now;
}
