# SPDX-License-Identifier: Apache-2.0
"""libpvm through ctypes: no build step, one file.

A Machine's `regs` are the live registers, its `lend` shares a bytearray with the guest, and `run`
serves host calls by a Python function. An exception that the function raises comes out of `run`.
PVM_LIBRARY names the library; without it the system's libpvm.so.0 is loaded.
"""

import ctypes as c
import os

PAGE_SIZE = 4096
NO_ACCESS, READ, WRITE = 0, 1, 3
CONTINUE, HALT, PANIC, OOG, FAULT, HOST = range(6)
EXITS = ("continue", "halt", "panic", "out-of-gas", "page-fault", "host-call")
STATUSES = ("ok", "usage", "malformed", "io", "limit", "memory", "internal")
ABI_VERSION = 1


class _Err(c.Structure):
    _fields_ = [("status", c.c_int), ("msg", c.c_char * 320)]


class Alloc(c.Structure):
    """A struct pvm_alloc. Whoever makes one keeps it, and what its functions need, alive."""

    RESIZE = c.CFUNCTYPE(c.c_void_p, c.c_void_p, c.c_void_p, c.c_size_t)
    _fields_ = [("resize", RESIZE), ("user", c.c_void_p)]


class _ModuleOptions(c.Structure):
    _fields_ = [("size", c.c_size_t), ("gp", c.c_char_p), ("format", c.c_char_p),
                ("alloc", c.POINTER(Alloc))]


class _MachineOptions(c.Structure):
    _fields_ = [("size", c.c_size_t), ("alloc", c.POINTER(Alloc)), ("memory_limit", c.c_uint64),
                ("args", c.c_char_p), ("args_len", c.c_size_t)]


_HOST = c.CFUNCTYPE(c.c_int, c.c_void_p, c.c_void_p, c.c_uint64, c.POINTER(c.c_int),
                    c.POINTER(_Err))
_P, _U64, _ERR, _EXIT = c.c_void_p, c.c_uint64, c.POINTER(_Err), c.POINTER(c.c_int)
_SIGNATURES = {
    "pvm_abi_version": (c.c_uint32,),
    "pvm_module_new": (c.c_int, c.c_char_p, c.c_size_t, c.POINTER(_ModuleOptions), c.POINTER(_P),
                       _ERR),
    "pvm_module_free": (None, _P),
    "pvm_machine_new": (c.c_int, _P, c.POINTER(_MachineOptions), c.POINTER(_P), _ERR),
    "pvm_machine_free": (None, _P),
    "pvm_run_with_host": (c.c_int, _P, _HOST, _P, _EXIT, _ERR),
    "pvm_step": (c.c_int, _P, _U64, _EXIT, _ERR),
    "pvm_exit_arg": (_U64, _P),
    "pvm_regs": (c.POINTER(_U64 * 13), _P),
    "pvm_gas": (_U64, _P),
    "pvm_set_gas": (None, _P, _U64),
    "pvm_charge": (c.c_bool, _P, _U64),
    "pvm_pc": (_U64, _P),
    "pvm_set_pc": (None, _P, _U64),
    "pvm_read": (c.c_int, _P, _U64, c.c_char_p, c.c_size_t),
    "pvm_write": (c.c_int, _P, _U64, c.c_char_p, c.c_size_t),
    "pvm_fault_address": (_U64, _P),
    "pvm_map": (c.c_int, _P, _U64, _U64, c.c_int, _ERR),
    "pvm_protect": (c.c_int, _P, _U64, _U64, c.c_int, _ERR),
    "pvm_lend": (c.c_int, _P, _U64, _P, c.c_size_t, _ERR),
}


def _load():
    library = c.CDLL(os.environ.get("PVM_LIBRARY", "libpvm.so.0"))
    for name, (result, *arguments) in _SIGNATURES.items():
        function = getattr(library, name)
        function.restype, function.argtypes = result, arguments
    if library.pvm_abi_version() != ABI_VERSION:
        raise ImportError("libpvm has another ABI version")
    return library


