// Huge inputs: every reader takes time in proportion to its input. Eight times the input may take up to 24 times the processor
// time, for what does not fit into caches any more (a quadratic reader takes 64 times).
#include <gtest/gtest.h>
#include <time.h>

#include <algorithm>
#include <functional>

#include "base/hash.h"
#include "pkg/index/simple_page.h"
#include "pkg/lock/lock.h"
#include "pkg/lock/requirements_text.h"
#include "pkg/manifest.h"
#include "pkg/marker.h"
#include "pkg/marker_tree.h"
#include "pkg/metadata.h"
#include "pkg/requirements_txt.h"
#include "pkg/wheel/record.h"
#include "pkg/wheel/wheel.h"
#include "tests/unit/pkg/wheel_fixture.h"

using namespace pkg;

namespace {

double processor_seconds() {
    timespec now;
    clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &now);
    return (double)now.tv_sec + (double)now.tv_nsec * 1e-9;
}

// `make(n)` gives an input of n parts, `read(input)` is measured; the best of several, since caches and clocks differ.
template <class Make, class Read>
void expect_linear(size_t parts, Make make, Read read) {
    const auto few = make(parts / 4), many = make(2 * parts);
    auto best = [&](const auto& input) {
        double out = 1e9;
        for (int round = 0; round < 5; round++) {
            double start = processor_seconds();
            read(input);
            out = std::min(out, processor_seconds() - start);
        }
        return out;
    };
    double small = best(few), large = best(many);
    auto linear = [&] { return large < 24 * small + 0.002; };
    for (int again = 0; again < 4 && !linear(); again++)  // others may have had the processor's caches for a while
        small = best(few), large = best(many);
    EXPECT_TRUE(linear()) << parts / 4 << " parts: " << small * 1e3 << " ms, eight times as many: " << large * 1e3 << " ms";
}

std::string lines(size_t count, const std::function<std::string(size_t)>& line) {
    std::string out;
    for (size_t i = 0; i < count; i++)
        out += line(i) + "\n";
    return out;
}

const std::string kDigest(43, 'A');
const std::string kHex(64, 'a');

}  // namespace

TEST(Linear, Metadata) {
    auto headers = [](size_t n) {
        return "Metadata-Version: 2.1\nName: x\nVersion: 1.0\n" +
               lines(n, [](size_t i) { return "Classifier: Topic :: " + std::to_string(i); }) + "\nbody\n";
    };
    expect_linear(30000, headers, [](const std::string& text) { ASSERT_TRUE(parse_metadata(text).ok()); });
    auto description = [](size_t n) {
        return "Metadata-Version: 2.1\nName: x\nVersion: 1.0\n\n" + lines(n, [](size_t) { return "a line of prose: with a colon"; });
    };
    expect_linear(60000, description, [](const std::string& text) { ASSERT_TRUE(parse_metadata(text).ok()); });
    auto folded = [](size_t n) {
        return "Metadata-Version: 2.1\nName: x\nVersion: 1.0\nDescription: x\n" + lines(n, [](size_t) { return "        folded text"; });
    };
    expect_linear(60000, folded, [](const std::string& text) { ASSERT_TRUE(parse_metadata(text).ok()); });
    auto required = [](size_t n) {
        return "Metadata-Version: 2.1\nName: x\nVersion: 1.0\n" + lines(n, [](size_t i) {
                   return "Requires-Dist: demo" + std::to_string(i) + " (>=1.0,<2); python_version >= \"3.8\"";
               });
    };
    expect_linear(10000, required, [](const std::string& text) { ASSERT_TRUE(parse_metadata(text).ok()); });
}

TEST(Linear, RequirementsTxt) {
    auto make = [](size_t n) {
        return lines(n, [](size_t i) {
            return "demo" + std::to_string(i) + "==1." + std::to_string(i) + " \\\n    --hash=sha256:" + kHex + "  # why";
        });
    };
    expect_linear(10000, make, [](const std::string& text) {
        auto none = [](const std::string&) -> base::Result<std::string> { return std::string(); };
        auto unset = [](const std::string&, std::string&) { return false; };
        base::Result<RequirementsFile> file = parse_requirements_txt(text, "r.txt", none, unset);
        ASSERT_TRUE(file.ok()) << file.error().message;
        ASSERT_GE(file->requirements.size(), 2500u);
    });
    auto continued = [](size_t n) { return "demo \\\n" + lines(n, [](size_t) { return std::string("    \\"); }) + "  >= 1\n"; };
    expect_linear(100000, continued, [](const std::string& text) {
        auto none = [](const std::string&) -> base::Result<std::string> { return std::string(); };
        auto unset = [](const std::string&, std::string&) { return false; };
        ASSERT_TRUE(parse_requirements_txt(text, "r.txt", none, unset).ok());
    });
}

