# Assembles the guests with our own assembler while building, into the corevm library.
# One row a guest: NAME:FORMAT:GP:SOURCE. The GP version decides the numbers of its host calls.
set(guests
  corevm:jam:0.7.2:corevm.s
  corevm:jam:0.8.0:corevm.s
  corevm:jam:0.7.0:corevm_070.s
  corevm:jam:0.6.6:corevm_066.s
  fibchild:raw:0.7.2:fibchild.s
  fibchild_log:raw:0.7.2:fibchild_log.s
  fibchild_panic:raw:0.7.2:fibchild_panic.s
  fibchild_spin:raw:0.7.2:fibchild_spin.s)

# The workloads of pvm bench, which pvm carries in the same table.
foreach(workload w1_fib w2_sieve w3_collatz w4_copy w5_muldiv w6_dispatch w7_ecalli w9_blake2b w10_fibrec inner)
  list(APPEND guests ${workload}:standard:0.7.2:../../testdata/bench/${workload}.s)
endforeach()
foreach(workload w1_fib w3_collatz w9_blake2b)
  list(APPEND guests ${workload}:standard:0.8.0:../../testdata/bench/${workload}.s)
endforeach()

set(guest_args "")
foreach(guest ${guests})
  string(REGEX REPLACE "^(.*:)" "\\1${CMAKE_CURRENT_LIST_DIR}/" guest_arg ${guest})
  list(APPEND guest_args ${guest_arg})
endforeach()
file(GLOB guest_sources CONFIGURE_DEPENDS ${CMAKE_CURRENT_LIST_DIR}/*.s ${CMAKE_CURRENT_LIST_DIR}/*.inc
  ${PROJECT_SOURCE_DIR}/testdata/bench/*.s ${PROJECT_SOURCE_DIR}/testdata/bench/*.inc)

add_executable(build_guest ${CMAKE_CURRENT_LIST_DIR}/build_guest.c)
target_link_libraries(build_guest PRIVATE host pvm_flags)
set(guest_c ${PROJECT_BINARY_DIR}/corevm_guests.c)
add_custom_command(OUTPUT ${guest_c}
  COMMAND build_guest ${guest_c} ${guest_args}
  DEPENDS build_guest ${guest_sources} COMMENT "Assembling the guests" VERBATIM)
target_sources(corevm PRIVATE ${guest_c})
