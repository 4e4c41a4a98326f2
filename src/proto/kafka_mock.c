/* It gives itself away by its name. */
#include "proto/kafka_mock.h"

#include "base/str.h"

bool kafka_mock_answers(rd_kafka_t *rk)
{
    char *cluster = rd_kafka_clusterid(rk, 0);
    bool mock = cluster && str_starts(str_from(cluster), STR("mockCluster"));
    rd_kafka_mem_free(rk, cluster);
    return mock;
}

/* Seen in 2.15.1, and not in 2.0.2. */
bool kafka_mock_writes_marks(void)
{
    return rd_kafka_version() >= 0x020f0000;
}
