# Every test that ctest runs: the suites beside the code, what folders of testdata add, the checks of
# the repository, the commands of the pages.
find_package(PkgConfig REQUIRED)
pkg_check_modules(CHECK REQUIRED IMPORTED_TARGET check)

# A layer's tests: every <layer>/x_test.c defines `Suite *x_suite(void)`. All of a layer's are one
# program, which runs them all or the one that is named; to ctest each suite is a test, <layer>/x.
function(pvm_tests layer)
  file(GLOB tests CONFIGURE_DEPENDS ${PROJECT_SOURCE_DIR}/${layer}/*_test.c)
  if(NOT tests)
    return()
  endif()
  set(declarations "")
  set(rows "")
  foreach(test ${tests})
    get_filename_component(name ${test} NAME_WE)
    string(REGEX REPLACE "_test$" "" name ${name})
    string(APPEND declarations "Suite *${name}_suite(void);\n")
    string(APPEND rows "        {\"${name}\", ${name}_suite},\n")
    add_test(NAME ${layer}/${name} COMMAND ${layer}_tests ${name})
    set_tests_properties(${layer}/${name} PROPERTIES
      ENVIRONMENT "CK_DEFAULT_TIMEOUT=600" TIMEOUT 1200 LABELS unit)
  endforeach()
  set(main ${PROJECT_BINARY_DIR}/${layer}_tests_main.c)
  file(CONFIGURE OUTPUT ${main} @ONLY CONTENT "#include <check.h>
#include <stdlib.h>
#include <string.h>

@declarations@
int main(int argc, char **argv)
{
    static const struct {
        const char *name;
        Suite *(*make)(void);
    } suites[] = {
@rows@    };
    SRunner *runner = srunner_create(NULL);
    int found = 0;
    for (size_t i = 0; i < sizeof suites / sizeof suites[0]; i++) {
        if (argc > 1 && strcmp(argv[1], suites[i].name) != 0)
            continue;
        srunner_add_suite(runner, suites[i].make());
        found = 1;
    }
    srunner_run_all(runner, CK_ENV);
    int good = found && srunner_ntests_run(runner) > 0 && srunner_ntests_failed(runner) == 0;
    srunner_free(runner);
    return good ? EXIT_SUCCESS : EXIT_FAILURE;
}
")
  add_executable(${layer}_tests ${tests} ${main})
  target_link_libraries(${layer}_tests PRIVATE ${layer} pvm_flags PkgConfig::CHECK)
  target_compile_definitions(${layer}_tests PRIVATE
    PVM_TESTDATA="${PROJECT_SOURCE_DIR}/testdata" PVM_SHARED="${PROJECT_SOURCE_DIR}/../shared")
endfunction()

pvm_tests(core)
pvm_tests(host)
pvm_tests(corevm)
pvm_tests(cmd)

file(GLOB folders ${CMAKE_CURRENT_LIST_DIR}/*/tests.cmake)
foreach(folder ${folders})
  include(${folder})
endforeach()

# The repository itself: layers, symbols, sizes, citations, text, scripts; and what the docs show.
foreach(check layers symbols size citations text scripts)
  add_test(NAME lint/${check} COMMAND ${PROJECT_SOURCE_DIR}/scripts/check-${check}.sh ${PROJECT_BINARY_DIR})
  set_tests_properties(lint/${check} PROPERTIES SKIP_RETURN_CODE 77 LABELS lint)
endforeach()
add_test(NAME docs COMMAND ${PROJECT_SOURCE_DIR}/scripts/test-docs.sh $<TARGET_FILE:pvm>)
set_tests_properties(docs PROPERTIES LABELS docs TIMEOUT 300)
