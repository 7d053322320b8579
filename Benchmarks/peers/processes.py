# SPDX-License-Identifier: GPL-3.0-or-later
"""What three daemons keep in memory and use of the processor, side by side, while each gets eight messages a second:

- sprintd, recording a strap and a footpod from an emulated ANT+ stick;
- a minimal node of openant on a stick of its own, of the same kind, which prints nothing and keeps nothing;
- gpsd on a pseudo-terminal, with two sentences of NMEA 0183 four times a second and no client.
"""

import os
import pty
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from pathlib import Path

# The emulated stick has its one configuration from the start and answers no question about it.
NODE = """
import sys
import usb.core
usb.core.Device.set_configuration = lambda *_: None
from openant.devices import ANTPLUS_NETWORK_KEY
from openant.easy.channel import Channel
from openant.easy.node import Node

node = Node()
node.set_network_key(0x00, ANTPLUS_NETWORK_KEY)
received = [0, 0]
for index, (device_type, period) in enumerate(((120, 8070), (124, 8134))):
    channel = node.new_channel(Channel.Type.BIDIRECTIONAL_RECEIVE, 0x00)

    def take(data, index=index):
        received[index] += 1
        if received[index] in (1, 50):
            print(index, received[index], file=sys.stderr, flush=True)

    channel.on_broadcast_data = take
    channel.set_period(period)
    channel.set_search_timeout(0xFF)
    channel.set_rf_freq(57)
    channel.set_id(0, device_type, 0)
    channel.open()
node.start()
"""


class Usage:
    """Of a process with all its threads."""

    def __init__(self, process: int):
        self.process = process

    def processor_seconds(self) -> float:
        # Nanoseconds on a processor; finer than the hundredths of `stat`.
        folder = Path(f"/proc/{self.process}/task")
        return sum(int((task / "schedstat").read_text().split()[0]) for task in folder.iterdir()) / 1e9

    def resident(self) -> int:
        """KiB."""
        return self._status("VmRSS")

    def own(self) -> int:
        """KiB that no file stands behind."""
        return self._status("RssAnon")

    def _status(self, key: str) -> int:
        for line in Path(f"/proc/{self.process}/status").read_text().splitlines():
            if line.startswith(key + ":"):
                return int(line.split()[1])
        raise SystemExit(f"/proc/{self.process}/status has no {key}")


class Daemon:
    """A program under test. `process` is what is measured; `starter` is what was started, and is ended."""

    def __init__(self, name: str, starter: subprocess.Popen, process: int):
        self.name, self.starter, self.usage = name, starter, Usage(process)

    def end(self) -> None:
        os.kill(self.usage.process, signal.SIGTERM)
        try:
            self.starter.wait(10)
        except subprocess.TimeoutExpired:
            self.starter.kill()
            self.starter.wait()


def child_of(process: int, name: str, seconds: float = 20) -> int:
    """The descendant of this name, once it is there."""
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        parents = {}
        for entry in Path("/proc").iterdir():
            if entry.name.isdigit():
                try:
                    text = (entry / "stat").read_text()
                except OSError:
                    continue
                command, rest = text[text.index("(") + 1 : text.rindex(")")], text[text.rindex(")") + 2 :].split()
                parents[int(entry.name)] = (command, int(rest[1]))
        for found, (command, parent) in parents.items():
            above = parent
            while above in parents and above != process:
                above = parents[above][1]
            if above == process and command == name:
                return found
        time.sleep(0.1)
    raise RuntimeError(f"{name} was not started")


def on_a_stick(name: str, emulator: Path, seconds: float, command: list[str], log) -> Daemon:
    """Starts a program that finds an emulated stick, with a strap and a footpod in the air."""
    starter = subprocess.Popen(
        ["umockdev-wrapper", str(emulator), "plug a usbm", f"air 1 1 1 {seconds:.0f}", "--", *command],
        stdin=subprocess.DEVNULL, stdout=log, stderr=log,
    )
    return Daemon(name, starter, child_of(starter.pid, Path(command[0]).name[:15]))


