# Character tables of str and unicodedata, generated from Debian's unicode-data by a program built first.
add_executable(unicode_tables_gen ${CMAKE_CURRENT_LIST_DIR}/unicode_tables_gen.cpp)
set(unicode_object_tables ${CMAKE_BINARY_DIR}/generated/interp/objects/unicode_tables.inc)
file(MAKE_DIRECTORY ${CMAKE_BINARY_DIR}/generated/interp/objects)
add_custom_command(
  OUTPUT ${unicode_object_tables}
  COMMAND unicode_tables_gen ${ADDER_UNICODE} ${unicode_object_tables}
  DEPENDS unicode_tables_gen ${ADDER_UNICODE}/UnicodeData.txt ${ADDER_UNICODE}/DerivedAge.txt)
