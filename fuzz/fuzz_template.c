/* Templates: the first byte of an input says the escape, the rest is the text. Any text is refused
 * with a sentence, or renders; every name stands for its own text, so what comes out is known:
 * escaping changes the values alone. A text without placeholders is constant. */
#include <stdlib.h>
#include <string.h>

#include "codec/json_walk.h"
#include "scenario/template.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void must(bool holds)
{
    if (!holds)
        abort();
}

static bool value(struct template_scope *s, const struct template_part *part, struct buf *out,
                  struct err *e)
{
    (void)s;
    must(part->source != SOURCE_LITERAL && part->name->text.n > 0);
    must(str_starts(part->text, STR("${")) && str_ends(part->text, STR("}")));
    return escape_add((enum template_escape)part->escape, part->name->text, out, e);
}

/* What the pieces of the text make, each literal with its `$${` undone. */
static void write_wanted(const struct template *t, struct buf *out)
{
    struct err e;
    for (unsigned i = 0; i < t->n; i++) {
        const struct template_part *part = &t->parts[i];
        if (part->source == SOURCE_LITERAL)
            buf_str(out, part->text);
        else
            must(escape_add((enum template_escape)part->escape, part->name->text, out, &e));
    }
}

/* A text in quotes is JSON again, whatever its values hold. */
static void check_json(const struct template *t, str rendered)
{
    struct json_walk w;
    struct json_item item;
    struct buf text = {0};
    for (unsigned i = 0; i < t->n; i++)
        if (t->parts[i].source == SOURCE_LITERAL || t->parts[i].escape != ESCAPE_JSON_STRING)
            return;
    buf_char(&text, '"');
    buf_str(&text, rendered);
    buf_char(&text, '"');
    json_walk_start(&w, buf_view(&text));
    must(json_walk_next(&w, &item) && item.kind == JSON_IS_STRING && json_walk_end(&w));
    buf_free(&text);
}

static void check_rendered(const struct template *t)
{
    struct template_scope scope = {.value = value};
    struct buf out = {0}, want = {0};
    struct err e;
    if (template_render(t, &scope, &out, &e)) {
        write_wanted(t, &want);
        must(str_eq(buf_view(&out), buf_view(&want)));
        check_json(t, buf_view(&out));
        must(!template_is_constant(t) || str_eq(template_constant(t), buf_view(&out)));
    } else {
        must(e.kind == ERR_USAGE && strlen(e.text) > 0);
    }
    buf_free(&out);
    buf_free(&want);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct names names;
    struct arena arena = {0};
    struct template t;
    struct err e = {0};
    if (size == 0)
        return 0;
    str text = {(const char *)data + 1, size - 1};
    names_init(&names, 1000000);
    if (template_compile(text, (enum template_escape)(data[0] % (ESCAPE_JSON + 1)), &names, &arena,
                         &t, &e))
        check_rendered(&t);
    else
        must(e.kind == ERR_USAGE && strlen(e.text) > 0);
    names_free(&names);
    arena_free(&arena);
    return 0;
}
