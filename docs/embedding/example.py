# SPDX-License-Identifier: Apache-2.0
"""libpvm from Python: what example.c does.

    pvm asm -f raw guest.s -o guest.pvm
    python3 example.py guest.pvm

With a number behind the file it measures what a host call costs instead.
"""

import ctypes
import sys
import time

import pvm

SHARED, FAR, A0, A1, GAS, CALL_GAS = 0x20000, 0x50000, 7, 8, 1000, 10


class Counter:
    """libc's memory, with a count of the blocks that are in use."""

    def __init__(self):
        libc = ctypes.CDLL(None)
        libc.realloc.restype, libc.realloc.argtypes = ctypes.c_void_p, (ctypes.c_void_p,
                                                                        ctypes.c_size_t)
        libc.free.argtypes = (ctypes.c_void_p,)
        self.live = 0

        def resize(_user, ptr, size):
            if size == 0:
                self.live -= ptr is not None
                libc.free(ptr)
                return None
            got = libc.realloc(ptr, size)
            self.live += got is not None and ptr is None
            return got

        self.alloc = pvm.Alloc(pvm.Alloc.RESIZE(resize), None)


class Host:
    def __init__(self):
        self.buffer = bytearray(pvm.PAGE_SIZE)
        self.numbers = memoryview(self.buffer).cast("Q")

    def serve(self, machine, call):
        if call == 4:
            return pvm.CONTINUE
        if not machine.charge(CALL_GAS):
            return pvm.OOG
        if call == 1:
            first, count = divmod(machine.regs[A0] - SHARED, 8)[0], machine.regs[A1]
            if not 0 <= first <= first + count <= len(self.numbers):
                return pvm.PANIC
            machine.regs[A0] = sum(self.numbers[first:first + count])
            return pvm.CONTINUE
        if call == 2:
            raise PermissionError("refused by the host")
        if call == 3:
            raise RuntimeError("the host went wrong")
        return pvm.PANIC


def start(module, host, what, alloc=None):
    machine = pvm.Machine(module, alloc=alloc)
    machine.lend(SHARED, host.buffer)
    machine.regs[0] = 0xFFFF0000  # ra: returning there halts
    machine.regs[A0] = what
    machine.gas = GAS
    return machine


def run(machine, host):
    try:
        exit = machine.run(host.serve)
        if exit == pvm.FAULT:
            print(f"page-fault at {machine.exit_arg:#x}, then ", end="")
            machine.map(machine.exit_arg, pvm.PAGE_SIZE)
            machine.write(FAR + 8, (7).to_bytes(8, "little"))
            exit = machine.run(host.serve)
    except (PermissionError, RuntimeError) as error:
        # The machine stands behind the call that failed and can go on.
        print(f'error "{error}", then ', end="")
        exit = machine.run(host.serve)
    if exit == pvm.HALT:
        print(f"halt, a0 = {machine.regs[A0]}", end="")
    else:
        print(f"{pvm.EXITS[exit]} at {machine.pc}", end="")
    print(f", gas {machine.gas}")


def scenarios(blob):
    counter = Counter()
    with pvm.Module(blob, alloc=counter.alloc) as module:
        for what, name in enumerate(("sum", "panic", "forever", "fault", "refused", "raised")):
            host = Host()
            with start(module, host, what, counter.alloc) as machine:
                print(f"{name}: ", end="")
                run(machine, host)
                if what == 0:
                    print(f"in the buffer: {host.numbers[10]}")
    print(f"{counter.live} blocks not freed")


def measure(blob, rounds):
    host = Host()
    with pvm.Module(blob) as module, start(module, host, 6) as machine:
        machine.gas = 2 * rounds
        begin = time.perf_counter_ns()
        machine.run(host.serve)
        print(f"{(time.perf_counter_ns() - begin) / rounds:.1f} ns a host call")


with open(sys.argv[1], "rb") as file:
    if len(sys.argv) > 2:
        measure(file.read(), int(sys.argv[2]))
    else:
        scenarios(file.read())
