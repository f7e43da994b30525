// The resolver on small hand-made indexes, on resolvelib's recorded ones, and on a large synthetic one.
#include "pkg/resolver/resolver.h"

#include <ctime>
#include <random>

#include "pkg/index/memory_index.h"
#include "pkg/name.h"
#include "tests/unit/pkg/vectors.h"

using namespace pkg;

namespace {

// Of this process alone: other processes do not count.
double processor_seconds() { return static_cast<double>(std::clock()) / CLOCKS_PER_SEC; }

Target linux_target(const char* python = "3.11.2") {
    Platform machine = MUST(parse_platform("linux"));
    return MUST(make_target(python, machine));
}

struct Asking {
    ResolveRequest request;
    explicit Asking(std::initializer_list<const char*> roots) {
        for (const char* root : roots) request.roots.push_back({MUST(parse_requirement(root)), "", MarkerTree()});
    }
};

std::string text(const Resolution& resolution) {
    std::string out;
    for (const ResolvedPackage& package : resolution.packages) out += (out.empty() ? "" : " ") + package.name + "==" + package.version.text();
    return out;
}

std::string solve(MemoryIndex& index, ResolveRequest request) {
    Target target = linux_target();
    request.target = &target;
    auto result = resolve(request, index);
    return result.ok() ? text(*result) : base::render(result.error(), false);
}

size_t contains(const std::string& text, const char* part) { return text.find(part) != std::string::npos; }

}  // namespace

TEST(Resolver, TakesTheNewestThatFits) {
    MemoryIndex index;
    MUST(index.add("a", "1.0", {"b<2"}));
    MUST(index.add("a", "2.0", {"b>=2"}));
    MUST(index.add("b", "1.0"));
    MUST(index.add("b", "2.0", {"c"}));
    MUST(index.add("c", "1.0"));
    EXPECT_EQ(solve(index, Asking({"a"}).request), "a==2.0 b==2.0 c==1.0");
    EXPECT_EQ(solve(index, Asking({"a", "b==1.0"}).request), "a==1.0 b==1.0");
    ResolveRequest lowest = Asking({"a"}).request;
    lowest.mode = ResolutionMode::Lowest;
    EXPECT_EQ(solve(index, lowest), "a==1.0 b==1.0");
    lowest = Asking({"a>=2"}).request;
    MUST(index.add("b", "3.0"));
    lowest.mode = ResolutionMode::LowestDirect;
    EXPECT_EQ(solve(index, lowest), "a==2.0 b==3.0");
}

TEST(Resolver, ConstraintsOverridesExclusions) {
    MemoryIndex index;
    MUST(index.add("a", "1.0", {"b", "c==1"}));
    for (const char* version : {"1.0", "2.0"}) MUST(index.add("b", version)), MUST(index.add("c", version));
    ResolveRequest request = Asking({"a"}).request;
    request.constraints.push_back(MUST(parse_requirement("b<2")));
    request.constraints.push_back(MUST(parse_requirement("never-needed==9")));
    EXPECT_EQ(solve(index, request), "a==1.0 b==1.0 c==1.0");
    request.overrides.push_back(MUST(parse_requirement("c>=2")));
    EXPECT_EQ(solve(index, request), "a==1.0 b==1.0 c==2.0");
    request.exclusions.push_back("b");
    EXPECT_EQ(solve(index, request), "a==1.0 c==2.0");
    request = Asking({"b>=2"}).request;
    request.constraints.push_back(MUST(parse_requirement("b<2")));
    std::string why = solve(index, request);
    EXPECT_TRUE(contains(why, "constraint `b<2`") && contains(why, "you require b>=2")) << why;
}

TEST(Resolver, SelfReferentialExtras) {
    MemoryIndex index;
    MUST(index.add("a", "1.0", {"x; extra == 'one'", "y; extra == 'two'", "a[one,two]; extra == 'all'"}));
    MUST(index.add("x", "1"));
    MUST(index.add("y", "1"));
    EXPECT_EQ(solve(index, Asking({"a"}).request), "a==1.0");
    EXPECT_EQ(solve(index, Asking({"a[all]"}).request), "a==1.0 x==1 y==1");
    EXPECT_EQ(solve(index, Asking({"a[one]"}).request), "a==1.0 x==1");
}

TEST(Resolver, MarkersOfTheTargetDecide) {
    MemoryIndex index;
    MUST(index.add("a", "1.0", {"w; sys_platform == 'win32'", "l; sys_platform == 'linux' and python_version >= '3.8'"}));
    MUST(index.add("l", "1"));
    EXPECT_EQ(solve(index, Asking({"a"}).request), "a==1.0 l==1");
}

