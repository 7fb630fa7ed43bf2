# Tables of host calls, one test each: every row under every version, straight and by a guest. And
# the page that shows what they cover.
file(GLOB_RECURSE tables CONFIGURE_DEPENDS RELATIVE ${CMAKE_CURRENT_LIST_DIR} ${CMAKE_CURRENT_LIST_DIR}/*.json)
list(FILTER tables EXCLUDE REGEX "(^|/)(common|state)\\.json$")
foreach(table ${tables})
  string(REGEX REPLACE "\\.json$" "" name ${table})
  foreach(way direct guest)
    add_test(NAME table/${name}/${way}
      COMMAND pvm replay --${way} ${CMAKE_CURRENT_LIST_DIR}/${table})
    set_tests_properties(table/${name}/${way} PROPERTIES LABELS table TIMEOUT 600)
  endforeach()
endforeach()
add_test(NAME table/coverage
  COMMAND ${PROJECT_SOURCE_DIR}/scripts/make-host-calls.sh $<TARGET_FILE:pvm> --check)
set_tests_properties(table/coverage PROPERTIES LABELS table)
