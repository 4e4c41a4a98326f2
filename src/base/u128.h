/* base/u128.h: 128-bit integers, for sums that must stay exact (gcc and clang have them). */
#ifndef WEIR_BASE_U128_H
#define WEIR_BASE_U128_H

__extension__ typedef unsigned __int128 u128;

#endif