TEST(Linear, Record) {
    auto make = [](size_t n) {
        return lines(n, [](size_t i) { return "demo/part/m" + std::to_string(i) + ".py,sha256=" + kDigest + ",123"; });
    };
    expect_linear(20000, make, [](const std::string& text) { ASSERT_TRUE(parse_record(text).ok()); });
}

TEST(Linear, WheelOfManyFiles) {
    auto make = [](size_t n) {
        std::vector<std::pair<std::string, std::string>> files;
        for (size_t i = 0; i < n; i++)
            files.emplace_back("demo/part" + std::to_string(i % 100) + "/m" + std::to_string(i) + ".py", "x\n");
        return make_wheel("demo", "1.0", files);
    };
    expect_linear(4000, make, [](const std::string& bytes) {
        ASSERT_TRUE(Wheel::from_bytes(bytes, "demo-1.0-py3-none-any.whl").ok());
    });
}

TEST(Linear, CommentsOfPages) {
    expect_linear(20000, [](size_t n) { return lines(n, [](size_t) { return "<!-- a --><a href='a-1.tar.gz'>a-1.tar.gz</a>"; }); },
                  [](const std::string& text) { MUST(parse_simple_html(text, "https://h/simple/a/", "a", "i")); });
}

TEST(Linear, IndexPages) {
    auto name = [](size_t i) { return "demo-1." + std::to_string(i) + "-py3-none-any.whl"; };
    auto json = [&](size_t n) {
        std::string out = R"({"meta":{"api-version":"1.1"},"name":"demo","files":[)";
        for (size_t i = 0; i < n; i++)
            out += (i ? "," : "") + (R"({"filename":")" + name(i)) + R"(","url":"https://h/)" + name(i) + R"(","hashes":{"sha256":")" + kHex +
                   R"("},"requires-python":">=3.8","size":12})";
        return out + "]}";
    };
    expect_linear(5000, json, [](const std::string& text) {
        ASSERT_TRUE(parse_simple_page("application/vnd.pypi.simple.v1+json", text, "https://h/simple/demo/", "demo", "https://h/simple").ok());
    });
    auto html = [&](size_t n) {
        return "<!DOCTYPE html><html><body>" + lines(n, [&](size_t i) {
                   return "<a href=\"../../" + name(i) + "#sha256=" + kHex + "\" data-requires-python=\"&gt;=3.8\">" + name(i) + "</a><br>";
               }) + "</body></html>";
    };
    expect_linear(5000, html, [](const std::string& text) {
        ASSERT_TRUE(parse_simple_page("text/html", text, "https://h/simple/demo/", "demo", "https://h/simple").ok());
    });
}

TEST(Linear, Markers) {
    auto make = [](size_t n) {
        std::string out = "sys_platform == 'p0'";
        for (size_t i = 1; i < n; i++)
            out += (i % 2 ? " or " : " and ") + ("sys_platform == 'p" + std::to_string(i)) + "'";
        return out;
    };
    expect_linear(5000, make, [](const std::string& text) { ASSERT_TRUE(parse_marker(text).ok()); });
}

TEST(Linear, Locks) {
    auto make = [](size_t n) {
        std::string out = "lock-version = \"1.0\"\ncreated-by = \"x\"\nrequires-python = \">=3.8\"\n";
        for (size_t i = 0; i < n; i++) {
            std::string file = "demo" + std::to_string(i) + "-1.0-py3-none-any.whl";
            out += "\n[[packages]]\nname = \"demo" + std::to_string(i) + "\"\nversion = \"1.0\"\nmarker = \"sys_platform == 'linux'\"\n" +
                   "wheels = [{name = \"" + file + "\", url = \"https://h/" + file + "\", size = 12, hashes = {sha256 = \"" + kHex + "\"}}]\n";
        }
        return out;
    };
    expect_linear(2500, make, [](const std::string& text) {
        base::Result<Lock> lock = parse_lock(text);
        ASSERT_TRUE(lock.ok()) << lock.error().message;
        ASSERT_EQ(write_lock(*lock).empty(), false);
    });
}

