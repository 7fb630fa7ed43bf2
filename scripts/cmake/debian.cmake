# What Debian wants otherwise than `cmake --install` puts it; run by CPack over the staged files.
set(root ${CPACK_TEMPORARY_INSTALL_DIRECTORY}/usr)
file(GLOB pages ${root}/share/man/man1/*.1)
foreach(page ${pages})
  execute_process(COMMAND gzip -9nf ${page} COMMAND_ERROR_IS_FATAL ANY)
endforeach()
file(MAKE_DIRECTORY ${root}/share/zsh/vendor-completions)
file(RENAME ${root}/share/zsh/site-functions/_pvm ${root}/share/zsh/vendor-completions/_pvm)
file(REMOVE_RECURSE ${root}/share/zsh/site-functions)
file(WRITE ${root}/share/doc/${CPACK_PACKAGE_NAME}/copyright
  "Copyright: the authors of pvm\nLicense: Apache-2.0\n\n"
  "The text of the license is in /usr/share/common-licenses/Apache-2.0.\n")

# What link-time optimisation left in the static library helps only the compiler that made it.
execute_process(COMMAND strip --strip-debug -R .gnu.lto_* -R .gnu.debuglto_* ${root}/lib/libpvm.a
  COMMAND_ERROR_IS_FATAL ANY)
