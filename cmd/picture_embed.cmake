# Writes the files picture.css and picture.js of the folder FROM as strings into the C file OUT.
set(text "#include \"cmd/picture_page.h\"\n")
foreach(kind css js)
  file(READ ${FROM}/picture.${kind} octets HEX)
  string(REGEX REPLACE "(..)" "0x\\1," octets ${octets})
  string(REGEX REPLACE "(................................................................................)" "\\1\n" octets ${octets})
  string(APPEND text "const char cmd_picture_${kind}[] = {\n${octets}0};\n")
endforeach()
file(WRITE ${OUT} "${text}")
