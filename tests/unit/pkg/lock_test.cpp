// pylock.toml: packaging's vectors (test_pylock, test_pylock_select), pip's lock files, round trips, selection, freshness.
// Left out of test_pylock: conversions from Python dictionaries and dataclass constructors.
#include "pkg/lock/lock.h"

#include <algorithm>
#include <map>

#include "tests/unit/pkg/vectors.h"

#include "base/text.h"
#include "pkg/index/memory_index.h"
#include "pkg/lock/freshness.h"
#include "pkg/lock/lock_resolution.h"
#include "pkg/lock/requirements_text.h"
#include "pkg/name.h"

using namespace pkg;

namespace {

const std::string kHead = "lock-version = \"1.0\"\ncreated-by = \"t\"\n";

std::string package(const std::string& name, const std::string& rest) {
    return "[[packages]]\nname = \"" + name + "\"\nversion = \"1.0\"\n" + rest +
           "wheels = [{ url = \"https://x/" + file_name_form(name) + "-1.0-py3-none-any.whl\", hashes = { sha256 = \"ab\" } }]\n";
}

Target target(const char* python = "3.12", const char* platform = "linux") {
    Platform machine = MUST(parse_platform(platform));
    return MUST(make_target(python, machine));
}

std::vector<std::string> names(const std::vector<Selected>& selected) {
    std::vector<std::string> out;
    for (const Selected& s : selected) out.push_back(s.package->name);
    return out;
}

Manifest manifest(const std::string& text) { return MUST(parse_manifest(text)); }

}  // namespace

TEST(Lock, FileNames) {
    vectors::each("test_pylock.json", "test_pylock_file_name", "file_name,valid",
                  [](base::JsonValue c) { EXPECT_EQ(is_lock_file_name(c.at(0).string()), c.at(1).boolean()) << c.text(); });
}

TEST(Lock, Versions) {
    auto parses = [](base::JsonValue c) {
        return parse_lock("lock-version = \"" + std::string(c.at(0).string()) + "\"\ncreated-by = \"t\"\npackages = []\n").ok();
    };
    vectors::each("test_pylock.json", "test_pylock_version", "version", [&](base::JsonValue c) { EXPECT_TRUE(parses(c)); });
    vectors::each("test_pylock.json", "test_pylock_unsupported_version", "version", [&](base::JsonValue c) { EXPECT_FALSE(parses(c)); });
}

TEST(Lock, ChecksNames) {
    auto parses = [](const std::string& head, const std::string& more) { return parse_lock(kHead + head + package("a", more)).ok(); };
    EXPECT_TRUE(parses("extras = [\"a-b\"]\ndependency-groups = [\"Dev_1\"]\n", "dependencies = [{ name = \"b\" }]\n"));
    for (const char* bad : {"extras = [\"-a\"]\n", "extras = [\"A_b\"]\n", "dependency-groups = [\"a b\"]\n", "dependency-groups = [\"\"]\n"})
        EXPECT_FALSE(parses(bad, "")) << bad;
    for (const char* bad : {"dependencies = [{}]\n", "dependencies = [{ name = \"A_B\" }]\n", "dependencies = [{ name = \"\" }]\n"})
        EXPECT_FALSE(parses("", bad)) << bad;
    auto one = parse_lock("lock-version = \"1\"\ncreated-by = \"t\"\npackages = []\n");
    ASSERT_FALSE(one.ok());
    EXPECT_NE(one.error().message.find("`1.0` is expected"), std::string::npos) << one.error().message;
}

TEST(Lock, WarnsOfLaterMinorVersions) {
    auto warnings = [](const std::string& version, const std::string& more) {
        return MUST(parse_lock("lock-version = \"" + version + "\"\ncreated-by = \"t\"\npackages = []\n" + more)).warnings;
    };
    EXPECT_TRUE(warnings("1.0", "").empty());
    EXPECT_TRUE(warnings("1.0", "x = 1\n").empty());
    ASSERT_EQ(warnings("1.1", "").size(), 1u);
    EXPECT_EQ(warnings("1.1", "")[0], "the lock has version 1.1, of which only what 1.0 has is understood");
    EXPECT_EQ(warnings("1.9", "x = 1\n").at(0), "the lock has version 1.9, of which only what 1.0 has is understood: unknown `x`");
}

