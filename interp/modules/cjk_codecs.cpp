// The encodings with one- to four-byte codes, and HZ (RFC 1843).
#include "interp/modules/cjk_codec.h"

#include <cstring>

namespace py::cjk {
namespace {

constexpr bool within(uint32_t value, uint32_t low, uint32_t high) { return value - low <= high - low; }

void put_code(Encoded& out, uint32_t code) {
    if (code > 0xffff) out.put(code >> 16);
    if (code > 0xff) out.put(code >> 8);
    out.put(code);
}

int found(Decoded& out, Characters characters, int length) {
    if (characters.first == kNoCharacter) return -1;
    if (characters.first == kReserved) return -length;
    out.characters = characters;
    return length;
}

int encode_simple(const Codec&, const Charset* charset, State&, Text text, Encoded& out) {
    uint32_t code;
    int count = encode_from_table(*charset, text, &code);
    if (count > 0) put_code(out, code);
    return count;
}

// Bytes below 0x80 stand for themselves, others begin a two-byte code.
int decode_two(const Codec&, const Charset* charset, State&, Source source, Decoded& out) {
    uint32_t first = source.bytes[0];
    if (first < 0x80) return found(out, {first, kNoCharacter}, 1);
    if (source.left < 2) return 0;
    return found(out, charset->decode(first << 8 | source.bytes[1]), 2);
}

// Single bytes above 0x7f as well; what begins no code is malformed at once.
int decode_shift_jis(const Codec& codec, const Charset* charset, State&, Source source, Decoded& out) {
    uint32_t first = source.bytes[0];
    if (charset->has_single(uint8_t(first))) return found(out, charset->decode(first), 1);
    bool any_lead = std::strcmp(codec.name, "cp932") == 0, is_small = std::strcmp(codec.name, "shift_jis") == 0;
    if (!any_lead && !within(first, 0x81, 0x9f) && !within(first, 0xe0, is_small ? 0xea : 0xfc)) return -1;
    if (source.left < 2) return 0;
    return found(out, charset->decode(first << 8 | source.bytes[1]), 2);
}

int decode_euc_jp(const Codec&, const Charset* charset, State&, Source source, Decoded& out) {
    uint32_t first = source.bytes[0];
    if (first < 0x80) return found(out, {first, kNoCharacter}, 1);
    if (source.left < (first == 0x8f ? 3 : 2)) return 0;
    uint32_t code = first << 8 | source.bytes[1];
    return first == 0x8f ? found(out, charset->decode(code << 8 | source.bytes[2]), 3) : found(out, charset->decode(code), 2);
}

// KS X 1001:1998 Annex 3: a syllable that has no code of its own is a filler and its three letters.
constexpr uint32_t kFiller = 0xa4d4;
constexpr uint8_t kLeading[] = {0xa1, 0xa2, 0xa4, 0xa7, 0xa8, 0xa9, 0xb1, 0xb2, 0xb3, 0xb5,
                                0xb6, 0xb7, 0xb8, 0xb9, 0xba, 0xbb, 0xbc, 0xbd, 0xbe};
constexpr uint8_t kTrailing[] = {0xd4, 0xa1, 0xa2, 0xa3, 0xa4, 0xa5, 0xa6, 0xa7, 0xa9, 0xaa, 0xab, 0xac, 0xad, 0xae,
                                 0xaf, 0xb0, 0xb1, 0xb2, 0xb4, 0xb5, 0xb6, 0xb7, 0xb8, 0xba, 0xbb, 0xbc, 0xbd, 0xbe};
constexpr uint32_t kFirstSyllable = 0xac00, kLastSyllable = 0xd7a3, kVowels = 21, kTrailings = sizeof kTrailing;
constexpr uint32_t kFirstVowel = 0xbf;

int place_of(const uint8_t* letters, size_t count, uint8_t letter) {
    for (size_t i = 0; i < count; ++i)
        if (letters[i] == letter) return int(i);
    return -1;
}
int decode_letters(Source source, Decoded& out) {
    if (source.left < 8) return 0;
    const uint8_t* b = source.bytes;
    if (b[2] != 0xa4 || b[4] != 0xa4 || b[6] != 0xa4) return -1;
    int leading = place_of(kLeading, sizeof kLeading, b[3]), trailing = place_of(kTrailing, sizeof kTrailing, b[7]);
    if (leading < 0 || trailing < 0 || !within(b[5], kFirstVowel, kFirstVowel + kVowels - 1)) return -1;
    uint32_t syllable = (uint32_t(leading) * kVowels + (b[5] - kFirstVowel)) * kTrailings + uint32_t(trailing);
    return found(out, {kFirstSyllable + syllable, kNoCharacter}, 8);
}
int decode_euc_kr(const Codec& codec, const Charset* charset, State& state, Source source, Decoded& out) {
    if (source.left >= 2 && (uint32_t(source.bytes[0]) << 8 | source.bytes[1]) == kFiller) return decode_letters(source, out);
    return decode_two(codec, charset, state, source, out);
}
int encode_euc_kr(const Codec& codec, const Charset* charset, State& state, Text text, Encoded& out) {
    uint32_t character = text.at(0);
    if (!within(character, kFirstSyllable, kLastSyllable) || charset->encode(character))
        return encode_simple(codec, charset, state, text, out);
    uint32_t syllable = character - kFirstSyllable;
    uint32_t letters[] = {kLeading[syllable / (kVowels * kTrailings)], kFirstVowel + syllable / kTrailings % kVowels,
                          kTrailing[syllable % kTrailings]};
    put_code(out, kFiller);
    for (uint32_t letter : letters) put_code(out, 0xa400 | letter);
    return 1;
}

// GB 18030's four-byte codes count the characters that have no two-byte code, then those beyond U+FFFF.
constexpr uint32_t kBasicCount = 39420, kSupplementaryLead = 15;

bool is_counted(const Charset& charset, uint32_t character) {
    return !within(character, 0xd800, 0xdfff) && !charset.encode(character);
}
// How many counted characters lie below the start of each block of 256.
struct Counts {
    uint32_t below[257];
    explicit Counts(const Charset& charset) {
        uint32_t count = 0;
        for (uint32_t block = 0; block < 256; ++block) {
            below[block] = count;
            for (uint32_t i = block ? 0 : 0x80; i < 256; ++i) count += is_counted(charset, block << 8 | i);
        }
        below[256] = count;
    }
};
const Counts& counts(const Charset& charset) {
    static const Counts the_counts(charset);
    return the_counts;
}
int decode_four(const Charset& charset, Source source, Decoded& out) {
    if (source.left < 4) return 0;
    const uint8_t* b = source.bytes;
    if (!within(b[0], 0x81, 0xfe) || !within(b[2], 0x81, 0xfe) || !within(b[3], 0x30, 0x39)) return -1;
    uint32_t lead = b[0] - 0x81u;
    uint32_t rest = ((b[1] - 0x30u) * 126 + (b[2] - 0x81u)) * 10 + (b[3] - 0x30u);
    if (lead >= kSupplementaryLead) {
        uint32_t character = 0x10000 + (lead - kSupplementaryLead) * 12600 + rest;
        return character <= 0x10ffff ? found(out, {character, kNoCharacter}, 4) : -1;
    }
    uint32_t index = lead * 12600 + rest;
    const Counts& table = counts(charset);
    if (lead >= 4 || index >= kBasicCount || index >= table.below[256]) return -1;
    uint32_t block = 0;
    while (table.below[block + 1] <= index) ++block;
    uint32_t to_skip = index - table.below[block];
    for (uint32_t character = block ? block << 8 : 0x80;; ++character) {
        if (!is_counted(charset, character)) continue;
        if (to_skip-- == 0) return found(out, {character, kNoCharacter}, 4);
    }
}
int decode_gb18030(const Codec& codec, const Charset* charset, State& state, Source source, Decoded& out) {
    if (source.left >= 2 && source.bytes[0] >= 0x80 && within(source.bytes[1], 0x30, 0x39))
        return decode_four(*charset, source, out);
    return decode_two(codec, charset, state, source, out);
}
int encode_gb18030(const Codec& codec, const Charset* charset, State& state, Text text, Encoded& out) {
    uint32_t character = text.at(0);
    if (within(character, 0xd800, 0xdfff)) return -1;
    if (character < 0x80 || charset->encode(character)) return encode_simple(codec, charset, state, text, out);
    uint32_t index;
    if (character >= 0x10000) {
        index = character - 0x10000 + kSupplementaryLead * 12600;
    } else {
        uint32_t block = character >> 8;
        index = counts(*charset).below[block];
        for (uint32_t each = block ? block << 8 : 0x80; each < character; ++each) index += is_counted(*charset, each);
    }
    out.put(0x81 + index / 12600);
    out.put(0x30 + index / 1260 % 10);
    out.put(0x81 + index / 10 % 126);
    out.put(0x30 + index % 10);
    return 1;
}

// HZ: between ~{ and ~} the bytes are GB 2312 without the high bit. state.c[0]: inside.
int decode_hz(const Codec&, const Charset* charset, State& state, Source source, Decoded& out) {
    uint32_t first = source.bytes[0];
    bool inside = state.c[0] != 0;
    if (first == '~') {
        if (source.left < 2) return 0;
        uint32_t second = source.bytes[1];
        if (second == '~' && !inside) return found(out, {'~', kNoCharacter}, 2);
        if (second == (inside ? '}' : '{'))
            state.c[0] = !inside;
        else if (second != '\n' || inside)
            return -1;
        return 2;
    }
    if (first >= 0x80) return -1;
    if (!inside) return found(out, {first, kNoCharacter}, 1);
    if (source.left < 2) return 0;
    if (source.bytes[1] >= 0x80) return -1;
    return found(out, charset->decode((first << 8 | source.bytes[1]) | 0x8080), 2);
}
int encode_hz(const Codec&, const Charset* charset, State& state, Text text, Encoded& out) {
    uint32_t character = text.at(0);
    if (character < 0x80) {
        if (state.c[0]) out.put('~'), out.put('}');
        state.c[0] = 0;
        if (character == '~') out.put('~');
        out.put(character);
        return 1;
    }
    uint32_t code = charset->encode(character);
    if (!code) return -1;
    if (!state.c[0]) out.put('~'), out.put('{');
    state.c[0] = 1;
    put_code(out, code & 0x7f7f);
    return 1;
}
void reset_hz(State& state, Encoded& out) {
    if (state.c[0]) out.put('~'), out.put('}');
    state.c[0] = 0;
}

struct Row {
    const char* module;
    Codec codec;
};
const Row rows[] = {
#define SIMPLE(module, name, decode) {module, {name, name, decode, encode_simple}},
    SIMPLE("_codecs_cn", "gb2312", decode_two) SIMPLE("_codecs_cn", "gbk", decode_two)
    {"_codecs_cn", {"gb18030", "gb18030", decode_gb18030, encode_gb18030}},
    {"_codecs_cn", {"hz", "gb2312", decode_hz, encode_hz, nullptr, nullptr, reset_hz}},
    SIMPLE("_codecs_hk", "big5hkscs", decode_two)
    SIMPLE("_codecs_tw", "big5", decode_two) SIMPLE("_codecs_tw", "cp950", decode_two)
    {"_codecs_kr", {"euc_kr", "euc_kr", decode_euc_kr, encode_euc_kr}},
    SIMPLE("_codecs_kr", "cp949", decode_two) SIMPLE("_codecs_kr", "johab", decode_two)
    SIMPLE("_codecs_jp", "shift_jis", decode_shift_jis) SIMPLE("_codecs_jp", "cp932", decode_shift_jis)
    SIMPLE("_codecs_jp", "shift_jisx0213", decode_shift_jis) SIMPLE("_codecs_jp", "shift_jis_2004", decode_shift_jis)
    SIMPLE("_codecs_jp", "euc_jp", decode_euc_jp) SIMPLE("_codecs_jp", "euc_jisx0213", decode_euc_jp)
    SIMPLE("_codecs_jp", "euc_jis_2004", decode_euc_jp)
#undef SIMPLE
};

}  // namespace

int encode_from_table(const Charset& charset, const Text& text, uint32_t* code) {
    uint32_t character = text.at(0);
    if (charset.starts_pair(character)) {
        if (text.left() < 2 && !text.is_last) return 0;
        *code = text.left() < 2 ? 0 : charset.encode_pair(character, text.at(1));
        if (*code) return 2;
    }
    *code = charset.encode(character);
    return *code || !character ? 1 : -1;
}

const Codec* find_codec(const char* module, const char* name) {
    for (const Row& row : rows)
        if (std::strcmp(row.module, module) == 0 && std::strcmp(row.codec.name, name) == 0) return &row.codec;
    if (std::strcmp(module, "_codecs_iso2022") != 0) return nullptr;
    for (const Codec& codec : iso2022_codecs)
        if (std::strcmp(codec.name, name) == 0) return &codec;
    return nullptr;
}

}  // namespace py::cjk
