# SPDX-License-Identifier: GPL-3.0-or-later
"""A disk with a volatile, reordering write cache, served to qemu as a network block device.

What is written lies in the cache until the machine asks for a flush, or for that one write to be forced. When the power is cut, each sector that
lies there has reached the disk or has not, each by itself, and in any of the versions that were written since the last flush. That is the
worst that a disk may do which obeys flushes.

The protocol: https://github.com/NetworkBlockDevice/nbd/blob/master/doc/proto.md ("fixed newstyle", simple replies).
"""
import os, socket, struct, threading

SECTOR = 512
READ, WRITE, DISCONNECT, FLUSH, TRIM, WRITE_ZEROES = 0, 1, 2, 3, 4, 6
FORCED = 1  # NBD_CMD_FLAG_FUA
# Flags, flush, forced writes.
EXPORT_FLAGS = 1 | 4 | 8


class VolatileDisk:
    def __init__(self, content, path):
        self.durable = bytearray(content)
        self.present = bytearray(content)
        # Sector to its versions since the last flush.
        self.cache = {}
        self.flushes = 0
        self.lock = threading.Lock()
        # Called after so many writes to come.
        self.alarm = None
        self.path = path
        self.listener = socket.socket(socket.AF_UNIX)
        self.listener.bind(path)
        self.listener.listen(1)
        threading.Thread(target=self.accept, daemon=True).start()

    @property
    def address(self):
        return f"nbd:unix:{self.path}"

    def close(self):
        self.listener.close()
        os.unlink(self.path)

    # MARK: The disk

    def write(self, offset, data, forced):
        with self.lock:
            self.present[offset:offset + len(data)] = data
            for sector in range(offset // SECTOR, (offset + len(data) + SECTOR - 1) // SECTOR):
                content = bytes(self.present[sector * SECTOR:(sector + 1) * SECTOR])
                if forced:
                    self.durable[sector * SECTOR:(sector + 1) * SECTOR] = content
                    self.cache.pop(sector, None)
                else:
                    self.cache.setdefault(sector, []).append(content)
        if self.alarm:
            count, call = self.alarm
            self.alarm = (count - 1, call) if count > 1 else None
            if count == 1:
                call()

    def flush(self):
        with self.lock:
            self.flushes += 1
            for sector in self.cache:
                place = slice(sector * SECTOR, (sector + 1) * SECTOR)
                self.durable[place] = self.present[place]
            self.cache.clear()

    def after_power_cut(self, random):
        """The disk as it would be if the power were cut now, how many sectors lie in the cache, and how many of them are on the disk."""
        share = random.choice([0, 0.1, 0.5, 0.9, random.random()])
        kept = 0
        with self.lock:
            content = bytearray(self.durable)
            for sector, versions in self.cache.items():
                if random.random() < share:
                    kept += 1
                    content[sector * SECTOR:(sector + 1) * SECTOR] = random.choice(versions)
            return content, len(self.cache), kept

    # MARK: The protocol

    def accept(self):
        while True:
            try:
                client, _ = self.listener.accept()
            except OSError:
                return
            threading.Thread(target=self.serve, args=(client,), daemon=True).start()

    def serve(self, client):
        with client, client.makefile("rb") as stream:
            try:
                if self.negotiate(client, stream):
                    while self.answer(client, stream):
                        pass
            except (OSError, struct.error):
                # The machine is gone, in the middle of whatever it said.
                pass

    def negotiate(self, client, stream):
        client.sendall(b"NBDMAGICIHAVEOPT" + struct.pack(">H", 3))
        stream.read(4)
        while True:
            _, option, length = struct.unpack(">8sII", stream.read(16))
            stream.read(length)

            def reply(kind, data=b""):
                client.sendall(struct.pack(">QIII", 0x3E889045565A9, option, kind, len(data)) + data)

            if option == 1:  # NBD_OPT_EXPORT_NAME
                client.sendall(struct.pack(">QH", len(self.present), EXPORT_FLAGS))
                return True
            if option in (6, 7):  # NBD_OPT_INFO, NBD_OPT_GO
                reply(3, struct.pack(">HQH", 0, len(self.present), EXPORT_FLAGS))
                reply(3, struct.pack(">HIII", 3, SECTOR, 4096, 32 << 20))
                reply(1)
                if option == 7:
                    return True
            elif option == 2:  # NBD_OPT_ABORT
                reply(1)
                return False
            else:
                reply(0x80000001)

    def answer(self, client, stream):
        _, flags, command, handle, offset, length = struct.unpack(">IHHQQI", stream.read(28))
        data = b""
        if command == READ:
            with self.lock:
                data = bytes(self.present[offset:offset + length])
        elif command == WRITE:
            content = stream.read(length)
            if len(content) < length:
                return False
            self.write(offset, content, flags & FORCED)
        elif command == FLUSH:
            self.flush()
        elif command == DISCONNECT:
            return False
        client.sendall(struct.pack(">IIQ", 0x67446698, 0 if command in (READ, WRITE, FLUSH) else 95, handle) + data)
        return True
