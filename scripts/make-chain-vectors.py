#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Writes testdata/chain: small vectors of blocks in the public formats, JSON and binary.

What must come of each is worked out here by hand, from GP 0.7.2; the encodings, the state's keys and
its trie (C, D) are stated a second time. Run it from the repository's root after changing it; with
--check it only looks whether the files are as it would write them.
"""
import hashlib
import json
import os
import sys


def blake2b(octets):
    return hashlib.blake2b(octets, digest_size=32).digest()


def le(value, width):
    return value.to_bytes(width, "little")


def natural(value):
    """E of GP C.1, as far as it is needed here."""
    if value < 0x80:
        return bytes([value])
    for octets in range(1, 8):
        if value < 1 << (7 * (octets + 1)):
            first = 0x100 - (1 << (8 - octets)) + (value >> (8 * octets))
            return bytes([first]) + le(value % (1 << (8 * octets)), octets)
    return b"\xff" + le(value, 8)


def blob(octets):
    return natural(len(octets)) + octets


def sequence(items):
    return natural(len(items)) + b"".join(items)


def text(octets):
    return "0x" + octets.hex()


def put(path, octets):
    if "--check" not in sys.argv[1:]:
        os.makedirs(os.path.dirname(path), exist_ok=True)
        with open(path, "wb") as file:
            file.write(octets)
        return
    with open(path, "rb") as file:
        if file.read() != octets:
            sys.exit(path + " is not as scripts/make-chain-vectors.py writes it")


def write(path, document, octets):
    path = os.path.join("testdata/chain", path)
    put(path + ".json", (json.dumps(document, indent=1) + "\n").encode())
    put(path + ".bin", octets)


# A service that halts at once: traps up to position 5, there jump_ind through ra. One instruction
# is one unit of gas.
CODE = b"\0\0\0\0\0\x32\0"
PROGRAM = b"\0\0" + bytes([len(CODE)]) + CODE + b"\x3f"
SERVICE_CODE = b"\0" + le(0, 3) + le(0, 3) + le(0, 2) + le(0, 3) + le(len(PROGRAM), 4) + PROGRAM
CODE_HASH = blake2b(SERVICE_CODE)
SERVICE = 7
STORAGE = {b"first": b"\x01\x02\x03"}
EPOCH = 12
FIELDS = [
    "provided_count",
    "provided_size",
    "refinement_count",
    "refinement_gas_used",
    "imports",
    "extrinsic_count",
    "extrinsic_size",
    "exports",
    "accumulate_count",
    "accumulate_gas_used",
]


def statistics(**values):
    return {name: values.get(name, 0) for name in FIELDS}


def statistics_octets(stats):
    return sequence([le(one["id"], 4) + b"".join(natural(one["record"][f]) for f in FIELDS) for one in stats])


# ---- accumulate ----


def accumulate_state(slot, accumulated, last, stats):
    requests = [{"key": {"hash": text(CODE_HASH), "length": len(SERVICE_CODE)}, "value": [1]}]
    used = 81 + len(SERVICE_CODE) + sum(34 + len(k) + len(v) for k, v in STORAGE.items())
    return {
        "slot": slot,
        "entropy": text(b"\x5a" * 32),
        "ready_queue": [[] for _ in range(EPOCH)],
        "accumulated": accumulated,
        "privileges": {
            "bless": 1,
            "assign": [2, 3],
            "designate": 4,
            "register": 5,
            "always_acc": [{"id": SERVICE, "gas": 1000}],
        },
        "statistics": stats,
        "accounts": [
            {
                "id": SERVICE,
                "data": {
                    "service": {
                        "version": 0,
                        "code_hash": text(CODE_HASH),
                        "balance": 5000,
                        "min_item_gas": 10,
                        "min_memo_gas": 20,
                        "bytes": used,
                        "deposit_offset": 0,
                        "items": 2 + len(STORAGE),
                        "creation_slot": 1,
                        "last_accumulation_slot": last,
                        "parent_service": 0,
                    },
                    "storage": [{"key": text(k), "value": text(v)} for k, v in STORAGE.items()],
                    "preimage_blobs": [{"hash": text(CODE_HASH), "blob": text(SERVICE_CODE)}],
                    "preimage_requests": requests,
                },
            }
        ],
    }


def unhex(value):
    return bytes.fromhex(value[2:])


def account_octets(account):
    data, info = account["data"], account["data"]["service"]
    out = le(account["id"], 4) + le(info["version"], 1) + unhex(info["code_hash"])
    for name in ["balance", "min_item_gas", "min_memo_gas", "bytes", "deposit_offset"]:
        out += le(info[name], 8)
    for name in ["items", "creation_slot", "last_accumulation_slot", "parent_service"]:
        out += le(info[name], 4)
    out += sequence([blob(unhex(one["key"])) + blob(unhex(one["value"])) for one in data["storage"]])
    return out + preimages_octets(data)


def preimages_octets(data):
    out = sequence([unhex(one["hash"]) + blob(unhex(one["blob"])) for one in data["preimage_blobs"]])
    return out + sequence(
        [
            unhex(one["key"]["hash"]) + le(one["key"]["length"], 4) + sequence([le(t, 4) for t in one["value"]])
            for one in data["preimage_requests"]
        ]
    )


def accumulate_state_octets(state):
    privileges = state["privileges"]
    out = le(state["slot"], 4) + unhex(state["entropy"])
    out += b"".join(natural(len(queue)) for queue in state["ready_queue"])
    out += b"".join(sequence([unhex(one) for one in hashes]) for hashes in state["accumulated"])
    out += le(privileges["bless"], 4) + b"".join(le(one, 4) for one in privileges["assign"])
    out += le(privileges["designate"], 4) + le(privileges["register"], 4)
    out += sequence([le(one["id"], 4) + le(one["gas"], 8) for one in privileges["always_acc"]])
    out += statistics_octets(state["statistics"])
    return out + sequence([account_octets(one) for one in state["accounts"]])


def accumulate():
    """No report; a service that runs in every block; the history of what was accumulated moves on by
    one (GP 0.7.2 12.3). The service used one unit of gas, and that is all that comes of it."""
    package = text(blake2b(b"package"))
    before = [[] for _ in range(EPOCH)]
    before[-1] = [package]
    after = before[1:] + [[]]
    stats = [{"id": SERVICE, "record": statistics(accumulate_gas_used=1)}]
    document = {
        "input": {"slot": 44, "reports": []},
        "pre_state": accumulate_state(42, before, 0, []),
        "output": {"ok": text(bytes(32))},
        "post_state": accumulate_state(44, after, 44, stats),
    }
    octets = le(44, 4) + natural(0) + accumulate_state_octets(document["pre_state"])
    octets += b"\0" + bytes(32) + accumulate_state_octets(document["post_state"])
    write("stf/accumulate/tiny/always", document, octets)


# ---- preimages ----

GIVEN = b"given"


def preimages_state(there, slots, stats):
    blobs = [{"hash": text(blake2b(GIVEN)), "blob": text(GIVEN)}] if there else []
    requests = [{"key": {"hash": text(blake2b(GIVEN)), "length": len(GIVEN)}, "value": slots}]
    data = {"preimage_blobs": blobs, "preimage_requests": requests}
    return {"accounts": [{"id": SERVICE, "data": data}], "statistics": stats}


def preimages_state_octets(state):
    accounts = [le(one["id"], 4) + preimages_octets(one["data"]) for one in state["accounts"]]
    return sequence(accounts) + statistics_octets(state["statistics"])


def preimages():
    stats = [{"id": SERVICE, "record": statistics(provided_count=1, provided_size=len(GIVEN))}]
    document = {
        "input": {"preimages": [{"requester": SERVICE, "blob": text(GIVEN)}], "slot": 43},
        "pre_state": preimages_state(False, [], []),
        "output": {"ok": None},
        "post_state": preimages_state(True, [43], stats),
    }
    octets = sequence([le(SERVICE, 4) + blob(GIVEN)]) + le(43, 4)
    octets += preimages_state_octets(document["pre_state"]) + b"\0"
    octets += preimages_state_octets(document["post_state"])
    write("stf/preimages/tiny/given", document, octets)


# ---- a trace ----


def component(number):
    return bytes([number]) + bytes(30)


def service_key():
    n = le(SERVICE, 4)
    return bytes([255, n[0], 0, n[1], 0, n[2], 0, n[3]]) + bytes(23)


def entry_key(prefix, key):
    n, a = le(SERVICE, 4), blake2b(prefix + key)
    return bytes([n[0], a[0], n[1], a[1], n[2], a[2], n[3], a[3]]) + a[4:27]


def root(keyvals, bit=0):
    """M of GP 0.7.2 D.2."""
    if not keyvals:
        return bytes(32)
    if len(keyvals) == 1:
        ((key, value),) = keyvals.items()
        if len(value) <= 32:
            return blake2b(bytes([0x80 | len(value)]) + key + value.ljust(32, b"\0"))
        return blake2b(b"\xc0" + key + blake2b(value))
    sides = [{}, {}]
    for key, value in keyvals.items():
        sides[key[bit // 8] >> (7 - bit % 8) & 1][key] = value
    left, right = root(sides[0], bit + 1), root(sides[1], bit + 1)
    return blake2b(bytes([left[0] & 0x7F]) + left[1:] + right)


def record(last):
    out = b"\0" + CODE_HASH
    for value in [5000, 10, 20, 81 + len(GIVEN) + 34 + 3 + 4, 0]:
        out += le(value, 8)
    return out + b"".join(le(value, 4) for value in [3, 1, last, 0])


def block_statistics(author, service):
    """C(13): what six validators did, in this epoch and the last, two cores and the services."""
    numbers = [[0] * 6 for _ in range(6)]
    if author is not None:
        numbers[author] = [1, 0, 1, len(GIVEN), 0, 0]  # blocks, tickets, preimages, their octets, ...
    out = b"".join(le(one, 4) for validator in numbers for one in validator)
    out += bytes(6 * 6 * 4) + bytes(2 * 8)
    return out + statistics_octets(service)


def state_octets(keyvals):
    return root(keyvals) + sequence([key + blob(keyvals[key]) for key in sorted(keyvals)])


def state_document(keyvals):
    pairs = [{"key": text(key), "value": text(keyvals[key])} for key in sorted(keyvals)]
    return {"state_root": text(root(keyvals)), "keyvals": pairs}


def trace():
    """A block that provides a preimage, into a state of one service and few components."""
    request = entry_key(le(len(GIVEN), 4), blake2b(GIVEN))
    before = {
        component(6): b"\x11" * 32 + b"\x22" * 32 + b"\x33" * 32 + b"\x44" * 32,
        component(11): le(42, 4),
        component(12): b"".join(le(one, 4) for one in [1, 2, 3, 4, 5]) + b"\0",
        component(13): block_statistics(None, []),
        component(15): bytes(EPOCH - 1) + sequence([blake2b(b"package")]),
        service_key(): record(0),
        entry_key(b"\xff\xff\xff\xff", b"key"): b"\x0a\x0b\x0c\x0d",
        request: b"\0",
    }
    after = dict(before)
    after[component(6)] = b"\x55" * 32 + before[component(6)][32:]
    after[component(11)] = le(43, 4)
    after[component(15)] = bytes(EPOCH - 2) + sequence([blake2b(b"package")]) + b"\0"
    provided = statistics(provided_count=1, provided_size=len(GIVEN))
    after[component(13)] = block_statistics(3, [{"id": SERVICE, "record": provided}])
    after[request] = b"\1" + le(43, 4)
    after[entry_key(b"\xfe\xff\xff\xff", blake2b(GIVEN))] = GIVEN
    header = {
        "parent": text(b"\x66" * 32),
        "parent_state_root": text(root(before)),
        "extrinsic_hash": text(bytes(32)),
        "slot": 43,
        "epoch_mark": None,
        "tickets_mark": None,
        "author_index": 3,
        "entropy_source": text(bytes(96)),
        "offenders_mark": [],
        "seal": text(bytes(96)),
    }
    extrinsic = {
        "tickets": [],
        "preimages": [{"requester": SERVICE, "blob": text(GIVEN)}],
        "guarantees": [],
        "assurances": [],
        "disputes": {"verdicts": [], "culprits": [], "faults": []},
    }
    block = b"\x66" * 32 + root(before) + bytes(32) + le(43, 4) + b"\0\0" + le(3, 2)
    block += bytes(96) + b"\0" + bytes(96)
    block += b"\0" + sequence([le(SERVICE, 4) + blob(GIVEN)]) + b"\0\0" + b"\0\0\0"
    document = {
        "pre_state": state_document(before),
        "block": {"header": header, "extrinsic": extrinsic},
        "post_state": state_document(after),
    }
    write("traces/00000001", document, state_octets(before) + block + state_octets(after))


if __name__ == "__main__":
    accumulate()
    preimages()
    trace()
