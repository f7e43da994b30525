// What a request may say besides requirements: dates, pre-releases, patches, bounds on Python; and hints on failures.
#include "base/clock.h"
#include "pkg/index/memory_index.h"
#include "pkg/name.h"
#include "pkg/resolver/cutoff.h"
#include "pkg/resolver/resolver.h"
#include "tests/unit/pkg/vectors.h"

using namespace pkg;

namespace {

class StoppedClock : public base::Clock {
  public:
    int64_t unix_seconds() override { return *base::parse_rfc3339("2026-03-01T12:00:00Z"); }
    int64_t monotonic_ms() override { return 0; }
    void sleep_ms(int64_t) override {}
};

ResolveRequest asking(std::initializer_list<const char*> roots) {
    ResolveRequest request;
    for (const char* root : roots) request.roots.push_back({MUST(parse_requirement(root)), "", MarkerTree(), ""});
    return request;
}

std::string solve(Index& index, ResolveRequest request, const char* python = "3.11.2") {
    Platform machine = MUST(parse_platform("linux"));
    Target target = MUST(make_target(python, machine));
    request.target = &target;
    auto result = resolve(request, index);
    if (!result.ok()) return base::render(result.error(), false);
    std::string out;
    for (const ResolvedPackage& package : result->packages) out += (out.empty() ? "" : " ") + package.name + "==" + package.version.text();
    return out;
}

void add_file(MemoryIndex& index, const std::string& name, const std::string& version, const char* python, const char* uploaded = "") {
    DistFile file;
    file.file_name = name + "-" + version + "-py3-none-any.whl";
    file.url = "memory:" + file.file_name;
    file.version = MUST(parse_version(version));
    file.tags = MUST(parse_tags("py3-none-any"));
    file.upload_time = uploaded;
    if (*python) file.requires_python = MUST(parse_specifier_set(python));
    Metadata metadata;
    metadata.name = name;
    metadata.version = file.version;
    metadata.requires_python = file.requires_python;
    index.add_file(name, std::move(file), std::move(metadata));
}

}  // namespace

TEST(Cutoff, AbsoluteAndRelative) {
    StoppedClock clock;
    auto cutoff = [&](const char* text) {
        auto read = parse_cutoff(text, clock);
        return read.ok() ? *read : "error: " + read.error().message;
    };
    EXPECT_EQ(cutoff(""), "");
    EXPECT_EQ(cutoff("2024-01-01"), "2024-01-01T00:00:00Z");
    EXPECT_EQ(cutoff("2024-01-01T02:00:00+02:00"), "2024-01-01T00:00:00Z");
    for (const char* text : {"30 days", "P30D", "30d", "4 weeks 2 days", "4 weeks, 2 days ago", "P4W2D", "PT720H", "p30d", "1 month"})
        EXPECT_EQ(cutoff(text), "2026-01-30T12:00:00Z") << text;
    EXPECT_EQ(cutoff("24 hours"), "2026-02-28T12:00:00Z");
    EXPECT_EQ(cutoff("1h 30 min"), "2026-03-01T10:30:00Z");
    for (const char* text : {"never", "30", "days", "P", "PT", "P3", "P-3D", "-3 days", "3 days 4", "99999999999999999999 days", "1 fortnight"})
        EXPECT_TRUE(cutoff(text).starts_with("error: ")) << text;
}

