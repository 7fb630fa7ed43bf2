# Puts what every run calls side by side in pvm, where the linker can (GNU ld): a third less memory for
# a small run. See scripts/order-functions.sh.
include(CheckLinkerFlag)
set(PVM_RUN_ORDER ${PROJECT_SOURCE_DIR}/scripts/cmake/run-order.ld)
check_linker_flag(C "-Wl,-T,${PVM_RUN_ORDER}" PVM_LINKER_ORDERS)
if(PVM_LINKER_ORDERS)
  target_link_options(pvm PRIVATE -ffunction-sections "LINKER:-T,${PVM_RUN_ORDER}")
  set_property(TARGET pvm APPEND PROPERTY LINK_DEPENDS ${PVM_RUN_ORDER})
endif()