TEST(Lock, FileNamesOfDistributions) {
    vectors::each("test_pylock.json", "test_dist_filename", "dist,expected_filename", [](base::JsonValue c) {
        std::string text(c.at(0)["str"].string());
        auto field = [&](const std::string& key) {
            size_t at = text.find(key + "='");
            if (at == std::string::npos) return std::string();
            at += key.size() + 2;
            return text.substr(at, text.find('\'', at) - at);
        };
        bool wheel = text.starts_with("PackageWheel");
        std::string url = field("url"), path = field("path"), name = field("name");
        std::string entry = std::string("{ hashes = { sha256 = \"a\" }") + (name.empty() ? "" : ", name = \"" + name + "\"") +
                            (url.empty() ? "" : ", url = \"" + url + "\"") + (path.empty() ? "" : ", path = \"" + path + "\"") +
                            (url.empty() && path.empty() ? ", url = \"https://x/y\"" : "") + " }";
        auto lock = parse_lock(kHead + "[[packages]]\nname = \"example\"\n" + (wheel ? "wheels = [" + entry + "]\n" : "sdist = " + entry + "\n"));
        ASSERT_TRUE(lock.ok()) << base::render(lock.error(), false);
        EXPECT_EQ((wheel ? lock->packages[0].wheels[0] : *lock->packages[0].sdist).name, c.at(1).string());
    });
}

TEST(Lock, RoundTripsTheSpecificationsExample) {
    std::string text;
    if (!vectors::read("packaging-vectors/pylock/pylock.spec-example.toml", text)) GTEST_SKIP() << "shared data is missing";
    Lock lock = MUST(parse_lock(text));
    EXPECT_EQ(lock.packages.size(), 3u);
    EXPECT_EQ(lock.environments.size(), 2u);
    EXPECT_EQ(lock.packages[0].attestation_identities.size(), 1u);
    std::string written = write_lock(lock);
    Lock again = MUST(parse_lock(written));
    EXPECT_EQ(write_lock(again), written);
    EXPECT_EQ(again.packages[2].wheels.size(), lock.packages[2].wheels.size());
    EXPECT_EQ(again.packages[0].wheels[0].upload_time, lock.packages[0].wheels[0].upload_time);
    auto selected = select_packages(lock, target("3.12.1"), {});
    ASSERT_TRUE(selected.ok()) << base::render(selected.error(), false);
    EXPECT_EQ(names(*selected), (std::vector<std::string>{"attrs", "cattrs", "numpy"}));
    EXPECT_FALSE(select_packages(lock, target("3.11"), {}).ok());
    EXPECT_FALSE(select_packages(lock, target("3.12", "macos"), {}).ok());
}

TEST(Lock, PipsFiles) {
    struct Case {
        const char* file;
        bool valid;
    };
    for (Case c : {Case{"pylock.toml", true}, {"pylock.onewheel.toml", true}, {"pylock.onesdist.toml", true},
                   {"pylock.onearchive.toml", true}, {"pylock.directory.toml", true}, {"pylock.mixed.toml", true},
                   {"pylock.certifi-with-upload_time.toml", true}, {"pylock.certifi-without-upload_time.toml", true}, {"pylock.prerelease-wheel.toml", true},
                   {"pylock.prerelease-archive.toml", true}, {"pylock.oldpython.toml", true}, {"pylock.invalidhash.toml", true},
                   {"pylock.invalid.toml", false}}) {
        std::string text;
        if (!vectors::read(std::string("pip/lockfiles/") + c.file, text)) GTEST_SKIP() << "shared data is missing";
        auto lock = parse_lock(text, c.file);
        EXPECT_EQ(lock.ok(), c.valid) << c.file << (lock.ok() ? "" : base::render(lock.error(), false));
        if (!lock.ok()) {
            EXPECT_EQ(lock.error().span.file, c.file);
            continue;
        }
        std::string written = write_lock(*lock);
        EXPECT_EQ(write_lock(MUST(parse_lock(written))), written) << c.file;
    }
}

