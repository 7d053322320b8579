# SPDX-License-Identifier: GPL-3.0-or-later
"""A machine under qemu: its disk is read only, what it writes is in its memory, and one folder is shared with the host."""
import os, re, subprocess, tempfile, time

QEMU = "qemu-system-x86_64"


def accelerator(image):
    """KVM where it works, which only a machine that really starts can show, else emulation."""
    forced = os.environ.get("SYSTEM_ACCELERATOR")
    if forced:
        return forced
    if not os.access("/dev/kvm", os.R_OK | os.W_OK):
        return "tcg"
    with tempfile.TemporaryDirectory(prefix="system-test-") as folder:
        with Machine(image, folder, folder + "/console", "kvm", words="probe") as guest:
            while guest.runs and time.monotonic() - guest.started < 10:
                time.sleep(0.05)
            return "tcg" if guest.runs or "the kernel runs" not in guest.console() else "kvm"


def patience(accelerator):
    """How much longer than on an idle computer something may take: an emulated machine is slow, and others may want the processors too."""
    busy = os.getloadavg()[0] / (os.cpu_count() or 1)
    return round((1 if accelerator == "kvm" else 4) * min(max(busy, 1), 5))


class Machine:
    """Runs from its making to `kill`, to its own end, or to the `with` block's end."""

    def __init__(self, image, share, log, accelerator, words="", disk=None):
        oops = "" if os.environ.get("SYSTEM_OOPS") == "continue" else "oops=panic"
        command = f"console=ttyS0 quiet loglevel=4 {oops} panic=-1 systemd.show_status=0 random.trust_cpu=on {words}"
        words = [
            QEMU, "-machine", "q35", "-cpu", "host" if accelerator == "kvm" else "max",
            "-accel", "kvm" if accelerator == "kvm" else "tcg,thread=multi", "-smp", "2", "-m", "1024",
            "-nodefaults", "-no-reboot", "-display", "none", "-serial", f"file:{log}",
            "-kernel", f"{image}/vmlinuz", "-initrd", f"{image}/initrd", "-append", command,
            "-drive", f"file={image}/root.ext4,if=virtio,format=raw,readonly=on",
            "-virtfs", f"local,path={share},mount_tag=share,security_model=none,multidevs=remap",
            "-device", "virtio-rng-pci",
        ]
        if disk:
            words += ["-drive", f"file={disk},if=virtio,format=raw,cache=none"]
        self.log = log
        self.started = time.monotonic()
        self.process = subprocess.Popen(words, stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE)

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.kill()

    @property
    def runs(self):
        return self.process.poll() is None

    def kill(self):
        """As when the plug is pulled."""
        if self.runs:
            self.process.kill()
        self.process.wait()

    def end(self):
        """Why it is over, in words, when it was not by its own wish: a panic, or what qemu said."""
        complaint = self.process.stderr.read().decode(errors="replace").strip() if self.process.poll() is not None else ""
        said = self.console()
        if "Kernel panic" in said:
            why = re.search(r"(kernel BUG at .*|BUG: .*|Oops: .*)", said)
            where = re.search(r"Call Trace:\n(?:.*<TASK>\n)?\[[ 0-9.]+\]\s+(\S+)", said)
            return f"kernel panic: {why.group(1).strip() if why else 'no word of why'}, in {where.group(1) if where else 'an unknown place'}"
        return complaint.splitlines()[-1] if complaint else None

    def console(self):
        if not os.path.exists(self.log):
            return ""
        with open(self.log, errors="replace") as file:
            return file.read()
