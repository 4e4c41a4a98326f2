/* stats/record_class.h: what a consumed record can be: one of these (spec/measure.md, "Two books"),
 * where records are audited. */
#ifndef WEIR_STATS_RECORD_CLASS_H
#define WEIR_STATS_RECORD_CLASS_H

enum record_class {
    RECORD_FIRST,     /* its number has not come before */
    RECORD_DUPLICATE, /* it has */
    RECORD_CORRUPT,   /* it was changed on its way */
    RECORD_FOREIGN,   /* it has no number */
    RECORD_CLASSES,
};

/* "first", "duplicate", …: the name in every machine format. Static text. */
const char *record_class_name(enum record_class c);

#endif