TEST(Linear, RequirementsText) {
    auto make = [](size_t n) {
        Lock lock;
        lock.tool.emplace();
        for (size_t i = 0; i < n; i++) {
            LockDependency next;
            next.name = "demo" + std::to_string((i + 1) % n);
            next.extras = {"b", "a"};
            LockPackage package;
            package.name = "demo" + std::to_string(i);
            package.version = parse_version("1.0").value();
            package.dependencies = {next};
            lock.tool->edges.emplace_back(package.name + "==1.0", next);
            lock.packages.push_back(std::move(package));
        }
        return lock;
    };
    expect_linear(2000, make, [](const Lock& lock) {
        RequirementsTextOptions options;
        options.extras_in_names = true;
        options.annotation = Annotation::Split;
        for (const LockPackage& package : lock.packages) {
            options.askers.emplace_back();
            options.askers.back().name = package.name;
            options.askers.back().label = "the project";
        }
        std::string text = requirements_text(lock, options);
        std::string last = "demo" + std::to_string(lock.packages.size() - 1);
        ASSERT_TRUE(text.starts_with("demo0[a,b]==1.0\n    # via\n    #   " + last + "\n    #   the project\n")) << text.substr(0, 200);
    });
}

TEST(Linear, DependenciesOnOneLine) {
    auto make = [](size_t n) {
        std::string out = "[project]\nname = \"p\"\nversion = \"1\"\ndependencies = [";
        for (size_t i = 0; i < n; i++) out += "\"demo" + std::to_string(i) + ">=1\", ";
        return out + "]\n";
    };
    expect_linear(4000, make, [](const std::string& text) {
        auto manifest = parse_manifest(text);
        ASSERT_TRUE(manifest.ok()) << manifest.error().message;
        const auto& dependencies = manifest->project.dependencies;
        ASSERT_EQ(dependencies.front().span.whole_line, dependencies.back().span.whole_line);
    });
}

TEST(Linear, Extras) {
    auto make = [](size_t n) {
        std::string out = "a[e";
        for (size_t i = 0; i < n; i++) out += ",e" + std::to_string(i);
        return out + "]";
    };
    expect_linear(10000, make, [](const std::string& text) {
        auto read = parse_requirement(text);
        ASSERT_TRUE(read.ok()) << read.error().message;
        ASSERT_GE(read->extras.size(), 2500u);
    });
}

TEST(Linear, MarkersOfManyTerms) {
    using Term = std::string (*)(size_t);
    auto terms = [](std::string_view between, Term term) {
        return [=](size_t n) {
            std::string out;
            for (size_t i = 0; i < n; i++)
                out += (i ? std::string(between) : "") + term(i);
            return out;
        };
    };
    auto read = [](const std::string& text) {
        auto marker = parse_marker(text);
        ASSERT_TRUE(marker.ok()) << marker.error().message;
        std::string printed = MarkerTree::of(*marker).text();
        ASSERT_GT(printed.size(), 10u);
        ASSERT_LT(printed.size(), 2 * text.size());
    };
    expect_linear(1000, terms(" or ", [](size_t i) { return "platform_machine == 'm" + std::to_string(i) + "'"; }), read);
    expect_linear(1000, terms(" and ", [](size_t i) { return "platform_machine != 'm" + std::to_string(i) + "'"; }), read);
    expect_linear(500, terms(" or ", [](size_t i) { return "extra == 'm" + std::to_string(i) + "'"; }), read);
    expect_linear(500, terms(" or ", [](size_t i) { return "'m" + std::to_string(i) + "' in platform_version"; }), read);
    expect_linear(500, terms(" or ", [](size_t i) { return "platform_machine in 'm" + std::to_string(i) + " x'"; }), read);
    expect_linear(1000, terms(" or ", [](size_t i) { return "python_full_version == '3." + std::to_string(i) + ".1'"; }), read);
    expect_linear(1000, terms(" or ", [](size_t i) {
        return std::string(i % 2 ? "sys_platform == 'p" : "platform_machine == 'm") + std::to_string(i) + "'";
    }), read);
    expect_linear(1000, terms(" or ", [](size_t i) {
        return "(sys_platform == 'linux' and platform_machine == 'm" + std::to_string(i) + "')";
    }), read);
}
