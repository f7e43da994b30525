// Every parser of pkg on mutated samples: no crash, and what is accepted survives being written and read again.
// ADDER_MUTATIONS sets the number of inputs (default 20000); run it under sanitizers for longer.
#include <gtest/gtest.h>

#include <cstdlib>
#include <random>

#include "pkg/direct_url.h"
#include "pkg/dist_name.h"
#include "pkg/entry_points.h"
#include "pkg/index/index.h"
#include "pkg/licenses.h"
#include "pkg/lock/lock.h"
#include "pkg/manifest_edit.h"
#include "pkg/marker_tree.h"
#include "pkg/metadata.h"
#include "pkg/metadata_check.h"
#include "pkg/requirements_txt.h"
#include "pkg/script_metadata.h"

using namespace pkg;

namespace {

const std::vector<std::string> kSamples = {
    "1!2.0rc1.post2.dev3+ab.1",
    "~=1.4.2,!=2.*,===x",
    "name[a,b]>=1,<2 ; python_version < '3.8' and (os_name=='nt' or extra == 'x')",
    "a @ https://x/y ; sys_platform in 'a b'",
    "python_full_version >= '3.8.1' and python_version not in '3.9, 3.10' or 'd' in dependency_groups",
    "Metadata-Version: 2.1\nName: a\nVersion: 1\nRequires-Dist: b (>1)\n\nbody",
    "-r x.txt\n-e . [a] ; x\na==1 --hash=sha256:aa \\\n  --hash=md5:b\n${A}",
    "[project]\nname='p'\nversion='1'\ndependencies=['a>1',\n 'b', # c\n]\n[dependency-groups]\ndev=['x',{include-group='y'}]\ny=[]\n",
    "lock-version='1.0'\ncreated-by='t'\n[[packages]]\nname='a'\nversion='1.0'\nmarker=\"'d' in extras\"\n"
    "wheels=[{url='https://x/a-1.0-py3-none-any.whl',hashes={sha256='ab'}}]\n",
    "foo-1.0-1-py3.py2-none-any.whl",
    "foo-1.0.tar.gz",
    "{\"url\":\"file:///x\",\"dir_info\":{}}",
    "[console_scripts]\na=b:c [d]\n",
    "MIT OR (Apache-2.0 WITH LLVM-exception)",
    "# /// script\n# dependencies=['a']\n# ///\n",
    "git+https://u:p@h/r.git@main#subdirectory=x&sha256=ab"};

std::string mutated(std::mt19937& random) {
    static const std::string kBytes = "()[]{}<>=!~,;:'\"\\/#@$ \n\t.-_+*0a1z\xC3\xA9\x80\xFF";
    std::string x = kSamples[random() % kSamples.size()];
    for (unsigned left = random() % 6; left > 0; left--) {
        size_t at = x.empty() ? 0 : random() % x.size();
        const std::string& other = kSamples[random() % kSamples.size()];
        switch (random() % 5) {
            case 0: x.erase(at, 1 + random() % 3); break;
            case 1: x.insert(at, 1, kBytes[random() % kBytes.size()]); break;
            case 2: x.insert(at, other.substr(random() % other.size(), random() % 20)); break;
            case 3: x.insert(at, x.substr(at, random() % 30)); break;
            default:
                if (!x.empty()) x[at] = kBytes[random() % kBytes.size()];
        }
    }
    return x;
}

void check_versions(const std::string& x) {
    if (auto version = parse_version(x); version.ok()) {
        auto again = parse_version(version->text());
        ASSERT_TRUE(again.ok() && *again == *version && again->text() == version->text()) << x;
    }
    if (auto set = parse_specifier_set(x); set.ok()) {
        VersionSet versions = set->to_set();
        ASSERT_TRUE(versions.complement().complement() == versions && parse_specifier_set(set->text()).ok()) << x;
    }
}

void check_markers(const std::string& x) {
    auto marker = parse_marker(x);
    if (!marker.ok()) return;
    MarkerTree tree = MarkerTree::of(*marker);
    auto again = parse_marker(marker->text());
    ASSERT_TRUE(again.ok() && MarkerTree::of(*again) == tree) << x;
    ASSERT_TRUE((tree & !tree).is_never() && (tree | !tree).is_always()) << x;
    if (tree.is_always() || tree.is_never()) return;
    auto printed = parse_marker(tree.text());
    ASSERT_TRUE(printed.ok() && MarkerTree::of(*printed) == tree) << x << " -> " << tree.text();
}

void check_requirement(const std::string& x) {
    auto requirement = parse_requirement(x);
    if (!requirement.ok()) return;
    auto again = parse_requirement(requirement->text());
    ASSERT_TRUE(again.ok() && *again == *requirement) << x << " -> " << requirement->text();
}

void check_manifest(const std::string& x) {
    auto manifest = parse_manifest(x);
    if (!manifest.ok()) return;
    Requirement zeta = MUST(parse_requirement("zeta>=1"));
    for (auto kind : {DependencyList508::Kind::Project, DependencyList508::Kind::Group}) {
        if (kind == DependencyList508::Kind::Project && !manifest->has_project) continue;
        auto added = add_dependency(x, {kind, "dev"}, zeta);
        if (!added.ok()) continue;
        ASSERT_TRUE(parse_manifest(*added).ok()) << x << "\n->\n" << *added;
        auto removed = remove_dependency(*added, {kind, "dev"}, "zeta");
        ASSERT_TRUE(removed.ok() && parse_manifest(*removed).ok()) << *added;
    }
}

void check_lock(const std::string& x) {
    auto lock = parse_lock(x);
    if (!lock.ok()) return;
    std::string text = write_lock(*lock);
    auto again = parse_lock(text);
    ASSERT_TRUE(again.ok() && write_lock(*again) == text) << x << "\n->\n" << text;
}

// Parsers whose results have no text to compare: they must only come back.
void call_others(const std::string& x) {
    auto read = [](const std::string&) -> base::Result<std::string> { return std::string("q\n"); };
    auto variable = [](const std::string&, std::string& value) {
        value = "z";
        return true;
    };
    size_t accepted = parse_metadata(x).ok() + check_metadata(x).empty() + parse_requirements_txt(x, "r.txt", read, variable).ok() +
                      parse_wheel_name(x).ok() + parse_sdist_name(x).ok() + parse_direct_url(x).ok() + parse_entry_points(x).ok() +
                      normalize_license_expression(x).ok() + parse_script_metadata(x, "s.py").ok() + parse_platform(x).ok();
    ASSERT_LE(accepted, 10u);
    ASSERT_LE(strip_credentials(x).size(), x.size());
    ASSERT_LE(direct_info_of_url(x).url.size(), x.size());
}

}  // namespace

TEST(Mutations, NothingBreaks) {
    const char* set = std::getenv("ADDER_MUTATIONS");
    std::mt19937 random(20240601);
    for (long left = set ? std::atol(set) : 20000; left > 0; left--) {
        std::string x = mutated(random);
        check_versions(x);
        check_markers(x);
        check_requirement(x);
        check_manifest(x);
        check_lock(x);
        call_others(x);
        if (HasFatalFailure()) return;
    }
}
