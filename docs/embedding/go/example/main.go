// SPDX-License-Identifier: Apache-2.0

// Command example does with libpvm from Go what example.c does.
//
//	pvm asm -f raw guest.s -o guest.pvm
//	go run ./example guest.pvm
//
// With a number behind the file it measures what a host call costs instead.
package main

import (
	"encoding/binary"
	"errors"
	"fmt"
	"os"
	"strconv"
	"time"

	"example.org/pvm"
)

const (
	shared, far  = 0x20000, 0x50000
	a0, a1       = 7, 8
	gas, callGas = 1000, 10
)

type host struct{ buffer *pvm.Buffer }

func (h *host) serve(m *pvm.Machine, call uint64) (pvm.Exit, error) {
	if call == 4 {
		return pvm.Continue, nil
	}
	if !m.Charge(callGas) {
		return pvm.OutOfGas, nil
	}
	switch call {
	case 1:
		return h.sum(m.Regs), nil
	case 2:
		return pvm.Continue, errors.New("refused by the host")
	case 3:
		panic("the host went wrong")
	}
	return pvm.Panic, nil
}

// The numbers lie in the buffer: nothing is copied.
func (h *host) sum(regs *[13]uint64) pvm.Exit {
	size := uint64(len(h.buffer.Octets))
	offset, count := regs[a0]-shared, regs[a1]
	if offset > size || count > (size-offset)/8 {
		return pvm.Panic
	}
	regs[a0] = 0
	for i := uint64(0); i < count; i++ {
		regs[a0] += binary.LittleEndian.Uint64(h.buffer.Octets[offset+8*i:])
	}
	return pvm.Continue
}

func start(module *pvm.Module, alloc *pvm.Alloc, h *host, what uint64) *pvm.Machine {
	m, err := pvm.NewMachine(module, nil, alloc)
	check(err)
	check(m.Lend(shared, h.buffer))
	m.Regs[0] = 0xffff0000 // ra: returning there halts
	m.Regs[a0] = what
	m.SetGas(gas)
	return m
}

func run(m *pvm.Machine, h *host) {
	exit, err := m.Run(h.serve)
	if err == nil && exit == pvm.Fault {
		fmt.Printf("page-fault at %#x, then ", m.ExitArg())
		check(m.Map(m.ExitArg(), pvm.PageSize, pvm.Write))
		check(m.WriteAt([]byte{7, 0, 0, 0, 0, 0, 0, 0}, far+8))
		exit, err = m.Run(h.serve)
	}
	if err != nil {
		// The machine stands behind the call that failed and can go on.
		fmt.Printf("error \"%v\", then ", err)
		exit, err = m.Run(h.serve)
		check(err)
	}
	if exit == pvm.Halt {
		fmt.Printf("halt, a0 = %d", m.Regs[a0])
	} else {
		fmt.Printf("%v at %d", exit, m.PC())
	}
	fmt.Printf(", gas %d\n", m.Gas())
}

func scenarios(blob []byte) {
	counter := pvm.NewCounter()
	defer counter.Free()
	module, err := pvm.NewModule(blob, "", counter.Alloc())
	check(err)
	for what, name := range []string{"sum", "panic", "forever", "fault", "refused", "raised"} {
		h := &host{pvm.NewBuffer(pvm.PageSize)}
		m := start(module, counter.Alloc(), h, uint64(what))
		fmt.Printf("%s: ", name)
		run(m, h)
		if what == 0 {
			fmt.Printf("in the buffer: %d\n", binary.LittleEndian.Uint64(h.buffer.Octets[80:]))
		}
		m.Close()
		h.buffer.Free()
	}
	module.Close()
	fmt.Printf("%d blocks not freed\n", counter.Live())
}

func measure(blob []byte, rounds uint64) {
	module, err := pvm.NewModule(blob, "", nil)
	check(err)
	h := &host{pvm.NewBuffer(pvm.PageSize)}
	m := start(module, nil, h, 6)
	m.SetGas(2 * rounds)
	begin := time.Now()
	_, err = m.Run(h.serve)
	check(err)
	fmt.Printf("%.1f ns a host call\n", float64(time.Since(begin).Nanoseconds())/float64(rounds))
	m.Close()
	h.buffer.Free()
	module.Close()
}

func check(err error) {
	if err != nil {
		fmt.Println(err)
		os.Exit(1)
	}
}

func main() {
	blob, err := os.ReadFile(os.Args[1])
	check(err)
	if len(os.Args) > 2 {
		rounds, err := strconv.ParseUint(os.Args[2], 10, 63)
		check(err)
		measure(blob, rounds)
	} else {
		scenarios(blob)
	}
}