TEST(Cutoff, FilesByTheirUpload) {
    EXPECT_FALSE(uploaded_after("", ""));
    EXPECT_TRUE(uploaded_after("", "2024-01-01T00:00:00Z"));
    EXPECT_FALSE(uploaded_after("2024-01-01T00:00:00Z", "2024-01-01T00:00:00Z"));
    EXPECT_FALSE(uploaded_after("2024-01-01T00:00:00.250000Z", "2024-01-01T00:00:00Z"));
    EXPECT_TRUE(uploaded_after("2024-01-01T00:00:01Z", "2024-01-01T00:00:00Z"));
    MemoryIndex index;
    add_file(index, "a", "1.0", "", "2023-05-01T00:00:00Z");
    add_file(index, "a", "2.0", "", "2024-05-01T00:00:00Z");
    add_file(index, "b", "1.0", "", "2024-05-01T00:00:00Z");
    ResolveRequest request = asking({"a"});
    request.exclude_newer = "2024-01-01T00:00:00Z";
    EXPECT_EQ(solve(index, request), "a==1.0");
    request.exclude_newer_for["a"] = "";
    EXPECT_EQ(solve(index, request), "a==2.0");
    std::string hidden = solve(index, [&] { ResolveRequest r = asking({"b"}); r.exclude_newer = request.exclude_newer; return r; }());
    EXPECT_NE(hidden.find("hint: `b 1.0` was uploaded after 2024-01-01T00:00:00Z"), std::string::npos) << hidden;
    add_file(index, "c", "1.0", "", "");
    ResolveRequest undated = asking({"c"});
    undated.exclude_newer = request.exclude_newer;
    hidden = solve(index, undated);
    EXPECT_NE(hidden.find("hint: `c 1.0` has no upload time on its index"), std::string::npos) << hidden;
}

TEST(Prereleases, Policies) {
    MemoryIndex index;
    for (const char* version : {"1.0", "2.0a1"}) MUST(index.add("a", version, {"b>=1"})), MUST(index.add("b", version));
    MUST(index.add("c", "1.0a1"));
    auto with = [&](std::initializer_list<const char*> roots, const char* policy) {
        ResolveRequest request = asking(roots);
        request.prereleases = *prerelease_policy(policy);
        std::string answer = solve(index, request);
        return answer.substr(0, answer.find('\n'));
    };
    EXPECT_EQ(with({"a"}, "if-necessary"), "a==1.0 b==1.0");
    EXPECT_EQ(with({"a>1"}, "if-necessary"), "a==2.0a1 b==1.0");
    EXPECT_EQ(with({"c"}, "if-necessary-or-explicit"), "c==1.0a1");
    EXPECT_EQ(with({"a"}, "allow"), "a==2.0a1 b==2.0a1");
    EXPECT_EQ(with({"a>1"}, "disallow"), "error: no solution found for the requirements");
    EXPECT_EQ(with({"c"}, "explicit"), "error: no solution found for the requirements");
    EXPECT_EQ(with({"a>=2.0a1"}, "explicit"), "a==2.0a1 b==1.0");
    EXPECT_EQ(with({"a>=1.0a1"}, "explicit"), "a==1.0 b==1.0");
    EXPECT_FALSE(prerelease_policy("sometimes"));
    ResolveRequest one = asking({"a"});
    one.prereleases_for["b"] = PrereleasePolicy::Allow;
    EXPECT_EQ(solve(index, one), "a==1.0 b==2.0a1");
    ResolveRequest refused = asking({"c"});
    refused.prereleases = PrereleasePolicy::Disallow;
    std::string text = solve(index, refused);
    EXPECT_NE(text.find("hint: pre-releases of `c` exist"), std::string::npos) << text;
}

// Bounds from above count where something lies inside them, and not where nothing does.
TEST(RequiresPython, UpperBounds) {
    MemoryIndex index;
    add_file(index, "a", "1.0", "");
    add_file(index, "a", "2.0", ">=3.8,<3.10");
    add_file(index, "b", "1.0", "<3.8");
    EXPECT_EQ(solve(index, asking({"a"})), "a==1.0");
    EXPECT_EQ(solve(index, asking({"a>1"})), "a==2.0");
    EXPECT_EQ(solve(index, asking({"a"}), "3.9.1"), "a==2.0");
    EXPECT_EQ(solve(index, asking({"b"})), "b==1.0");
    std::string old = solve(index, asking({"a>1"}), "3.7.0");
    EXPECT_NE(old.find("requires Python >=3.8,<3.10"), std::string::npos) << old;
    EXPECT_NE(old.find("hint: the environment's Python is 3.7.0"), std::string::npos) << old;
}

