// SPDX-License-Identifier: Apache-2.0

// Package pvm is libpvm through cgo. Registers are live, buffers are shared with the guest, and host
// calls are served by a Go function; a panic in it is recovered and comes out of Run as an error.
package pvm

/*
#cgo pkg-config: pvm
#include <pvm.h>
#include <stdlib.h>

extern enum pvm_status goPvmHost(uintptr_t host, uint64_t call, enum pvm_exit *exit);

static enum pvm_status host(void *user, struct pvm_machine *machine, uint64_t call,
                            enum pvm_exit *exit, struct pvm_err *err)
{
    (void)machine;
    (void)err;
    return goPvmHost((uintptr_t)user, call, exit);
}

static enum pvm_status run(struct pvm_machine *machine, uintptr_t user, enum pvm_exit *exit,
                           struct pvm_err *err)
{
    return pvm_run_with_host(machine, host, (void *)user, exit, err);
}
*/
import "C"

import (
	"fmt"
	"runtime/cgo"
	"unsafe"
)

const PageSize = C.PVM_PAGE_SIZE

type Exit uint32

const (
	Continue Exit = C.PVM_EXIT_CONTINUE
	Halt     Exit = C.PVM_EXIT_HALT
	Panic    Exit = C.PVM_EXIT_PANIC
	OutOfGas Exit = C.PVM_EXIT_OOG
	Fault    Exit = C.PVM_EXIT_FAULT
	HostCall Exit = C.PVM_EXIT_HOST
)

func (e Exit) String() string { return C.GoString(C.pvm_exit_name(uint32(e))) }

type Access uint32

const (
	NoAccess Access = C.PVM_NO_ACCESS
	Read     Access = C.PVM_READ
	Write    Access = C.PVM_WRITE
)

// Error is what went wrong on this side.
type Error struct {
	Status  uint32
	Message string
}

func (e *Error) Error() string { return e.Message }

// MemoryError is an access that the guest's memory does not allow.
type MemoryError struct{ Result uint32 }

func (e *MemoryError) Error() string { return fmt.Sprintf("guest memory: result %d", e.Result) }

func result(status uint32, err *C.struct_pvm_err) error {
	if status == C.PVM_OK {
		return nil
	}
	return &Error{status, C.GoString(&err.msg[0])}
}

// Alloc is a struct pvm_alloc in memory of C's; nil is libc's malloc.
type Alloc = C.struct_pvm_alloc

// Module is a program, to be shared by machines and goroutines.
type Module struct{ c *C.struct_pvm_module }

func NewModule(blob []byte, gp string, alloc *Alloc) (*Module, error) {
	var err C.struct_pvm_err
	m := &Module{}
	octets := C.CBytes(blob)
	defer C.free(octets)
	options := (*C.struct_pvm_module_options)(C.calloc(1, C.sizeof_struct_pvm_module_options))
	defer C.free(unsafe.Pointer(options))
	options.size = C.sizeof_struct_pvm_module_options
	options.alloc = alloc
	if gp != "" {
		name := C.CString(gp)
		defer C.free(unsafe.Pointer(name))
		options.gp = name
	}
	if e := result(C.pvm_module_new(octets, C.size_t(len(blob)), options, &m.c, &err), &err); e != nil {
		return nil, e
	}
	return m, nil
}

func (m *Module) Close() {
	C.pvm_module_free(m.c)
	m.c = nil
}

// Host serves one host call; Continue goes on, any other exit ends the run, as does an error.
type Host func(m *Machine, call uint64) (Exit, error)

// Machine is for one goroutine at a time. Regs are the live registers, until Close.
type Machine struct {
	c      *C.struct_pvm_machine
	Regs   *[C.PVM_REG_COUNT]uint64
	host   Host
	failed error // of the host, while a run ends because of it
}

