# SPDX-License-Identifier: GPL-3.0-or-later
"""Row `install`: the program comes onto the machine, with its units and the udev rule, and knows two athletes."""
import glob, os, shutil
from machine_parts import SHARE, STATE, TASK, Failure, shell

UNIT = f"""[Unit]
Description=Sprint sessions from heart-rate straps and footpods
[Service]
Type=exec
ExecStart=/usr/bin/sprintd --state {STATE} --silence 20 --athlete /etc/sprintd/anna.toml --athlete /etc/sprintd/ben.toml
StateDirectory=sprintd
Restart=on-failure
RestartSec=1
"""


def athlete(name, truth):
    person = truth["athletes"][0]
    sensors = ", ".join(f'"{sensor["id"]}"' for sensor in person["sensors"])
    return (f'name = "{name}"\nmax_speed_mps = {person["max_speed_mps"]}\nmax_hr_bpm = {person["max_hr_bpm"]:.0f}\n'
            f'resting_hr_bpm = {person["resting_hr_bpm"]:.0f}\nsensors = [{sensors}]\n')


def install():
    shell("modprobe vhci_hcd && modprobe hci_vhci && modprobe bluetooth")
    os.makedirs("/etc/sprintd", exist_ok=True)
    packages = glob.glob(SHARE + "/package/*.deb")
    if packages:
        shell("dpkg -i " + packages[0])
        note = os.path.basename(packages[0])
    else:
        for name in ("sprintd", "sprintctl"):
            shutil.copy(f"{SHARE}/bin/{name}", f"/usr/bin/{name}")
        shutil.copy(SHARE + "/package/70-sprintd.rules", "/etc/udev/rules.d/70-sprintd.rules")
        with open("/etc/systemd/system/sprintd.service", "w") as file:
            file.write(UNIT)
        with open("/etc/udev/rules.d/71-system-test.rules", "w") as file:
            file.write('ACTION!="remove", SUBSYSTEM=="usb", ENV{DEVTYPE}=="usb_device", ATTR{idVendor}=="0fcf", '
                       'ENV{SYSTEMD_WANTS}+="sprintd.service"\n')
        note = "programs and rule copied; the unit is the test's own"
    for name in ("anna", "ben"):
        with open(f"/etc/sprintd/{name}.toml", "w") as file:
            file.write(athlete(name.capitalize(), TASK["truth"][name]))
    shell("systemctl daemon-reload && udevadm control --reload")
    version = shell("sprintd --version").splitlines()[0]
    if not version.startswith("sprintd"):
        raise Failure(f"--version said {version}")
    return f"{version}; {note}"


ROWS = {"install": install}