TEST(MetadataPatches, StandForWhatPackagesSay) {
    MemoryIndex index;
    for (const char* version : {"1.0", "2.0"}) MUST(index.add("a", version, {"b==9", "c"}));
    MUST(index.add("b", "1.0")), MUST(index.add("c", "1.0"));
    ResolveRequest request = asking({"a"});
    MetadataPatch all{"a", std::nullopt, {MUST(parse_requirement("b"))}, std::nullopt, {}};
    request.metadata_patches = {all};
    EXPECT_EQ(solve(index, request), "a==2.0 b==1.0");
    MetadataPatch one{"a", MUST(parse_version("2.0")), {}, MUST(parse_specifier_set(">=4")), {}};
    request.metadata_patches = {all, one};
    EXPECT_EQ(solve(index, request), "a==1.0 b==1.0");
    MetadataPatch extra{"a", std::nullopt, {MUST(parse_requirement("c; extra == 'x'"))}, std::nullopt, {"x"}};
    ResolveRequest with_extra = asking({"a[x]"});
    with_extra.metadata_patches = {extra};
    EXPECT_EQ(solve(index, with_extra), "a==2.0 c==1.0");
}

TEST(Explanations, NameThePlaces) {
    MemoryIndex index;
    MUST(index.add("a", "1.0"));
    ResolveRequest request = asking({"a>=2", "a<3"});
    request.roots[0].place = "requirements.txt:3";
    request.roots[1].origin = "group `dev`";
    request.roots[1].place = "pyproject.toml:9";
    std::string text = solve(index, request);
    EXPECT_NE(text.find("you require a>=2 (requirements.txt:3)"), std::string::npos) << text;
    EXPECT_EQ(place_of({"a.txt", 7}), "a.txt:7");
    EXPECT_EQ(place_of({}), "");
}

namespace {

void add_hashed(MemoryIndex& index, const std::string& version, FileKind kind, const char* hex) {
    DistFile file;
    file.kind = kind;
    file.file_name = kind == FileKind::Wheel ? "a-" + version + "-py3-none-any.whl" : "a-" + version + ".tar.gz";
    file.url = "memory:" + file.file_name;
    file.version = MUST(parse_version(version));
    if (kind == FileKind::Wheel) file.tags = MUST(parse_tags("py3-none-any"));
    if (*hex) file.hashes.push_back({"sha256", hex});
    Metadata metadata;
    metadata.name = "a";
    metadata.version = file.version;
    index.add_file("a", std::move(file), std::move(metadata));
}

ResolveRequest hashed(const char* root, const char* hex) {
    ResolveRequest request = asking({root});
    request.require_hashes = true;
    if (hex) request.hashes["a"] = {{"sha256", hex}};
    return request;
}

}  // namespace

TEST(AllowedHashes, ChooseVersionsAndGuardSources) {
    MemoryIndex index;
    add_hashed(index, "1.0", FileKind::Wheel, "aa");
    add_hashed(index, "2.0", FileKind::Wheel, "bb");
    add_hashed(index, "3.0", FileKind::Sdist, "cc");
    EXPECT_EQ(solve(index, hashed("a", "aa")), "a==1.0");
    EXPECT_EQ(solve(index, hashed("a", "cc")), "a==3.0");
    // Where no file has it, that is for whoever compares the hashes; but no source archive is read.
    EXPECT_EQ(solve(index, hashed("a<3", "dd")), "a==2.0");
    EXPECT_NE(solve(index, hashed("a", "dd")).find("the hash of `a-3.0.tar.gz` is not one"), std::string::npos);
    EXPECT_NE(solve(index, hashed("a", nullptr)).find("`a` has no hash in the requirements"), std::string::npos);
}

TEST(ArbitraryEquality, ComparesTexts) {
    MemoryIndex index;
    add_hashed(index, "1.0", FileKind::Wheel, "");
    EXPECT_EQ(solve(index, asking({"a===1.0"})), "a==1.0");
    EXPECT_NE(solve(index, asking({"a===1"})).find("is `1.0`, which is not `1` as text"), std::string::npos);
}

TEST(PreferBinary, TakesOlderWheels) {
    MemoryIndex index;
    add_hashed(index, "1.0", FileKind::Wheel, "");
    add_hashed(index, "2.0", FileKind::Sdist, "");
    ResolveRequest request = asking({"a"});
    EXPECT_EQ(solve(index, request), "a==2.0");
    request.prefer_binary = true;
    EXPECT_EQ(solve(index, request), "a==1.0");
    EXPECT_EQ(solve(index, [] { ResolveRequest newer = asking({"a>1"}); newer.prefer_binary = true; return newer; }()), "a==2.0");
}
