# SPDX-License-Identifier: GPL-3.0-or-later
"""The little of pcapng that the rows need: when frames came, and on which radio. It shares nothing with the reader under test."""
import struct

USB, BLUETOOTH = 220, 201


def frames(path):
    """(link type, nanoseconds of the boot clock, bytes) of each whole packet block."""
    with open(path, "rb") as file:
        data = file.read()
    links, offset = [], 0
    while offset + 12 <= len(data):
        kind, length = struct.unpack_from("<II", data, offset)
        if length < 12 or offset + length > len(data):
            return
        if kind == 1:
            links.append(struct.unpack_from("<H", data, offset + 8)[0])
        elif kind == 6:
            interface, high, low, captured = struct.unpack_from("<IIII", data, offset + 8)
            yield links[interface], (high << 32) + low, data[offset + 28:offset + 28 + captured]
        offset += length


def is_measurement(link, data):
    """Whether a sensor said something: a stick's broadcast, or a notification."""
    if link == USB:
        # usbmon: type, transfer type, endpoint at 8, 9, 10; the transfer behind 64 bytes. A bulk one in, of a data message.
        return len(data) > 67 and data[10] == 0x81 and data[64] == 0xA4 and data[66] in (0x4E, 0x5D)
    # H4 with four bytes of direction: data, then handle(2), length(2), L2CAP's length(2) and channel(2), ATT.
    return len(data) > 13 and data[4] == 2 and data[13] == 0x1B


def measurements(path, link):
    return [time for kind, time, data in frames(path) if kind == link and is_measurement(kind, data)]


def start(path):
    """Of the recording: when its first frame came."""
    for _, time, _ in frames(path):
        return time
    return None
