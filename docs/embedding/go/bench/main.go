// SPDX-License-Identifier: Apache-2.0

// Command bench measures what a host call costs that Go serves: the case w7-go of pvm bench.
//
//	pvm asm -f standard testdata/bench/w7_ecalli.s -o w7.pvm
//	go run ./bench 1000 <w7.pvm
//
// It runs a program that makes so many host calls, and prints its result and the processor time in
// nanoseconds.
package main

import (
	"encoding/binary"
	"fmt"
	"io"
	"os"
	"strconv"
	"syscall"

	"example.org/pvm"
)

const (
	a0, a1 = 7, 8
	plenty = 1 << 62
)

// spent is the processor time of this process.
func spent() int64 {
	var usage syscall.Rusage
	check(syscall.Getrusage(syscall.RUSAGE_SELF, &usage))
	return usage.Utime.Nano() + usage.Stime.Nano()
}

func check(err error) {
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}

func main() {
	count, err := strconv.ParseUint(os.Args[1], 10, 64)
	check(err)
	blob, err := io.ReadAll(os.Stdin)
	check(err)
	args := make([]byte, 8)
	binary.LittleEndian.PutUint64(args, count)
	module, err := pvm.NewModule(blob, "", nil)
	check(err)
	defer module.Close()
	m, err := pvm.NewMachine(module, args, nil)
	check(err)
	defer m.Close()
	m.SetGas(plenty)
	served := uint64(0)
	serve := func(_ *pvm.Machine, call uint64) (pvm.Exit, error) {
		served += 1 + call
		return pvm.Continue, nil
	}
	begin := spent()
	exit, err := m.Run(serve)
	took := spent() - begin
	check(err)
	if exit != pvm.Halt || m.Regs[a1] != 8 || served != count {
		check(fmt.Errorf("%v after %d host calls", exit, served))
	}
	result := make([]byte, 8)
	check(m.ReadAt(result, m.Regs[a0]))
	fmt.Printf("%#016x %d\n", binary.LittleEndian.Uint64(result), took)
}
