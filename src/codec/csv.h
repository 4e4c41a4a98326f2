/* codec/csv.h: tables as text (RFC 4180), field by field, where they stand. Lines may end with LF
 * alone; a quote within a field that does not begin with one is a character like others. Pure. */
#ifndef WEIR_CODEC_CSV_H
#define WEIR_CODEC_CSV_H

#include "base/buf.h"

struct csv_field {
    str raw;         /* without the quotes around it; a view of the text */
    bool doubled;    /* within it each quote is doubled */
    bool last;       /* of its row */
    unsigned breaks; /* lines that end within it */
};

/* Takes the next field from *rest, which stands at the beginning of one; behind the last of the
 * text it is empty. NULL, or what is wrong, static. */
const char *csv_next(str *rest, struct csv_field *out);

/* What the field says: a view of it where nothing has to be changed, else written into *room, which
 * is emptied before. */
str csv_text_of(const struct csv_field *f, struct buf *room);

#endif
