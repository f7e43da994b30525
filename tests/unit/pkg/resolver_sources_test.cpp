// One project from different sources: direct references and indexes that hold in some environments only.
#include <map>

#include "pkg/index/memory_index.h"
#include "pkg/resolver/resolver.h"
#include "tests/unit/pkg/vectors.h"

using namespace pkg;

namespace {

// Releases of any index, of indexes by name, and metadata behind URLs.
class Places final : public MemoryIndex {
  public:
    std::map<std::string, MemoryIndex, std::less<>> named;
    std::map<std::string, Metadata, std::less<>> direct;

    base::Result<const Project*> project_of(std::string_view name, std::string_view index) override {
        return named.find(index)->second.project(name);
    }
    base::Result<const Metadata*> metadata(const DistFile& file) override {
        for (auto& [index, releases] : named)
            if (auto found = releases.metadata(file); found.ok()) return found;
        return MemoryIndex::metadata(file);
    }
    base::Result<const Metadata*> direct_metadata(std::string_view, std::string_view url) override { return &direct.find(url)->second; }
    // A wheel of version 1 of an index, with a URL of its own.
    void add_to(const std::string& index, const char* name, std::initializer_list<const char*> requires_dist = {}) {
        DistFile file;
        file.version = MUST(parse_version("1"));
        file.file_name = std::string(name) + "-1-py3-none-any.whl";
        file.url = "memory:" + index + "/" + file.file_name;
        file.tags = MUST(parse_tags("py3-none-any"));
        place(file.url, name, "1", requires_dist);
        named[index].add_file(name, file, direct[file.url]);
    }
    void place(const std::string& url, const char* name, const char* version, std::initializer_list<const char*> requires_dist = {}) {
        Metadata& metadata = direct[url];
        metadata.name = name;
        metadata.version = MUST(parse_version(version));
        for (const char* text : requires_dist) metadata.requires_dist.push_back(MUST(parse_requirement(text)));
    }
    // A source tree whose own sources send its one requirement to an index.
    void place_with_index(const std::string& url, const char* name, const char* requirement, const std::string& index) {
        place(url, name, "1", {requirement});
        direct[url].requires_index = {index};
    }
};

ResolveRequest asking(std::initializer_list<const char*> roots) {
    ResolveRequest request;
    for (const char* root : roots) request.roots.push_back({MUST(parse_requirement(root)), "", MarkerTree(), ""});
    return request;
}

// "name==version @ source ; marker", a line a package; the error's text where there is no result.
std::string solved(Index& index, const ResolveRequest& request) {
    auto result = resolve(request, index);
    if (!result.ok()) return base::render(result.error(), false);
    std::string out;
    for (const ResolvedPackage& package : result->packages) {
        out += package.name + "==" + package.version.text();
        if (std::string source = package.url + package.index; !source.empty()) out += " @ " + source;
        if (!package.marker.is_always()) out += " ; " + package.marker.text();
        out += "\n";
    }
    return out;
}

}  // namespace

TEST(ResolverSources, DivideEnvironments) {
    Places index;
    MUST(index.add("a", "3"));
    MUST(index.add("b", "1", {"a"}));
    MUST(index.add("c", "1"));
    index.place("https://h/one/a", "a", "1");
    index.place("https://h/two/a", "a", "1", {"c"});
    EXPECT_EQ(solved(index, asking({"b", "a @ https://h/one/a ; sys_platform == 'linux'", "a @ https://h/two/a ; sys_platform == 'win32'"})),
              "a==1 @ https://h/one/a ; sys_platform == 'linux'\n"
              "a==1 @ https://h/two/a ; sys_platform == 'win32'\n"
              "a==3 ; sys_platform != 'linux' and sys_platform != 'win32'\n"
              "b==1\n"
              "c==1 ; sys_platform == 'win32'\n");
    // Nothing asks for it elsewhere: one environment is enough.
    ResolveRequest lone = asking({"c", "a @ https://h/one/a ; sys_platform == 'linux'"});
    EXPECT_EQ(solved(index, lone), "a==1 @ https://h/one/a ; sys_platform == 'linux'\nc==1\n");
    EXPECT_EQ(MUST(resolve(lone, index)).forks.size(), 1u);
    // A dependency does, which shows late, and so does a failure that the source alone is to blame for.
    EXPECT_EQ(solved(index, asking({"b", "a @ https://h/one/a ; sys_platform == 'linux'"})),
              "a==1 @ https://h/one/a ; sys_platform == 'linux'\na==3 ; sys_platform != 'linux'\nb==1\n");
    MUST(index.add("d", "1", {"a>=2"}));
    EXPECT_EQ(solved(index, asking({"d ; sys_platform == 'win32'", "a @ https://h/one/a ; sys_platform == 'linux'"})),
              "a==1 @ https://h/one/a ; sys_platform == 'linux'\na==3 ; sys_platform == 'win32'\nd==1 ; sys_platform == 'win32'\n");
}

