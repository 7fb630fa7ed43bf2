# libpvm as others see it: installed, then used from outside the tree (scripts/test-embed.sh).
set(prefix ${PROJECT_BINARY_DIR}/embed/prefix)
add_test(NAME embed/install
  COMMAND ${CMAKE_COMMAND} --install ${PROJECT_BINARY_DIR} --prefix ${prefix})
set_tests_properties(embed/install PROPERTIES FIXTURES_SETUP installed LABELS embed)
foreach(what headers symbols consumer pages c invoke python go bindings)
  add_test(NAME embed/${what}
    COMMAND ${PROJECT_SOURCE_DIR}/scripts/test-embed.sh ${prefix} ${what})
  set_tests_properties(embed/${what} PROPERTIES FIXTURES_REQUIRED installed SKIP_RETURN_CODE 77
    LABELS embed TIMEOUT 600 ENVIRONMENT "CC=${CMAKE_C_COMPILER}")
endforeach()
