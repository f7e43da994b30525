// requirements.txt: uv's inputs with the outcomes its snapshots record, pip's file of options, line ends and odd spellings.
#include "pkg/requirements_txt.h"

#include <map>
#include <set>

#include "tests/unit/pkg/vectors.h"

using namespace pkg;

namespace {

size_t count(std::string_view text, std::string_view part) {
    size_t found = 0;
    for (size_t at = text.find(part); at != std::string_view::npos; at = text.find(part, at + part.size())) found++;
    return found;
}

base::Result<RequirementsFile> read(const std::string& folder, const std::string& name) {
    std::string text;
    if (!vectors::read(folder + name, text)) return base::Error(base::ErrorKind::Io, "no " + name);
    ReadFile include = [&](const std::string& path) -> base::Result<std::string> {
        std::string found;
        if (!vectors::read(folder + path, found)) return base::Error(base::ErrorKind::Io, "no " + path);
        return found;
    };
    return parse_requirements_txt(text, name, include, nullptr);
}

base::Result<RequirementsFile> parsed(std::string_view text) {
    return parse_requirements_txt(text, "r.txt", nullptr, [](const std::string& name, std::string& value) {
        value = name == "SET" ? "six" : "";
        return name == "SET" || name == "EMPTY";
    });
}

}  // namespace

TEST(RequirementsTxtFiles, OfUv) {
    std::string snapshot;
    if (!vectors::read("uv/requirements-txt/basic.txt", snapshot)) GTEST_SKIP() << "shared data is missing";
    for (const char* name : {"basic", "constraints-a", "constraints-b", "empty", "for-poetry", "include-a", "include-b", "poetry-with-hashes", "small",
                             "whitespace", "unix-bare-url", "unix-editable", "unix-hash", "unix-semicolon"}) {
        std::string file = std::string(name).starts_with("unix-") ? std::string(name).substr(5) : name;
        ASSERT_TRUE(vectors::read("uv/requirements-txt-expected/uv_requirements_txt__test__parse-" + std::string(name) + ".txt.snap", snapshot)) << name;
        auto got = read("uv/requirements-txt/", file + ".txt");
        if (snapshot.find("RequirementsTxtFileError") != std::string::npos) {
            ASSERT_FALSE(got.ok()) << name;
            EXPECT_EQ(got.error().span.file, file + ".txt");
            EXPECT_GT(got.error().span.line, 0u);
            continue;
        }
        ASSERT_TRUE(got.ok()) << name << base::render(got.error(), false);
        size_t editables = 0, hashes = 0;
        for (const RequirementLine& line : got->requirements) {
            editables += line.editable;
            hashes += line.hashes.size();
        }
        EXPECT_EQ(got->requirements.size(), count(snapshot, "RequirementEntry {")) << name;
        EXPECT_EQ(editables, count(snapshot, "editable: Some(")) << name;
        EXPECT_EQ(hashes, count(snapshot, "\"sha256:")) << name;
        bool constrained = snapshot.find("constraints: []") == std::string::npos;
        EXPECT_EQ(!got->constraints.empty(), constrained) << name;
    }
}

TEST(RequirementsTxtFiles, OfPip) {
    std::string text;
    if (!vectors::read("pip/reqfiles/supported_options2.txt", text)) GTEST_SKIP() << "shared data is missing";
    RequirementsFile file = MUST(read("pip/reqfiles/", "supported_options2.txt"));
    EXPECT_EQ(file.no_binary, std::vector<std::string>{"fred"});
    EXPECT_EQ(file.only_binary, std::vector<std::string>{"wilma"});
}

TEST(RequirementsTxtFiles, LineEnds) {
    for (const char* end : {"\n", "\r\n", "\r", "\v", "\f", "\x1c", "\u0085", "\u2028"}) {
        RequirementsFile file = MUST(parsed("six" + std::string(end) + "attrs" + end));
        EXPECT_EQ(file.requirements.size(), 2u);
    }
}