def nmea(text: str) -> bytes:
    checksum = 0
    for byte in text.encode():
        checksum ^= byte
    return f"${text}*{checksum:02X}\r\n".encode()


def sentences(count: int) -> bytes:
    """Two of a runner who goes north, a quarter of a second after the ones before."""
    seconds, minutes = count / 4, 30 + count * 0.0004
    now = f"{12 + int(seconds // 3600):02d}{int(seconds // 60) % 60:02d}{seconds % 60:05.2f}"
    return nmea(f"GPRMC,{now},A,52{minutes:07.4f},N,01300.0000,E,6.0,0.0,231126,,,A") + nmea(
        f"GPGGA,{now},52{minutes:07.4f},N,01300.0000,E,1,08,1.0,40.0,M,40.0,M,,"
    )


def gpsd_on(terminal: int, folder: Path, log) -> Daemon:
    name = os.ttyname(terminal)
    os.chmod(name, 0o666)  # gpsd gives its rights away and opens it again.
    starter = subprocess.Popen(
        ["/usr/sbin/gpsd", "-N", "-n", "-S", "29470", "-F", str(folder / "gpsd.socket"), name],
        stdin=subprocess.DEVNULL, stdout=log, stderr=log,
    )
    return Daemon("gpsd", starter, starter.pid)


def measure(sprintd: Path | None, emulator: Path | None, seconds: float) -> dict[str, dict | str]:
    """For each program what it used, or a text that says why there is nothing.

    - Parameter seconds: of measurement, after 20 s in which everybody finds everything.
    """
    results: dict[str, dict | str] = {}
    daemons: list[Daemon] = []
    folder = Path(tempfile.mkdtemp(prefix="peers-"))
    folder.chmod(0o755)
    log = open(folder / "log", "w")
    master, slave = pty.openpty()

    def start(name: str, reason: str | None, body) -> None:
        try:
            if reason:
                raise RuntimeError(reason)
            daemons.append(body())
        except (RuntimeError, OSError) as error:
            results[name] = str(error)

    no_stick = None if emulator and shutil.which("umockdev-wrapper") else "umockdev is not installed: no stick"
    try:
        start("sprintd", no_stick or (None if sprintd else "not built: make build"), lambda: on_a_stick(
            "sprintd", emulator, seconds + 60, [str(sprintd), "--state", str(folder / "state")], log))
        start("openant", no_stick, lambda: on_a_stick(
            "openant", emulator, seconds + 60, [sys.executable, "-c", NODE], log))
        start("gpsd", None if Path("/usr/sbin/gpsd").exists() else "not installed: apt install gpsd",
              lambda: gpsd_on(slave, folder, log))
        begin, count, before = time.monotonic(), 0, {}
        while (elapsed := time.monotonic() - begin) < 20 + seconds:
            os.write(master, sentences(count))
            count += 1
            if elapsed >= 20 and not before:
                measured = time.monotonic()
                before = {daemon.name: daemon.usage.processor_seconds() for daemon in daemons}
            time.sleep(max(0, begin + count / 4 - time.monotonic()))
        took = time.monotonic() - measured
        for daemon in daemons:
            try:
                usage = daemon.usage
                results[daemon.name] = {
                    "resident": usage.resident(), "own": usage.own(),
                    "share": (usage.processor_seconds() - before[daemon.name]) / took,
                }
            except OSError:
                results[daemon.name] = "ended by itself"
    finally:
        for daemon in daemons:
            try:
                daemon.end()
            except OSError:
                pass
        log.close()
        text = (folder / "log").read_text(errors="replace")
        os.close(master)
        os.close(slave)
        captures = [file.stat().st_size for file in folder.glob("state/sessions/*/capture.pcapng")]
        shutil.rmtree(folder)
    # A daemon that received nothing is cheap: then there is nothing to compare.
    if isinstance(results.get("sprintd"), dict) and not any(size > 10_000 for size in captures):
        results["sprintd"] = "it recorded nothing:\n" + text
    if isinstance(results.get("openant"), dict) and not all(f"{index} 50" in text for index in (0, 1)):
        results["openant"] = "it received nothing:\n" + text
    return results
