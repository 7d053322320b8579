# SPDX-License-Identifier: GPL-3.0-or-later
"""The machine's disk: a small Debian 12, its kernel and an initrd, made once and kept by a hash of what goes in."""
import hashlib, os, re, shutil, subprocess, tempfile

PACKAGES = """
systemd systemd-sysv udev dbus kmod procps busybox-static e2fsprogs adduser socat jq
python3 libusb-1.0-0 libbluetooth3 libsqlite3-0 bluez libcap2-bin
""".split()

# The kernel's own dependencies come with them. The second line is what the kernel asks for by the name of an algorithm, not of a module.
MODULES = """
virtio_pci virtio_blk virtio_rng ext4 overlay 9p 9pnet_virtio loop vhci-hcd usb_serial_simple hci_vhci bluetooth
crc32c_generic crc32c_intel ecb cmac ccm ctr hmac sha256_generic sha512_generic aes_generic ecdh_generic drbg jitterentropy_rng
""".split()

# What the initrd itself loads, in the order of need.
EARLY = ["virtio_pci", "virtio_blk", "virtio_rng", "crc32c_generic", "ext4", "overlay", "9pnet_virtio", "9p"]

# The names below are parts of the system that a test machine has no use for; each costs seconds under emulation.
IDLE_UNITS = """
apt-daily.timer apt-daily-upgrade.timer dpkg-db-backup.timer e2scrub_all.timer fstrim.timer e2scrub_reap.service systemd-timesyncd.service
systemd-networkd.service bluetooth.service getty@tty1.service serial-getty@ttyS0.service systemd-update-utmp.service
systemd-update-utmp-runlevel.service systemd-logind.service modprobe@configfs.service modprobe@dm_mod.service modprobe@drm.service
modprobe@efi_pstore.service modprobe@fuse.service modprobe@loop.service dev-hugepages.mount dev-mqueue.mount sys-kernel-debug.mount
sys-kernel-tracing.mount kmod-static-nodes.service man-db.timer systemd-tmpfiles-clean.timer systemd-pstore.service
""".split()


class Unavailable(Exception):
    """Why there can be no machine here."""


def run(*words, **more):
    return subprocess.run(words, check=True, **more)


# These end whoever closes the socket of a Bluetooth sensor that has gone: see docs/system-test.md.
DEFECTIVE = ("6.1.191", "6.1.192")


def kernel_package():
    """The newest of Debian's kernel packages that can be used, as name=version; not the cloud kernel, which has neither USB nor Bluetooth."""
    listing = subprocess.run(["apt-cache", "search", "--names-only", "^linux-image-6[.]1[.]0-[0-9]+-amd64$"], capture_output=True, text=True)
    names = re.findall(r"^(linux-image-[0-9.-]+-amd64) ", listing.stdout, re.M)
    if not names:
        raise Unavailable("apt knows no linux-image-6.1.0-*-amd64: run apt-get update on a Debian 12")
    text = subprocess.run(["apt-cache", "show", *names], capture_output=True, text=True).stdout
    found = []
    for entry in text.split("\n\n"):
        facts = dict(re.findall(r"^(Package|Version): (.*)$", entry, re.M))
        if len(facts) == 2:
            found.append(([int(number) for number in re.findall("[0-9]+", facts["Version"])], f"{facts['Package']}={facts['Version']}"))
    wanted = os.environ.get("KERNEL")
    usable = [entry for entry in found if (f"={wanted}" in entry[1] if wanted else entry[1].split("=")[1].split("-")[0] not in DEFECTIVE)]
    if not usable:
        raise Unavailable(f"of the kernels that apt knows, none is {wanted or 'without the defect: ' + ', '.join(name for _, name in found)}")
    return max(usable)[1]


def sources():
    """Debian's own among the sources of this machine: what else is there is nobody's business."""
    for path in ("/etc/apt/sources.list.d/debian.sources", "/etc/apt/sources.list"):
        if os.path.exists(path) and re.search(r"^[^#]*\b(deb|URIs)\b", open(path).read(), re.M):
            return path
    return "http://deb.debian.org/debian"


def place(cache):
    """The folder with `root.ext4`, `vmlinuz` and `initrd`, whether or not it is there, and the kernel's package."""
    kernel = kernel_package()
    here = os.path.dirname(os.path.abspath(__file__))
    recipe = kernel.encode()
    for path in (__file__, here + "/guest/init"):
        with open(path, "rb") as file:
            recipe += file.read()
    return os.path.join(cache, hashlib.sha256(recipe).hexdigest()[:16]), kernel


