/* Letters, and the sequences of ECMA-48 that terminals send for the other keys: ESC [ … final byte,
 * or ESC O letter. */
#include "term/keys.h"

#include <string.h>

void keys_add(struct keys *k, str bytes)
{
    size_t room = sizeof k->left - k->n;
    size_t n = bytes.n < room ? bytes.n : room;
    memcpy(k->left + k->n, bytes.p, n);
    k->n += n;
}

/* Of the sequence that is there, without ESC and the byte behind it: "A", "5~". */
static enum press of_sequence(str s)
{
    static const struct {
        str s;
        enum press press;
    } known[] = {
        {{"A", 1}, PRESS_UP},         {{"B", 1}, PRESS_DOWN},  {{"5~", 2}, PRESS_PAGE_UP},
        {{"6~", 2}, PRESS_PAGE_DOWN}, {{"H", 1}, PRESS_FIRST}, {{"1~", 2}, PRESS_FIRST},
        {{"7~", 2}, PRESS_FIRST},     {{"F", 1}, PRESS_LAST},  {{"4~", 2}, PRESS_LAST},
        {{"8~", 2}, PRESS_LAST},
    };
    for (size_t i = 0; i < sizeof known / sizeof *known; i++)
        if (str_eq(s, known[i].s))
            return known[i].press;
    return PRESS_OTHER;
}

static enum press of_letter(char c)
{
    static const struct {
        char c;
        enum press press;
    } known[] = {
        {'s', PRESS_START}, {'q', PRESS_STOP}, {'Q', PRESS_STOP},      {'p', PRESS_PAUSE},
        {'+', PRESS_MORE},  {'=', PRESS_MORE}, {'-', PRESS_LESS},      {'m', PRESS_MARK},
        {'?', PRESS_HELP},  {'h', PRESS_HELP}, {'k', PRESS_UP},        {'j', PRESS_DOWN},
        {'g', PRESS_FIRST}, {'G', PRESS_LAST}, {' ', PRESS_PAGE_DOWN}, {'\x0c', PRESS_REDRAW},
    };
    for (size_t i = 0; i < sizeof known / sizeof *known; i++)
        if (c == known[i].c)
            return known[i].press;
    return PRESS_OTHER;
}

/* Bytes of the sequence at the beginning, which starts with ESC; 0: its end has not come. */
static size_t sequence_length(const struct keys *k)
{
    if (k->n < 2)
        return 1; /* the key Esc itself */
    if (k->left[1] == 'O')
        return k->n < 3 ? 0 : 3;
    if (k->left[1] != '[')
        return 2; /* Alt and a letter */
    for (size_t i = 2; i < k->n; i++)
        if (k->left[i] >= 0x40 && k->left[i] <= 0x7e)
            return i + 1;
    return k->n == sizeof k->left ? k->n : 0;
}

static void drop(struct keys *k, size_t n)
{
    k->n -= n;
    memmove(k->left, k->left + n, k->n);
}

enum press keys_next(struct keys *k)
{
    enum press press;
    size_t n = 1;
    if (k->n == 0)
        return PRESS_NONE;
    if (k->left[0] != '\x1b') {
        press = of_letter(k->left[0]);
    } else {
        n = sequence_length(k);
        press = n == 0 ? PRESS_NONE : n > 2 ? of_sequence((str){k->left + 2, n - 2}) : PRESS_OTHER;
    }
    drop(k, n);
    return press;
}
