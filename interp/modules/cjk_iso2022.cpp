// The ISO 2022 encodings of Japanese (RFC 1468, RFC 2237, RFC 1554, JIS X 0213) and Korean (RFC 1557) mail.
// NOTE: CPython loses the second character of a JIS X 0213 pair here; it is encoded as the standard has it.
// state.c[0..2]: the sets designated to G0, G1, G2 (the final byte of the escape sequence, with kWide for two-byte sets);
// state.c[4]: kShifted (G1 is in use), kInEscape (an unknown escape sequence is passed on until its final byte).
#include "interp/modules/cjk_codec.h"
#include "interp/objects/errors.h"

namespace py::cjk {

// A character set that an encoding may designate.
struct Designation {
    uint8_t mark;  // 0 ends the list
    uint8_t plane;
    uint8_t width;
    const char* charset;  // of two-byte sets
    bool is_long;         // the table's three-byte codes are meant
};

namespace {

constexpr uint8_t kWide = 0x80, kShifted = 1, kInEscape = 2;
constexpr uint8_t kAscii = 'B', kRoman = 'J', kKana = 'I', kLatin1 = 'A', kGreek = 'F';
constexpr uint8_t kJisX0208 = 'B' | kWide, kJisX0208Old = '@' | kWide, kJisX0212 = 'D' | kWide, kGb2312 = 'A' | kWide,
                  kKsX1001 = 'C' | kWide, kJisX0213Plane2 = 'P' | kWide,
                  kJisX0213Plane1Of2000 = 'O' | kWide, kJisX0213Plane1Of2004 = 'Q' | kWide;
constexpr unsigned kNoShift = 1, kUseG2 = 2, kPrefixedJisX0208 = 4;
constexpr unsigned char kEscape = 0x1b, kShiftIn = 0x0f, kShiftOut = 0x0e;
constexpr int kLongestEscape = 16;
constexpr uint32_t kFullwidthTilde = 0xff5e, kHangulFiller = 0x3164;

constexpr Designation kDesignateJisX0208{kJisX0208, 0, 2, "euc_jp", false}, kDesignateOld{kJisX0208Old, 0, 2, "euc_jp", false},
    kDesignateJisX0212{kJisX0212, 0, 2, "euc_jp", true}, kDesignateRoman{kRoman, 0, 1, nullptr, false},
    kDesignateKana{kKana, 0, 1, nullptr, false}, kDesignateGb2312{kGb2312, 0, 2, "gb2312", false},
    kDesignateKsX1001{kKsX1001, 0, 2, "euc_kr", false};
const Designation kr_sets[] = {{kKsX1001, 1, 2, "euc_kr", false}, {}};
const Designation jp_sets[] = {kDesignateJisX0208, kDesignateRoman, kDesignateOld, {}};
const Designation jp_1_sets[] = {kDesignateJisX0208, kDesignateJisX0212, kDesignateRoman, kDesignateOld, {}};
const Designation jp_2_sets[] = {kDesignateJisX0208, kDesignateJisX0212,    kDesignateKsX1001,
                                 kDesignateGb2312,   kDesignateRoman,       kDesignateOld,
                                 {kLatin1, 2, 1, nullptr, false}, {kGreek, 2, 1, nullptr, false}, {}};
const Designation jp_2004_sets[] = {
    kDesignateJisX0208, {kJisX0213Plane1Of2004, 0, 2, "euc_jis_2004", false}, {kJisX0213Plane2, 0, 2, "euc_jis_2004", true}, {}};
const Designation jp_3_sets[] = {
    kDesignateJisX0208, {kJisX0213Plane1Of2000, 0, 2, "euc_jisx0213", false}, {kJisX0213Plane2, 0, 2, "euc_jisx0213", true}, {}};
const Designation jp_ext_sets[] = {kDesignateJisX0208, kDesignateJisX0212, kDesignateRoman, kDesignateKana, kDesignateOld, {}};

const Designation* find_designation(const Codec& codec, uint8_t mark) {
    for (const Designation* each = codec.designations; each->mark; ++each)
        if (each->mark == mark) return each;
    return nullptr;
}

// The tables were loaded when the codec was made.
const Charset& table_of(const Designation& set) { return *MUST(charset(set.charset)); }

void start(State& state, bool decodes) {
    state = {};
    state.c[0] = state.c[1] = kAscii;
    if (decodes) state.c[2] = kAscii;
}
void reset_decoder(State& state) {
    state.c[0] = kAscii;
    state.c[4] &= uint8_t(~kShifted);
}
void shift_in(State& state, Encoded& out) {
    if (state.c[4] & kShifted) out.put(kShiftIn);
    state.c[4] &= uint8_t(~kShifted);
}
void designate_ascii(State& state, Encoded& out) {
    if (state.c[0] != kAscii) out.put(kEscape), out.put('('), out.put('B');
    state.c[0] = kAscii;
}
void reset_encoder(State& state, Encoded& out) {
    shift_in(state, out);
    designate_ascii(state, out);
}

int pass(Decoded& out, uint32_t character, int length) {
    out.characters = {character, kNoCharacter};
    return length;
}

// ISO 8859-7 (1987): the upper half; kNoCharacter where it has a hole.
uint32_t from_greek(uint32_t byte) {
    if (byte < 0xa0) return byte;
    if (byte == 0xa1 || byte == 0xa2) return 0x2018 + (byte - 0xa1);
    if (byte == 0xaf) return 0x2015;
    bool as_latin = byte == 0xa0 || byte == 0xa3 || (byte >= 0xa6 && byte <= 0xa9) || (byte >= 0xab && byte <= 0xad) ||
                    (byte >= 0xb0 && byte <= 0xb3) || byte == 0xb7 || byte == 0xbb || byte == 0xbd;
    if (as_latin) return byte;
    if (byte >= 0xb4 && byte <= 0xfe && byte != 0xd2) return byte + 0x2d0;
    return kNoCharacter;
}

// ESC N byte: one character of G2.
int decode_g2(const State& state, Source source, Decoded& out) {
    uint32_t byte = source.bytes[2];
    switch (state.c[2]) {
        case kLatin1: return byte < 0x80 ? pass(out, byte + 0x80, 3) : -3;
        case kGreek: {
            uint32_t character = from_greek(byte ^ 0x80);
            return character == kNoCharacter ? -3 : pass(out, character, 3);
        }
        default: return byte < 0x80 ? pass(out, byte, 3) : -3;
    }
}

bool ends_escape(uint8_t byte) { return (byte >= 'A' && byte <= 'Z') || byte == '@'; }

// The length of the escape sequence, 0: cut off, -1: none of its bytes ends one.
int escape_length(const Codec& codec, Source source) {
    for (int length = 1; length < kLongestEscape; ++length) {
        if (length >= source.left) return 0;
        if (ends_escape(source.bytes[length])) return length + 1;
        if ((codec.flags & kPrefixedJisX0208) && length + 1 < source.left && source.bytes[length] == '&' &&
            source.bytes[length + 1] == '@')
            length += 2;
    }
    return -1;
}

int decode_escape(const Codec& codec, State& state, Source source) {
    const uint8_t* b = source.bytes;
    int length = escape_length(codec, source);
    if (length <= 0) return length;
    uint8_t mark, place;
    if (length == 3 && b[1] == '$') {
        mark = b[2] | kWide, place = 0;
    } else if (length == 3) {
        mark = b[2];
        if (b[1] == '(')
            place = 0;
        else if (b[1] == ')')
            place = 1;
        else if ((codec.flags & kUseG2) && b[1] == '.')
            place = 2;
        else
            return -3;
    } else if (length == 4 && b[1] == '$' && (b[2] == '(' || b[2] == ')')) {
        mark = b[3] | kWide, place = b[2] == ')';
    } else if (length == 6 && (codec.flags & kPrefixedJisX0208) && b[3] == kEscape && b[4] == '$' && b[5] == 'B') {
        mark = kJisX0208, place = 0;
    } else {
        return -length;
    }
    if (mark != kAscii && !find_designation(codec, mark)) return -length;
    state.c[place] = mark;
    return length;
}

// EUC has JIS X 0212 in the rows that the second plane of JIS X 0213 leaves free.
bool is_plane2_row(uint32_t lead) {
    lead &= 0x7f;
    return lead == 0x21 || (lead >= 0x23 && lead <= 0x25) || lead == 0x28 || (lead >= 0x2c && lead <= 0x2f) || lead >= 0x6e;
}

bool is_plane1(const Designation& set) { return set.mark == kJisX0213Plane1Of2000 || set.mark == kJisX0213Plane1Of2004; }

// Where a set differs from its EUC form; kNoCharacter: nowhere.
uint32_t differing_from_euc(const Designation& set, uint32_t code) {
    if (set.mark == kKsX1001 && code == 0xa4d4) return kHangulFiller;
    if (set.mark == kJisX0213Plane2 && code == 0xfdbb) return 0x9b1c;
    return is_plane1(set) && code == 0xa2b2 ? '~' : kNoCharacter;
}

// A byte, or two, of a designated set.
Characters from_set(const Designation& set, const uint8_t* bytes) {
    uint32_t first = bytes[0];
    if (set.mark == kRoman) return {first == 0x5c ? 0xa5u : first == 0x7e ? 0x203eu : first, kNoCharacter};
    if (set.mark == kKana) return {first >= 0x21 && first <= 0x5f ? first + 0xff40 : kNoCharacter, kNoCharacter};
    if (set.width == 1 || bytes[1] >= 0x80 || (set.mark == kJisX0213Plane2 && !is_plane2_row(first))) return {};
    uint32_t code = (first << 8 | bytes[1]) | 0x8080;
    if (uint32_t character = differing_from_euc(set, code); character != kNoCharacter) return {character, kNoCharacter};
    return table_of(set).decode(set.is_long ? 0x8f0000 | code : code);
}

int decode_shifted(const Codec& codec, State& state, Source source, Decoded& out) {
    uint8_t mark = state.c[4] & kShifted ? state.c[1] : state.c[0];
    if (mark == kAscii) return pass(out, source.bytes[0], 1);
    const Designation* set = find_designation(codec, mark);
    if (!set) return -1;
    if (source.left < set->width) return 0;
    out.characters = from_set(*set, source.bytes);
    return out.characters.first >= kReserved ? -set->width : set->width;
}

int decode(const Codec& codec, const Charset*, State& state, Source source, Decoded& out) {
    uint8_t first = source.bytes[0];
    if (state.c[4] & kInEscape) {
        if (ends_escape(first)) state.c[4] &= uint8_t(~kInEscape);
        return pass(out, first, 1);
    }
    if (first == kEscape) {
        if (source.left < 2) return 0;
        uint8_t second = source.bytes[1];
        if (second == '(' || second == ')' || second == '$' || second == '.' || second == '&')
            return decode_escape(codec, state, source);
        if ((codec.flags & kUseG2) && second == 'N') return source.left < 3 ? 0 : decode_g2(state, source, out);
        state.c[4] |= kInEscape;
        return pass(out, first, 1);
    }
    bool shifts = !(codec.flags & kNoShift);
    if (shifts && (first == kShiftIn || first == kShiftOut)) {
        state.c[4] = uint8_t(first == kShiftOut ? state.c[4] | kShifted : state.c[4] & ~kShifted);
        return 1;
    }
    if (first == '\n') state.c[4] &= uint8_t(~kShifted);
    if (first < 0x20) return pass(out, first, 1);
    if (first >= 0x80) return -1;
    return decode_shifted(codec, state, source, out);
}

// The code of the next characters in one set: how many they are, 0: the next one has to be known, -1: it has none.
int to_set(const Designation& set, const Text& text, uint32_t* code) {
    uint32_t character = text.at(0);
    if (set.mark == kRoman) {
        *code = character == 0xa5 ? 0x5c : 0x7e;
        return character == 0xa5 || character == 0x203e ? 1 : -1;
    }
    if (set.mark == kKana) {
        *code = character - 0xff40;
        return character >= 0xff61 && character <= 0xff9f ? 1 : -1;
    }
    if (set.width == 1) return -1;  // G2 is read only
    if (is_plane1(set) && character == kFullwidthTilde) return -1;
    int count = encode_from_table(table_of(set), text, code);
    if (count <= 0) return count;
    if (set.is_long ? *code < 0x8f0000 : *code < 0xa100 || *code > 0xffff) return -1;
    if (set.mark == kJisX0213Plane2 && (!is_plane2_row(*code >> 8) || table_of(set).decode(*code).first != character)) return -1;
    *code &= 0x7f7f;
    return count;
}

void put_designation(State& state, const Designation& set, Encoded& out) {
    uint8_t final_byte = set.mark & 0x7f;
    out.put(kEscape);
    if (set.width == 2) out.put('$');
    if (set.mark != kJisX0208) out.put(set.plane ? ')' : '(');
    out.put(final_byte);
    state.c[set.plane] = set.mark;
}

int encode(const Codec& codec, const Charset*, State& state, Text text, Encoded& out) {
    uint32_t character = text.at(0);
    if (character < 0x80) {
        designate_ascii(state, out);
        shift_in(state, out);
        out.put(character);
        return 1;
    }
    for (const Designation* set = codec.designations; set->mark; ++set) {
        uint32_t code;
        int count = to_set(*set, text, &code);
        if (count == 0) return 0;
        if (count < 0) continue;
        if (set->plane == 0) shift_in(state, out);
        if (state.c[set->plane] != set->mark) put_designation(state, *set, out);
        if (set->plane == 1 && !(state.c[4] & kShifted)) {
            out.put(kShiftOut);
            state.c[4] |= kShifted;
        }
        if (set->width == 2) out.put(code >> 8);
        out.put(code);
        return count;
    }
    return -1;
}

}  // namespace

Fallible<void> load_charsets(const Codec& codec) {
    if (codec.charset) TRY(charset(codec.charset));
    for (const Designation* set = codec.designations; set && set->mark; ++set)
        if (set->charset) TRY(charset(set->charset));
    return {};
}

#define ISO_2022(name, sets, flags) {name, nullptr, decode, encode, start, reset_decoder, reset_encoder, sets, flags}
const Codec iso2022_codecs[7] = {
    ISO_2022("iso2022_kr", kr_sets, 0),
    ISO_2022("iso2022_jp", jp_sets, kNoShift | kPrefixedJisX0208),
    ISO_2022("iso2022_jp_1", jp_1_sets, kNoShift | kPrefixedJisX0208),
    ISO_2022("iso2022_jp_2", jp_2_sets, kNoShift | kUseG2 | kPrefixedJisX0208),
    ISO_2022("iso2022_jp_2004", jp_2004_sets, kNoShift | kPrefixedJisX0208),
    ISO_2022("iso2022_jp_3", jp_3_sets, kNoShift | kPrefixedJisX0208),
    ISO_2022("iso2022_jp_ext", jp_ext_sets, kNoShift | kPrefixedJisX0208),
};
#undef ISO_2022

}  // namespace py::cjk