TEST(ResolverSources, ContradictWhereTheyHoldTogether) {
    Places index;
    index.place("https://h/one/a", "a", "1");
    index.place("https://h/two/a", "a", "1");
    std::string text = solved(index, asking({"a @ https://h/one/a ; sys_platform == 'linux'", "a @ https://h/two/a ; os_name == 'posix'"}));
    EXPECT_NE(text.find("but a is taken from https://h/one/a"), std::string::npos) << text;
}

TEST(ResolverSources, OfOverrides) {
    Places index;
    MUST(index.add("a", "3"));
    MUST(index.add("b", "1", {"a>=2"}));
    index.place("https://h/one/a", "a", "1");
    ResolveRequest request = asking({"b"});
    request.overrides.push_back(MUST(parse_requirement("a @ https://h/one/a ; sys_platform == 'linux'")));
    request.overrides.push_back(MUST(parse_requirement("a ; sys_platform != 'linux'")));
    EXPECT_EQ(solved(index, request), "a==1 @ https://h/one/a ; sys_platform == 'linux'\na==3 ; sys_platform != 'linux'\nb==1\n");
    // One that stands for a reference takes the reference away.
    request = asking({"a @ https://h/one/a"});
    request.overrides.push_back(MUST(parse_requirement("a>2")));
    EXPECT_EQ(solved(index, request), "a==3\n");
}

TEST(ResolverSources, IndexesByName) {
    Places index;
    MUST(index.add("a", "3"));
    index.add_to("cpu", "a");
    index.add_to("gpu", "a", {"b"});
    MUST(index.add("b", "1"));
    ResolveRequest request = asking({"a ; sys_platform == 'linux'", "a ; sys_platform == 'win32'", "a ; sys_platform == 'darwin'"});
    request.roots[0].index = "gpu";
    request.roots[1].index = "cpu";
    EXPECT_EQ(solved(index, request), "a==1 @ cpu ; sys_platform == 'win32'\n"
                                      "a==1 @ gpu ; sys_platform == 'linux'\n"
                                      "a==3 ; sys_platform == 'darwin'\n"
                                      "b==1 ; sys_platform == 'linux'\n");
    // For one target the source that holds there, and no other.
    Platform machine = MUST(parse_platform("linux"));
    Target target = MUST(make_target("3.11.2", machine));
    request.target = &target;
    EXPECT_EQ(solved(index, request), "a==1 @ gpu\nb==1\n");
    request.target = nullptr;
    request.roots[1].requirement.marker = MUST(parse_marker("os_name == 'posix'"));
    EXPECT_NE(solved(index, request).find("`a` is wanted from the index `gpu` and from the index `cpu` in the same environments"),
              std::string::npos);
}

// What a source tree wants from one index comes from there, for others too, whenever that shows.
TEST(ResolverSources, IndexesOfSourceTrees) {
    Places index;
    MUST(index.add("a", "3"));
    MUST(index.add("b", "1", {"a"}));
    index.add_to("cpu", "a");
    index.place_with_index("https://h/tree", "tree", "a", "cpu");
    EXPECT_EQ(solved(index, asking({"tree @ https://h/tree"})), "a==1 @ cpu\ntree==1 @ https://h/tree\n");
    for (auto roots : {asking({"tree @ https://h/tree", "b"}), asking({"a", "b", "middle"})}) {
        MUST(index.add("middle", "1", {"tree @ https://h/tree"}));
        std::string text = solved(index, roots);
        EXPECT_NE(text.find("a==1 @ cpu\nb==1\n"), std::string::npos) << text;
        EXPECT_EQ(text.find("a==3"), std::string::npos) << text;
    }
    // A direct reference satisfies who wants an index; another index does not.
    index.place("https://h/a", "a", "5");
    EXPECT_EQ(solved(index, asking({"tree @ https://h/tree", "a @ https://h/a"})), "a==5 @ https://h/a\ntree==1 @ https://h/tree\n");
    index.add_to("gpu", "a");
    index.place_with_index("https://h/other", "other", "a", "gpu");
    std::string text = solved(index, asking({"tree @ https://h/tree", "other @ https://h/other"}));
    EXPECT_NE(text.find("depends on a from the index `gpu`, but a is taken from the index `cpu`"), std::string::npos) << text;
}
