# Extensions built outside the tree against an installed copy (scripts/test-extend.sh).
foreach(what hash fetch_dir scenario names errors embed)
  add_test(NAME extend/${what}
    COMMAND ${PROJECT_SOURCE_DIR}/scripts/test-extend.sh ${prefix} ${what})
  set_tests_properties(extend/${what} PROPERTIES FIXTURES_REQUIRED installed SKIP_RETURN_CODE 77
    LABELS embed TIMEOUT 600 ENVIRONMENT "CC=${CMAKE_C_COMPILER}")
endforeach()
