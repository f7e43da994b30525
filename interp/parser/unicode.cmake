# Identifier and normalisation tables, generated from Debian's unicode-data by a program built first.
set(ADDER_UNICODE /usr/share/unicode CACHE PATH "the Unicode Character Database")
add_executable(unicode_generator ${CMAKE_CURRENT_LIST_DIR}/unicode_generator.cpp)
set(unicode_tables ${CMAKE_BINARY_DIR}/generated/interp/parser/unicode_tables.inc)
file(MAKE_DIRECTORY ${CMAKE_BINARY_DIR}/generated/interp/parser)
add_custom_command(
  OUTPUT ${unicode_tables}
  COMMAND unicode_generator ${ADDER_UNICODE} ${unicode_tables}
  DEPENDS unicode_generator ${ADDER_UNICODE}/UnicodeData.txt ${ADDER_UNICODE}/DerivedCoreProperties.txt)
