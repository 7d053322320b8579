# SPDX-License-Identifier: GPL-3.0-or-later
"""Power cuts: a machine records on a disk whose cache is lost with the power. What the disk would hold after a power cut is taken at many
moments (the last one is a real cut); another machine starts from each, and everything that the kernel had said to be on the disk by then
must be there. The control mounts the disk without barriers, where it must not be."""
import os, random, shutil, subprocess, tempfile, time
import machine
from volatile_disk import VolatileDisk

SIZE = 32 << 20
# Names that are final; others exist only on the way to them.
FINAL = ("capture.pcapng", "analysis.json", "activity.fit")


class Lost(Exception):
    """Something acknowledged is not there."""


class Acknowledged:
    """What the kernel has said is on the disk: sizes of files, and names in folders."""

    def __init__(self):
        self.sizes = {}
        self.names = set()
        # Sizes of files that are yet to get their names.
        self.written = {}
        self.lines = 0

    def take(self, path):
        if not os.path.exists(path):
            return
        with open(path, errors="replace") as file:
            text = file.read()
        for line in text.split("\n")[:-1]:
            self.lines += 1
            kind, what, place = line.split(" ", 2)
            if kind == "F" and os.path.basename(place) in FINAL:
                self.sizes[place] = max(self.sizes.get(place, 0), int(what))
            elif kind == "F" and place.endswith(".new"):
                self.written[place[:-4]] = int(what)
            elif kind == "D":
                for name in what.split("/"):
                    path = f"{place}/{name}"
                    if name in FINAL and path in self.written:
                        # It had its bytes before it got its name.
                        self.sizes[path] = self.written.pop(path)
                    if name in FINAL or os.path.basename(place) == "sessions" and "." not in name and name:
                        self.names.add(path)

    def check(self, present):
        """`present`: path to size, of all files and folders."""
        def size(path):
            # A session without one readable frame is moved; what there was of it goes along.
            moved = path.replace("/sessions/", "/set-aside/")
            return present.get(path, present.get(moved, -1))

        for path in self.names:
            if size(path) < 0:
                raise Lost(f"{path} is gone")
        for path, wanted in self.sizes.items():
            # A file whose name was not yet acknowledged may be gone with its folder.
            if size(path) < wanted and (path in self.names or size(path) >= 0):
                raise Lost(f"{path} has {size(path)} bytes of {wanted}")


def recovered(path):
    """What the machine told after its start: files with sizes, and complaints."""
    present, complaints = {}, []
    with open(path, errors="replace") as file:
        for line in file.read().split("\n"):
            kind, _, rest = line.partition(" ")
            if kind == "S":
                size, place = rest.split(" ", 1)
                present[place] = int(size)
            elif kind == "X":
                complaints.append(rest)
    return present, complaints


def check_file_system(content, folder):
    path = folder + "/disk"
    with open(path, "wb") as file:
        file.write(content)
    try:
        for options, worst in ((["-p"], 1), (["-fn"], 0)):
            done = subprocess.run(["/sbin/e2fsck", *options, path], capture_output=True, text=True)
            if done.returncode > worst:
                said = [line for line in done.stdout.splitlines() if line and not line.startswith("Pass ")]
                raise Lost(f"e2fsck {options[0]} ends with {done.returncode}: {said[0] if said else done.stderr.strip()}")
    finally:
        os.unlink(path)


def blank(folder):
    path = folder + "/blank"
    with open(path, "wb") as file:
        file.truncate(SIZE)
    subprocess.run(["/sbin/mke2fs", "-q", "-t", "ext4", path], check=True)
    with open(path, "rb") as file:
        content = file.read()
    os.unlink(path)
    return content


class Rig:
    """The machines of one row, and the folder that they share with this one."""

    def __init__(self, folder, image, accelerator):
        self.folder, self.image, self.accelerator = folder, image, accelerator
        self.patience = machine.patience(accelerator)

    def start(self, task, disk):
        with open(self.folder + "/power", "w") as file:
            file.write(task + "\n")
        log = f"{self.folder}/console.{task.split()[0]}"
        return machine.Machine(self.image, self.folder, log, self.accelerator, words="bare", disk=disk)

    def wait(self, guest, what, condition, seconds):
        end = time.monotonic() + seconds * self.patience
        while not condition():
            if not guest.runs or time.monotonic() > end:
                raise OSError(f"no {what}: {guest.end() or 'the machine is too slow'}")
            time.sleep(0.02)


