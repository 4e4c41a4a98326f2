/* base/map.h: strings to pointers, for tables that are built once and looked up rarely. Keys are
 * not copied: they live at least as long as the map. Starts as {0}. Not for several threads. */
#ifndef WEIR_BASE_MAP_H
#define WEIR_BASE_MAP_H

#include "base/str.h"

struct map_entry {
    str key;     /* key.p is NULL in a free place */
    void *value; /* never NULL in a used one */
};

struct map {
    struct map_entry *entries; /* open addressing, linear probing */
    size_t used, size;         /* size is a power of two */
};

void *map_get(const struct map *m, str key); /* NULL when absent */
void map_put(struct map *m, str key, void *value);
void map_free(struct map *m);

uint64_t map_hash(str key); /* FNV-1a, 64 bit */

#endif
