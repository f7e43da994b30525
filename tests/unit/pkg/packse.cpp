// Scenario → index.
#include "tests/unit/pkg/packse.h"

#include "pkg/name.h"

namespace packse {

using namespace pkg;

static Metadata metadata_of(const std::string& name, const Version& version, base::TomlValue spec) {
    Metadata m;
    m.metadata_version = "2.1";
    m.name = name;
    m.version = version;
    base::TomlValue requires_python = spec["requires_python"];
    std::string python = requires_python ? std::string(requires_python.string()) : ">=3.12";
    if (!python.empty()) m.requires_python = MUST(parse_specifier_set(python));
    for (size_t i = 0; i < spec["requires"].size(); i++)
        m.requires_dist.push_back(MUST(parse_requirement(spec["requires"].at(i).string())));
    for (const std::string& extra : spec["extras"].keys()) {
        m.provides_extra.push_back(extra);
        for (size_t i = 0; i < spec["extras"][extra].size(); i++) {
            std::string text(spec["extras"][extra].at(i).string());
            std::string condition = "extra == '" + extra + "'";
            size_t semicolon = text.find(';');
            if (semicolon != std::string::npos) condition = "(" + text.substr(semicolon + 1) + ") and " + condition;
            m.requires_dist.push_back(MUST(parse_requirement(text.substr(0, semicolon) + " ; " + condition)));
        }
    }
    return m;
}

static void add_version(MemoryIndex& index, const std::string& name, const std::string& text, base::TomlValue spec) {
    Version version = MUST(parse_version(text));
    Metadata metadata = metadata_of(name, version, spec);
    auto add = [&](FileKind kind, const std::string& tag) {
        DistFile file;
        file.kind = kind;
        file.version = version;
        file.file_name = kind == FileKind::Wheel ? make_wheel_name(name, version, tag) : make_sdist_name(name, version);
        file.url = "memory:" + file.file_name;
        if (kind == FileKind::Wheel) file.tags = MUST(parse_tags(tag));
        file.requires_python = metadata.requires_python;
        file.has_metadata = kind == FileKind::Wheel;
        file.yanked = spec["yanked"].boolean(false);
        file.hashes.push_back({"sha256", std::string(64, 'a')});
        index.add_file(name, std::move(file), metadata);
    };
    base::TomlValue tags = spec["wheel_tags"];
    if (spec["wheel"].boolean(true)) {
        if (!tags) add(FileKind::Wheel, "py3-none-any");
        for (size_t i = 0; i < tags.size(); i++) add(FileKind::Wheel, std::string(tags.at(i).string()));
    }
    if (spec["sdist"].boolean(true)) add(FileKind::Sdist, "");
}

void fill(MemoryIndex& index, base::TomlValue scenario) {
    for (const std::string& name : scenario["packages"].keys())
        for (const std::string& version : scenario["packages"][name]["versions"].keys())
            add_version(index, name, version, scenario["packages"][name]["versions"][version]);
}

}  // namespace packse