def check(cache):
    """Throws where the disk is not there and cannot be made."""
    folder, _ = place(cache)
    if os.path.exists(folder + "/complete"):
        return
    for tool, package in (("mmdebstrap", "mmdebstrap"), ("mke2fs", "e2fsprogs"), ("cpio", "cpio"), ("modprobe", "kmod")):
        if not shutil.which(tool, path=os.environ["PATH"] + ":/usr/sbin:/sbin"):
            raise Unavailable(f"{tool} is missing: install Debian's {package}")
    if os.getuid() != 0:
        raise Unavailable(f"the machine's disk is made by root, once; {folder} is not there yet")


def make(cache):
    check(cache)
    folder, kernel = place(cache)
    if os.path.exists(folder + "/complete"):
        return folder
    os.makedirs(cache, exist_ok=True)
    # Beside the cache, so that its disk holds it, and gone in any case.
    with tempfile.TemporaryDirectory(dir=cache) as work:
        os.chmod(work, 0o755)
        build(work, kernel)
        os.makedirs(folder, exist_ok=True)
        for name in ("root.ext4", "vmlinuz", "initrd"):
            os.replace(f"{work}/{name}", f"{folder}/{name}")
    open(folder + "/complete", "w").close()
    # Disks of earlier recipes are of no more use.
    for name in os.listdir(cache):
        if re.fullmatch("[0-9a-f]{16}", name) and name != os.path.basename(folder):
            shutil.rmtree(f"{cache}/{name}")
    return folder


def build(work, kernel):
    root = work + "/root"
    run("mmdebstrap", "--quiet", "--variant=minbase", "--include=" + ",".join(PACKAGES),
        '--aptopt=Acquire::Check-Valid-Until "false"', '--dpkgopt=path-exclude=/usr/share/man/*',
        '--dpkgopt=path-exclude=/usr/share/locale/*', '--dpkgopt=path-exclude=/usr/share/doc/*',
        "bookworm", root, sources())
    run("apt-get", "download", "--quiet", kernel, cwd=work, stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL)
    package = next(name for name in os.listdir(work) if name.startswith("linux-image"))
    run("dpkg-deb", "-x", f"{work}/{package}", work + "/kernel")
    version = os.listdir(work + "/kernel/lib/modules")[0]
    run("depmod", "-b", work + "/kernel", version)
    files = []
    for module in MODULES:
        for path in dependencies(work, version, module):
            if path not in files:
                files.append(path)
    modules = f"{root}/lib/modules/{version}"
    for path in files:
        target = root + "/lib/modules/" + path.split("/lib/modules/")[1]
        os.makedirs(os.path.dirname(target), exist_ok=True)
        shutil.copy(path, target)
    for name in ("modules.order", "modules.builtin", "modules.builtin.modinfo"):
        shutil.copy(f"{work}/kernel/lib/modules/{version}/{name}", modules)
    run("depmod", "-b", root, version)
    for unit in IDLE_UNITS:
        link = f"{root}/etc/systemd/system/{unit}"
        if os.path.lexists(link):
            os.unlink(link)
        os.symlink("/dev/null", link)
    for name in ("/system-test", "/disk"):
        os.makedirs(root + name, exist_ok=True)
    shutil.copy(f"{work}/kernel/boot/vmlinuz-{version}", work + "/vmlinuz")
    make_initrd(work, root, version)
    shutil.rmtree(root + "/var/lib/apt/lists", ignore_errors=True)
    run("mke2fs", "-q", "-t", "ext4", "-O", "^has_journal", "-d", root, work + "/root.ext4", "600M", stdout=subprocess.DEVNULL)


def dependencies(work, version, module):
    listing = run("modprobe", "-d", work + "/kernel", "-S", version, "--show-depends", module, capture_output=True, text=True)
    return [line.split()[1] for line in listing.stdout.splitlines() if line.startswith("insmod")]


def make_initrd(work, root, version):
    place = work + "/initrd.root"
    for name in ("bin", "modules", "proc", "sys", "dev", "lower", "over", "new"):
        os.makedirs(f"{place}/{name}")
    shutil.copy(root + "/bin/busybox", place + "/bin/busybox")
    order = []
    for module in EARLY:
        for path in dependencies(work, version, module):
            name = os.path.basename(path)
            if name not in order:
                order.append(name)
                shutil.copy(path, f"{place}/modules/{name}")
    with open(place + "/modules/order", "w") as file:
        file.writelines(name + "\n" for name in order)
    shutil.copy(os.path.join(os.path.dirname(os.path.abspath(__file__)), "guest", "init"), place + "/init")
    os.chmod(place + "/init", 0o755)
    with open(work + "/initrd", "wb") as file:
        names = subprocess.run(["find", "."], cwd=place, check=True, capture_output=True).stdout
        run("cpio", "--quiet", "-o", "-H", "newc", cwd=place, input=names, stdout=file)