TEST(Resolver, ExplanationNamesWhatWasWritten) {
    MemoryIndex index;
    MUST(index.add("flask", "1.0", {"click<8"}));
    MUST(index.add("click", "7.0"));
    MUST(index.add("click", "8.0"));
    std::string why = solve(index, Asking({"flask>=1", "click>=8"}).request);
    EXPECT_TRUE(contains(why, "all versions of flask depend on click<8") && contains(why, "you require click>=8")) << why;
    why = solve(index, Asking({"nothing"}).request);
    EXPECT_TRUE(contains(why, "nothing was not found in any index")) << why;
    why = solve(index, Asking({"click>=9"}).request);
    EXPECT_TRUE(contains(why, "only click<=8.0 is available and you require click>=9")) << why;
    ResolveRequest grouped = Asking({"flask", "click>=8"}).request;
    grouped.roots[1].origin = "group `dev`";
    grouped.subject = "your project";
    why = solve(index, grouped);
    EXPECT_TRUE(contains(why, "your project requires flask") && contains(why, "group `dev` requires click>=8")) << why;
    grouped.roots[1].requirement.marker = MUST(parse_marker("os_name == 'nt'"));
    why = base::render(resolve(grouped, index).error(), false);
    EXPECT_TRUE(contains(why, "requires click>=8 where os_name == 'nt'")) << why;
    why = solve(index, Asking({"click<8", "click>=8"}).request);
    EXPECT_TRUE(contains(why, "click<8") && contains(why, "click>=8")) << why;
}

TEST(Resolver, CyclesEnd) {
    MemoryIndex index;
    MUST(index.add("a", "1", {"b"}));
    MUST(index.add("b", "1", {"a"}));
    EXPECT_EQ(solve(index, Asking({"a"}).request), "a==1 b==1");
    ResolveRequest universal = Asking({"a"}).request;
    Resolution result = MUST(resolve(universal, index));
    EXPECT_TRUE(result.packages[1].marker.is_always());
}

TEST(Resolver, ForksOnPython) {
    MemoryIndex index;
    auto add = [&](const char* version, const char* python) {
        DistFile file;
        file.version = MUST(parse_version(version));
        file.file_name = make_wheel_name("n", file.version, "py3-none-any");
        file.url = "memory:" + file.file_name;
        file.tags = MUST(parse_tags("py3-none-any"));
        file.requires_python = MUST(parse_specifier_set(python));
        Metadata metadata;
        metadata.name = "n";
        metadata.version = file.version;
        index.add_file("n", std::move(file), std::move(metadata));
    };
    add("1.0", ">=3.8");
    add("2.0", ">=3.10");
    ResolveRequest request = Asking({"n"}).request;
    request.requires_python = MUST(parse_specifier_set(">=3.8")).to_set();
    Resolution result = MUST(resolve(request, index));
    EXPECT_EQ(text(result), "n==1.0 n==2.0");
    EXPECT_EQ(result.packages[0].marker.text(), "python_version < '3.10'");
    EXPECT_EQ(result.packages[1].marker.text(), "python_version >= '3.10'");
    request.fork_on_python = false;
    EXPECT_EQ(text(MUST(resolve(request, index))), "n==1.0");
}

// Conditions that are independent of each other: each divides every part that those before it made.
TEST(Resolver, EnvironmentsAreNotDividedWithoutEnd) {
    MemoryIndex index;
    std::vector<std::string> many;
    for (int i = 0; i < 200; i++)
        many.push_back("b>=" + std::to_string(i) + "; 'm" + std::to_string(i) + "' in platform_version");
    MUST(index.add("a", "1.0"));
    MUST(index.add("a", "2.0", many));
    MUST(index.add("b", "200"));
    EXPECT_EQ(text(MUST(resolve(Asking({"a"}).request, index))), "a==1.0");
    std::string failure = base::render(resolve(Asking({"a>1"}).request, index).error(), false);
    EXPECT_TRUE(contains(failure, "a==2.0 divides the environments in too many ways")) << failure;
    EXPECT_EQ(solve(index, Asking({"a"}).request), "a==2.0");
    ResolveRequest request = Asking({}).request;
    for (const std::string& one : many) request.roots.push_back({MUST(parse_requirement(one)), "", MarkerTree()});
    failure = base::render(resolve(request, index).error(), false);
    EXPECT_TRUE(contains(failure, "[tool.adder] environments")) << failure;
    // One after the other they come to as much.
    for (int i = 0; i < 20; i++) {
        std::string name = "c" + std::to_string(i), marker = "'" + name + "' in platform_version";
        MUST(index.add(name, "1", {"b>=1; " + marker, "b<300", i ? "c" + std::to_string(i - 1) : "b"}));
    }
    failure = base::render(resolve(Asking({"c19"}).request, index).error(), false);
    EXPECT_TRUE(contains(failure, "the requirements divide the environments in too many ways")) << failure;
}

