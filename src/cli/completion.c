/* What completion in all shells finds in the tables. */
#include "cli/completion.h"

#include <ctype.h>
#include <string.h>

enum completion_value completion_value(const struct option *o)
{
    if (o->type == OPTION_SWITCH)
        return VALUE_NONE;
    if (o->type == OPTION_CHOICE)
        return VALUE_WORDS;
    return strncmp(o->argument, "FILE", 4) == 0 ? VALUE_FILE : VALUE_ANY;
}

bool completion_is_flag(const struct option *o)
{
    return o->from == 0 || (o->from & FROM_FLAG);
}

/* "uniform", but neither "FILE.lua" nor "TOPIC". */
static bool is_literal(str word)
{
    for (size_t i = 0; i < word.n; i++)
        if (isupper((unsigned char)word.p[i]))
            return false;
    return word.n > 0;
}

static void add_word(str word, struct buf *out)
{
    buf_printf(out, "%s" STR_FMT, out->n ? " " : "", STR_ARG(word));
}

void completion_words(const char *from, struct buf *out)
{
    while (*from) {
        size_t n = strcspn(from, "|[] ");
        if (is_literal((str){from, n}))
            add_word((str){from, n}, out);
        from += n + (from[n] != 0);
    }
}

void completion_commands(str group, struct buf *out)
{
    str last = STR(""), first, second;
    for (const struct command *const *c = commands; *c; c++) {
        str_cut(str_from((*c)->name), ' ', &first, &second);
        str word = group.n == 0 ? first : str_eq(first, group) ? second : STR("");
        if (word.n && !str_eq(word, last))
            add_word(word, out);
        last = word;
    }
}
