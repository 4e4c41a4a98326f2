/* The reference as a man page. */
#include "cli/command.h"
#include "cli/help.h"
#include "cli/reference.h"

/* Text that roff leaves as it is: no line begins a request, a dash can be copied and pasted. */
static void add_text(str text, struct buf *out)
{
    static const struct {
        char c;
        str roff;
    } special[] = {{'\\', {"\\e", 2}}, {'-', {"\\-", 2}}, {'\'', {"\\(aq", 4}}};
    if (str_starts(text, STR(".")))
        buf_str(out, STR("\\&"));
    for (size_t i = 0; i < text.n; i++) {
        str bytes = {text.p + i, 1};
        for (size_t k = 0; k < sizeof special / sizeof *special; k++)
            if (text.p[i] == special[k].c)
                bytes = special[k].roff;
        buf_str(out, bytes);
    }
}

static void add_line(const char *text, struct buf *out)
{
    add_text(str_from(text), out);
    buf_char(out, '\n');
}

/* A term in bold with words beneath it. */
static void add_item(str term, str words, struct buf *out)
{
    buf_str(out, STR(".TP\n\\fB"));
    add_text(term, out);
    buf_str(out, STR("\\fR\n"));
    add_text(words, out);
    buf_char(out, '\n');
}

static void add_option(const struct option *o, struct buf *out)
{
    struct buf term = {0}, words = {0};
    if (o->from == FROM_ENVIRONMENT)
        option_variable(o, "WEIR_", &term);
    else
        option_spelling(o, &term);
    option_words(o, &words);
    add_item(buf_view(&term), buf_view(&words), out);
    buf_free(&term);
    buf_free(&words);
}

static void add_options(const struct option *const *tables, struct buf *out)
{
    const struct option *first, *o;
    for (size_t i = 0; (first = options_at(tables, i)); i++) {
        if (!options_opens_group(tables, i))
            continue;
        buf_printf(out, ".SS %s\n", first->group);
        for (size_t k = i; (o = options_at(tables, k)); k++)
            if (str_eq(str_from(o->group), str_from(first->group)))
                add_option(o, out);
    }
}

static void add_command(const struct command *c, struct buf *out)
{
    struct buf usage = {0};
    help_usage(c, &usage);
    buf_str(out, STR(".SH \""));
    add_text(buf_view(&usage), out);
    buf_str(out, STR("\"\n"));
    add_line(c->summary, out);
    for (const struct example *e = c->examples; e->line; e++) {
        buf_str(out, STR(".PP\n"));
        add_line(e->words, out);
        buf_str(out, STR(".PP\n.RS 4\n.nf\n"));
        add_line(e->line, out);
        buf_str(out, STR(".fi\n.RE\n"));
    }
    add_options(c->tables, out);
    buf_free(&usage);
}

void reference_man(struct buf *out)
{
    buf_str(out, STR(".TH WEIR 1 \"\" \"weir " WEIR_VERSION "\" \"User Commands\"\n"
                     ".SH NAME\nweir \\- "));
    add_line(help_tagline, out);
    buf_str(out,
            STR(".SH SYNOPSIS\n.B weir\n.I command\n[\\fIoptions\\fR]\n"
                ".SH DESCRIPTION\nA setting comes from a flag, else from the environment "
                "(\\fBWEIR_\\fR and the long option, as in \\fBWEIR_RATE\\fR), else from the JSON "
                "file of \\fB\\-\\-config\\fR, else it has its default.\n"));
    for (const struct command *const *c = commands; *c; c++)
        add_command(*c, out);
    buf_str(out, STR(".SH \"EXIT STATUS\"\n"));
    for (const struct exit_code *x = exit_codes; x->words; x++) {
        struct buf code = {0};
        buf_printf(&code, "%d", x->code);
        add_item(buf_view(&code), str_from(x->words), out);
        buf_free(&code);
    }
}
