/* load/share.h: part i of n, computed by each part alone and adding up exactly. Pure. The same rule
 * everywhere: element k belongs to part k mod n. */
#ifndef WEIR_LOAD_SHARE_H
#define WEIR_LOAD_SHARE_H

#include <stdint.h>

struct share {
    unsigned index, of; /* index < of */
};

/* How many of 0 .. total-1 belong to this part. */
uint64_t share_of(struct share s, uint64_t total);

/* The number of this part's element j (0, 1, ...) in the whole. */
uint64_t share_element(struct share s, uint64_t j);

/* A part of a part: part `inner` of part `outer` (worker of a driver). */
struct share share_nest(struct share outer, struct share inner);

#endif
