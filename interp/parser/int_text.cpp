// Radix conversion over base-10⁹ words.
#include "interp/parser/int_text.h"

#include <cstdio>

namespace py::ast {

void decimal_text(std::string_view digits, int base, Buffer<char>& out) {
    size_t first = digits.find_first_not_of('0');
    digits = first == digits.npos ? std::string_view{"0"} : digits.substr(first);
    if (base == 10) {
        out.append(digits.data(), static_cast<uint32_t>(digits.size()));
        return;
    }
    Buffer<uint32_t> words;  // least significant first
    words.push(0);
    for (char c : digits) {
        auto carry = static_cast<uint64_t>(c <= '9' ? c - '0' : (c | 0x20) - 'a' + 10);
        for (uint32_t& word : words) {
            uint64_t value = word * static_cast<uint64_t>(base) + carry;
            word = static_cast<uint32_t>(value % 1000000000);
            carry = value / 1000000000;
        }
        if (carry != 0) words.push(static_cast<uint32_t>(carry));
    }
    for (uint32_t i = words.size(); i-- > 0;) {
        char text[16];
        int length = std::snprintf(text, sizeof text, i + 1 == words.size() ? "%u" : "%09u", words[i]);
        out.append(text, static_cast<uint32_t>(length));
    }
}

}  // namespace py::ast
