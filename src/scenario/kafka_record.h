/* scenario/kafka_record.h: a record of Kafka in a definition: what the script says of it, compiled
 * to templates, rendered with the values of one call. Sends and requests share it. No Lua here.
 * Private to src/scenario. */
#ifndef WEIR_SCENARIO_KAFKA_RECORD_H
#define WEIR_SCENARIO_KAFKA_RECORD_H

#include "proto/kafka_producer.h"
#include "scenario/program.h"

enum record_field_kind {
    FIELD_OPEN, /* left out: the variable of its name, if there is one */
    FIELD_NULL,
    FIELD_TEXT, /* a template */
    FIELD_JSON, /* a template that is JSON */
};

struct record_field {
    enum record_field_kind kind;
    str text;
};

struct record_header {
    str name;
    struct record_field value;
};

/* As the script says it; texts may hold placeholders. */
struct record_parts {
    struct record_field key, value, partition, timestamp;
    struct record_header *headers;
    size_t n_headers;
    bool open_headers; /* they were left out */
};

/* A field, compiled. */
struct field_template {
    enum record_field_kind kind;
    struct template text;
};

struct header_template {
    str name;
    struct field_template value;
};

struct record_template {
    struct field_template key, value, partition, timestamp;
    struct header_template *headers;
    size_t n_headers;
    bool open_headers;
};

/* In the program's arena, with its lock held. False with a sentence (ERR_USAGE). */
bool record_compile(const struct record_parts *parts, struct program *p,
                    struct record_template *out, struct err *e);

/* Is it the same for all records? A field that was left out is not. */
bool field_is_constant(const struct field_template *f);

/* Where a rendered text lies in the room's bytes, which may move while others are added. */
struct place {
    size_t at, n;
    bool null;
};

struct record_places {
    struct place key, value; /* headers lie in the room */
    int64_t partition, timestamp;
};

/* Into the room, one text behind the other. */
bool record_render(const struct record_template *t, struct template_scope *scope,
                   struct call_room *room, struct record_places *out, struct err *e);

/* Room for a correlation id, to be written later; the place is noted in `ids` (size_t each). */
struct place record_add_id(struct buf *bytes, struct buf *ids);

/* Of a rendered record: its last header of that name has bytes. */
bool record_has_header(const struct call_room *room, str name);
/* A header more, whose value is a correlation id; places in room->ids. */
void record_add_id_header(struct call_room *room, str name);

/* From places to views, now that nothing moves any more. All but the topic is set. */
void record_view(struct call_room *room, const struct record_places *places,
                 struct kafka_record *out);

/* call_kind.view of requests that begin with a struct kafka_record. */
void record_sent(const struct call_definition *c, const void *request, struct sent_view *out);

#endif
