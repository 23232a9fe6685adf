"""TensorBoard's event files, read by the book."""

import struct


def crc32c(data):
    """The checksum of RFC 3720, bit by bit."""
    crc = 0xFFFFFFFF
    for byte in data:
        crc ^= byte
        for _ in range(8):
            crc = (crc >> 1) ^ (0x82F63B78 if crc & 1 else 0)
    return crc ^ 0xFFFFFFFF


def masked(data):
    crc = crc32c(data)
    return ((crc >> 15 | crc << 17) + 0xA282EAD8) & 0xFFFFFFFF


def events(folder):
    """All events of a folder's files, the checksums checked."""
    from tensorboardX.proto.event_pb2 import Event

    found = []
    for path in sorted(folder.iterdir()):
        content, place = path.read_bytes(), 0
        while place < len(content):
            (length,) = struct.unpack_from("<Q", content, place)
            data = content[place + 12 : place + 12 + length]
            checks = (
                *struct.unpack_from("<I", content, place + 8),
                *struct.unpack_from("<I", content, place + 12 + length),
            )
            assert checks == (masked(content[place : place + 8]), masked(data))
            found.append(Event.FromString(data))
            place += 16 + length
    return found


def scalars(folder):
    table = {}
    for event in events(folder):
        for value in event.summary.value:
            if value.WhichOneof("value") == "simple_value":
                table.setdefault(value.tag, []).append((event.step, value.simple_value))
    return table
