# SPDX-License-Identifier: GPL-3.0-or-later
"""What goes wrong while a session is recorded, and what must not be lost by it. Each row leaves the machine recording."""
import os, signal, time
from machine_parts import (STATE, TASK, Failure, Radio, Skip, boottime, captures, check_session, finished, is_active, journal,
                           measured_after, service, sessions, shell, wait)
import recording

radios = {}
LINKS = {"anna": recording.USB, "ben": recording.BLUETOOTH}


def flows(names=("anna", "ben"), since=None, seconds=60):
    """Waits for measurements on the radios after now, and tells after how many seconds the first came."""
    moment = since or boottime()
    delays = {}
    for name in names:
        first = wait(f"data of {name}", lambda: measured_after(LINKS[name], moment), seconds)
        delays[name] = (first - moment) / 1e9
    return delays


def record():
    """A run without an end begins, on both radios."""
    for name, program in (("anna", "usbip-stick"), ("ben", "vhci-controller")):
        radios[name] = Radio(program, seed=TASK["sessions"][name]["seed"], plan="steady")
        radios[name].tell("plug")
        radios[name].tell("start")
    wait("start of the unit", is_active, 30)
    delays = flows()
    return "data after " + " and ".join(f"{value:.1f} s ({name})" for name, value in delays.items())


def require_recording():
    if not radios:
        record()


def replug():
    require_recording()
    radios["anna"].tell("unplug")
    time.sleep(3)
    after = boottime()
    if measured_after(recording.USB, after - 1_000_000_000):
        raise Failure("data of a stick that is not there")
    radios["anna"].tell("plug usb2")
    delay = flows(["anna"], after)["anna"]
    other = measured_after(recording.BLUETOOTH, after - 2_000_000_000)
    if not other:
        raise Failure("the Bluetooth sensors fell silent with the stick")
    return f"another model in another port: data {delay:.1f} s after it was plugged in"


def errors():
    """The transfers fail on the bus; the endpoint halts; the stick restarts by itself."""
    require_recording()
    notes = []
    for command in ("errors 6", "halt", "restart"):
        radios["anna"].tell(command)
        notes.append(f"{command} {flows(['anna'])['anna']:.1f} s")
    return "data again after: " + ", ".join(notes)


def adapter():
    require_recording()
    radios["ben"].tell("unplug")
    wait("end of the adapter", lambda: not os.path.exists("/sys/class/bluetooth/hci0"))
    time.sleep(3)
    after = boottime()
    if measured_after(recording.BLUETOOTH, after - 1_000_000_000):
        raise Failure("data of an adapter that is not there")
    radios["ben"].tell("plug")
    delay = flows(["ben"], after, 90)["ben"]
    return f"data {delay:.1f} s after it was back"


def away():
    """A strap goes out of reach and comes back; then it hangs up by itself. Its data comes again, in the same process."""
    require_recording()
    pid = service("MainPID")
    connected = lambda: radios["ben"].tell("stats")[0] == "1"
    back, again = [], []
    for _ in range(TASK["repetitions"]):
        radios["ben"].tell("away 0")
        time.sleep(4)
        radios["ben"].tell("back 0")
        began = time.monotonic()
        wait("connection", connected, 60)
        back.append(time.monotonic() - began)
        radios["ben"].tell("hangup 0")
        began = time.monotonic()
        wait("connection", connected, 60)
        again.append(time.monotonic() - began)
    sent = int(radios["ben"].tell("stats")[1])
    wait("data of the strap", lambda: int(radios["ben"].tell("stats")[1]) > sent + 3, 60)
    if service("MainPID") != pid:
        raise Failure("another process runs")
    times = f"{len(back)} times, " if len(back) > 1 else ""
    # Only where the machine was told to go on after one.
    stumbles = shell("dmesg").count("Call Trace:")
    if stumbles:
        times = f"{stumbles} oopses of the kernel; {times}"
    return f"{times}connected {max(back):.1f} s at most after it was back, {max(again):.1f} s after it hung up"


