// The resolver against uv's recorded outcomes of the packse scenarios: installs (one environment) and locks (universal).
#include <algorithm>
#include <set>

#include "base/text.h"
#include "pkg/name.h"
#include "pkg/resolver/resolver.h"
#include "tests/unit/pkg/packse.h"
#include "tests/unit/pkg/vectors.h"

using namespace pkg;

namespace {

std::string unquoted(std::string_view text) {
    std::string out(text);
    std::erase(out, '"');
    return out;
}

base::TomlDocument scenario(std::string_view path) {
    std::string text;
    EXPECT_TRUE(vectors::read("packse/scenarios/" + std::string(path), text)) << path;
    return MUST(base::parse_toml(text, std::string(path)));
}

struct Install {
    ResolveRequest request;
    Target target;
};

// The arguments of `uv pip install` as a request.
void read_arguments(base::JsonValue arguments, Install& install, std::string& platform) {
    for (size_t i = 0; i < arguments.size(); i++) {
        std::string argument(arguments.at(i).string());
        if (argument == "--prerelease=allow") {
            install.request.prereleases = PrereleasePolicy::Allow;
        } else if (argument == "--no-binary") {
            install.request.no_binary_for.emplace_back(arguments.at(++i).string());
        } else if (argument == "--only-binary") {
            install.request.no_build_for.emplace_back(arguments.at(++i).string());
        } else if (argument.starts_with("--python-platform=")) {
            platform = argument.substr(18);
        } else {
            ASSERT_FALSE(argument.starts_with("--")) << argument;
            install.request.roots.push_back({MUST(parse_requirement(argument)), "", MarkerTree()});
        }
    }
}

// The scenario's package names that `text` mentions as words.
std::set<std::string> mentioned(const std::string& text, base::TomlValue packages) {
    std::set<std::string> out;
    auto part = [](char c) { return base::is_alnum(c) || c == '-' || c == '_'; };
    std::vector<std::string> names = packages.keys();
    for (const char* unknown : {"a", "b", "c", "d"}) names.emplace_back(unknown);
    for (const std::string& name : names)
        for (size_t at = text.find(name); at != std::string::npos; at = text.find(name, at + 1)) {
            bool starts = at == 0 || !part(text[at - 1]);
            char next = at + name.size() < text.size() ? text[at + name.size()] : ' ';
            // The article "a" is no package; a package is followed by a bound, an extra or a verb.
            bool article = name == "a" && next == ' ' && text.substr(at + 2, 8) == "matching";
            if (starts && !part(next) && !article) out.insert(name);
        }
    return out;
}

void check_install(base::JsonValue test) {
    SCOPED_TRACE(std::string(test["test"].string()));
    base::TomlDocument document = scenario(test["scenario"].string());
    MemoryIndex index;
    packse::fill(index, document.root());
    Install install;
    std::string platform = "x86_64-unknown-linux-gnu";
    read_arguments(test["args"], install, platform);
    Platform machine = MUST(parse_platform(platform));
    install.target = MUST(make_target(unquoted(test["env_python"].at(0).string()), machine));
    install.request.target = &install.target;
    auto result = resolve(install.request, index);
    if (test["exit"].integer() == 0) {
        ASSERT_TRUE(result.ok()) << base::render(result.error(), false);
        std::set<std::string> got, want;
        for (const ResolvedPackage& package : result->packages) got.insert(package.name + "==" + package.version.text());
        for (size_t i = 0; i < test["installed"].size(); i++)
            want.insert(std::string(test["installed"].key_at(i)) + "==" + std::string(test["installed"].at(i).string()));
        if (!want.empty()) {
            EXPECT_EQ(got, want);
        }
        return;
    }
    ASSERT_FALSE(result.ok());
    EXPECT_EQ(result.error().kind, base::ErrorKind::NoSolution);
    std::string text = base::render(result.error(), false);
    std::string expected(test["output"].string());
    size_t body = expected.find("Because"), hint = expected.find("\nhint:");
    if (body == std::string::npos) return;
    expected = expected.substr(body, hint == std::string::npos ? hint : hint - body);
    EXPECT_EQ(mentioned(text, document.root()["packages"]), mentioned(expected, document.root()["packages"]))
        << text << "\n" << expected;
    if (std::getenv("ADDER_SHOW")) std::printf("%s\n%s\n  uv: %s\n\n", std::string(test["test"].string()).c_str(), text.c_str(), expected.c_str());
}

MarkerTree tree(std::string_view text) { return text.empty() ? MarkerTree() : MarkerTree::of(MUST(parse_marker(text))); }

struct Edge {
    std::string name, version;
    MarkerTree marker;
};

void compare_edges(std::vector<Edge> got, std::vector<Edge> want, const MarkerTree& context, const std::string& where) {
    auto text = [](const std::vector<Edge>& edges) {
        std::string out;
        for (const Edge& edge : edges) out += edge.name + "==" + edge.version + " ; " + edge.marker.text() + "\n";
        return out;
    };
    bool equal = got.size() == want.size();
    for (const Edge& edge : want) {
        auto same = std::find_if(got.begin(), got.end(), [&](const Edge& other) {
            bool version = edge.version.empty() || edge.version == other.version;
            return other.name == edge.name && version && (other.marker & context) == (edge.marker & context);
        });
        equal = equal && same != got.end();
    }
    EXPECT_TRUE(equal) << where << "\n got:\n" << text(got) << " want:\n" << text(want);
}

std::vector<Edge> edges_of(const Resolution& resolution, const std::vector<ResolvedDependency>& dependencies) {
    std::vector<Edge> out;
    for (const ResolvedDependency& d : dependencies) {
        const ResolvedPackage& package = resolution.packages[d.package];
        out.push_back({package.name, package.version.text(), d.marker});
    }
    return out;
}

void compare_lock(const Resolution& resolution, base::TomlValue lock, const MarkerTree& everywhere) {
    std::set<std::string> got, want;
    base::TomlValue packages = lock["package"];
    for (const ResolvedPackage& package : resolution.packages) got.insert(package.name + "==" + package.version.text());
    for (size_t i = 0; i < packages.size(); i++)
        if (packages.at(i)["name"].string() != "project")
            want.insert(std::string(packages.at(i)["name"].string()) + "==" + std::string(packages.at(i)["version"].string()));
    EXPECT_EQ(got, want);
    if (got != want) return;
    for (size_t i = 0; i < packages.size(); i++) {
        std::string name(packages.at(i)["name"].string()), version(packages.at(i)["version"].string());
        std::vector<Edge> expected;
        base::TomlValue dependencies = packages.at(i)["dependencies"];
        for (size_t d = 0; d < dependencies.size(); d++)
            expected.push_back({std::string(dependencies.at(d)["name"].string()), std::string(dependencies.at(d)["version"].string()),
                                tree(dependencies.at(d)["marker"].string())});
        if (name == "project") {
            compare_edges(edges_of(resolution, resolution.roots), expected, everywhere, name);
            continue;
        }
        for (const ResolvedPackage& package : resolution.packages)
            if (package.name == name && package.version.text() == version)
                compare_edges(edges_of(resolution, package.dependencies), expected, package.marker & everywhere, name + " " + version);
    }
}

void check_lock(base::JsonValue test) {
    SCOPED_TRACE(std::string(test["test"].string()));
    base::TomlDocument document = scenario(test["scenario"].string());
    MemoryIndex index;
    packse::fill(index, document.root());
    base::TomlDocument project = MUST(base::parse_toml(std::string(test["pyproject"].at(0).string()), "pyproject.toml"));
    ResolveRequest request;
    base::TomlValue dependencies = project.root()["project"]["dependencies"];
    for (size_t i = 0; i < dependencies.size(); i++)
        request.roots.push_back({MUST(parse_requirement(dependencies.at(i).string())), "", MarkerTree()});
    SpecifierSet python = MUST(parse_specifier_set(project.root()["project"]["requires-python"].string()));
    request.requires_python = python.to_set();
    base::TomlValue required = project.root()["tool"]["uv"]["required-environments"];
    for (size_t i = 0; i < required.size(); i++) request.required_environments.push_back(tree(required.at(i).string()));
    auto result = resolve(request, index);
    if (test["runs"].at(0)["exit"].integer() != 0) {
        ASSERT_FALSE(result.ok());
        EXPECT_EQ(result.error().kind, base::ErrorKind::NoSolution);
        if (std::getenv("ADDER_SHOW")) std::printf("%s\n", base::render(result.error(), false).c_str());
        return;
    }
    ASSERT_TRUE(result.ok()) << base::render(result.error(), false);
    if (!test["locks"].size()) return;
    std::string text;
    ASSERT_TRUE(vectors::read("packse/expected/" + std::string(test["locks"].at(0).string()), text));
    base::TomlDocument lock = MUST(base::parse_toml(text, "uv.lock"));
    compare_lock(*result, lock.root(), MarkerTree::python(request.requires_python));
}

// `uv pip compile`: pins on standard output, one a line.
void check_compile(base::JsonValue test) {
    SCOPED_TRACE(std::string(test["test"].string()));
    base::TomlDocument document = scenario(test["scenario"].string());
    MemoryIndex index;
    packse::fill(index, document.root());
    ResolveRequest request;
    std::string requirements(test["requirements_in"].at(0).string());
    requirements = base::replace_all(requirements, "\\n", "\n");
    for (std::string_view line : base::split_lines(requirements)) request.roots.push_back({MUST(parse_requirement(line)), "", MarkerTree()});
    std::string python = unquoted(test["env_python"].at(0).at(1).string());
    bool universal = false;
    for (size_t i = 0; i < test["args"].size(); i++) {
        std::string argument(test["args"].at(i).string());
        universal |= argument == "--universal";
        if (argument == "--resolution=lowest") request.mode = ResolutionMode::Lowest;
        if (argument.starts_with("--python-version=")) python = argument.substr(17);
    }
    Platform machine = MUST(parse_platform("linux"));
    Target target = MUST(make_target(python, machine));
    SpecifierSet range = MUST(parse_specifier_set(">=" + python));
    request.requires_python = range.to_set();
    if (!universal) request.target = &target;
    auto result = resolve(request, index);
    ASSERT_EQ(result.ok(), test["exit"].integer() == 0) << (result.ok() ? "" : base::render(result.error(), false));
    if (!result.ok()) return;
    std::set<std::string> got, want;
    for (const ResolvedPackage& package : result->packages) got.insert(package.name + "==" + package.version.text());
    for (std::string_view line : base::split_lines(test["output"].string())) {
        bool pin = !line.empty() && base::is_alpha(line[0]) && line.find("==") != std::string_view::npos;
        if (pin) want.emplace(line.substr(0, line.find(' ')));
    }
    EXPECT_EQ(got, want);
}

}  // namespace

TEST(Packse, Compiles) {
    vectors::with_file("packse/expected/compile.json", [](base::JsonValue cases) {
        ASSERT_GE(cases.size(), 4u);
        for (size_t i = 0; i < cases.size(); i++) check_compile(cases.at(i));
    });
}

TEST(Packse, Installs) {
    vectors::with_file("packse/expected/install.json", [](base::JsonValue cases) {
        ASSERT_GT(cases.size(), 70u);
        for (size_t i = 0; i < cases.size(); i++) check_install(cases.at(i));
    });
}

TEST(Packse, Locks) {
    vectors::with_file("packse/expected/lock.json", [](base::JsonValue cases) {
        ASSERT_GT(cases.size(), 25u);
        for (size_t i = 0; i < cases.size(); i++) check_lock(cases.at(i));
    });
}
