# The style and the script of pvm report's page, made into C while building.
set(picture_c ${PROJECT_BINARY_DIR}/cmd_picture_files.c)
add_custom_command(OUTPUT ${picture_c}
  COMMAND ${CMAKE_COMMAND} -DOUT=${picture_c} -DFROM=${CMAKE_CURRENT_LIST_DIR}
          -P ${CMAKE_CURRENT_LIST_DIR}/picture_embed.cmake
  DEPENDS ${CMAKE_CURRENT_LIST_DIR}/picture.css ${CMAKE_CURRENT_LIST_DIR}/picture.js
          ${CMAKE_CURRENT_LIST_DIR}/picture_embed.cmake
  COMMENT "Embedding the style and script of reports" VERBATIM)
target_sources(cmd PRIVATE ${picture_c})
