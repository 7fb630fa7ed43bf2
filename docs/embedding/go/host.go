// SPDX-License-Identifier: Apache-2.0

package pvm

// #include <pvm.h>
import "C"

import "runtime/cgo"

//export goPvmHost
func goPvmHost(handle C.uintptr_t, call C.uint64_t, exit *C.enum_pvm_exit) C.enum_pvm_status {
	m := cgo.Handle(handle).Value().(*Machine)
	how, err := m.serve(uint64(call))
	if err != nil {
		m.failed = err
		return C.PVM_E_INTERNAL
	}
	*exit = C.enum_pvm_exit(how)
	return C.PVM_OK
}
