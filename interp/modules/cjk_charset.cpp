// Reading of the character tables in cjk/ (their first lines say how they are written).
#include "interp/modules/cjk_charset.h"

#include <cstdlib>
#include <cstring>
#include <new>

#include "interp/objects/errors.h"

extern "C" const char adder_cjk_chinese[], adder_cjk_japanese[], adder_cjk_korean[];

namespace py::cjk {
namespace {

constexpr uint32_t kPairMark = 0x110000;  // a decoded value from here on is the number of a pair
constexpr uint8_t kLongLead = 0x8f;

const char* line_end(const char* line) {
    const char* end = std::strchr(line, '\n');
    return end ? end : line + std::strlen(line);
}

// The line behind "[name …]", and where the name of the base begins; null when the text has no such section.
const char* find_section(const char* text, const char* name, const char** base) {
    size_t length = std::strlen(name);
    for (const char* line = text; *line; line = *line_end(line) ? line_end(line) + 1 : line_end(line)) {
        if (*line != '[' || std::strncmp(line + 1, name, length) != 0 || line[length + 1] != ' ') continue;
        *base = line + length + 2;
        return line_end(line) + 1;
    }
    return nullptr;
}

const char* section(const char* name, const char** base) {
    for (const char* text : {adder_cjk_chinese, adder_cjk_japanese, adder_cjk_korean})
        if (const char* start = find_section(text, name, base)) return start;
    CHECK(false);
    return "";
}

uint32_t read_code(const char*& p) {
    uint32_t code = 0;
    for (;; ++p) {
        if (*p >= '0' && *p <= '9')
            code = code * 16 + uint32_t(*p - '0');
        else if (*p >= 'A' && *p <= 'F')
            code = code * 16 + uint32_t(*p - 'A' + 10);
        else
            return code;
    }
}

uint32_t read_character(const char*& p) {
    auto byte = [&] { return uint32_t(static_cast<unsigned char>(*p++)); };
    uint32_t first = byte();
    if (first < 0x80) return first;
    int more = first >= 0xf0 ? 3 : first >= 0xe0 ? 2 : 1;
    uint32_t character = first & (0x3fu >> more);
    while (more-- > 0) character = character << 6 | (byte() & 0x3f);
    return character;
}

// A block of 256 values; null without memory.
uint32_t* new_block(uint32_t value) {
    auto* block = static_cast<uint32_t*>(std::malloc(256 * sizeof(uint32_t)));
    for (int i = 0; block && i < 256; ++i) block[i] = value;
    return block;
}

}  // namespace

Characters Charset::decode(uint32_t code) const {
    uint32_t value = kNoCharacter;
    if (code < 0x100) {
        value = singles_[code];
    } else if (code < 0x10000) {
        if (rows_[code >> 8]) value = rows_[code >> 8][code & 0xff];
    } else if (code >> 16 == kLongLead && long_rows_[(code >> 8) & 0xff]) {
        value = long_rows_[(code >> 8) & 0xff][code & 0xff];
    }
    if (value >= kReserved || value < kPairMark) return {value, kNoCharacter};
    const Pair& pair = pairs_[value - kPairMark];
    return {pair.first, pair.second};
}

uint32_t Charset::encode(uint32_t character) const {
    uint32_t page = character >> 8;
    return page < kPages && pages_[page] ? pages_[page][character & 0xff] : 0;
}

bool Charset::starts_pair(uint32_t character) const {
    for (int i = 0; i < pair_count_; ++i)
        if (pairs_[i].first == character) return true;
    return false;
}

uint32_t Charset::encode_pair(uint32_t first, uint32_t second) const {
    for (int i = 0; i < pair_count_; ++i)
        if (pairs_[i].first == first && pairs_[i].second == second) return pairs_[i].code;
    return 0;
}

Fallible<void> Charset::set_decoding(uint32_t code, uint32_t character) {
    if (code < 0x100) {
        singles_[code] = character;
        return {};
    }
    uint32_t*& row = code < 0x10000 ? rows_[code >> 8] : long_rows_[(code >> 8) & 0xff];
    if (!row) row = new_block(kNoCharacter);
    if (!row) return raise_memory_error();
    row[code & 0xff] = character;
    return {};
}

Fallible<void> Charset::set_encoding(uint32_t character, uint32_t code, bool replace) {
    uint32_t*& page = pages_[character >> 8];
    if (!page) page = new_block(0);
    if (!page) return raise_memory_error();
    uint32_t& place = page[character & 0xff];
    if (replace || !place) place = code;
    return {};
}

Fallible<void> Charset::add_pair(uint32_t code, const char* text) {
    CHECK(pair_count_ < kMaxPairs);
    Pair& pair = pairs_[pair_count_];
    pair.code = code;
    pair.first = read_character(text);
    pair.second = read_character(text);
    return set_decoding(code, kPairMark + uint32_t(pair_count_++));
}

Fallible<void> Charset::read_line(const char* line, const char* end) {
    char sign = *line;
    if (sign == '+' || sign == '-' || sign == '>' || sign == '!') ++line;
    if (sign == '>') return {};
    uint32_t code = read_code(line);
    if (sign == '-') return set_decoding(code, kNoCharacter);
    if (sign == '!') return set_decoding(code, kReserved);
    ++line;  // the blank
    if (sign == '+') return add_pair(code, line);
    for (; line < end; ++code) TRY(set_decoding(code, read_character(line)));
    return {};
}

Fallible<void> Charset::invert_rows(uint32_t* const* rows, uint32_t prefix) {
    for (uint32_t lead = 0; lead < 256; ++lead)
        for (uint32_t trail = 0; rows[lead] && trail < 256; ++trail) {
            uint32_t character = rows[lead][trail];
            if (character < kPairMark) TRY(set_encoding(character, prefix | lead << 8 | trail, false));
        }
    return {};
}

// The lowest code of a character is the one it encodes to.
Fallible<void> Charset::invert() {
    for (uint32_t code = 1; code < 256; ++code)
        if (singles_[code] != kNoCharacter) TRY(set_encoding(singles_[code], code, false));
    TRY(invert_rows(rows_, 0));
    return invert_rows(long_rows_, uint32_t(kLongLead) << 16);
}

// Decoding of the base and of the section itself, then the section's own exceptions for encoding.
Fallible<void> Charset::read_section(const char* name) {
    const char* base;
    const char* start = section(name, &base);
    if (*base != '-') {
        char base_name[24] = {};
        for (int i = 0; base[i] != ']' && i < 23; ++i) base_name[i] = base[i];
        TRY(read_section(base_name));
    }
    for (const char* line = start; *line && *line != '['; line = line_end(line) + 1) TRY(read_line(line, line_end(line)));
    return {};
}

Fallible<void> Charset::load(const char* name) {
    for (uint32_t code = 0; code < 256; ++code) singles_[code] = code < 0x80 ? code : kNoCharacter;
    TRY(read_section(name));
    TRY(invert());
    const char* base;
    for (const char* line = section(name, &base); *line && *line != '['; line = line_end(line) + 1) {
        if (*line != '>') continue;
        const char* p = line + 1;
        uint32_t code = 0;
        if (*p == '-')
            ++p;
        else
            code = read_code(p);
        ++p;
        for (const char* end = line_end(line); p < end; code += code != 0) TRY(set_encoding(read_character(p), code, true));
    }
    return {};
}

Fallible<const Charset*> charset(const char* name) {
    struct Loaded {
        const char* name;
        Charset* tables;
    };
    static Loaded loaded[24];
    for (Loaded& each : loaded) {
        if (each.name && std::strcmp(each.name, name) == 0) return static_cast<const Charset*>(each.tables);
        if (each.name) continue;
        auto* tables = new (std::nothrow) Charset;
        if (!tables) return raise_memory_error();
        TRY(tables->load(name));
        each = {name, tables};
        return static_cast<const Charset*>(tables);
    }
    CHECK(false);
    return raise_memory_error();
}

}  // namespace py::cjk
