/* base/nearest.h: "did you mean": the known word that is fewest edits away. Pure. */
#ifndef WEIR_BASE_NEAREST_H
#define WEIR_BASE_NEAREST_H

#include "base/str.h"

/* Edits (insert, delete, replace, swap of neighbours: Damerau 1964, restricted form) from a to b;
 * words longer than 63 bytes count as far apart. */
unsigned nearest_distance(str a, str b);

/* Keeps the best of many: call for each known word, starting from {0}. */
struct nearest {
    str best;          /* empty while nothing is near enough */
    unsigned distance; /* of best */
};
void nearest_try(struct nearest *n, str wanted, str known);

#endif