_lib = _load()


class Error(Exception):
    """What went wrong on this side: `status` is one of STATUSES."""

    def __init__(self, status, message):
        super().__init__(message)
        self.status = STATUSES[status]


class MemoryFault(Exception):
    """The guest's memory does not allow an access."""


def _call(function, *arguments):
    err = _Err()
    status = function(*arguments, c.byref(err))
    if status:
        raise Error(status, err.msg.decode(errors="replace"))


class Module:
    """A program, to be shared by machines. alloc: an Alloc, None for libc's."""

    def __init__(self, blob, gp=None, format=None, alloc=None):
        self._as_parameter_ = _P()
        self._alloc = alloc
        options = _ModuleOptions(c.sizeof(_ModuleOptions), gp and gp.encode(),
                                 format and format.encode(), alloc and c.pointer(alloc))
        _call(_lib.pvm_module_new, bytes(blob), len(blob), options, c.byref(self._as_parameter_))

    def close(self):
        _lib.pvm_module_free(self._as_parameter_)
        self._as_parameter_ = _P()

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.close()


class Machine:
    def __init__(self, module, args=b"", memory_limit=0, alloc=None):
        self._as_parameter_ = _P()
        self._keep = [(module, alloc)]
        self._raised = None
        options = _MachineOptions(c.sizeof(_MachineOptions), alloc and c.pointer(alloc),
                                  memory_limit, args, len(args))
        _call(_lib.pvm_machine_new, module, options, c.byref(self._as_parameter_))
        self.regs = _lib.pvm_regs(self).contents

    def close(self):
        """Frees the machine; regs must not be used any more."""
        _lib.pvm_machine_free(self._as_parameter_)
        self._as_parameter_ = _P()
        self._keep.clear()
        self.regs = None

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.close()

    def run(self, host=None):
        """Runs to an exit. host(machine, call) serves host calls and returns an exit, None to go on;
        without it they are exits."""

        def trampoline(_user, _machine, call, exit, err):
            try:
                exit[0] = HOST if host is None else host(self, call) or CONTINUE
                return 0
            except BaseException as raised:  # nothing may leave through C
                self._raised = raised
                err[0].status = STATUSES.index("internal")
                err[0].msg = b"the host raised an exception"
                return err[0].status

        exit = c.c_int()
        try:
            _call(_lib.pvm_run_with_host, self, _HOST(trampoline), None, c.byref(exit))
        except Error:
            raised, self._raised = self._raised, None
            if raised is not None:
                raise raised
            raise
        return exit.value

    exit_arg = property(lambda self: _lib.pvm_exit_arg(self))
    gas = property(lambda self: _lib.pvm_gas(self),
                   lambda self, gas: _lib.pvm_set_gas(self, gas))
    pc = property(lambda self: _lib.pvm_pc(self), lambda self, pc: _lib.pvm_set_pc(self, pc))

    def charge(self, gas):
        return _lib.pvm_charge(self, gas)

    def read(self, addr, size):
        octets = c.create_string_buffer(size)
        self._checked(_lib.pvm_read(self, addr, octets, size), addr)
        return octets.raw

    def write(self, addr, octets):
        self._checked(_lib.pvm_write(self, addr, bytes(octets), len(octets)), addr)

    def _checked(self, result, addr):
        if result == 3:
            raise MemoryError
        if result:
            raise MemoryFault(_lib.pvm_fault_address(self) if result == 2 else addr)

    def map(self, addr, size, access=WRITE):
        _call(_lib.pvm_map, self, addr, size, access)

    def protect(self, addr, size, access):
        _call(_lib.pvm_protect, self, addr, size, access)

    def lend(self, addr, buffer):
        """Makes a writable buffer (bytearray, mmap, array) the guest's memory at addr, for as long
        as the machine lives; a bytearray cannot be resized until then."""
        shared = (c.c_char * len(buffer)).from_buffer(buffer)
        _call(_lib.pvm_lend, self, addr, c.addressof(shared), len(buffer))
        self._keep.append(shared)