TEST(Resolver, ConflictingExtrasAreSolvedApart) {
    MemoryIndex index;
    MUST(index.add("torch", "1.0"));
    MUST(index.add("torch", "2.0"));
    MUST(index.add("base", "1.0", {"torch"}));
    ResolveRequest request = Asking({"base", "torch==1.0", "torch==2.0"}).request;
    MarkerTree old_one = MarkerTree::set_member(MarkerVariable::Extras, "old"), new_one = MarkerTree::set_member(MarkerVariable::Extras, "new");
    request.roots[1].condition = old_one;
    request.roots[2].condition = new_one;
    EXPECT_FALSE(resolve(request, index).ok());
    request.conflicts = {{old_one, new_one}};
    Resolution result = MUST(resolve(request, index));
    EXPECT_EQ(text(result), "base==1.0 torch==1.0 torch==2.0");
    EXPECT_TRUE(result.packages[0].marker.is_always());
    EXPECT_TRUE(result.packages[1].marker.implies(!new_one));
    EXPECT_TRUE((old_one & !new_one).implies(result.packages[1].marker));
    EXPECT_TRUE((new_one & !old_one).implies(result.packages[2].marker));
}

TEST(Resolver, IndependentConflictsMultiplyToALimit) {
    MemoryIndex index;
    MUST(index.add("a", "1.0"));
    ResolveRequest request = Asking({"a"}).request;
    for (int i = 0; i < 40; i++) {
        auto extra = [&](const char* side) { return MarkerTree::set_member(MarkerVariable::Extras, side + std::to_string(i)); };
        request.conflicts.push_back({extra("left"), extra("right")});
        if (i == 2) EXPECT_EQ(text(MUST(resolve(request, index))), "a==1.0");
    }
    EXPECT_EQ(resolve(request, index).error().message, "the requirements divide the environments in too many ways");
}

TEST(Resolver, RequiredEnvironmentsNeedWheels) {
    MemoryIndex index;
    for (const char* name : {"n-1.0-py3-none-win_amd64.whl", "n-1.0-py3-none-manylinux_2_17_x86_64.whl", "n-2.0-py3-none-win_amd64.whl"}) {
        WheelName wheel = MUST(parse_wheel_name(name));
        DistFile file;
        file.version = wheel.version;
        file.file_name = name;
        file.url = std::string("memory:") + name;
        file.tags = wheel.tags;
        Metadata metadata;
        metadata.name = "n";
        metadata.version = wheel.version;
        index.add_file("n", std::move(file), std::move(metadata));
    }
    ResolveRequest request = Asking({"n"}).request;
    EXPECT_EQ(text(MUST(resolve(request, index))), "n==2.0");
    request.required_environments.push_back(MarkerTree::of(MUST(parse_marker("sys_platform == 'linux' and platform_machine == 'x86_64'"))));
    EXPECT_EQ(text(MUST(resolve(request, index))), "n==1.0");
    request.required_environments.push_back(MarkerTree::of(MUST(parse_marker("sys_platform == 'darwin'"))));
    auto none = resolve(request, index);
    ASSERT_FALSE(none.ok());
    EXPECT_TRUE(contains(base::render(none.error(), false), "required environment")) << base::render(none.error(), false);
    // Asked for on Windows only, the other environments do not matter.
    request.roots[0].requirement.marker = MUST(parse_marker("sys_platform == 'win32'"));
    EXPECT_EQ(text(MUST(resolve(request, index))), "n==2.0");
}

