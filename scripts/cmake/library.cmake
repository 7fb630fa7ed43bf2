# libpvm: core and host for other programs, as libpvm.so and libpvm.a, made of the same objects as
# the layers' own libraries. What the headers do not export is hidden.
set(PVM_SOVERSION 0)

set_target_properties(core host PROPERTIES POSITION_INDEPENDENT_CODE ON C_VISIBILITY_PRESET hidden)
if(PVM_IPO AND CMAKE_C_COMPILER_ID STREQUAL "GNU")
  # libpvm.a must link without this compiler's plugin too.
  target_compile_options(core PRIVATE -ffat-lto-objects)
  target_compile_options(host PRIVATE -ffat-lto-objects)
elseif(PVM_IPO)
  set_target_properties(core host PROPERTIES INTERPROCEDURAL_OPTIMIZATION OFF)
endif()

# The public headers as they are installed, side by side.
file(STRINGS core/pvm.h PVM_ABI REGEX "^#define PVM_ABI_VERSION ")
string(REGEX REPLACE ".* " "" PVM_ABI "${PVM_ABI}")
foreach(header core/pvm.h host/jam.h host/jam_extension.h)
  get_filename_component(name ${header} NAME)
  if(EXISTS ${PROJECT_SOURCE_DIR}/${header})
    set_property(DIRECTORY APPEND PROPERTY CMAKE_CONFIGURE_DEPENDS ${header})
    file(READ ${header} text)
    string(REPLACE "#include \"core/pvm.h\"" "#include <pvm.h>" text "${text}")
    string(REPLACE "#include \"host/jam.h\"" "#include <jam.h>" text "${text}")
    file(CONFIGURE OUTPUT ${PROJECT_BINARY_DIR}/include/${name} @ONLY CONTENT "${text}")
    list(APPEND PVM_HEADERS ${PROJECT_BINARY_DIR}/include/${name})
  endif()
endforeach()

# The same objects but for what a library must leave alone.
add_library(library OBJECT host/library/disk_quiet.c)
target_link_libraries(library PRIVATE pvm_flags)
set_target_properties(library PROPERTIES POSITION_INDEPENDENT_CODE ON C_VISIBILITY_PRESET hidden)
set(objects $<TARGET_OBJECTS:core> $<TARGET_OBJECTS:library>
  $<FILTER:$<TARGET_OBJECTS:host>,EXCLUDE,/disk_signals\\.c>)
if(PVM_IPO AND CMAKE_C_COMPILER_ID STREQUAL "GNU")
  target_compile_options(library PRIVATE -ffat-lto-objects)
elseif(PVM_IPO)
  set_target_properties(library PROPERTIES INTERPROCEDURAL_OPTIMIZATION OFF)
endif()

add_library(pvm_shared SHARED ${objects})
add_library(pvm_static STATIC ${objects})
target_link_libraries(pvm_shared PRIVATE PkgConfig::XXHASH PkgConfig::CJSON PkgConfig::B2 pvm_flags)
target_link_libraries(pvm_static INTERFACE xxhash cjson b2)
set_target_properties(pvm_shared PROPERTIES EXPORT_NAME pvm VERSION ${PROJECT_VERSION}
  SOVERSION ${PVM_SOVERSION})
set_target_properties(pvm_static PROPERTIES EXPORT_NAME static)
if(NOT PVM_SANITIZE)
  target_link_options(pvm_shared PRIVATE -Wl,-z,defs)
endif()
foreach(library pvm_shared pvm_static)
  set_target_properties(${library} PROPERTIES OUTPUT_NAME pvm LINKER_LANGUAGE C)
  target_include_directories(${library} INTERFACE
    $<BUILD_INTERFACE:${PROJECT_BINARY_DIR}/include> $<INSTALL_INTERFACE:include>)
endforeach()

include(scripts/cmake/install.cmake)