TEST(Lock, Refuses) {
    std::string one = "[[packages]]\nname = \"a\"\n";
    std::string file = "{ url = \"https://x/a-1.0-py3-none-any.whl\", hashes = { sha256 = \"ab\" } }";
    for (const std::string& text : std::vector<std::string>{
             "created-by = \"t\"\npackages = []\n", "lock-version = \"1.0\"\npackages = []\n", kHead, kHead + "packages = 1\n",
             kHead + one, kHead + "[[packages]]\nname = \"A_b\"\nwheels = [" + file + "]\n",
             kHead + one + "wheels = [" + file + "]\ndirectory = { path = \".\" }\n",
             kHead + one + "wheels = [{ url = \"https://x/b-1.0-py3-none-any.whl\", hashes = { sha256 = \"ab\" } }]\n",
             kHead + one + "version = \"2\"\nwheels = [" + file + "]\n", kHead + one + "wheels = [{ url = \"https://x/a-1.0-py3-none-any.whl\" }]\n",
             kHead + one + "archive = { url = \"https://x/%FF.zip\", hashes = { sha256 = \"ab\" } }\n",
             kHead + one + "archive = { hashes = { sha256 = \"ab\" } }\n", kHead + one + "vcs = { type = \"git\", url = \"u\" }\n",
             kHead + one + "marker = \"nonsense\"\nwheels = [" + file + "]\n"})
    {
        auto lock = parse_lock(text);
        ASSERT_FALSE(lock.ok()) << text;
        EXPECT_EQ(lock.error().span.file, "pylock.toml") << text << lock.error().message;
    }
    vectors::each("test_pylock.json", "test_hash_validation", "hashes,expected_error", [&](base::JsonValue c) {
        std::string hashes = c.at(0).is_string() ? "\"sha256:...\"" : c.at(0).size() ? "{ sha256 = \"ff\", md5 = 1 }" : "{}";
        EXPECT_FALSE(parse_lock(kHead + one + "archive = { url = \"https://x/a.zip\", hashes = " + hashes + " }\n").ok());
    });
}

TEST(LockSelect, ExtrasAndGroups) {
    Lock lock = MUST(parse_lock("lock-version = \"1.0\"\ncreated-by = \"t\"\nextras = [\"feat1\", \"feat2\"]\n"
                                "dependency-groups = [\"docs\"]\ndefault-groups = [\"dev\"]\n" +
                                package("foo", "") + package("foo-dev", "marker = \"'dev' in dependency_groups\"\n") +
                                package("foo-docs", "marker = \"'docs' in dependency_groups\"\n") +
                                package("foo-feat1", "marker = \"'feat1' in extras\"\n") +
                                package("foo-feat2", "marker = \"'feat2' in extras\"\n")));
    vectors::each("test_pylock_select.json", "test_extras_and_groups", "extras,dependency_groups,expected", [&](base::JsonValue c) {
        SelectOptions options;
        for (size_t i = 0; i < c.at(0).size(); i++) options.extras.emplace_back(c.at(0).at(i).string());
        if (c.at(1).is_array()) {
            options.groups.emplace();
            for (size_t i = 0; i < c.at(1).size(); i++) options.groups->emplace_back(c.at(1).at(i).string());
        }
        auto selected = select_packages(lock, target(), options);
        ASSERT_TRUE(selected.ok()) << c.text();
        std::vector<std::string> got = names(*selected), want;
        std::sort(got.begin(), got.end());
        for (size_t i = 0; i < c.at(2).size(); i++) want.emplace_back(c.at(2).at(i).string());
        EXPECT_EQ(got, want) << c.text();
    });
    EXPECT_FALSE(select_packages(lock, target(), {.extras = {"none"}}).ok());
}