// NewMachine starts a standard program with these arguments; other programs take none.
func NewMachine(module *Module, args []byte, alloc *Alloc) (*Machine, error) {
	var err C.struct_pvm_err
	m := &Machine{}
	octets := C.CBytes(args)
	defer C.free(octets)
	options := (*C.struct_pvm_machine_options)(C.calloc(1, C.sizeof_struct_pvm_machine_options))
	defer C.free(unsafe.Pointer(options))
	options.size = C.sizeof_struct_pvm_machine_options
	options.alloc = alloc
	options.args, options.args_len = octets, C.size_t(len(args))
	if e := result(C.pvm_machine_new(module.c, options, &m.c, &err), &err); e != nil {
		return nil, e
	}
	m.Regs = (*[C.PVM_REG_COUNT]uint64)(unsafe.Pointer(C.pvm_regs(m.c)))
	return m, nil
}

func (m *Machine) Close() {
	C.pvm_machine_free(m.c)
	m.c, m.Regs = nil, nil
}

// Run runs to an exit. What C is handed is a number that stands for m, not a pointer into Go.
func (m *Machine) Run(host Host) (Exit, error) {
	var err C.struct_pvm_err
	var exit uint32
	outer := m.host
	m.host = host
	defer func() { m.host = outer }()
	handle := cgo.NewHandle(m)
	defer handle.Delete()
	e := result(C.run(m.c, C.uintptr_t(handle), &exit, &err), &err)
	if m.failed != nil {
		e, m.failed = m.failed, nil
	}
	return Exit(exit), e
}

// Once a panic has been recovered it is an error like any other.
func (m *Machine) serve(call uint64) (exit Exit, err error) {
	defer func() {
		if r := recover(); r != nil {
			err = fmt.Errorf("%v", r)
		}
	}()
	return m.host(m, call)
}

func (m *Machine) ExitArg() uint64        { return uint64(C.pvm_exit_arg(m.c)) }
func (m *Machine) Gas() uint64            { return uint64(C.pvm_gas(m.c)) }
func (m *Machine) SetGas(gas uint64)      { C.pvm_set_gas(m.c, C.uint64_t(gas)) }
func (m *Machine) Charge(gas uint64) bool { return bool(C.pvm_charge(m.c, C.uint64_t(gas))) }
func (m *Machine) PC() uint64             { return uint64(C.pvm_pc(m.c)) }
func (m *Machine) SetPC(pc uint64)        { C.pvm_set_pc(m.c, C.uint64_t(pc)) }

func memory(result uint32) error {
	if result != C.PVM_MEM_OK {
		return &MemoryError{result}
	}
	return nil
}

func pointer(octets []byte) unsafe.Pointer {
	if len(octets) == 0 {
		return nil
	}
	return unsafe.Pointer(&octets[0])
}

func (m *Machine) ReadAt(octets []byte, addr uint64) error {
	return memory(C.pvm_read(m.c, C.uint64_t(addr), pointer(octets), C.size_t(len(octets))))
}

func (m *Machine) WriteAt(octets []byte, addr uint64) error {
	return memory(C.pvm_write(m.c, C.uint64_t(addr), pointer(octets), C.size_t(len(octets))))
}

func (m *Machine) Map(addr, size uint64, access Access) error {
	var err C.struct_pvm_err
	return result(C.pvm_map(m.c, C.uint64_t(addr), C.uint64_t(size), uint32(access), &err), &err)
}

// Buffer is memory of C's that a guest may share: C must not keep pointers into Go's memory, which
// is what lending would be. Octets is the same memory as a slice.
type Buffer struct{ Octets []byte }

func NewBuffer(size int) *Buffer {
	memory := (*byte)(C.calloc(C.size_t(size), 1))
	return &Buffer{unsafe.Slice(memory, size)}
}

// Free must come after the machines it is lent to are closed.
func (b *Buffer) Free() {
	C.free(pointer(b.Octets))
	b.Octets = nil
}

func (m *Machine) Lend(addr uint64, b *Buffer) error {
	var err C.struct_pvm_err
	return result(C.pvm_lend(m.c, C.uint64_t(addr), pointer(b.Octets), C.size_t(len(b.Octets)), &err),
		&err)
}
