# Every test that ctest runs. One Check program per layer is built from the *_test.c beside the code.
find_package(PkgConfig REQUIRED)
pkg_check_modules(CHECK REQUIRED IMPORTED_TARGET check)

# A layer's tests: every <layer>/x_test.c defines `Suite *x_suite(void)`; a generated main runs them.
function(pvm_tests layer)
  file(GLOB tests CONFIGURE_DEPENDS ${PROJECT_SOURCE_DIR}/${layer}/*_test.c)
  if(NOT tests)
    return()
  endif()
  set(declarations "")
  set(additions "")
  foreach(test ${tests})
    get_filename_component(name ${test} NAME_WE)
    string(REPLACE "_test" "_suite" suite ${name})
    string(APPEND declarations "Suite *${suite}(void);\n")
    string(APPEND additions "    srunner_add_suite(runner, ${suite}());\n")
  endforeach()
  set(main ${PROJECT_BINARY_DIR}/${layer}_tests_main.c)
  file(CONFIGURE OUTPUT ${main} @ONLY CONTENT "#include <check.h>
#include <stdlib.h>
@declarations@
int main(void)
{
    SRunner *runner = srunner_create(NULL);
@additions@
    srunner_run_all(runner, CK_ENV);
    int failed = srunner_ntests_failed(runner);
    srunner_free(runner);
    return failed == 0 ? EXIT_SUCCESS : EXIT_FAILURE;
}
")
  add_executable(${layer}_tests ${tests} ${main})
  target_link_libraries(${layer}_tests PRIVATE ${layer} pvm_flags PkgConfig::CHECK)
  target_compile_definitions(${layer}_tests PRIVATE
    PVM_TESTDATA="${PROJECT_SOURCE_DIR}/testdata" PVM_SHARED="${PROJECT_SOURCE_DIR}/../shared")
  add_test(NAME ${layer} COMMAND ${layer}_tests)
  set_tests_properties(${layer} PROPERTIES ENVIRONMENT "CK_DEFAULT_TIMEOUT=600" LABELS unit)
endfunction()

pvm_tests(core)
pvm_tests(host)
pvm_tests(corevm)
pvm_tests(cmd)

# The repository itself: layers, symbols, sizes, citations, text, scripts; and what the docs show.
foreach(check layers symbols size citations text scripts)
  add_test(NAME lint/${check} COMMAND ${PROJECT_SOURCE_DIR}/scripts/check-${check}.sh ${PROJECT_BINARY_DIR})
  set_tests_properties(lint/${check} PROPERTIES SKIP_RETURN_CODE 77 LABELS lint)
endforeach()
add_test(NAME docs COMMAND ${PROJECT_SOURCE_DIR}/scripts/test-docs.sh $<TARGET_FILE:pvm>)
set_tests_properties(docs PROPERTIES LABELS docs TIMEOUT 300)
