/* Restricted Damerau-Levenshtein distance, three rows at a time. */
#include "base/nearest.h"

enum { LONGEST = 63 };

static unsigned least(unsigned a, unsigned b)
{
    return a < b ? a : b;
}

unsigned nearest_distance(str a, str b)
{
    unsigned rows[3][LONGEST + 1], *older = rows[0], *above = rows[1], *row = rows[2];
    if (a.n > LONGEST || b.n > LONGEST)
        return LONGEST;
    for (unsigned j = 0; j <= b.n; j++)
        above[j] = j;
    for (unsigned i = 1; i <= a.n; i++) {
        row[0] = i;
        for (unsigned j = 1; j <= b.n; j++) {
            unsigned cost = a.p[i - 1] != b.p[j - 1];
            row[j] = least(least(row[j - 1], above[j]) + 1, above[j - 1] + cost);
            if (i > 1 && j > 1 && a.p[i - 1] == b.p[j - 2] && a.p[i - 2] == b.p[j - 1])
                row[j] = least(row[j], older[j - 2] + 1);
        }
        unsigned *free_row = older;
        older = above;
        above = row;
        row = free_row;
    }
    return above[b.n];
}

void nearest_try(struct nearest *n, str wanted, str known)
{
    unsigned d = nearest_distance(wanted, known);
    if (str_starts(known, wanted) && wanted.n >= 2)
        d = least(d, 1);
    if (d > 1 + wanted.n / 4 || (n->best.p && d >= n->distance))
        return;
    *n = (struct nearest){known, d};
}
