#!/usr/bin/python3
"""A small client of the Container Runtime Interface, runtime.v1: what a kubelet says to containerd.

    cri.py SOCKET METHOD [JSON]     calls METHOD of the runtime service, and prints the answer as JSON

JSON has the fields by their names in the interface's api.proto; of these, those stand below that the tests use, with their numbers.
"""

import json
import sys

import grpc

# {message: {field: (number, type)}}; a type is "string", "int", "bool", "bytes", the name of a message, a "map", or a list of one of them.
MESSAGES = {
    "Version": {"version": (1, "string")},
    "VersionAnswer": {"version": (1, "string"), "runtime_name": (2, "string"), "runtime_version": (3, "string"), "runtime_api_version": (4, "string")},
    "Status": {"verbose": (1, "bool")},
    "StatusAnswer": {"status": (1, "RuntimeStatus"), "info": (2, "map")},
    "RuntimeStatus": {"conditions": (1, ["Condition"])},
    "Condition": {"type": (1, "string"), "status": (2, "bool"), "reason": (3, "string"), "message": (4, "string")},
    "RunPodSandbox": {"config": (1, "Pod"), "runtime_handler": (2, "string")},
    "RunPodSandboxAnswer": {"pod_sandbox_id": (1, "string")},
    "StopPodSandbox": {"pod_sandbox_id": (1, "string")},
    "RemovePodSandbox": {"pod_sandbox_id": (1, "string")},
    "PodSandboxStatus": {"pod_sandbox_id": (1, "string"), "verbose": (2, "bool")},
    "PodSandboxStatusAnswer": {"status": (1, "PodStatus"), "info": (2, "map")},
    "PodStatus": {"id": (1, "string"), "state": (3, "int"), "runtime_handler": (9, "string")},
    "Pod": {"metadata": (1, "PodName"), "hostname": (2, "string"), "log_directory": (3, "string"), "linux": (8, "PodLinux")},
    "PodName": {"name": (1, "string"), "uid": (2, "string"), "namespace": (3, "string"), "attempt": (4, "int")},
    "PodLinux": {"cgroup_parent": (1, "string"), "security_context": (2, "PodSecurity"), "sysctls": (3, "map")},
    "PodSecurity": {"namespace_options": (1, "Namespaces")},
    "Namespaces": {"network": (1, "int"), "pid": (2, "int"), "ipc": (3, "int")},
    "CreateContainer": {"pod_sandbox_id": (1, "string"), "config": (2, "Container"), "sandbox_config": (3, "Pod")},
    "CreateContainerAnswer": {"container_id": (1, "string")},
    "Container": {
        "metadata": (1, "ContainerName"), "image": (2, "Image"), "command": (3, ["string"]), "args": (4, ["string"]), "working_dir": (5, "string"),
        "envs": (6, ["Variable"]), "mounts": (7, ["Mount"]), "log_path": (11, "string"), "linux": (15, "ContainerLinux"),
    },
    "ContainerName": {"name": (1, "string"), "attempt": (2, "int")},
    "Image": {"image": (1, "string"), "user_specified_image": (18, "string")},
    "Variable": {"key": (1, "string"), "value": (2, "string")},
    "Mount": {"container_path": (1, "string"), "host_path": (2, "string"), "readonly": (3, "bool")},
    "ContainerLinux": {"resources": (1, "Resources"), "security_context": (2, "ContainerSecurity")},
    "Resources": {"cpu_period": (1, "int"), "cpu_quota": (2, "int"), "cpu_shares": (3, "int"), "memory_limit_in_bytes": (4, "int")},
    "ContainerSecurity": {
        "capabilities": (1, "Capabilities"), "namespace_options": (3, "Namespaces"), "run_as_user": (5, "Number"), "readonly_rootfs": (7, "bool"),
        "supplemental_groups": (8, ["int"]), "no_new_privs": (11, "bool"), "run_as_group": (12, "Number"), "masked_paths": (13, ["string"]),
        "readonly_paths": (14, ["string"]), "seccomp": (15, "Profile"),
    },
    "Capabilities": {"add_capabilities": (1, ["string"]), "drop_capabilities": (2, ["string"])},
    "Number": {"value": (1, "int")},
    "Profile": {"profile_type": (1, "int"), "localhost_ref": (2, "string")},
    "StartContainer": {"container_id": (1, "string")},
    "StopContainer": {"container_id": (1, "string"), "timeout": (2, "int")},
    "RemoveContainer": {"container_id": (1, "string")},
    "ContainerStatus": {"container_id": (1, "string"), "verbose": (2, "bool")},
    "ContainerStatusAnswer": {"status": (1, "ContainerState"), "info": (2, "map")},
    "ContainerState": {"id": (1, "string"), "state": (3, "int"), "exit_code": (7, "int"), "reason": (10, "string"), "message": (11, "string")},
    "ExecSync": {"container_id": (1, "string"), "cmd": (2, ["string"]), "timeout": (3, "int")},
    "ExecSyncAnswer": {"stdout": (1, "bytes"), "stderr": (2, "bytes"), "exit_code": (3, "int")},
    "UpdateContainerResources": {"container_id": (1, "string"), "linux": (2, "Resources")},
}


