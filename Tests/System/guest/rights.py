# SPDX-License-Identifier: GPL-3.0-or-later
"""An ordinary user, whose sprintd is no service: what it may do, what it says without the rights, and that what it says to type helps."""
import glob, os, re, signal, subprocess, time
from machine_parts import Failure, Radio, SHARE, TASK, shell, wait
import operation, recording

USER = "tom"
HOME = "/home/tom"

radios = {}


def as_user(command):
    """As after a login, but of no session: nobody is on a seat here, so uaccess opens nothing."""
    return ["setpriv", f"--reuid={USER}", f"--regid={USER}", "--init-groups", "--inh-caps=-all", "env", "-i", f"HOME={HOME}",
            f"USER={USER}", "PATH=/usr/bin:/bin", "sh", "-c", command]


def ask(command, seconds=60):
    """Status and output, both of its streams."""
    done = subprocess.run(as_user(command), stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, cwd="/", timeout=seconds * TASK["patience"])
    return done.returncode, done.stdout


def type_it(command):
    """What was printed, exactly; who types it is root already."""
    shell(f'USER={USER}; sudo() {{ "$@"; }}\n{command}')


class Daemon:
    """A sprintd of the user's own."""

    number = 0

    def __init__(self, options=""):
        Daemon.number += 1
        self.state = f"{HOME}/state{Daemon.number}"
        self.log = f"{SHARE}/artifacts/sprintd.user{Daemon.number}.log"
        with open(self.log, "w") as file:
            self.process = subprocess.Popen(as_user(f"exec sprintd --log plain --state {self.state} {options}"), stdout=file, stderr=file, cwd="/")

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.process.send_signal(signal.SIGTERM)
        status = self.process.wait(30 * TASK["patience"])
        if status:
            raise Failure(f"a user's sprintd ended with {status}")

    def said(self):
        with open(self.log) as file:
            return file.read()

    def awaits(self, pattern, seconds=30):
        return wait(f"word of {pattern}", lambda: self.process.poll() is None and re.search(pattern, self.said()), seconds)

    def records(self, link, seconds=60):
        def measured():
            return sum(len(recording.measurements(path, link)) for path in glob.glob(f"{self.state}/sessions/*/capture.pcapng"))
        return wait(f"data of {USER}", lambda: measured() > 10 and measured(), seconds)


def prepare():
    shell("systemctl disable --now sprintd.service sprintd.socket", check=False)
    # The stick that is plugged in below is not the service's.
    shell("systemctl mask --runtime sprintd.service")
    if not os.path.isdir(HOME):
        shell(f"useradd --create-home {USER}")
    if "ben" not in radios:
        radios["ben"] = operation.bluetooth()
        radios["ben"].tell("plug")
    wait("adapter", lambda: os.path.exists("/sys/class/bluetooth/hci0"))
    # The kernel switches an adapter that nobody wants off by itself, after two seconds.
    shell("hciconfig hci0 down", check=False)


def is_up():
    return "UP" in shell("hciconfig hci0")


SETCAP = r'sudo setcap cap_net_raw,cap_net_admin\+ep "\$\(command -v (sprintd|sprintctl)\)"'


def bluetooth():
    prepare()
    if is_up():
        raise Failure("the adapter is on already")
    # Without rights: both programs say the command, and typing it is all that has to be done.
    with Daemon() as daemon:
        command = daemon.awaits(SETCAP).group(0)
    status, text = ask("sprintctl doctor")
    if not re.search(r"FAIL +Bluetooth permission", text) or command not in text:
        raise Failure(f"doctor says: {text}")
    type_it(command)
    status, text = ask("sprintctl doctor")
    if not re.search(r"ok +Bluetooth permission", text) or status:
        raise Failure(f"doctor says after {command}: {status}: {text}")
    with Daemon() as daemon:
        wait("connections", lambda: radios["ben"].tell("stats")[0::2] == ["1", "1"], 60)
        if not is_up():
            raise Failure("connected over an adapter that is off")
        scanned = daemon.records(recording.BLUETOOTH)
    capabilities = shell("getcap /usr/bin/sprintd")
    # The same of the other program, which scans by itself.
    status, text = ask("sprintctl scan --bluetooth --seconds 4")
    other = re.search(SETCAP, text)
    if not status or not other or other.group(1) != "sprintctl":
        raise Failure(f"scan without rights: {status}: {text}")
    type_it(other.group(0))
    status, text = ask("sprintctl scan --bluetooth --seconds 6")
    addresses = [sensor["id"] for sensor in TASK["truth"]["ben"]["athletes"][0]["sensors"]]
    if status or any(address not in text for address in addresses):
        raise Failure(f"scan with rights: {status}: {text}")
    # Without any rights again, but with addresses: connected all the same, over an adapter that is on.
    shell("setcap -r /usr/bin/sprintd; setcap -r /usr/bin/sprintctl")
    with open(f"{HOME}/ben.toml", "w") as file:
        file.write(f'name = "Ben"\nsensors = {str(addresses).replace(chr(39), chr(34))}\n')
    shell("hciconfig hci0 up")
    wait("free sensors", lambda: radios["ben"].tell("stats")[0::2] == ["0", "0"], 30)
    with Daemon(f"--athlete {HOME}/ben.toml") as daemon:
        wait("connections without rights", lambda: radios["ben"].tell("stats")[0::2] == ["1", "1"], 90)
        bound = daemon.records(recording.BLUETOOTH)
    return (f"without rights the command is said; with {capabilities.split()[-1]}, and no others, it switched on, scanned and recorded {scanned} values; "
            f"bound by address and without any rights, {bound} values")


def stick():
    prepare()
    radios["anna"] = Radio("usbip-stick", seed=TASK["sessions"]["anna"]["seed"], plan="steady")
    radios["anna"].tell("plug")
    radios["anna"].tell("start")
    node = wait("node", lambda: shell("for d in /sys/bus/usb/devices/*; do [ \"$(cat $d/idVendor 2>/dev/null)\" = 0fcf ] && "
                                      "printf '/dev/bus/usb/%03d/%03d' $(cat $d/busnum) $(cat $d/devnum); done; true"))
    wait("the rule's group", lambda: shell(f"stat -c '%G %a' {node}") == "plugdev 660", 30)
    with Daemon() as daemon:
        daemon.awaits("no permission for " + node)
    status, text = ask("sprintctl doctor")
    found = re.search(r"no permission to use \S+\n((?: {8}.*\n)+)", text)
    if not found:
        raise Failure(f"doctor says: {text}")
    commands = [line.strip() for line in found.group(1).splitlines()]
    for command in commands:
        type_it(command)
    # The next process of the user is as after a new login.
    status, text = ask("sprintctl doctor")
    if status or "no permission to use" in text:
        raise Failure(f"doctor says after {commands}: {status}: {text}")
    with Daemon() as daemon:
        values = daemon.records(recording.USB)
    return f"{node}: without the group it is said what to type; after {commands[0].split('#')[0].strip()}, {values} values"


ROWS = {"rights_bluetooth": bluetooth, "rights_stick": stick}
