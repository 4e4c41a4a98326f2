"""How weir is let in by a real Kafka, and a Kafka that asks who may do what; on its plain listener everybody may all."""

import time

from confluent_kafka.admin import (
    AclBinding,
    AclOperation,
    AclPermissionType,
    AdminClient,
    ResourcePatternType,
    ResourceType,
)

AUTHORIZER = {
    "authorizer.class.name": "org.apache.kafka.metadata.authorizer.StandardAuthorizer",
    "super.users": "User:ANONYMOUS",
}


def words_for(client):
    """What weir kafka is told to be let in with these properties of librdkafka."""
    properties = [word for name, value in client.items() if name != "bootstrap.servers" for word in ("-X", f"{name}={value}")]
    return ["-b", client["bootstrap.servers"], *properties]


def allow(kafka, *rights):
    """Alice may do this: ("topic", NAME, "READ"), …"""
    kinds = {"topic": ResourceType.TOPIC, "group": ResourceType.GROUP}
    bindings = [
        AclBinding(
            kinds[kind],
            name,
            ResourcePatternType.LITERAL,
            "User:alice",
            "*",
            getattr(AclOperation, what),
            AclPermissionType.ALLOW,
        )
        for kind, name, what in rights
    ]
    admin = AdminClient(kafka.client())
    for future in admin.create_acls(bindings).values():
        future.result(30)
    time.sleep(1)  # until all of the broker has heard of it