TEST(LockSelect, BestWheelElseSdist) {
    std::string text = kHead + "[[packages]]\nname = \"a\"\nversion = \"1.0\"\n"
                               "sdist = { url = \"https://x/a-1.0.tar.gz\", hashes = { sha256 = \"ab\" } }\nwheels = [\n";
    for (const char* tag : {"py3-none-any", "cp312-cp312-manylinux_2_17_x86_64", "1-py3-none-any", "cp313-cp313-manylinux_2_17_x86_64"})
        text += "    { url = \"https://x/a-1.0-" + std::string(tag) + ".whl\", hashes = { sha256 = \"ab\" } },\n";
    Lock lock = MUST(parse_lock(text + "]\n"));
    auto chosen = [&](const Target& where, const SelectOptions& options) {
        auto selected = select_packages(lock, where, options);
        if (!selected.ok()) return std::string("none");
        return (selected->at(0).wheel ? selected->at(0).wheel : selected->at(0).sdist)->name;
    };
    EXPECT_EQ(chosen(target("3.12"), {}), "a-1.0-cp312-cp312-manylinux_2_17_x86_64.whl");
    EXPECT_EQ(chosen(target("3.12", "windows"), {}), "a-1.0-1-py3-none-any.whl");
    EXPECT_EQ(chosen(target("3.12"), {.no_binary = true}), "a-1.0.tar.gz");
    EXPECT_EQ(chosen(target("3.12"), {.no_build = true, .no_binary = true}), "none");
    Lock twice = MUST(parse_lock(kHead + package("a", "") + package("a", "")));
    EXPECT_FALSE(select_packages(twice, target(), {}).ok());
}

TEST(LockOf, ProjectWithExtrasAndGroups) {
    MemoryIndex index;
    MUST(index.add("a", "1.0", {"c; sys_platform == 'win32'", "d; extra == 'x'"}));
    MUST(index.add("b", "2.0"));
    MUST(index.add("c", "1.0"));
    MUST(index.add("d", "1.0"));
    MUST(index.add("t", "1.0", {"b"}));
    Manifest m = manifest("[project]\nname = \"p\"\nversion = \"1\"\nrequires-python = \">=3.11\"\ndependencies = [\"a[x]>=1\"]\n"
                          "[project.optional-dependencies]\nmore = [\"b\"]\nall = [\"p[more]\"]\n[dependency-groups]\ndev = [\"t\"]\n");
    ResolveRequest request = MUST(request_of(m));
    Resolution resolution = MUST(resolve(request, index));
    Lock lock = MUST(lock_of(request, resolution, head_of(m)));
    std::map<std::string, std::string> markers;
    for (const LockPackage& p : lock.packages) markers[p.name] = p.marker.text();
    EXPECT_EQ(lock.default_groups, std::vector<std::string>{"default"});
    EXPECT_EQ(markers["a"], "\"default\" in dependency_groups");
    EXPECT_EQ(markers["c"], "sys_platform == \"win32\" and \"default\" in dependency_groups");
    EXPECT_EQ(markers["d"], "\"default\" in dependency_groups");
    EXPECT_EQ(markers["t"], "\"dev\" in dependency_groups");
    MarkerTree b = MarkerTree::of(MUST(parse_marker(markers["b"])));
    EXPECT_TRUE(b == MarkerTree::of(MUST(parse_marker("'more' in extras or 'all' in extras or 'dev' in dependency_groups"))));
    std::string text = write_lock(lock);
    Lock read = MUST(parse_lock(text));
    EXPECT_EQ(write_lock(read), text);
    EXPECT_TRUE(is_fresh(read, m, ""));
    EXPECT_FALSE(is_fresh(read, manifest("[project]\nname = \"p\"\nversion = \"1\"\n"), ""));
    auto selected = [&](const SelectOptions& options) { return names(MUST(select_packages(read, target(), options))); };
    EXPECT_EQ(selected({}), (std::vector<std::string>{"a", "d"}));
    EXPECT_EQ(selected({.extras = {"all"}}), (std::vector<std::string>{"a", "b", "d"}));
    EXPECT_EQ(selected({.groups = std::vector<std::string>{"dev"}}), (std::vector<std::string>{"b", "t"}));
    EXPECT_EQ(selected({.groups = std::vector<std::string>{"default", "dev"}}), (std::vector<std::string>{"a", "b", "d", "t"}));
    // Without our table the lock installs the same.
    Lock bare = read;
    bare.tool.reset();
    EXPECT_EQ(names(MUST(select_packages(bare, target(), {}))), selected({}));
    EXPECT_TRUE(is_fresh(bare, m, ""));
    std::string exported = requirements_text(read, {.groups = {"default", "dev"}, .hashes = false});
    EXPECT_EQ(exported, "a==1.0\nb==2.0\nc==1.0 ; sys_platform == 'win32'\nd==1.0\nt==1.0\n");
}

