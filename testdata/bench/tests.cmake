add_test(NAME bench/traces
  COMMAND ${PROJECT_SOURCE_DIR}/scripts/test-traces.sh $<TARGET_FILE:pvm>)
set_tests_properties(bench/traces PROPERTIES LABELS bench TIMEOUT 600)

# The stored counts are those of one compiler and architecture.
if(CMAKE_BUILD_TYPE STREQUAL "Release" AND PVM_GOTO AND CMAKE_C_COMPILER_ID STREQUAL "GNU"
   AND CMAKE_C_COMPILER_VERSION VERSION_GREATER_EQUAL 12 AND CMAKE_C_COMPILER_VERSION VERSION_LESS 13
   AND CMAKE_SYSTEM_PROCESSOR STREQUAL "x86_64")
  add_test(NAME bench/callgrind
    COMMAND ${PROJECT_SOURCE_DIR}/scripts/check-callgrind.sh $<TARGET_FILE:pvm>)
  set_tests_properties(bench/callgrind PROPERTIES SKIP_RETURN_CODE 77 LABELS bench TIMEOUT 600)
endif()
