# SPDX-License-Identifier: GPL-3.0-or-later
"""The installed unit in daily use: started by its socket, before its adapter is there, told of a new configuration, for ten minutes."""
import json, os, socket, time
from machine_parts import Failure, Radio, TASK, finished, is_active, journal, measured_after, boottime, service, sessions, shell, wait
import recording

SOCKET = "/run/sprintd/sprintd.sock"
CONFIGURATION = "/etc/sprintd/sprintd.toml"
SECONDS = 600

radios = {}


def bluetooth():
    """Ben, who runs without an end, has his strap and his footpod on Bluetooth. He begins once: a second beginning would put him back."""
    if "ben" not in radios:
        radios["ben"] = Radio("vhci-controller", seed=TASK["sessions"]["ben"]["seed"], plan="steady")
        radios["ben"].tell("start")
    return radios["ben"]


def flows(since=None, seconds=60):
    """Waits for a measurement after now, and tells after how many seconds it came."""
    moment = since or boottime()
    return (wait("data", lambda: measured_after(recording.BLUETOOTH, moment), seconds) - moment) / 1e9


def activate():
    """Only the socket is there; the first client starts the unit, and is answered."""
    shell("systemctl stop sprintd.service")
    if is_active():
        raise Failure("the unit runs already")
    began = time.monotonic()
    client = socket.socket(socket.AF_UNIX)
    client.settimeout(20 * TASK["patience"])
    client.connect(SOCKET)
    greeting = json.loads(client.makefile("r").readline())
    took = time.monotonic() - began
    client.close()
    if greeting["class"] != "version" or not is_active():
        raise Failure(f"{greeting}, unit {service('ActiveState')}")
    return f"answered after {took:.1f} s by a unit that was not running"


def late():
    """The unit runs, with neither stick nor adapter, and goes on until an adapter comes."""
    shell("systemctl start sprintd.service")
    if os.path.exists("/sys/class/bluetooth/hci0"):
        raise Failure("there is an adapter already")
    time.sleep(10)
    pid = service("MainPID")
    if not is_active() or pid == "0":
        raise Failure(f"the unit did not wait: {service('ActiveState')}, {service('Result')}")
    moment = boottime()
    bluetooth().tell("plug")
    delay = flows(moment)
    if service("MainPID") != pid or service("NRestarts") != "0":
        raise Failure(f"it took another process: {service('NRestarts')} restarts")
    return f"the unit ran for 10 s without; data {delay:.1f} s after the adapter came; no restart"


def require_session():
    if not os.path.exists("/sys/class/bluetooth/hci0"):
        shell("systemctl start sprintd.service")
        bluetooth().tell("plug")
    wait("session", lambda: [folder for folder in sessions() if not finished(folder)])
    flows()


def reload():
    """A new configuration holds from now on, a wrong one is refused, and the session knows of neither."""
    require_session()
    pid = service("MainPID")
    running = [folder for folder in sessions() if not finished(folder)]
    with open(CONFIGURATION) as file:
        text = file.read()
    notes = []
    for change, word in ((text.replace("silence_s = 20", "silence_s = 30"), "the configuration was read again"),
                         (text.replace("silence_s = 20", 'silence_s = "long"'), "the configuration stays as it was"), (text, None)):
        if change == text and word:
            raise Failure("the configuration has no silence_s = 20")
        known = journal().count(word) if word else 0
        with open(CONFIGURATION, "w") as file:
            file.write(change)
        moment = boottime()
        shell("systemctl reload sprintd.service")
        if word:
            wait(word, lambda: journal().count(word) > known, 20)
        notes.append(flows(moment))
    if service("MainPID") != pid or [folder for folder in running if finished(folder)]:
        raise Failure("a session ended, or another process runs")
    worst = longest_gap(running[0])
    if worst > 2.5 + TASK["patience"] / 2:
        raise Failure(f"the longest gap in the session is {worst:.1f} s")
    return f"taken, refused, taken back; the same session goes on, longest gap {worst:.1f} s"


def longest_gap(folder):
    times = sorted(recording.measurements(folder + "/capture.pcapng", recording.BLUETOOTH))
    return max((after - before for before, after in zip(times, times[1:])), default=float("inf")) / 1e9


def memory(pid):
    with open(f"/proc/{pid}/status") as file:
        facts = dict(line.split(":", 1) for line in file)
    return {name: int(facts[name].split()[0]) for name in ("VmRSS", "RssAnon", "VmHWM")}


def resources():
    """What the unit takes while it records a strap and a footpod."""
    require_session()
    pid = service("MainPID")
    first = memory(pid)
    used, began = int(service("CPUUsageNSec")), time.monotonic()
    time.sleep(SECONDS)
    used, took = int(service("CPUUsageNSec")) - used, time.monotonic() - began
    last = memory(pid)
    if service("MainPID") != pid:
        raise Failure("another process runs")
    flows()
    began = time.monotonic()
    shell("systemctl stop sprintd.service")
    stopped = time.monotonic() - began
    if service("Result") != "success" or stopped > 2 * TASK["patience"]:
        raise Failure(f"stopped in {stopped:.1f} s, {service('Result')}")
    text = (f"over {took:.0f} s: {100 * used / 1e9 / took:.2f} % of a processor, VmRSS {first['VmRSS']} to {last['VmRSS']} kB, "
            f"RssAnon {first['RssAnon']} to {last['RssAnon']} kB, highest {last['VmHWM']} kB; stopped in {stopped:.1f} s")
    # An hour at this pace, if it were a leak, would have to be seen here.
    if last["RssAnon"] > first["RssAnon"] + 1024 or last["VmRSS"] > 16_384:
        raise Failure(text)
    return text


ROWS = {"activate": activate, "late": late, "reload": reload, "resources": resources}