TEST(LockOf, KeepsVersionsOfTheOldLock) {
    MemoryIndex index;
    for (const char* version : {"1.0", "1.1", "2.0"}) MUST(index.add("a", version));
    Manifest m = manifest("[project]\nname = \"p\"\nversion = \"1\"\ndependencies = [\"a<2\"]\n");
    ResolveRequest request = MUST(request_of(m));
    request.preferences.push_back({"a", MUST(parse_version("1.0")), MarkerTree()});
    EXPECT_EQ(MUST(resolve(request, index)).packages[0].version.text(), "1.0");
    request.upgrade = {"a"};
    EXPECT_EQ(MUST(resolve(request, index)).packages[0].version.text(), "1.1");
}

// PEP 808: what is given stays as it is written, what the back end says besides comes after it.
TEST(Lock, DynamicFieldsAddToGivenOnes) {
    Manifest m = manifest("[project]\nname = \"p\"\nversion = \"1\"\ndynamic = [\"dependencies\", \"optional-dependencies\"]\n"
                          "dependencies = [\"A <3, >=1\", \"b; python_version < '4' and os_name == 'nt'\", \"kept\"]\n"
                          "optional-dependencies = { X_y = [\"c\", \"d; os_name == 'nt'\"], only = [\"e\"] }\n");
    Metadata metadata = MUST(parse_metadata("Metadata-Version: 2.2\nName: p\nVersion: 1\nRequires-Dist: a>=1,<3\nRequires-Dist: a==2.8\n"
                                            "Requires-Dist: b; os_name == \"nt\" and python_version < \"4\"\nProvides-Extra: x-y\n"
                                            "Requires-Dist: c; extra == \"x-y\"\nRequires-Dist: d; os_name == \"nt\" and extra == \"x-y\"\n"
                                            "Requires-Dist: f; extra == \"x-y\"\nProvides-Extra: more\nRequires-Dist: g; extra == \"more\"\n"));
    add_dynamic_fields(m, metadata);
    auto texts = [](const std::vector<Dependency508>& list) {
        std::vector<std::string> out;
        for (const Dependency508& one : list) out.push_back(one.requirement.text());
        return base::join(out, " | ");
    };
    EXPECT_EQ(texts(m.project.dependencies), "A<3,>=1 | b; python_version < \"4\" and os_name == \"nt\" | kept | a==2.8");
    EXPECT_EQ(m.project.dependencies[0].span.line, 5u);
    std::string extras;
    for (const auto& [extra, list] : m.project.optional_dependencies) extras += extra + ": " + texts(list) + "\n";
    EXPECT_EQ(extras, "x-y: c | d; os_name == \"nt\" | f\nonly: e\nmore: g\n");
}
