/* report/json_parts.h: what the files that write the summary as JSON share: members of an object by
 * their kind, figures, series. Private to report/json*.c. */
#ifndef WEIR_REPORT_JSON_PARTS_H
#define WEIR_REPORT_JSON_PARTS_H

#include "base/json_out.h"
#include "engine/summary.h"
#include "report/json.h"

static inline void put_text(struct json_out *j, str key, const char *value)
{
    json_out_key(j, key);
    json_out_text(j, str_from(value));
}

static inline void put_count(struct json_out *j, str key, uint64_t value)
{
    json_out_key(j, key);
    json_out_count(j, value);
}

static inline void put_number(struct json_out *j, str key, double value)
{
    json_out_key(j, key);
    json_out_number(j, value);
}

static inline void put_truth(struct json_out *j, str key, bool value)
{
    json_out_key(j, key);
    json_out_bool(j, value);
}

static inline void put_object(struct json_out *j, str key)
{
    json_out_key(j, key);
    json_out_object(j);
}

static inline void put_array(struct json_out *j, str key)
{
    json_out_key(j, key);
    json_out_array(j);
}

/* json_machine.c. "machine", null where it is not known. */
void json_put_machine(struct json_out *j, const struct machine *m);

/* json_series.c. Figures of times, in seconds; `names` ends with NULL. */
void json_put_figures(struct json_out *j, str key, const struct hist *h, const char *const *names);
/* A number for each text of a tally, the largest first. */
void json_put_reasons(struct json_out *j, str key, const struct tally *reasons);
/* "total" and "series"; "checks". A line for each. */
void json_put_series(struct json_out *j, const struct summary *s, json_row *put, void *owner);
json_row json_put_row; /* one, in full; owner: NULL */
void json_put_outcomes(struct json_out *j, const struct series_data *d); /* "outcomes" */
void json_put_checks(struct json_out *j, const struct results *r);

/* json_audit.c. "audit" */
void json_put_audit(struct json_out *j, const struct audit *a);

#endif
