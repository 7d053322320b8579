# SPDX-License-Identifier: GPL-3.0-or-later
"""Row `install`: the program comes onto the machine, with its units and udev rules, and is told of two athletes."""
import glob, os, shutil
from machine_parts import SHARE, STATE, TASK, Failure, shell

# Of the source tree, where there is no package: see systemd/README.md there.
FILES = {
    "sprintd.service": "/usr/lib/systemd/system/", "sprintd.socket": "/usr/lib/systemd/system/",
    "sprintd.sysusers": "/usr/lib/sysusers.d/sprintd.conf", "70-sprintd.rules": "/usr/lib/udev/rules.d/",
    "71-sprintd-start.rules": "/usr/lib/udev/rules.d/",
}


def athlete(name, truth):
    person = truth["athletes"][0]
    sensors = ", ".join(f'"{sensor["id"]}"' for sensor in person["sensors"])
    return (f'[[athlete]]\nname = "{name}"\nmax_speed_mps = {person["max_speed_mps"]}\nmax_hr_bpm = {person["max_hr_bpm"]:.0f}\n'
            f'resting_hr_bpm = {person["resting_hr_bpm"]:.0f}\nsensors = [{sensors}]\n')


def install():
    shell("modprobe vhci_hcd && modprobe hci_vhci && modprobe bluetooth")
    packages = glob.glob(SHARE + "/package/*.deb")
    if packages:
        shell("dpkg -i " + packages[0])
        note = os.path.basename(packages[0])
        # It may start with the machine; here the stick is to start it.
        shell("systemctl disable --now sprintd.service", check=False)
    else:
        for name in ("sprintd", "sprintctl"):
            shutil.copy(f"{SHARE}/bin/{name}", f"/usr/bin/{name}")
        for name, place in FILES.items():
            shutil.copy(f"{SHARE}/package/{name}", place)
        shell("systemd-sysusers")
        note = "programs, units and rules copied"
    os.makedirs("/etc/sprintd", exist_ok=True)
    with open("/etc/sprintd/sprintd.toml", "w") as file:
        file.write("[session]\nsilence_s = 20\n")
        for name in ("anna", "ben"):
            file.write(athlete(name.capitalize(), TASK["truth"][name]))
    shell("systemctl daemon-reload && udevadm control --reload")
    shell(f"sprintd --config /etc/sprintd/sprintd.toml --state {STATE} --check-config")
    shell("systemctl start sprintd.socket")
    version = shell("sprintd --version").splitlines()[0]
    if not version.startswith("sprintd"):
        raise Failure(f"--version said {version}")
    exposure = shell("systemd-analyze security sprintd.service --no-pager | tail -n 1", check=False)
    return f"{version}; {note}; {exposure.lstrip('→ ')}"


ROWS = {"install": install}
