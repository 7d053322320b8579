# SPDX-License-Identifier: GPL-3.0-or-later
"""Two athletes run the same workout, one with sensors on ANT+, one on Bluetooth, and what the daemon makes of it is held against the truth."""
import json, os, socket, threading, time
from machine_parts import (STATE, TASK, Failure, Radio, Skip, check_session, finished, is_active, journal, service, sessions,
                           shell, wait)
import recording

SOCKET = "/run/sprintd/sprintd.sock"

radios = {}
starts = {}
# What the local socket has said since the daemon runs, and why nothing of it was heard.
said = []
unheard = ["the row plug did not run"]


def usb_devices():
    found = []
    for entry in os.listdir("/sys/bus/usb/devices"):
        path = f"/sys/bus/usb/devices/{entry}/idVendor"
        if os.path.exists(path) and open(path).read().strip() == "0fcf":
            found.append(entry)
    return found


def plug():
    """The unit is not running; a stick is plugged in, and the unit starts and opens the stick. An adapter is there already."""
    if is_active():
        raise Failure("the unit ran before any stick was there")
    radios["ben"] = Radio("vhci-controller", **TASK["sessions"]["ben"])
    radios["ben"].tell("plug")
    wait("adapter", lambda: os.path.exists("/sys/class/bluetooth/hci0"))
    radios["anna"] = Radio("usbip-stick", **TASK["sessions"]["anna"])
    radios["anna"].tell("plug")
    began = time.monotonic()
    wait("stick in the kernel", usb_devices)
    enumerated = time.monotonic() - began
    wait("start of the unit", is_active, 30)
    started = time.monotonic() - began
    wait("opened stick", lambda: int(radios["anna"].tell("stats")[2]) > 8, 30)
    opened = time.monotonic() - began
    watch()
    return f"in the kernel after {enumerated:.1f} s, unit active after {started:.1f} s, stick set up after {opened:.1f} s"


def watch():
    """Follows the local socket from now on, as any program may."""
    client = socket.socket(socket.AF_UNIX)
    try:
        client.connect(SOCKET)
        lines = client.makefile("r")
        client.settimeout(5 + 2 * TASK["patience"])
        greeting = json.loads(lines.readline())
        client.settimeout(None)
        if greeting["class"] != "version":
            raise ValueError(greeting)
        client.sendall(b'{"command":"watch"}\n')
    except (OSError, ValueError) as error:
        unheard[:] = [f"nobody answers on {SOCKET}: {error}"]
        return
    unheard.clear()

    def listen():
        for line in lines:
            said.append(json.loads(line))

    threading.Thread(target=listen, daemon=True).start()


def found():
    """Sensors are found: the stick's channels are open and the Bluetooth sensors connected, before anybody moves."""
    wait("connected Bluetooth sensors", lambda: radios["ben"].tell("stats")[0::2] == ["1", "1"], 60)
    for name in ("anna", "ben"):
        starts[name] = int(radios[name].tell("start")[0])
    wait("two sessions", lambda: len(sessions()) == 2, 30)
    return "both straps and both footpods send; two sessions have begun"


def session_of(name):
    for folder in sessions():
        if os.path.basename(folder).lower().endswith(name):
            return folder
    raise Failure(f"no session of {name} among {[os.path.basename(folder) for folder in sessions()]}")


def truth_holds(name):
    """The workout goes by in real time; the session ends by silence; its sprints are where they truly were."""
    # A row that is run alone has no session before it.
    if name not in starts:
        raise Skip("needs the rows plug and found")
    folder = session_of(name)
    rest = TASK["sessions"][name]["seconds"] - (time.clock_gettime_ns(time.CLOCK_BOOTTIME) - starts[name]) / 1e9
    time.sleep(max(0, rest))
    wait("finished session", lambda: finished(folder), 60)
    analysis = check_session(folder)
    # The recording's time 0 against the simulation's.
    shift = (starts[name] - recording.start(folder + "/capture.pcapng")) / 1e9
    true = TASK["truth"][name]["athletes"][0]["sprints"]
    found = analysis["sprints"]
    if len(found) != len(true):
        raise Failure(f"{len(found)} sprints instead of {len(true)}")
    worst_start = max(abs(got["start_s"] - sprint["start_s"] - shift) for got, sprint in zip(found, true))
    worst_end = max(abs(got["end_s"] - sprint["end_s"] - shift) for got, sprint in zip(found, true))
    worst_effort = max(abs(got["effort"] - sprint["effort"]) for got, sprint in zip(found, true))
    text = (f"{len(found)} sprints, starts within {worst_start:.1f} s, ends {worst_end:.1f} s, efforts {worst_effort:.3f}; "
            f"{analysis['quality']['frames']} frames, {analysis['quality']['dropped_frames']} dropped")
    if worst_start > 2.5 or worst_end > 3 or worst_effort > 0.06 or analysis["quality"]["dropped_frames"]:
        raise Failure(text)
    link = recording.USB if name == "anna" else recording.BLUETOOTH
    got = len(recording.measurements(folder + "/capture.pcapng", link))
    # What the radio handed over: of the stick the first, of the adapter every second number from the second.
    numbers = radios[name].tell("stats")
    handed = int(numbers[0]) if name == "anna" else sum(int(number) for number in numbers[1::2])
    text += f"; {got} of {handed} values that the radio handed over"
    if got < handed * 0.99 - 8:
        raise Failure(text)
    return text


def socket_said():
    """The socket has told each phase and each sprint as they happened, and they are those of the analysis."""
    if unheard:
        raise Skip(unheard[0])
    notes = []
    for name in ("anna", "ben"):
        with open(session_of(name) + "/analysis.json") as file:
            analysis = json.load(file)
        mine = [message for message in said if (message.get("athlete") or "").lower() == name]
        began = [message["kind"] for message in mine if message["class"] == "phase" and message["event"] == "began"]
        wanted = [phase["kind"] for phase in analysis["phases"]]
        if began != wanted:
            raise Failure(f"{name}: phases {began} on the socket, {wanted} in the analysis")
        sprints = {message["index"]: message["effort"] for message in mine if message["class"] == "sprint"}
        if sprints != {sprint["index"]: sprint["effort"] for sprint in analysis["sprints"]}:
            raise Failure(f"{name}: efforts {sprints} on the socket")
        notes.append(f"{name} {len(began)} phases, {len(sprints)} sprints")
    now = sum(message["class"] == "now" for message in said)
    return ", ".join(notes) + f" as in the analysis; {len(said)} messages, {now} of them what is so now"


def usb():
    return truth_holds("anna")


def ble():
    return truth_holds("ben")


def stop():
    """The service stops by command, at once and cleanly."""
    pid = int(service("MainPID"))
    began = time.monotonic()
    shell("systemctl stop sprintd.service")
    took = time.monotonic() - began
    if service("Result") != "success":
        raise Failure(f"result {service('Result')}, status {service('ExecMainStatus')}")
    if took > 2 * TASK["patience"]:
        raise Failure(f"took {took:.1f} s")
    for radio in radios.values():
        radio.quit()
    return f"process {pid} ended with 0 in {took:.1f} s"


ROWS = {"plug": plug, "found": found, "usb": usb, "ble": ble, "socket": socket_said, "stop": stop}
