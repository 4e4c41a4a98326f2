/* librdkafka describes its properties by rd_kafka_conf_properties_show: two tables in Markdown, for
 * clients and for topics, whose columns are name, C/P, range, default, importance, description. */
#include "proto/kafka_known.h"

#include <librdkafka/rdkafka.h>
#include <pthread.h>
#include <stdio.h>

#include "base/mem.h"

enum { NAME, SCOPE, RANGE, STANDARD, IMPORTANCE, WORDS, COLUMNS };

static struct kafka_known *known;
static size_t n_known, capacity;

static const struct kafka_known *find(str name)
{
    for (size_t i = 0; i < n_known; i++)
        if (str_eq(name, known[i].name))
            return &known[i];
    return NULL;
}

static bool read_columns(str line, str *columns)
{
    size_t n = 0;
    for (str column; n < WORDS && str_cut(line, '|', &column, &line); n++)
        columns[n] = str_trim(column);
    columns[WORDS] = str_trim(line);
    return n == WORDS;
}

static bool is_heading(const str *columns)
{
    return str_starts(columns[NAME], STR("---")) || str_eq(columns[NAME], STR("Property"));
}

static void add(const str *columns)
{
    str type, before, alias;
    struct kafka_known k = {
        .name = columns[NAME], .range = columns[RANGE], .standard = columns[STANDARD]};
    if (find(k.name))
        return; /* of topics, too: the client's is meant */
    str_cut_at(columns[WORDS], STR("<br>*Type: "), &k.words, &type);
    k.words = str_trim(k.words);
    if (str_cut_at(k.words, STR("Alias for `"), &before, &alias))
        str_cut(alias, '`', &k.alias_of, &alias);
    k.by_code = str_contains(type, STR("dedicated API"));
    k.scope = str_eq(columns[SCOPE], STR("P"))   ? KAFKA_FOR_PRODUCERS
              : str_eq(columns[SCOPE], STR("C")) ? KAFKA_FOR_CONSUMERS
                                                 : KAFKA_FOR_BOTH;
    known = mem_room(known, n_known, &capacity, sizeof *known);
    known[n_known++] = k;
}

static void read_documentation(void)
{
    char *text = NULL;
    size_t n = 0;
    FILE *f = open_memstream(&text, &n);
    if (!f)
        mem_out(0);
    rd_kafka_conf_properties_show(f);
    fclose(f);
    str rest = {text, n}, line, columns[COLUMNS]; /* the text stays: the table points into it */
    while (str_next(&rest, '\n', &line))
        if (read_columns(line, columns) && !is_heading(columns))
            add(columns);
}

static void read_once(void)
{
    static pthread_once_t once = PTHREAD_ONCE_INIT;
    pthread_once(&once, read_documentation);
}

const struct kafka_known *kafka_known_all(size_t *n)
{
    read_once();
    *n = n_known;
    return known;
}

const struct kafka_known *kafka_known_find(str name)
{
    read_once();
    return find(name);
}

str kafka_known_name(str name)
{
    const struct kafka_known *k = kafka_known_find(name);
    return k && k->alias_of.n ? k->alias_of : name;
}
