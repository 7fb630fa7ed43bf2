# What `cmake --install` puts where, and the Debian package that CPack makes of it.
include(GNUInstallDirs)
include(CMakePackageConfigHelpers)

install(TARGETS pvm)
install(TARGETS pvm_shared pvm_static EXPORT pvmTargets)
install(FILES ${PVM_HEADERS} TYPE INCLUDE)

# pkg-config: `pkg-config --libs pvm`; with --static for libpvm.a.
file(RELATIVE_PATH PVM_PREFIX_FROM_PC /${CMAKE_INSTALL_LIBDIR}/pkgconfig /)
configure_file(scripts/cmake/pvm.pc.in pvm.pc @ONLY)
install(FILES ${PROJECT_BINARY_DIR}/pvm.pc DESTINATION ${CMAKE_INSTALL_LIBDIR}/pkgconfig)

# CMake: find_package(pvm), then link with pvm::pvm or pvm::static.
set(PVM_CMAKE_DIR ${CMAKE_INSTALL_LIBDIR}/cmake/pvm)
install(EXPORT pvmTargets NAMESPACE pvm:: DESTINATION ${PVM_CMAKE_DIR})
file(CONFIGURE OUTPUT pvmConfig.cmake @ONLY CONTENT
  "include(\${CMAKE_CURRENT_LIST_DIR}/pvmTargets.cmake)\nset(pvm_ABI_VERSION @PVM_ABI@)\n")
write_basic_package_version_file(${PROJECT_BINARY_DIR}/pvmConfigVersion.cmake
  COMPATIBILITY SameMinorVersion)
install(FILES ${PROJECT_BINARY_DIR}/pvmConfig.cmake ${PROJECT_BINARY_DIR}/pvmConfigVersion.cmake
  DESTINATION ${PVM_CMAKE_DIR})

# Man pages and completions, written by the program itself from its option tables.
set(PVM_PAGES ${PROJECT_BINARY_DIR}/pages)
add_custom_command(OUTPUT ${PVM_PAGES}/done
  COMMAND ${PROJECT_SOURCE_DIR}/scripts/make-pages.sh $<TARGET_FILE:pvm> ${PVM_PAGES}
  COMMAND ${CMAKE_COMMAND} -E touch ${PVM_PAGES}/done
  DEPENDS pvm ${PROJECT_SOURCE_DIR}/scripts/make-pages.sh VERBATIM)
add_custom_target(pages ALL DEPENDS ${PVM_PAGES}/done)
install(DIRECTORY ${PVM_PAGES}/man1 TYPE MAN)
install(FILES ${PVM_PAGES}/pvm.bash DESTINATION ${CMAKE_INSTALL_DATADIR}/bash-completion/completions
  RENAME pvm)
install(FILES ${PVM_PAGES}/pvm.zsh DESTINATION ${CMAKE_INSTALL_DATADIR}/zsh/site-functions
  RENAME _pvm)
install(FILES ${PVM_PAGES}/pvm.fish DESTINATION ${CMAKE_INSTALL_DATADIR}/fish/vendor_completions.d)

# `cpack` in the build folder. Debian has another pvm, so the package has another name than ours.
set(CPACK_GENERATOR DEB)
set(CPACK_PACKAGE_NAME jam-pvm)
set(CPACK_PACKAGE_VENDOR "")
set(CPACK_PACKAGE_CONTACT "pvm maintainers <pvm@example.org>")
set(CPACK_PACKAGING_INSTALL_PREFIX /usr)
set(CPACK_STRIP_FILES ON)
set(CPACK_PRE_BUILD_SCRIPTS ${PROJECT_SOURCE_DIR}/scripts/cmake/debian.cmake)
set(CPACK_DEBIAN_FILE_NAME DEB-DEFAULT)
set(CPACK_DEBIAN_PACKAGE_SECTION devel)
set(CPACK_DEBIAN_PACKAGE_CONFLICTS pvm)
set(CPACK_PACKAGE_DESCRIPTION_SUMMARY "runs JAM services offline: program, library and headers")
set(CPACK_DEBIAN_PACKAGE_DESCRIPTION
  "The Polkadot Virtual Machine of the JAM Gray Paper and what surrounds it:
an assembler, a disassembler, the four invocations with their host calls,
and libpvm to embed it in other programs.")
set(CPACK_DEBIAN_PACKAGE_GENERATE_SHLIBS ON)
find_program(PVM_SHLIBDEPS dpkg-shlibdeps)
if(PVM_SHLIBDEPS)
  set(CPACK_DEBIAN_PACKAGE_SHLIBDEPS ON)
else()
  set(CPACK_DEBIAN_PACKAGE_DEPENDS "libc6, libb2-1, libcjson1, libxxhash0")
  foreach(needed IN ITEMS edit:libedit2 zstd:libzstd1) # of the program, unless it has them inside
    string(REPLACE ":" ";" needed ${needed})
    list(GET needed 0 name)
    list(GET needed 1 package)
    if(NOT PVM_ARCHIVE_${name})
      string(APPEND CPACK_DEBIAN_PACKAGE_DEPENDS ", ${package}")
    endif()
  endforeach()
endif()
include(CPack)
