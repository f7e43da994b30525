// Build tool: reads the Unicode Character Database and writes unicode_tables.inc (properties, decompositions, names),
// limited to the characters that Unicode 14.0 has. Usage: unicode_tables_gen UCD_FOLDER OUTPUT.
#include <algorithm>
#include <array>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <fstream>
#include <functional>
#include <map>
#include <string>
#include <vector>

#include "interp/objects/unicode_lists.h"
#include "interp/objects/unicode_properties.h"

namespace {

using Fields = std::vector<std::string>;
constexpr uint32_t kLimit = 0x110000;

std::string folder;
std::vector<bool> known(kLimit, false);  // in Unicode 14

std::string trimmed(const std::string& s) {
    size_t a = s.find_first_not_of(" \t"), b = s.find_last_not_of(" \t\r");
    return a == s.npos ? "" : s.substr(a, b - a + 1);
}
// Lines of a file, comments cut, split at semicolons.
void read_file(const std::string& name, const std::function<void(const Fields&)>& row) {
    std::ifstream in(folder + "/" + name);
    if (!in) {
        std::fprintf(stderr, "unicode_tables_gen: cannot read %s\n", name.c_str());
        std::exit(1);
    }
    std::string line;
    while (std::getline(in, line)) {
        if (size_t hash = line.find('#'); hash != line.npos) line.resize(hash);
        if (trimmed(line).empty()) continue;
        Fields fields;
        for (size_t start = 0;;) {
            size_t end = line.find(';', start);
            fields.push_back(trimmed(line.substr(start, end == line.npos ? line.npos : end - start)));
            if (end == line.npos) break;
            start = end + 1;
        }
        row(fields);
    }
}
uint32_t hex(const std::string& s) {
    return uint32_t(std::strtoul(s.c_str(), nullptr, 16));
}
std::vector<uint32_t> hex_list(const std::string& s) {
    std::vector<uint32_t> result;
    for (const char* p = s.c_str(); *p;) {
        char* end;
        result.push_back(uint32_t(std::strtoul(p, &end, 16)));
        for (p = end; *p == ' ';)
            ++p;
    }
    return result;
}
void for_range(const std::string& range, const std::function<void(uint32_t)>& f) {
    size_t dots = range.find("..");
    uint32_t first = hex(range), last = dots == range.npos ? first : hex(range.substr(dots + 2));
    for (uint32_t c = first; c <= last; ++c)
        f(c);
}
template <size_t N>
uint8_t position_of(const char* const (&list)[N], const std::string& value) {
    for (size_t i = 0; i < N; ++i)
        if (value == list[i]) return uint8_t(i);
    std::fprintf(stderr, "unicode_tables_gen: unknown value '%s'\n", value.c_str());
    std::exit(1);
}

struct Character {
    std::string name;
    py::UnicodeRecord record{};
    int decomposition_tag = 0;
    std::vector<uint32_t> decomposition;
    std::string numeric;
    std::vector<uint32_t> upper, lower, title, fold;  // special mappings only
    bool assigned = false;
};
std::vector<Character> characters(kLimit);
std::vector<std::array<uint32_t, 3>> compositions;

void read_ages() {
    read_file("DerivedAge.txt", [](const Fields& f) {
        double version = std::atof(f[1].c_str());
        if (version > 14.05) return;
        for_range(f[0], [&](uint32_t c) {
            known[c] = true;
            if (version < 3.25) characters[c].record.flags |= py::kUniIn32;
        });
    });
}
void fill_character(uint32_t code, const Fields& f, const std::string& name) {
    using namespace py;
    Character& c = characters[code];
    UnicodeRecord& r = c.record;
    c.assigned = true;
    c.name = name;
    r.category = position_of(kUnicodeCategories, f[2]);
    r.combining = uint8_t(std::atoi(f[3].c_str()));
    r.bidirectional = position_of(kUnicodeBidirectional, f[4]);
    std::string decomposition = f[5];
    if (!decomposition.empty() && decomposition[0] == '<') {
        size_t end = decomposition.find('>') + 1;
        c.decomposition_tag = position_of(kUnicodeDecompositionTags, decomposition.substr(0, end));
        decomposition = trimmed(decomposition.substr(end));
    }
    c.decomposition = hex_list(decomposition);
    if (!f[6].empty()) r.decimal = int8_t(std::atoi(f[6].c_str())), r.flags |= kUniDecimal;
    if (!f[7].empty()) r.digit = int8_t(std::atoi(f[7].c_str())), r.flags |= kUniDigit;
    if (f[9] == "Y") r.flags |= kUniMirrored;
    if (!f[12].empty()) r.upper = int32_t(hex(f[12]) - code);
    if (!f[13].empty()) r.lower = int32_t(hex(f[13]) - code);
    r.title = !f[14].empty() ? int32_t(hex(f[14]) - code) : r.upper;
    const std::string& cat = f[2];
    if (cat[0] == 'L') r.flags |= kUniAlpha;
    if (cat == "Lt") r.flags |= kUniTitle;
    if (cat == "Zs" || f[4] == "WS" || f[4] == "B" || f[4] == "S") r.flags |= kUniSpace;
    bool hidden = cat[0] == 'C' || cat[0] == 'Z';
    if (!hidden || code == ' ') r.flags |= kUniPrintable;
    if (f[4] == "B") r.flags |= kUniLineBreak;
}
void read_characters() {
    for (Character& c : characters) {
        c.record.decimal = c.record.digit = -1;
        c.record.bidirectional = 0;
    }
    uint32_t first = 0;
    read_file("UnicodeData.txt", [&](const Fields& f) {
        uint32_t code = hex(f[0]);
        if (f[1].find(", First>") != std::string::npos) {
            first = code;
        } else if (f[1].find(", Last>") != std::string::npos) {
            for (uint32_t c = first; c <= code; ++c)
                if (known[c]) fill_character(c, f, "");
        } else if (known[code]) {
            fill_character(code, f, f[1][0] == '<' ? "" : f[1]);
        }
    });
}
void read_flags(const char* file, const std::map<std::string, uint32_t>& wanted) {
    read_file(file, [&](const Fields& f) {
        auto found = wanted.find(f[1]);
        if (found == wanted.end()) return;
        for_range(f[0], [&](uint32_t c) {
            if (known[c]) characters[c].record.flags |= found->second;
        });
    });
}
// Unicode 15.0 made these five letters Lowercase (and with it Cased); 14.0 did not have them so.
void undo_later_changes() {
    for (uint32_t c : {0x10fcu, 0xa7f2u, 0xa7f3u, 0xa7f4u, 0xab69u})
        characters[c].record.flags &= ~uint32_t(py::kUniLower | py::kUniCased);
}
void read_quick_checks() {
    // Two bits a form: 0 yes, 1 maybe, 2 no; NFD, NFKD, NFC, NFKC from the low end.
    static const std::map<std::string, int> shifts = {{"NFD_QC", 0}, {"NFKD_QC", 2}, {"NFC_QC", 4}, {"NFKC_QC", 6}};
    read_file("DerivedNormalizationProps.txt", [&](const Fields& f) {
        auto form = shifts.find(f[1]);
        if (form != shifts.end())
            for_range(f[0], [&](uint32_t c) {
                if (known[c]) characters[c].record.quick_check |= uint8_t((f[2] == "M" ? 1 : 2) << form->second);
            });
        if (f[1] == "Full_Composition_Exclusion")
            for_range(f[0], [&](uint32_t c) { characters[c].record.flags |= py::kUniNoComposition; });
    });
    for (uint32_t c = 0; c < kLimit; ++c) {
        const Character& ch = characters[c];
        if (ch.decomposition.size() == 2 && ch.decomposition_tag == 0 && !(ch.record.flags & py::kUniNoComposition))
            compositions.push_back({ch.decomposition[0], ch.decomposition[1], c});
    }
    for (Character& c : characters)
        c.record.flags &= ~uint32_t(py::kUniNoComposition);
    std::sort(compositions.begin(), compositions.end());
}
void read_cases() {
    read_file("SpecialCasing.txt", [](const Fields& f) {
        if (f.size() > 5 && !f[4].empty()) return;  // conditional
        Character& c = characters[hex(f[0])];
        auto set = [&](std::vector<uint32_t>& slot, const std::string& text, uint32_t flag) {
            std::vector<uint32_t> mapped = hex_list(text);
            if (mapped.size() < 2) return;
            slot = mapped;
            c.record.flags |= flag;
        };
        set(c.lower, f[1], py::kUniSpecialLower);
        set(c.title, f[2], py::kUniSpecialTitle);
        set(c.upper, f[3], py::kUniSpecialUpper);
        // As in CPython, the one-character mapping of such a character is the first of the full one.
        uint32_t code = hex(f[0]);
        if (!c.upper.empty()) c.record.upper = int32_t(c.upper[0] - code);
        if (!c.lower.empty()) c.record.lower = int32_t(c.lower[0] - code);
        if (!c.title.empty()) c.record.title = int32_t(c.title[0] - code);
    });
    read_file("CaseFolding.txt", [](const Fields& f) {
        uint32_t code = hex(f[0]);
        Character& c = characters[code];
        if (!known[code]) return;
        std::vector<uint32_t> mapped = hex_list(f[2]);
        if (f[1] == "C") c.record.fold = int32_t(mapped[0] - code);
        if (f[1] == "F") c.fold = mapped, c.record.flags |= py::kUniSpecialFold;
    });
}
void read_rest() {
    read_file("EastAsianWidth.txt", [](const Fields& f) {
        for_range(f[0], [&](uint32_t c) {
            if (characters[c].assigned) characters[c].record.east_asian_width = position_of(py::kUnicodeWidths, f[1]);
        });
    });
    read_file("extracted/DerivedNumericValues.txt", [](const Fields& f) {
        for_range(f[0], [&](uint32_t c) {
            if (!characters[c].assigned) return;
            characters[c].numeric = f[3];
            characters[c].record.flags |= py::kUniNumeric;
        });
    });
}

std::FILE* out;
size_t column = 0;
void begin_array(const char* type, const char* name) {
    std::fprintf(out, "extern const %s %s[];\nconst %s %s[] = {\n", type, name, type, name);
}
void number(long long value) {
    column += size_t(std::fprintf(out, "%lld,", value));
    if (column > 110) std::fputc('\n', out), column = 0;
}
void end_array() {
    std::fprintf(out, "\n};\n");
    column = 0;
}

void write_properties() {
    std::vector<uint32_t> special{0};
    std::map<std::vector<long long>, size_t> record_numbers;
    std::vector<py::UnicodeRecord> records;
    std::vector<uint16_t> index(kLimit);
    for (uint32_t code = 0; code < kLimit; ++code) {
        Character& c = characters[code];
        py::UnicodeRecord& r = c.record;
        if (!c.upper.empty() || !c.lower.empty() || !c.title.empty() || !c.fold.empty()) {
            r.special = uint16_t(special.size());
            for (auto* list : {&c.upper, &c.lower, &c.title, &c.fold}) {
                if (list->empty()) continue;
                special.push_back(uint32_t(list->size()));
                special.insert(special.end(), list->begin(), list->end());
            }
        }
        std::vector<long long> key = {r.flags,      r.upper,         r.lower,     r.title,
                                      r.fold,       r.special,       r.decimal,   r.digit,
                                      r.category,   r.bidirectional, r.combining, r.east_asian_width,
                                      r.quick_check};
        auto [at, fresh] = record_numbers.emplace(key, records.size());
        if (fresh) records.push_back(r);
        index[code] = uint16_t(at->second);
    }
    std::map<std::vector<uint16_t>, size_t> block_numbers;
    std::vector<uint16_t> blocks, indices;
    for (uint32_t start = 0; start < kLimit; start += 128) {
        std::vector<uint16_t> block(index.begin() + start, index.begin() + start + 128);
        auto [at, fresh] = block_numbers.emplace(block, block_numbers.size());
        if (fresh) indices.insert(indices.end(), block.begin(), block.end());
        blocks.push_back(uint16_t(at->second));
    }
    begin_array("uint16_t", "unicode_blocks");
    for (uint16_t b : blocks)
        number(b);
    end_array();
    begin_array("uint16_t", "unicode_indices");
    for (uint16_t i : indices)
        number(i);
    end_array();
    begin_array("UnicodeRecord", "unicode_records");
    for (const py::UnicodeRecord& r : records)
        std::fprintf(out, "{%u,%d,%d,%d,%d,%u,%d,%d,%u,%u,%u,%u,%u},\n", r.flags, r.upper, r.lower, r.title, r.fold,
                     r.special, r.decimal, r.digit, r.category, r.bidirectional, r.combining, r.east_asian_width,
                     r.quick_check);
    end_array();
    begin_array("uint32_t", "unicode_special");
    for (uint32_t s : special)
        number(s);
    end_array();
}
void write_numerics() {
    std::fprintf(out, "struct NumericRow { uint32_t code; double value; };\nstatic const NumericRow kNumerics[] = {\n");
    for (uint32_t c = 0; c < kLimit; ++c) {
        if (characters[c].numeric.empty()) continue;
        std::string value = characters[c].numeric;
        size_t slash = value.find('/');
        if (slash == value.npos)
            std::fprintf(out, "{%u,%s.0},", c, value.c_str());
        else
            std::fprintf(out, "{%u,%s.0/%s.0},", c, value.substr(0, slash).c_str(), value.substr(slash + 1).c_str());
    }
    std::fprintf(out, "\n};\n");
}
void write_decompositions() {
    std::vector<uint32_t> data;
    std::fprintf(out,
                 "struct DecompositionRow { uint32_t code; uint16_t start; uint8_t count, tag; };\nstatic const "
                 "DecompositionRow kDecompositions[] = {\n");
    for (uint32_t c = 0; c < kLimit; ++c) {
        const Character& ch = characters[c];
        if (ch.decomposition.empty()) continue;
        std::fprintf(out, "{%u,%zu,%zu,%d},\n", c, data.size(), ch.decomposition.size(), ch.decomposition_tag);
        data.insert(data.end(), ch.decomposition.begin(), ch.decomposition.end());
    }
    std::fprintf(out, "};\n");
    begin_array("uint32_t", "kDecomposed");
    for (uint32_t d : data)
        number(d);
    end_array();
    std::fprintf(out,
                 "struct CompositionRow { uint32_t first, second, composed; };\nstatic const CompositionRow "
                 "kCompositions[] = {\n");
    for (auto& row : compositions)
        std::fprintf(out, "{%u,%u,%u},\n", row[0], row[1], row[2]);
    std::fprintf(out, "};\n");
}

// Names are sequences of words; a frequent word is one byte (below 0x80), any other two (0x80 | high, low).
struct Named {
    std::string name;
    std::vector<uint32_t> codes;
    int kind;  // 0 name, 1 alias, 2 named sequence
};
std::vector<std::string> words_of(const std::string& name) {
    std::vector<std::string> words;
    for (size_t start = 0;;) {
        size_t end = name.find(' ', start);
        words.push_back(name.substr(start, end == name.npos ? name.npos : end - start));
        if (end == name.npos) return words;
        start = end + 1;
    }
}
uint32_t name_hash(const std::string& name) {
    uint32_t h = 2166136261u;
    for (char c : name)
        h = (h ^ uint8_t(c)) * 16777619u;
    return h ^ (h >> 15);
}
std::vector<Named> read_names() {
    std::vector<Named> names;
    for (uint32_t c = 0; c < kLimit; ++c)
        if (!characters[c].name.empty()) names.push_back({characters[c].name, {c}, 0});
    read_file("NameAliases.txt", [&](const Fields& f) {
        if (known[hex(f[0])]) names.push_back({f[1], {hex(f[0])}, 1});
    });
    read_file("NamedSequences.txt", [&](const Fields& f) {
        std::vector<uint32_t> codes = hex_list(f[1]);
        for (uint32_t c : codes)
            if (!known[c]) return;
        names.push_back({f[0], codes, 2});
    });
    return names;
}
void write_names() {
    std::vector<Named> names = read_names();
    std::map<std::string, size_t> counts;
    for (const Named& n : names)
        for (const std::string& w : words_of(n.name))
            ++counts[w];
    std::vector<std::pair<std::string, size_t>> ranked(counts.begin(), counts.end());
    std::stable_sort(ranked.begin(), ranked.end(), [](auto& a, auto& b) { return a.second > b.second; });
    std::map<std::string, size_t> numbers;
    std::string letters;
    std::vector<uint32_t> word_starts;
    for (size_t i = 0; i < ranked.size(); ++i) {
        numbers[ranked[i].first] = i;
        word_starts.push_back(uint32_t(letters.size()));
        letters += ranked[i].first;
    }
    word_starts.push_back(uint32_t(letters.size()));
    std::fprintf(out, "static const char kWordLetters[] =\n");
    for (size_t i = 0; i < letters.size(); i += 100)
        std::fprintf(out, "\"%s\"\n", letters.substr(i, 100).c_str());
    std::fprintf(out, ";\n");
    begin_array("uint32_t", "kWordStarts");
    for (uint32_t w : word_starts)
        number(w);
    end_array();
    std::string bytes;
    std::vector<uint32_t> sequences{0};
    std::fprintf(
        out,
        "struct NameRow { uint32_t code; uint32_t start; uint8_t size, kind; };\nstatic const NameRow kNames[] = {\n");
    for (const Named& n : names) {
        size_t start = bytes.size();
        for (const std::string& w : words_of(n.name)) {
            size_t i = numbers[w];
            if (i >= 128) bytes += char(0x80 | i >> 8);
            bytes += char(i & 255);
        }
        uint32_t code = n.codes[0];
        if (n.kind == 2) {
            code = uint32_t(sequences.size());
            sequences.push_back(uint32_t(n.codes.size()));
            sequences.insert(sequences.end(), n.codes.begin(), n.codes.end());
        }
        std::fprintf(out, "{%u,%zu,%zu,%d},\n", code, start, bytes.size() - start, n.kind);
    }
    std::fprintf(out, "};\n");
    begin_array("uint8_t", "kNameBytes");
    for (char b : bytes)
        number(uint8_t(b));
    end_array();
    begin_array("uint32_t", "kNameSequences");
    for (uint32_t s : sequences)
        number(s);
    end_array();
    std::vector<uint32_t> table(131072, 0);  // row number + 1; open addressing
    for (size_t i = 0; i < names.size(); ++i) {
        size_t at = name_hash(names[i].name) & (table.size() - 1);
        while (table[at])
            at = (at + 1) & (table.size() - 1);
        table[at] = uint32_t(i + 1);
    }
    if (names.size() >= 65535 || numbers.size() >= 32768) std::exit(1);
    begin_array("uint16_t", "kNameTable");
    for (uint32_t t : table)
        number(t);
    end_array();
}

}  // namespace

int main(int count, char** arguments) {
    if (count != 3) return 2;
    folder = arguments[1];
    out = std::fopen(arguments[2], "w");
    if (!out) return 1;
    read_ages();
    read_characters();
    read_flags("DerivedCoreProperties.txt", {{"Lowercase", py::kUniLower},
                                             {"Uppercase", py::kUniUpper},
                                             {"XID_Start", py::kUniXidStart},
                                             {"XID_Continue", py::kUniXidContinue},
                                             {"Cased", py::kUniCased},
                                             {"Case_Ignorable", py::kUniCaseIgnorable}});
    undo_later_changes();
    read_quick_checks();
    read_cases();
    read_rest();
    std::fprintf(out, "#if defined(UNICODE_PROPERTIES)\n");
    write_properties();
    write_numerics();
    std::fprintf(out, "#elif defined(UNICODE_DECOMPOSITIONS)\n");
    write_decompositions();
    std::fprintf(out, "#elif defined(UNICODE_NAMES)\n");
    write_names();
    std::fprintf(out, "#endif\n");
    return std::fclose(out) == 0 ? 0 : 1;
}