def restart():
    require_recording()
    flows()
    before = sessions()
    began = time.monotonic()
    shell("systemctl restart sprintd.service")
    took = time.monotonic() - began
    moment = boottime()
    delays = flows(since=moment)
    gaps = []
    for folder in before:
        check_session(folder)
    for name, link in LINKS.items():
        last = [time for path in captures() for time in recording.measurements(path, link) if time <= moment]
        gaps.append(f"{name} {(moment - max(last)) / 1e9 + delays[name]:.1f} s")
    return f"restarted in {took:.1f} s, {len(before)} sessions closed and whole; without data: " + ", ".join(gaps)


def kill():
    """SIGKILL: systemd starts it again, and the torn sessions are finished."""
    require_recording()
    flows()
    before = [folder for folder in sessions() if not finished(folder)]
    pid = int(service("MainPID"))
    os.kill(pid, signal.SIGKILL)
    moment = boottime()
    wait("another process", lambda: is_active() and int(service("MainPID")) not in (0, pid), 30)
    flows(since=moment)
    for folder in before:
        wait("finished session", lambda: finished(folder), 60)
        check_session(folder)
    return f"{len(before)} torn sessions finished; " + missing(before, moment)


def missing(folders, moment):
    last = [time for folder in folders for _, time, _ in recording.frames(folder + "/capture.pcapng")]
    lost = (moment - max(last)) / 1e9 if last else float("inf")
    # A second between commits, and the time that a slow machine takes for one.
    if lost > 1 + TASK["patience"]:
        raise Failure(f"the last {lost:.1f} s are missing")
    return f"the last {lost:.1f} s are missing"


def watchdog():
    if service("WatchdogUSec") in ("0", "infinity", ""):
        raise Skip("the unit has no watchdog")
    require_recording()
    flows()
    before = [folder for folder in sessions() if not finished(folder)]
    pid = int(service("MainPID"))
    os.kill(pid, signal.SIGSTOP)
    moment = boottime()
    wait("another process", lambda: is_active() and int(service("MainPID")) not in (0, pid), 120)
    took = (boottime() - moment) / 1e9
    flows(since=boottime())
    for folder in before:
        wait("finished session", lambda: finished(folder), 60)
        check_session(folder)
    return f"another process after {took:.1f} s; {len(before)} sessions finished; " + missing(before, moment)


def diskfull():
    """The state folder's disk is full for a while; what came in meanwhile is on it afterwards."""
    require_recording()
    shell("systemctl stop sprintd.service")
    place = os.path.realpath(STATE)
    # systemd gives the folder to the service again.
    shell(f"mount -t tmpfs -o size=4m,mode=755 none {place}")
    try:
        shell("systemctl start sprintd.service")
        flows()
        capture = captures()[0]
        shell(f"dd if=/dev/zero of={place}/filler bs=1k 2>/dev/null; true")
        size = os.path.getsize(capture)
        full = boottime()
        time.sleep(20)
        if not is_active():
            raise Failure("the daemon gave up")
        os.unlink(place + "/filler")
        free = boottime()
        flows(since=free)
        # What waited in memory comes after the next try, 8 s later at most.
        wait("growth", lambda: os.path.getsize(capture) > size and measured_after(recording.USB, free))
        shell("systemctl stop sprintd.service")
        for folder in sessions():
            check_session(folder)
        notes = []
        for name, link in LINKS.items():
            times = sorted(t for path in captures() for t in recording.measurements(path, link) if full - 2e9 < t < free + 2e9)
            gap = max((after - before for before, after in zip(times, times[1:])), default=float("inf")) / 1e9
            if gap > 2.5 + TASK["patience"] / 2:
                raise Failure(f"{gap:.1f} s of {name} are missing")
            notes.append(f"{name} {gap:.1f} s")
        return "full for 20 s; longest gap in what was recorded: " + ", ".join(notes)
    finally:
        shell("systemctl stop sprintd.service", check=False)
        shell(f"umount {place}", check=False)
        shell("systemctl start sprintd.service", check=False)


ROWS = {"record": record, "replug": replug, "errors": errors, "adapter": adapter, "away": away, "restart": restart,
        "kill": kill, "watchdog": watchdog, "diskfull": diskfull}
