# SPDX-License-Identifier: Apache-2.0
"""What a host call costs that Python serves: the case w7-python of pvm bench.

    pvm asm -f standard testdata/bench/w7_ecalli.s -o w7.pvm
    python3 bench.py 1000 <w7.pvm

Runs a program that makes so many host calls, and prints its result and the processor time in
nanoseconds.
"""

import sys
import time

import pvm

A0, A1 = 7, 8
PLENTY = 1 << 62


def main():
    count = int(sys.argv[1])
    served = 0

    def serve(_machine, call):
        nonlocal served
        served += 1 + call

    args = count.to_bytes(8, "little")
    with pvm.Module(sys.stdin.buffer.read()) as module, pvm.Machine(module, args) as machine:
        machine.gas = PLENTY
        begin = time.process_time_ns()
        exit = machine.run(serve)
        spent = time.process_time_ns() - begin
        if exit != pvm.HALT or machine.regs[A1] != 8 or served != count:
            sys.exit(f"{pvm.EXITS[exit]} after {served} host calls")
        result = int.from_bytes(machine.read(machine.regs[A0], 8), "little")
    print(f"{result:#018x} {spent}")


main()
