// SPDX-License-Identifier: GPL-3.0-or-later
let arguments = CommandLine.arguments.dropFirst()
guard arguments.count <= 2, arguments.allSatisfy({ Int($0).map { $0 > 0 } ?? false }) else {
    print("usage: ring-benchmark [rounds [items per burst]]")
    throw UsageError()
}
let numbers = arguments.compactMap { Int($0) }
let rounds = numbers.first ?? 21
let items = UInt64(numbers.dropFirst().first ?? 100_000)

try measureThroughput(rounds: rounds, items: items)
try measureRoundTrips(rounds: rounds, count: Int(items / 10))
try measureSleep(count: 1_000)

struct UsageError: Error {}
