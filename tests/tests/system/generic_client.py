"""A stranger: talks to the gateway with nothing but reflection, and prints what it found.

Arguments: the gateway as host:port, an access token, the id of a union with members.
"""

import json
import sys
import uuid

import grpc
from google.protobuf import descriptor_pb2, descriptor_pool, message_factory
from grpc_reflection.v1alpha import reflection_pb2

ADDRESS, TOKEN, UNION = sys.argv[1:4]
METADATA = [("authorization", f"Bearer {TOKEN}"), ("accept-language", "en")]
CHANNEL = grpc.insecure_channel(ADDRESS)


def reflect(version, requests):
    """Asks reflection; both versions have the same messages on the wire."""
    ask = CHANNEL.stream_stream(
        f"/grpc.reflection.{version}.ServerReflection/ServerReflectionInfo",
        request_serializer=reflection_pb2.ServerReflectionRequest.SerializeToString,
        response_deserializer=reflection_pb2.ServerReflectionResponse.FromString,
    )
    return list(ask(iter(requests), metadata=METADATA, timeout=20))


def services(version):
    [answer] = reflect(version, [reflection_pb2.ServerReflectionRequest(list_services="")])
    return sorted(service.name for service in answer.list_services_response.service)


def learn(pool, known, **asked):
    """Adds the file that has a symbol, or a name, after those that it imports."""
    [answer] = reflect("v1", [reflection_pb2.ServerReflectionRequest(**asked)])
    if not answer.HasField("file_descriptor_response"):
        raise RuntimeError(f"reflection does not know {asked}: {answer}")
    files = {}
    for encoded in answer.file_descriptor_response.file_descriptor_proto:
        file = descriptor_pb2.FileDescriptorProto.FromString(encoded)
        files[file.name] = file
    for file in files.values():
        add(pool, known, files, file)


def add(pool, known, files, file):
    if file.name in known:
        return
    known.add(file.name)
    for imported in file.dependency:
        if imported in known:
            continue
        if imported in files:
            add(pool, known, files, files[imported])
        else:
            learn(pool, known, file_by_filename=imported)
    pool.Add(file)


def method(pool, service, name):
    """A method as a function from a dict-like message to a message."""
    found = pool.FindServiceByName(service).methods_by_name[name]
    request = message_factory.GetMessageClass(found.input_type)
    response = message_factory.GetMessageClass(found.output_type)
    call = CHANNEL.unary_unary(
        f"/{service}/{name}",
        request_serializer=request.SerializeToString,
        response_deserializer=response.FromString,
    )

    def send(metadata=(), **fields):
        return call.with_call(request(**fields), metadata=METADATA + list(metadata), timeout=20)

    return send


def refusal(pool, error):
    """The reason and the field of a refusal, from its details."""
    message = lambda name: message_factory.GetMessageClass(pool.FindMessageTypeByName(name))
    trailers = dict(error.trailing_metadata())
    status = message("google.rpc.Status").FromString(trailers["grpc-status-details-bin"])
    told = {"code": error.code().name}
    for detail in status.details:
        kind = detail.type_url.rsplit("/", 1)[-1]
        if kind == "google.rpc.ErrorInfo":
            told["reason"] = message(kind).FromString(detail.value).reason
        elif kind == "google.rpc.BadRequest":
            told["field"] = message(kind).FromString(detail.value).field_violations[0].field
    return told


def main():
    # protobuf's own default pool knows nothing of this system: all comes from reflection.
    pool, known = descriptor_pool.DescriptorPool(), set()
    learn(pool, known, file_containing_symbol="congdoan.registry.v1.OrganisationService")
    learn(pool, known, file_containing_symbol="congdoan.membership.v1.MembershipService")
    learn(pool, known, file_containing_symbol="grpc.health.v1.Health")
    for symbol in ("google.rpc.Status", "google.rpc.ErrorInfo"):
        learn(pool, known, file_containing_symbol=symbol)

    get = method(pool, "congdoan.registry.v1.OrganisationService", "GetOrganisation")
    count = method(pool, "congdoan.membership.v1.MembershipService", "CountMembers")
    admit = method(pool, "congdoan.membership.v1.MembershipService", "AdmitMembers")
    check = method(pool, "grpc.health.v1.Health", "Check")

    organisation, _ = get(organisation_id=UNION)
    before, _ = count(organisation_ids=[UNION])

    def admission(*lines):
        return {
            "request_id": str(uuid.uuid4()),
            "organisation_id": UNION,
            "kind": 1,
            "effective_on": {"year": 2020, "month": 6, "day": 1},
            "lines": lines,
        }

    _, called = admit(**admission({"name": "Nguyễn Văn Lạ"}, {"name": "Trần Thị Xa"}))
    seen = dict(called.initial_metadata())["congdoan-seen"]
    after, _ = count(metadata=[("congdoan-seen", seen)], organisation_ids=[UNION])

    try:
        admit(**admission({"name": "Lê Văn Sai", "identity_number": "9990900000001"}))
        refused = None
    except grpc.RpcError as error:
        refused = refusal(pool, error)

    health, _ = check()
    status = health.DESCRIPTOR.fields_by_name["status"].enum_type.values_by_number[health.status]
    old, new = services("v1alpha"), services("v1")
    if old != new:
        raise RuntimeError(f"the two versions of reflection differ: {old} {new}")
    print(
        json.dumps(
            {
                "code": organisation.organisation.code,
                "members_before": before.counts[0].members,
                "members_after": after.counts[0].members,
                "refused": refused,
                "health": status.name,
                "services": new,
            }
        )
    )


main()