def number(value):
    """A base 128 varint; negative numbers are of 64 bits."""
    value &= (1 << 64) - 1
    out = bytearray()
    while value > 127:
        out.append(value & 127 | 128)
        value >>= 7
    out.append(value)
    return bytes(out)


def field(at, kind, value):
    if isinstance(kind, list):
        return b"".join(field(at, kind[0], item) for item in value)
    if kind == "map":
        return b"".join(field(at, "bytes", field(1, "string", k) + field(2, "string", v)) for k, v in value.items())
    if kind in ("int", "bool"):
        return number(at << 3) + number(int(value))
    data = value.encode() if kind == "string" else value if kind == "bytes" else encode(kind, value)
    return number(at << 3 | 2) + number(len(data)) + data


def encode(message, values):
    return b"".join(field(*MESSAGES[message][name], value) for name, value in values.items())


def read_number(data, at):
    value = shift = 0
    while True:
        value |= (data[at] & 127) << shift
        shift += 7
        at += 1
        if data[at - 1] < 128:
            return (value - (1 << 64) if value >> 63 else value), at


def decode(message, data):
    fields = {n: (name, kind) for name, (n, kind) in MESSAGES.get(message, {}).items()}
    values, at = {}, 0
    while at < len(data):
        tag, at = read_number(data, at)
        if tag & 7 == 0:
            value, at = read_number(data, at)
        elif tag & 7 == 2:
            length, at = read_number(data, at)
            value, at = data[at:at + length], at + length
        else:
            raise ValueError("a wire type that the interface has not: %d" % (tag & 7))
        name, kind = fields.get(tag >> 3, (None, None))
        one = kind[0] if isinstance(kind, list) else kind
        if name is None:
            continue
        if one in ("string", "bytes"):
            value = value.decode(errors="replace")
        elif one == "map":
            pair = decode("Variable", value)
            values.setdefault(name, {})[pair.get("key", "")] = pair.get("value", "")
            continue
        elif one not in ("int", "bool"):
            value = decode(one, value)
        if isinstance(kind, list):
            values.setdefault(name, []).append(value)
        else:
            values[name] = value
    return values


def main():
    socket, method = sys.argv[1:3]
    values = json.loads(sys.argv[3]) if len(sys.argv) > 3 else {}
    with grpc.insecure_channel("unix://" + socket) as channel:
        call = channel.unary_unary("/runtime.v1.RuntimeService/" + method, lambda v: encode(method, v), lambda d: decode(method + "Answer", d))
        try:
            print(json.dumps(call(values, timeout=120)))
        except grpc.RpcError as error:
            sys.exit("%s: %s" % (error.code().name, error.details()))


main()
