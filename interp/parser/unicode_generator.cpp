// Build-time program: the Unicode Character Database (Debian's unicode-data) → the tables of unicode_tables.cpp.
// Characters younger than Unicode 14 are left out, for that is the version of Python 3.11.
//   unicode_generator DIRECTORY OUTPUT
#include <algorithm>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <fstream>
#include <functional>
#include <map>
#include <string>
#include <utility>
#include <vector>

namespace {

constexpr uint32_t kLimit = 0x110000;
constexpr double kVersion = 14.0;

struct Character {
    std::string category = "Cn";
    int combining = 0;
    bool compatibility = false;
    std::vector<uint32_t> decomposition;
};

std::vector<std::string> split(const std::string& line, char separator) {
    std::vector<std::string> fields(1);
    for (char c : line) {
        if (c == separator)
            fields.emplace_back();
        else
            fields.back() += c;
    }
    return fields;
}

std::string trim(const std::string& text) {
    size_t first = text.find_first_not_of(" \t");
    if (first == text.npos) return {};
    return text.substr(first, text.find_last_not_of(" \t") - first + 1);
}

uint32_t hex(const std::string& text) {
    return static_cast<uint32_t>(std::strtoul(text.c_str(), nullptr, 16));
}

// Calls `use(first, last, value)` for each row `CODE[..CODE] ; value # comment`.
void read_properties(const std::string& path, const std::function<void(uint32_t, uint32_t, const std::string&)>& use) {
    std::ifstream in(path);
    if (!in) {
        std::fprintf(stderr, "cannot read %s\n", path.c_str());
        std::exit(1);
    }
    std::string line;
    while (std::getline(in, line)) {
        line = line.substr(0, line.find('#'));
        auto fields = split(line, ';');
        if (fields.size() < 2) continue;
        size_t dots = fields[0].find("..");
        uint32_t first = hex(fields[0]);
        use(first, dots == std::string::npos ? first : hex(fields[0].substr(dots + 2)), trim(fields[1]));
    }
}

struct Database {
    std::vector<Character> characters{kLimit};
    std::vector<bool> assigned = std::vector<bool>(kLimit), start = assigned, part = assigned, excluded = assigned;

    void read_data(const std::string& path) {
        std::ifstream in(path);
        std::string line;
        uint32_t range_start = 0;
        while (std::getline(in, line)) {
            auto fields = split(line, ';');
            uint32_t code = hex(fields[0]);
            Character c;
            c.category = fields[2];
            c.combining = std::atoi(fields[3].c_str());
            std::string mapping = fields[5];
            if (!mapping.empty() && mapping[0] == '<') {
                c.compatibility = true;
                mapping = trim(mapping.substr(mapping.find('>') + 1));
            }
            if (!mapping.empty())
                for (const std::string& part_code : split(mapping, ' '))
                    c.decomposition.push_back(hex(part_code));
            bool last = fields[1].find(", Last>") != std::string::npos;
            if (fields[1].find(", First>") != std::string::npos) range_start = code;
            for (uint32_t i = last ? range_start : code; i <= code; i++)
                characters[i] = c;
        }
    }

    void read(const std::string& folder) {
        read_data(folder + "/UnicodeData.txt");
        read_properties(folder + "/DerivedAge.txt", [this](uint32_t first, uint32_t last, const std::string& value) {
            if (std::atof(value.c_str()) > kVersion) return;
            for (uint32_t i = first; i <= last; i++)
                assigned[i] = true;
        });
        read_properties(folder + "/DerivedCoreProperties.txt",
                        [this](uint32_t first, uint32_t last, const std::string& value) {
                            for (uint32_t i = first; i <= last; i++) {
                                if (value == "XID_Start") start[i] = assigned[i];
                                if (value == "XID_Continue") part[i] = assigned[i];
                            }
                        });
        read_properties(folder + "/DerivedNormalizationProps.txt",
                        [this](uint32_t first, uint32_t last, const std::string& value) {
                            if (value != "Full_Composition_Exclusion") return;
                            for (uint32_t i = first; i <= last; i++)
                                excluded[i] = true;
                        });
    }

    bool printable(uint32_t code) const {
        const std::string& category = characters[code].category;
        return code == ' ' || (assigned[code] && category[0] != 'C' && category[0] != 'Z');
    }

    void decompose(uint32_t code, std::vector<uint32_t>& out) const {
        if (characters[code].decomposition.empty()) {
            out.push_back(code);
            return;
        }
        for (uint32_t next : characters[code].decomposition)
            decompose(next, out);
    }
};

void write_ranges(FILE* out, const char* name, const std::function<bool(uint32_t)>& holds) {
    std::fprintf(out, "constexpr Range %s[] = {\n", name);
    for (uint32_t i = 128; i < kLimit; i++) {
        if (!holds(i)) continue;
        uint32_t last = i;
        while (last + 1 < kLimit && holds(last + 1))
            last++;
        std::fprintf(out, "{0x%X,0x%X},\n", i, last);
        i = last;
    }
    std::fprintf(out, "};\n");
}

void write_normalization(FILE* out, const Database& data) {
    std::vector<uint32_t> pool;
    std::map<std::pair<uint32_t, uint32_t>, uint32_t> compositions;
    std::fprintf(out, "constexpr Decomposition kDecompositions[] = {\n");
    for (uint32_t i = 0; i < kLimit; i++) {
        const Character& c = data.characters[i];
        if (!data.assigned[i] || c.decomposition.empty()) continue;
        std::vector<uint32_t> full;
        data.decompose(i, full);
        std::fprintf(out, "{0x%X,%zu,%zu},\n", i, pool.size(), full.size());
        pool.insert(pool.end(), full.begin(), full.end());
        if (!c.compatibility && c.decomposition.size() == 2 && !data.excluded[i])
            compositions[{c.decomposition[0], c.decomposition[1]}] = i;
    }
    std::fprintf(out, "};\nconstexpr uint32_t kDecomposed[] = {\n");
    for (uint32_t code : pool)
        std::fprintf(out, "0x%X,\n", code);
    std::fprintf(out, "};\nconstexpr Composition kCompositions[] = {\n");
    for (const auto& [pair, code] : compositions)
        std::fprintf(out, "{0x%X,0x%X,0x%X},\n", pair.first, pair.second, code);
    std::fprintf(out, "};\nconstexpr Combining kCombining[] = {\n");
    for (uint32_t i = 0; i < kLimit; i++)
        if (data.assigned[i] && data.characters[i].combining != 0)
            std::fprintf(out, "{0x%X,%d},\n", i, data.characters[i].combining);
    std::fprintf(out, "};\n");
}

}  // namespace

int main(int argc, char** argv) {
    if (argc != 3) return 2;
    static Database data;
    data.read(argv[1]);
    FILE* out = std::fopen(argv[2], "w");
    if (out == nullptr) return 1;
    write_ranges(out, "kIdentifierStart", [](uint32_t i) { return data.start[i]; });
    write_ranges(out, "kIdentifierPart", [](uint32_t i) { return data.part[i]; });
    write_ranges(out, "kPrintable", [](uint32_t i) { return data.printable(i); });
    write_normalization(out, data);
    return std::fclose(out) == 0 ? 0 : 1;
}
