// Reading of the vector files.
#include "tests/unit/pkg/vectors.h"

#include <cstdio>
#include <cstdlib>

#include "base/text.h"

namespace vectors {

std::string data_root() {
    const char* set = std::getenv("ADDER_SHARED");
    return std::string(set && *set ? set : ADDER_SOURCE_DIR "/../shared") + "/data";
}

bool read(const std::string& relative, std::string& text) {
    std::FILE* file = std::fopen((data_root() + "/" + relative).c_str(), "rb");
    if (!file) return false;
    char buffer[1 << 16];
    text.clear();
    while (size_t n = std::fread(buffer, 1, sizeof buffer, file)) text.append(buffer, n);
    std::fclose(file);
    return true;
}

void ran(const std::string& file, const std::string& test, const std::string& arguments, size_t cases) {
    const char* path = std::getenv("ADDER_VECTOR_COUNTS");
    std::FILE* out = path ? std::fopen(path, "a") : nullptr;
    if (!out) return;
    std::fprintf(out, "%s\t%s\t%s\t%zu\n", file.c_str(), test.c_str(), arguments.c_str(), cases);
    std::fclose(out);
}

void with_file(const std::string& file, const std::function<void(base::JsonValue)>& use) {
    std::string content;
    if (!read(file, content)) GTEST_SKIP() << data_root() << "/" << file << " is missing (set ADDER_SHARED)";
    auto document = base::parse_json(content, file);
    ASSERT_TRUE(document.ok()) << base::render(document.error(), false);
    use(document->root());
}

void each(const std::string& file, const std::string& test, const std::string& arguments,
          const std::function<void(base::JsonValue)>& check) {
    with_file("packaging-vectors/" + file, [&](base::JsonValue root) {
        size_t found = 0;
        base::JsonValue tables = root["tables"];
        for (size_t i = 0; i < tables.size(); i++) {
            base::JsonValue table = tables.at(i), names = table["argnames"];
            std::string joined;
            for (size_t n = 0; n < names.size(); n++) joined += (n ? "," : "") + std::string(names.at(n).string());
            if (table["test"].string() != test || joined != arguments) continue;
            for (size_t c = 0; c < table["cases"].size(); c++) check(table["cases"].at(c)), found++;
        }
        EXPECT_GT(found, 0u) << test << "(" << arguments << ") has no cases in " << file;
        ran("packaging-vectors/" + file, test, arguments, found);
    });
}

void each_of_poetry(const std::string& file, const std::string& test, const std::function<void(base::JsonValue)>& check) {
    with_file("marker-algebra/poetry_core_" + file + ".json", [&](base::JsonValue tables) {
        size_t found = 0;
        for (size_t i = 0; i < tables.size(); i++) {
            if (tables.at(i)["test"].string() != test) continue;
            base::JsonValue cases = tables.at(i)["cases"];
            for (size_t c = 0; c < cases.size(); c++) check(cases.at(c)), found++;
        }
        EXPECT_GT(found, 0u) << test << " has no cases in " << file;
        ran("marker-algebra/poetry_core_" + file + ".json", test, "*", found);
    });
}

std::string text(base::JsonValue value) {
    return std::string(value.is_object() ? value["str"].string() : value.string());
}

}  // namespace vectors