TEST(RequirementsTxtFiles, OddSpellings) {
    EXPECT_EQ(MUST(parsed("${SET}>=1\n")).requirements[0].requirement.key, "six");
    EXPECT_FALSE(parsed("${EMPTY}six\n").ok());
    // What pip reads over: words behind an option's value, options of files behind a requirement.
    EXPECT_EQ(MUST(parsed("-i https://a b\n")).index_url, "https://a");
    RequirementsFile file = MUST(parsed("six==1 --pypi-url https://a --hash=sha256:aa\n"));
    EXPECT_EQ(file.index_url, "");
    EXPECT_EQ(file.requirements[0].hashes, std::vector<std::string>{"sha256:aa"});
    EXPECT_FALSE(parsed("six==1 --nonsense x\n").ok());
    EXPECT_EQ(MUST(parsed("six==1 \\\n-e ./src --pre\n")).requirements.size(), 1u);
    EXPECT_FALSE(parsed("./place# comment\n").ok());
    EXPECT_FALSE(parsed("-e ./place;python_version >= \"3\"\n").ok());
}

// One parser for all lines: known options are passed over where they mean nothing, anything else is an error.
TEST(RequirementsTxtFiles, OptionsWhereTheyMeanNothing) {
    RequirementsFile file = MUST(parsed("--pre -e ./src --index-url https://a\n--hash=sha256:aa --global-option=x\n--no-b a,b\n"));
    ASSERT_EQ(file.requirements.size(), 1u);
    EXPECT_TRUE(file.requirements[0].editable);
    EXPECT_FALSE(file.pre);
    EXPECT_EQ(file.index_url, "");
    EXPECT_EQ(file.no_binary, (std::vector<std::string>{"a", "b"}));
    EXPECT_EQ(MUST(parsed("-f \"a\\b\" -f 'c d'\n")).find_links, (std::vector<std::string>{"a\\b", "c d"}));
    for (const char* wrong : {"--pre=1", "--pr", "-x", "--hash=none", "-f 'open", "-f x\\ ", "six --nonsense", "six -i", "--no-binary --pre"})
        EXPECT_FALSE(parsed(wrong).ok()) << wrong;
}

TEST(RequirementsTxtFiles, HashesOfStrongAlgorithms) {
    EXPECT_TRUE(parsed("six==1 --hash=sha384:00\n").ok());
    for (const char* wrong : {"six==1 --hash=md5:00\n", "six==1 --hash=sha1:00\n", "six==1 --hash=SHA256:00\n"}) EXPECT_FALSE(parsed(wrong).ok()) << wrong;
}

TEST(RequirementsTxtFiles, QuotedEditable) {
    RequirementsFile file = MUST(parsed("-e \"./sp ace/tree\"\n-e ./plain ; python_version < \"3\"\n"));
    ASSERT_EQ(file.requirements.size(), 2u);
    EXPECT_EQ(file.requirements[0].requirement.url, "./sp ace/tree");
    EXPECT_TRUE(file.requirements[0].editable);
    EXPECT_FALSE(file.requirements[1].requirement.marker.always());
}

// pip's lists of formats: what comes later takes names out of the other list.
TEST(RequirementsTxtFiles, FormatsInOrder) {
    RequirementsFile file = MUST(parsed("--no-binary :all:\n--only-binary Both,c\n--no-binary c\n"));
    FormatControl control;
    for (const FormatOption& option : file.formats) control.add(option);
    EXPECT_TRUE(control.no_binary);
    EXPECT_EQ(control.only_binary_names, std::vector<std::string>{"both"});
    EXPECT_EQ(control.no_binary_names, std::vector<std::string>{"c"});
    control.add({FormatOption::OnlyBinary, ":all:"});
    EXPECT_FALSE(control.no_binary);
    EXPECT_TRUE(control.only_binary && control.only_binary_names.empty() && control.no_binary_names.empty());
    control.add({FormatOption::OnlyBinary, ":none:"});
    EXPECT_FALSE(control.only_binary);
}

