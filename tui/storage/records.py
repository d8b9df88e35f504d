"""A log of records that a torn end can't spoil: length, checksum, payload."""

from __future__ import annotations

import struct
import zlib

_HEAD = struct.Struct("<II")

RECORD_HEAD_SIZE = _HEAD.size
"""Bytes before each payload."""


def pack_record(payload: bytes) -> bytes:
    """Return a record: length and CRC-32 of the payload, then the payload."""
    return _HEAD.pack(len(payload), zlib.crc32(payload)) + payload


def unpack_records(content: bytes) -> list[bytes]:
    """Return the payloads of all whole records; what follows a torn one is dropped."""
    payloads: list[bytes] = []
    at = 0
    while at + _HEAD.size <= len(content):
        length, checksum = _HEAD.unpack_from(content, at)
        payload = content[at + _HEAD.size : at + _HEAD.size + length]
        # A run of zeros, as a crash may leave it, is an empty record with checksum 0.
        if not length or len(payload) < length or zlib.crc32(payload) != checksum:
            break
        payloads.append(payload)
        at += _HEAD.size + length
    return payloads