TEST(Resolver, ExcludeNewer) {
    MemoryIndex index;
    for (const char* version : {"1.0", "2.0"}) {
        DistFile file;
        file.version = MUST(parse_version(version));
        file.file_name = make_wheel_name("n", file.version, "py3-none-any");
        file.url = "memory:" + file.file_name;
        file.tags = MUST(parse_tags("py3-none-any"));
        file.upload_time = version[0] == '1' ? "2024-01-01T00:00:00Z" : "2025-01-01T00:00:00Z";
        Metadata metadata;
        metadata.name = "n";
        metadata.version = file.version;
        index.add_file("n", std::move(file), std::move(metadata));
    }
    ResolveRequest request = Asking({"n"}).request;
    EXPECT_EQ(solve(index, request), "n==2.0");
    request.exclude_newer = "2024-06-01T00:00:00Z";
    EXPECT_EQ(solve(index, request), "n==1.0");
}

// resolvelib's indexes: every project alone is either solved or shown unsolvable, quickly.
TEST(Resolver, ResolvelibIndexes) {
    for (const char* name : {"backjump-test-1", "backjump-test-2", "backjump-test-3", "backjump-test-4", "issue-134", "pypi-2020-02-13-chalice"}) {
        vectors::with_file("resolvelib/python/index/" + std::string(name) + ".json", [&](base::JsonValue root) {
            MemoryIndex index;
            std::vector<std::string> projects;
            for (size_t p = 0; p < root.size(); p++) {
                if (!root.at(p).is_object()) continue;
                for (size_t v = 0; v < root.at(p).size(); v++) {
                    if (!parse_version(root.at(p).key_at(v)).ok()) continue;
                    std::vector<std::string> needs;
                    base::JsonValue list = root.at(p).at(v)["dependencies"];
                    bool valid = true;
                    for (size_t d = 0; d < list.size(); d++) {
                        needs.emplace_back(list.at(d).string());
                        valid = valid && parse_requirement(needs.back()).ok();
                    }
                    if (valid) MUST(index.add(root.key_at(p), root.at(p).key_at(v), needs));
                }
                projects.emplace_back(root.key_at(p));
            }
            size_t solved = 0;
            Target target = linux_target();
            double start = processor_seconds();
            for (const std::string& project : projects) {
                ResolveRequest request;
                request.target = &target;
                request.roots.push_back({MUST(parse_requirement(project)), "", MarkerTree()});
                auto result = resolve(request, index);
                if (!result.ok()) {
                    EXPECT_EQ(result.error().kind, base::ErrorKind::NoSolution) << project;
                }
                solved += result.ok();
            }
            double spent = processor_seconds() - start;
            EXPECT_LT(spent / static_cast<double>(projects.size()), 1.0) << name;
            std::printf("%s: %zu projects, %zu solvable, %.1f ms a resolution\n", name, projects.size(), solved,
                        1000 * spent / static_cast<double>(projects.size()));
        });
    }
}

// A graph of packages that each need four of the next 25, at versions near their own; `width` says how near.
static void fill_synthetic(MemoryIndex& index, int packages, int versions, int width, unsigned seed) {
    std::mt19937 random(seed);
    for (int p = 0; p < packages; p++)
        for (int v = 1; v <= versions; v++) {
            std::vector<std::string> needs;
            for (int d = 0; d < 4 && p + 1 < packages; d++) {
                int other = p + 1 + static_cast<int>(random() % static_cast<unsigned>(std::min(25, packages - p - 1)));
                int shift = static_cast<int>(random() % 3) - 1;
                needs.push_back("p" + std::to_string(other) + ">=" + std::to_string(std::max(1, v - width + shift)) + ",<" +
                                std::to_string(std::max(2, v + width / 2 + shift)));
            }
            MUST(index.add("p" + std::to_string(p), std::to_string(v), needs));
        }
}

TEST(Resolver, FiveHundredPackages) {
    for (int width : {10, 6}) {
        for (const char* pin : {"p0", "p60<44"}) {
        MemoryIndex index;
        fill_synthetic(index, 500, 50, width, 7);
        for (bool universal : {false, true}) {
            Target target = linux_target();
            ResolveRequest request = Asking({"p0", pin}).request;
            if (!universal) request.target = &target;
            double start = processor_seconds();
            auto result = resolve(request, index);
            double spent = processor_seconds() - start;
            EXPECT_LT(spent, 3.0);
            if (!result.ok()) {
                std::printf("width %d %s %s: no solution, %.1f ms\n", width, pin, universal ? "universal" : "target", spent * 1000);
                continue;
            }
            std::printf("width %d %s %s: %zu packages, %zu decisions, %zu conflicts, %.1f ms\n", width, pin, universal ? "universal" : "target",
                        result->packages.size(), result->decisions, result->conflicts, spent * 1000);
            EXPECT_GT(result->packages.size(), 300u);
        }
    }
    }
}
