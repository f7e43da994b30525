// PEP 723. A block begins with `# /// TYPE` and goes to the last `# ///` of the run of comment lines that follows.
#include "pkg/script_metadata.h"

#include "base/text.h"
#include "base/toml.h"
#include "pkg/manifest_read.h"

namespace pkg {

namespace {

struct Block {
    size_t first = 0, last = 0;  // lines, both included
};

bool is_type(std::string_view text) {
    if (text.empty()) return false;
    for (char c : text)
        if (!base::is_alnum(c) && c != '-') return false;
    return true;
}

// Blocks of every type; the reference's rule that an unclosed block is none.
std::vector<std::pair<std::string, Block>> blocks(const std::vector<std::string_view>& lines) {
    std::vector<std::pair<std::string, Block>> out;
    for (size_t i = 0; i < lines.size(); i++) {
        constexpr std::string_view kOpen = "# /// ";
        if (!lines[i].starts_with(kOpen) || !is_type(lines[i].substr(kOpen.size()))) continue;
        size_t end = i + 1, close = 0;
        while (end < lines.size() && (lines[end] == "#" || lines[end].starts_with("# "))) {
            if (lines[end] == "# ///") close = end;
            end++;
        }
        if (!close) continue;
        out.emplace_back(lines[i].substr(kOpen.size()), Block{i, close});
        i = close;
    }
    return out;
}

}  // namespace

base::Result<std::optional<std::string>> script_block(std::string_view source, std::string_view type) {
    std::vector<std::string_view> lines = base::split_lines(source);
    std::optional<std::string> out;
    for (const auto& [name, block] : blocks(lines)) {
        if (name != type) continue;
        if (out) return base::Error(base::ErrorKind::Usage, "the script has two `# /// " + std::string(type) + "` blocks");
        out.emplace(block.first + 1, '\n');
        for (size_t i = block.first + 1; i < block.last; i++) *out += std::string(lines[i].substr(std::min<size_t>(2, lines[i].size()))) + "\n";
    }
    return out;
}

base::Result<std::optional<ScriptMetadata>> parse_script_metadata(std::string_view source, const std::string& file) {
    std::optional<std::string> block = TRY(script_block(source));
    std::optional<ScriptMetadata> out;
    if (!block) return out;
    base::TomlDocument document = TRY(base::parse_toml(std::move(*block), file));
    base::TomlValue root = document.root();
    out.emplace();
    out->dependencies = TRY(read_dependencies(root["dependencies"], "dependencies"));
    out->tool = TRY(read_tool_settings(root["tool"]["adder"]));
    if (base::TomlValue value = root["requires-python"]) {
        auto specifier = parse_specifier_set(TRY(read_string(value, "requires-python")));
        if (!specifier.ok()) return at_value(value, std::move(specifier).error());
        out->requires_python = std::move(specifier).value();
    }
    return out;
}

std::string with_script_block(std::string_view source, std::string_view toml, std::string_view type) {
    std::string block = "# /// " + std::string(type) + "\n";
    for (std::string_view line : base::split_lines(toml)) block += line.empty() ? "#\n" : "# " + std::string(line) + "\n";
    block += "# ///\n";
    std::vector<std::string_view> lines = base::split_lines(source);
    auto offset = [&](size_t line) { return line < lines.size() ? static_cast<size_t>(lines[line].data() - source.data()) : source.size(); };
    for (const auto& [name, old] : blocks(lines))
        if (name == type) return std::string(source.substr(0, offset(old.first))) + block + std::string(source.substr(offset(old.last + 1)));
    bool shebang = source.starts_with("#!");
    size_t at = shebang ? offset(1) : 0;
    return std::string(source.substr(0, at)) + block + std::string(source.substr(at));
}

}  // namespace pkg
