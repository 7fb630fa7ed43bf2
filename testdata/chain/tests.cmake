# pvm test over all vectors of this folder's parent (scripts/test-suite.sh), and the vectors here as
# the script that writes them has them.
foreach(what order shards filters walk documents lost timeout flips cuts)
  add_test(NAME suite/${what}
    COMMAND ${PROJECT_SOURCE_DIR}/scripts/test-suite.sh $<TARGET_FILE:pvm> ${what})
  set_tests_properties(suite/${what} PROPERTIES LABELS suite TIMEOUT 600)
endforeach()
add_test(NAME suite/made COMMAND ${PROJECT_SOURCE_DIR}/scripts/make-chain-vectors.py --check)
set_tests_properties(suite/made PROPERTIES LABELS suite SKIP_RETURN_CODE 77
  WORKING_DIRECTORY ${PROJECT_SOURCE_DIR})
find_program(PYTHON3 python3)
if(NOT PYTHON3)
  set_tests_properties(suite/made PROPERTIES DISABLED ON)
endif()

# All vectors beside the checkout, and what docs/conformance.md says of them.
add_test(NAME suite/shared COMMAND ${PROJECT_SOURCE_DIR}/scripts/conformance.sh $<TARGET_FILE:pvm> --check)
set_tests_properties(suite/shared PROPERTIES LABELS suite SKIP_RETURN_CODE 77 TIMEOUT 1800)
