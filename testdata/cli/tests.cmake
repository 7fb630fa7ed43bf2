# The binary as a user sees it: one test per .t file, run by scripts/test-cli.sh.
file(GLOB cases CONFIGURE_DEPENDS ${CMAKE_CURRENT_LIST_DIR}/*.t)
foreach(case ${cases})
  get_filename_component(name ${case} NAME_WE)
  add_test(NAME cli/${name}
    COMMAND ${PROJECT_SOURCE_DIR}/scripts/test-cli.sh $<TARGET_FILE:pvm> ${name})
  set_tests_properties(cli/${name} PROPERTIES LABELS cli TIMEOUT 300 SKIP_RETURN_CODE 77)
endforeach()

# The page of pvm report in a browser; of 100 million instructions where they take seconds.
set(report_long "")
if(CMAKE_BUILD_TYPE STREQUAL "Release")
  set(report_long --long)
endif()
add_test(NAME report/browser
  COMMAND ${PROJECT_SOURCE_DIR}/scripts/check-report.sh ${report_long} $<TARGET_FILE:pvm>)
set_tests_properties(report/browser PROPERTIES SKIP_RETURN_CODE 77 LABELS cli TIMEOUT 900)

# Benchmark programs, guests, rounds and public services: recorded, checked, run again. Sanitizers see
# the same code in host/seg_* and corevm/segments.
if(NOT PVM_SANITIZE)
  add_test(NAME segments
    COMMAND ${PROJECT_SOURCE_DIR}/scripts/test-segments.sh $<TARGET_FILE:pvm> 0)
  set_tests_properties(segments PROPERTIES LABELS cli TIMEOUT 1200)
endif()