def record(rig, options, seeds, dice):
    """Returns, for each power cut, the disk after it, what had been acknowledged before it, and how many sectors lay in the cache."""
    cuts = []
    witness = rig.folder + "/witness"
    disk = VolatileDisk(blank(rig.folder), rig.folder + "/nbd")
    try:
        with rig.start(f"record {options} {max(1, rig.patience // 4)}", disk.address) as guest:
            def cut():
                # In this order: what is acknowledged after this is not asked for.
                acknowledged = Acknowledged()
                acknowledged.take(witness)
                content, cached, _ = disk.after_power_cut(dice)
                cuts.append((content, acknowledged, cached))

            for number in range(seeds):
                # Something new to lose first.
                known = os.path.getsize(witness) if os.path.exists(witness) else 0
                grown = lambda: os.path.exists(witness) and os.path.getsize(witness) > known and "\nF" in open(witness).read()
                rig.wait(guest, "recording", grown, 60)
                if number < seeds - 1:
                    # While the disk is being written to: else the cache is nearly always empty.
                    disk.alarm = (dice.randint(1, 40), cut)
                    rig.wait(guest, "writing", lambda: len(cuts) > number, 60)
            # The last one is real.
            guest.kill()
            cut()
    finally:
        disk.close()
    return cuts


def recover(rig, cuts):
    """Starts a machine that has all the disks, one behind the other in one. Returns, for each, what is on it and what is wrong with it."""
    path = rig.folder + "/disks"
    with open(path, "wb") as file:
        for content, _, _ in cuts:
            file.write(content)
    with rig.start(f"recover {len(cuts)} {SIZE}", path) as guest:
        rig.wait(guest, "recovery", lambda: os.path.exists(f"{rig.folder}/recovered.{len(cuts) - 1}"), 60 + 15 * len(cuts))
    os.unlink(path)
    return [recovered(f"{rig.folder}/recovered.{number}") for number in range(len(cuts))]


def losses(rig, cuts):
    """What was lost by each power cut that lost something."""
    found = []
    for number, ((content, acknowledged, _), (present, complaints)) in enumerate(zip(cuts, recover(rig, cuts))):
        try:
            if complaints:
                raise Lost(complaints[0])
            acknowledged.check(present)
            check_file_system(content, rig.folder)
        except Lost as reason:
            found.append(f"cut {number + 1}: {reason}")
    return found


def run(row, title, image, binaries, accelerator, table, share, kept):
    began = time.monotonic()
    control = row == "nobarrier"
    seeds = 6 if control else int(os.environ.get("SEEDS", "20"))
    with tempfile.TemporaryDirectory(prefix="system-test-") as folder:
        try:
            share(folder, binaries, {})
            rig = Rig(folder, image, accelerator)
            cuts = record(rig, "nobarrier" if control else "defaults", seeds, random.Random(row))
            found = losses(rig, cuts)
        except OSError as error:
            table.add(title, "FAILED", time.monotonic() - began, str(error))
            return
        finally:
            os.makedirs(f"{kept}/{row}", exist_ok=True)
            for name in os.listdir(folder):
                if name.startswith(("recovered.", "witness", "console.", "sprintd.")):
                    shutil.copy(f"{folder}/{name}", f"{kept}/{row}/{name}")
    last = cuts[-1][1]
    facts = (f"{seeds} cuts, {sum(cut[2] for cut in cuts) // seeds} sectors in the cache each; by the last, {last.lines} synchronisations acknowledged, "
             f"of {len(last.sizes)} files with {sum(last.sizes.values())} bytes")
    seconds = time.monotonic() - began
    if control:
        table.add(title, "ok" if found else "FAILED", seconds,
                  f"as it must, {len(found)} lost something ({found[0]}); {facts}" if found else f"nothing lost, so the test proves nothing: {facts}")
    else:
        table.add(title, "FAILED" if found else "ok", seconds,
                  f"{len(found)} lost something, {found[0]}; {facts}" if found else f"{facts}: all there, e2fsck clean")
