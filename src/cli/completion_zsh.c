/* Completion for zsh: one function, which calls zsh's own _arguments with a command's options. It
 * may lie in a folder of $fpath as _weir, or be read by source. */
#include "cli/completion.h"

static const char head[] = "#compdef weir\n"
                           "# Completion of weir for zsh. Written by weir help --completion zsh.\n"
                           "_weir() {\n"
                           "    local -a offered\n"
                           "    local name=$words[2]\n";

static const char tail[] = "    esac\n"
                           "}\n"
                           "if [[ $funcstack[1] == _weir ]]; then\n"
                           "    _weir \"$@\"\n"
                           "else\n"
                           "    compdef _weir weir\n"
                           "fi\n";

/* Within '…': a quote ends it; the others mean something to _arguments and _describe. */
static void add_escaped(str text, const char *meant, struct buf *out)
{
    for (size_t i = 0; i < text.n; i++) {
        if (text.p[i] == '\'')
            buf_str(out, STR("'\\'"));
        else if (str_contains(str_from(meant), (str){text.p + i, 1}))
            buf_char(out, '\\');
        buf_char(out, text.p[i]);
    }
}

/* ---- commands ---- */

static void add_offer(str name, str words, struct buf *out)
{
    buf_printf(out, " '" STR_FMT ":", STR_ARG(name));
    add_escaped(words, "\\", out);
    buf_char(out, '\'');
}

static void add_group_offer(str group, struct buf *out)
{
    struct buf second = {0};
    completion_commands(group, &second);
    add_offer(group, buf_view(&second), out);
    buf_free(&second);
}

/* What may follow this first word; "": first words. */
static void add_offers(str group, struct buf *out)
{
    str before = {"", 0}, first, second;
    buf_str(out, STR("offered=("));
    for (const struct command *const *c = commands; *c; c++) {
        bool two = str_cut(str_from((*c)->name), ' ', &first, &second);
        if (group.n && two && str_eq(first, group))
            add_offer(second, str_from((*c)->summary), out);
        else if (!group.n && !two)
            add_offer(first, str_from((*c)->summary), out);
        else if (!group.n && !str_eq(first, before))
            add_group_offer(first, out);
        before = first;
    }
    buf_str(out, STR(" )\n"));
}

static void add_group(str group, struct buf *out)
{
    buf_printf(out, "    if [[ $name == " STR_FMT " ]]; then\n        ", STR_ARG(group));
    add_offers(group, out);
    buf_str(out, STR("        if (( CURRENT == 3 )); then\n"
                     "            _describe command offered\n"
                     "            return\n"
                     "        fi\n"
                     "        name+=\" $words[3]\"\n"
                     "        shift words\n"
                     "        (( CURRENT-- ))\n"
                     "    fi\n"));
}

static void add_groups(struct buf *out)
{
    struct buf first = {0};
    str rest, word;
    buf_str(out, STR("    if (( CURRENT == 2 )); then\n        "));
    add_offers(STR(""), out);
    buf_str(out, STR("        _describe command offered\n        return\n    fi\n"));
    completion_commands(STR(""), &first);
    for (rest = buf_view(&first); str_next(&rest, ' ', &word);) {
        struct buf second = {0};
        completion_commands(word, &second);
        if (second.n)
            add_group(word, out);
        buf_free(&second);
    }
    buf_free(&first);
}

/* ---- what follows a command ---- */

static void add_value(const struct option *o, struct buf *out)
{
    struct buf words = {0};
    if (completion_value(o) == VALUE_NONE)
        return;
    buf_char(out, ':');
    add_escaped(str_from(o->argument), ":\\", out);
    buf_char(out, ':');
    if (completion_value(o) == VALUE_FILE)
        buf_str(out, STR("_files"));
    if (completion_value(o) == VALUE_WORDS) {
        completion_words(o->argument, &words);
        buf_printf(out, "(" STR_FMT ")", STR_ARG(buf_view(&words)));
    }
    buf_free(&words);
}

/* One name of an option: behind --name a value may come with '=', behind a letter at once. */
static void add_spelling(const struct option *o, const char *dashes, str name, struct buf *out)
{
    const char *joint = completion_value(o) == VALUE_NONE ? "" : dashes[1] ? "=" : "+";
    buf_printf(out, " \\\n        '%s%s" STR_FMT "%s[", o->repeats ? "*" : "", dashes,
               STR_ARG(name), joint);
    add_escaped(str_from(o->help), "[]\\", out);
    buf_char(out, ']');
    add_value(o, out);
    buf_char(out, '\'');
}

static void add_option(const struct option *o, struct buf *out)
{
    add_spelling(o, "--", str_from(o->name), out);
    if (o->alias)
        add_spelling(o, "--", str_from(o->alias), out);
    for (const char *letter = o->letters; letter && *letter; letter++)
        add_spelling(o, "-", (str){letter, 1}, out);
}

static void add_operands(const struct command *c, struct buf *out)
{
    struct buf words = {0};
    if (!c->operands)
        return;
    if (str_contains(str_from(c->operands), STR("COMMAND")))
        completion_commands(STR(""), &words);
    completion_words(c->operands, &words);
    if (str_eq(str_from(c->operands), STR("FILE.lua")))
        buf_str(out, STR(" \\\n        '*:scenario:_files -g \"*.lua\"'"));
    else if (words.n)
        buf_printf(out, " \\\n        '*:word:(" STR_FMT ")'", STR_ARG(buf_view(&words)));
    buf_free(&words);
}

static void add_command(const struct command *c, struct buf *out)
{
    const struct option *o;
    buf_printf(out, "    '%s')\n        _arguments -s -S", c->name);
    for (size_t i = 0; (o = options_at(c->tables, i)); i++)
        if (completion_is_flag(o))
            add_option(o, out);
    add_operands(c, out);
    buf_str(out, STR(" ;;\n"));
}

void completion_zsh(struct buf *out)
{
    buf_str(out, str_from(head));
    add_groups(out);
    buf_str(out, STR("    shift words\n    (( CURRENT-- ))\n    case $name in\n"));
    for (const struct command *const *c = commands; *c; c++)
        add_command(*c, out);
    buf_str(out, str_from(tail));
}
