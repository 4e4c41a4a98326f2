/* codec/json_same.h: are two values the same? Pure. */
#ifndef WEIR_CODEC_JSON_SAME_H
#define WEIR_CODEC_JSON_SAME_H

#include "codec/json_walk.h"

/* Values as json_walk.h or json_pointer.h gave them. Members of objects in any order, a key that is
 * there twice twice on both sides; strings by what they say; numbers that are written as whole ones
 * by their digits, others as doubles. n log n in members; memory for as much as both have in
 * common. */
bool json_same(str a, str b);

#endif
