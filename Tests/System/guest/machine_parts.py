# SPDX-License-Identifier: GPL-3.0-or-later
"""The virtual radios, the service and its state folder, as the rows see them."""
import glob, json, os, shutil, socket, subprocess, time
import recording

SHARE = "/system-test"
STATE = "/var/lib/sprintd"
with open(SHARE + "/task.json") as file:
    TASK = json.load(file)


class Failure(Exception):
    """A row's verdict is that it failed."""


class Skip(Exception):
    """There is nothing to try, for a reason."""


def shell(command, check=True, timeout=120):
    done = subprocess.run(command, shell=True, capture_output=True, text=True, timeout=timeout * TASK["patience"])
    if check and done.returncode:
        raise Failure(f"{command}: {done.returncode}: {(done.stderr or done.stdout).strip()[-300:]}")
    return done.stdout.strip()


def boottime():
    return time.clock_gettime_ns(time.CLOCK_BOOTTIME)


def wait(what, condition, seconds=20):
    """Until the condition holds, and gives what it gave. An emulated machine gets more time."""
    end = time.monotonic() + seconds * TASK["patience"]
    while True:
        value = condition()
        if value:
            return value
        if time.monotonic() > end:
            raise Failure(f"no {what} within {seconds * TASK['patience']:.0f} s")
        time.sleep(0.1)


class Radio:
    """A virtual radio: its process, and the socket on which it is told what happens."""

    def __init__(self, program, **session):
        self.path = f"/run/{program}.{session['seed']}"
        # In memory: a program in the shared folder is read from it again and again.
        if not os.path.exists(f"/usr/local/bin/{program}"):
            shutil.copy(f"{SHARE}/bin/{program}", f"/usr/local/bin/{program}")
        words = [program, "--control", self.path]
        for key, value in session.items():
            words += [f"--{key}", str(value)]
        self.log = open(f"{SHARE}/artifacts/{program}.{session['seed']}.log", "w")
        self.process = subprocess.Popen(words, stderr=self.log)
        self.socket = socket.socket(socket.AF_UNIX)
        wait(f"{program}", self.connect, 20)
        self.lines = self.socket.makefile("r")

    def connect(self):
        try:
            self.socket.connect(self.path)
            return True
        except OSError:
            if self.process.poll() is not None:
                raise Failure(f"{self.path} ended with {self.process.returncode}")
            return False

    def tell(self, command):
        self.socket.sendall((command + "\n").encode())
        answer = self.lines.readline().split()
        if not answer or answer[0] != "ok":
            raise Failure(f"{command}: {' '.join(answer) or 'no answer'}")
        return answer[1:]

    def quit(self):
        if self.process.poll() is None:
            self.tell("quit")
        self.process.wait(30)


# MARK: The service

def service(property_name):
    return shell(f"systemctl show -P {property_name} sprintd.service")


def journal():
    return shell("journalctl -u sprintd.service -o short-monotonic --no-pager -n 4000", check=False)


def is_active():
    return service("ActiveState") == "active"


def sessions():
    return sorted(glob.glob(STATE + "/sessions/*"))


def captures():
    return [path + "/capture.pcapng" for path in sessions() if os.path.exists(path + "/capture.pcapng")]


def measured_after(link, moment):
    """The first measurement on a radio after a moment (ns of the boot clock), in whatever session."""
    times = [time for path in captures() for time in recording.measurements(path, link) if time > moment]
    return min(times) if times else None


def check_session(folder):
    """Finished, whole, and what is derived from it is what the capture gives."""
    name = os.path.basename(folder)
    capture, analysis = folder + "/capture.pcapng", folder + "/analysis.json"
    if not os.path.exists(analysis):
        raise Failure(f"{name} has no analysis.json")
    shell(f"sprintctl sessions verify --state {STATE} {name}")
    made = subprocess.run(["sprintctl", "analyze", "--format", "json", capture], capture_output=True, text=True,
                          timeout=120 * TASK["patience"])
    with open(analysis) as file:
        text = file.read()
    if made.stdout != text:
        raise Failure(f"{name}: analysis.json is not what its capture gives")
    return json.loads(text)


def finished(folder):
    return os.path.exists(folder + "/analysis.json")