TEST(RequirementsTxtFiles, RequirementsInsideConstraints) {
    ReadFile read = [](const std::string&) { return std::string("six==1\n"); };
    ReadVariable none = [](const std::string&, std::string&) { return false; };
    RequirementsFile file = MUST(parse_constraints_txt("attrs<2\n-r more.txt\n-c more.txt\n", "c.txt", read, none));
    ASSERT_EQ(file.requirements.size(), 1u);
    EXPECT_EQ(file.requirements[0].requirement.key, "six");
    EXPECT_EQ(file.constraints.size(), 2u);
}

// Files that include one another twice: not read again and again, since nothing new comes of it.
TEST(RequirementsTxt, IncludedAgain) {
    std::map<std::string, std::string> files;
    size_t reads = 0;
    ReadFile read = [&](const std::string& path) -> base::Result<std::string> {
        reads++;
        return files.contains(path) ? base::Result<std::string>(files[path]) : base::Error(base::ErrorKind::Io, "no " + path);
    };
    auto of = [&](const std::string& text) { return parse_requirements_txt(text, "r.txt", read, nullptr); };
    auto file = [](size_t i) { return "r" + std::to_string(i) + ".txt"; };
    for (size_t i = 0; i < 40; i++) files[file(i)] = "-r " + file(i + 1) + "\npart" + std::to_string(i) + "\n-r " + file(i + 1) + "\n";
    files["r40.txt"] = "--pre\nlast\n";
    auto got = of("-r r0.txt\n-r r0.txt\n-c r40.txt\n-c r40.txt\n");
    ASSERT_TRUE(got.ok()) << base::render(got.error(), false);
    EXPECT_LE(reads, 41u * 16 + 2);  // r40.txt as constraints as well
    std::set<std::string> names;
    for (const RequirementLine& line : got->requirements) names.insert(line.requirement.name);
    EXPECT_EQ(names.size(), 41u);
    EXPECT_EQ(got->requirements.front().requirement.name, "last");
    EXPECT_EQ(got->constraints.size(), 2u);
    EXPECT_TRUE(got->pre);
    // Options whose order matters count each time.
    files["a.txt"] = "-i https://a\n--no-binary six\n";
    files["b.txt"] = "-r a.txt\n";
    got = of("-r b.txt\n-i https://b\n--only-binary six\n-r b.txt\n");
    ASSERT_TRUE(got.ok());
    EXPECT_EQ(got->index_url, "https://a");
    EXPECT_EQ(got->formats.size(), 3u);
    // Circles are an error, also behind a file that was read.
    files["x.txt"] = "-r r40.txt\n-r y.txt\n";
    files["y.txt"] = "-r r40.txt\n-r x.txt\n";
    got = of("-r r40.txt\n-r x.txt\n");
    ASSERT_FALSE(got.ok());
    EXPECT_EQ(got.error().message, "`x.txt` includes itself");
}

TEST(RequirementsTxt, FromTheNetworkNothingOfThisMachineIsRead) {
    std::string asked;
    ReadFile read = [&](const std::string& path) -> base::Result<std::string> { asked += path + " ";
        return std::string("a\n");
    };
    auto of = [&](const std::string& text) { return parse_requirements_txt(text, "https://h/sub/r.txt?x=a/b", read, nullptr); };
    EXPECT_TRUE(of("-r b.txt\n-c ../c.txt\n-r /d.txt\n-r http://o/e.txt\n").ok());
    EXPECT_EQ(asked, "https://h/sub/b.txt https://h/c.txt https://h/d.txt http://o/e.txt ");
    auto local = of("-r file:///etc/passwd\n");
    ASSERT_FALSE(local.ok());
    EXPECT_NE(local.error().message.find("a file of this machine"), std::string::npos);
}
