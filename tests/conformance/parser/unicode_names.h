// Character names for \N{…}, read from Debian's unicode-data when first needed (the interpreter has tables of its own).
#pragma once

#include <cstdint>
#include <string_view>

bool lookup_unicode_name(void* context, std::string_view name, uint32_t* code);
