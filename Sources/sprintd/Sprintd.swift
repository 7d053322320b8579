// SPDX-License-Identifier: GPL-3.0-or-later
import CUSB
import CBluetooth
@main enum Sprintd { static func main() { print("x") } }
