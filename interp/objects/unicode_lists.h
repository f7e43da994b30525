// Short names of property values, in the order of the numbers in UnicodeRecord. Shared by the table generator and
// unicodedata.
#pragma once

namespace py {

inline constexpr const char* kUnicodeCategories[] = {
    "Cn", "Lu", "Ll", "Lt", "Lm", "Lo", "Mn", "Mc", "Me", "Nd", "Nl", "No", "Zs", "Zl", "Zp",
    "Cc", "Cf", "Cs", "Co", "Pc", "Pd", "Ps", "Pe", "Pi", "Pf", "Po", "Sm", "Sc", "Sk", "So",
};
inline constexpr const char* kUnicodeBidirectional[] = {
    "",   "L",  "LRE", "LRO", "R", "AL", "RLE", "RLO", "PDF", "EN",  "ES",  "ET",
    "AN", "CS", "NSM", "BN",  "B", "S",  "WS",  "ON",  "LRI", "RLI", "FSI", "PDI",
};
inline constexpr const char* kUnicodeWidths[] = {"F", "H", "W", "Na", "A", "N"};
// Tags in front of compatibility decompositions; 0: canonical.
inline constexpr const char* kUnicodeDecompositionTags[] = {
    "",           "<noBreak>", "<compat>",  "<super>",  "<fraction>", "<sub>",  "<wide>",   "<vertical>", "<square>",
    "<isolated>", "<final>",   "<initial>", "<medial>", "<small>",    "<font>", "<circle>", "<narrow>",
};

}  // namespace py
