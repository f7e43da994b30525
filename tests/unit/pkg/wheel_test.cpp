// pkg/wheel and pkg/sdist: parsing, refusing, and the corpus of hostile archives.
#include "pkg/wheel/startup.h"
#include "pkg/wheel/wheel.h"

#include <gtest/gtest.h>

#include "base/fs.h"
#include "base/json.h"
#include "base/zip.h"
#include "pkg/sdist/sdist.h"
#include "pkg/wheel/scripts.h"
#include "pkg/wheel/store.h"
#include "tests/unit/pkg/vectors.h"
#include "tests/unit/pkg/wheel_fixture.h"

using namespace pkg;

TEST(Record, ReadsAndWrites) {
    std::vector<RecordEntry> entries = MUST(parse_record("a.py,sha256=abc_-,12\r\n\"b,\"\"c\"\"\",,\n"));
    ASSERT_EQ(entries.size(), 2u);
    EXPECT_EQ(entries[0].digest, "abc_-");
    EXPECT_EQ(entries[0].size, 12u);
    EXPECT_EQ(entries[1].path, "b,\"c\"");
    EXPECT_EQ(write_record(entries), "a.py,sha256=abc_-,12\n\"b,\"\"c\"\"\",,\n");
    for (const char* bad : {"a,b\n", "a,,,\n", "a,,x\n", "a,,\na,,\n", "a,nohash,\n", ",,\n", "\"a,,\n", "\"a\"b,,\n", "a,\"sha256=,b\",\n"})
        EXPECT_FALSE(parse_record(bad).ok()) << bad;
}

TEST(Record, KeepsQuotedFields) {
    RecordRows record = MUST(read_record("\"a/long,name,of,a,file.py\",\"sha256=abc=\",\"7\"\r\na\"b,,\n\n\"two\nlines\",,", "R"));
    ASSERT_EQ(record.rows.size(), 3u);
    EXPECT_EQ(record.rows[0].path, "a/long,name,of,a,file.py");
    EXPECT_EQ(record.rows[0].algorithm, "sha256");
    EXPECT_EQ(record.rows[0].digest, "abc");
    EXPECT_EQ(record.rows[0].size, 7u);
    EXPECT_EQ(record.rows[1].path, "a\"b");
    EXPECT_EQ(record.rows[2].path, "two\nlines");
    EXPECT_EQ(record.rows[2].line, 4u);
}

TEST(Scripts, KnowWhatMustNotBeReplaced) {
    for (const char* name : {"python", "Python3", "python3.11", "pythonw.exe", "pypy3", "activate", "Activate.ps1",
                             "activate.fish", "deactivate.bat", "../x", "a/b", "a\\b", "", "..", "adder", "a\nb"})
        EXPECT_NE(forbidden_script_name(name), nullptr) << name;
    for (const char* name : {"pip", "python-argcomplete", "pythonista", "activator", "x"})
        EXPECT_EQ(forbidden_script_name(name), nullptr) << name;
    EXPECT_EQ(make_shebang("/env/bin/python"), "#!/env/bin/python\n");
    EXPECT_TRUE(make_shebang("/a b/python").starts_with("#!/bin/sh\n"));
    EXPECT_TRUE(make_shebang("/" + std::string(200, 'x')).starts_with("#!/bin/sh\n"));
}

static std::string why(const std::string& bytes, const std::string& file = "demo-1.0-py3-none-any.whl") {
    base::Result<Wheel> wheel = Wheel::from_bytes(bytes, file);
    return wheel.ok() ? "" : wheel.error().message;
}

TEST(Wheel, MapsMembers) {
    std::string bytes = make_wheel("demo", "1.0",
                                   {{"demo/__init__.py", "x = 1\n"},
                                    {"demo.pth", "import demo\n"},
                                    {"demo-1.0.data/scripts/run", "#!python\n"},
                                    {"demo-1.0.data/data/share/x", "y"},
                                    {"demo-1.0.data/purelib/extra.py", ""},
                                    {"entry_points.txt", "[console_scripts]\ndemo = demo:main\n"}});
    Wheel wheel = MUST(Wheel::from_bytes(bytes, "demo-1.0-py3-none-any.whl"));
    ASSERT_EQ(wheel.members().size(), 8u);
    EXPECT_EQ(wheel.members()[2].scheme, Scheme::Scripts);
    EXPECT_EQ(wheel.members()[2].target, "run");
    EXPECT_EQ(wheel.members()[3].target, "share/x");
    EXPECT_EQ(wheel.members()[4].target, "extra.py");
    Wheel::Reader reader = MUST(Wheel::Reader::create());
    EXPECT_EQ(wheel.read(wheel.members()[0], reader).value(), "x = 1\n");
    EXPECT_EQ(wheel.read(wheel.members()[1], reader).value(), "import demo\n");
    EXPECT_EQ(wheel.entry_points().at(0).attribute, "main");
    EXPECT_EQ(wheel.remarks().at(0), "`demo.pth` runs `import demo` whenever Python starts");
}

TEST(Wheel, TellsCodeFromPathsInPthFiles) {
    EXPECT_EQ(startup_effect("# import a\n\n   \n"), "");
    EXPECT_EQ(startup_effect("import a"), "runs `import a`");
    EXPECT_EQ(startup_effect("import\ta; b()\r\nimport c\n"), "runs `import?a; b()` and 1 more line of code");
    EXPECT_EQ(startup_effect("../src\n/opt\n..\n"), "puts `../src` and 2 more lines on the path");
    // site runs lines that begin with `import`, and no others.
    EXPECT_EQ(startup_effect(" import a\nimported\n"), "puts ` import a` and 1 more line on the path");
    EXPECT_EQ(startup_effect("../src\rimport a\r"), "runs `import a`, and puts `../src` on the path");
    EXPECT_EQ(startup_effect("import " + std::string(70, 'x')), "runs `import " + std::string(53, 'x') + "…`");
    EXPECT_EQ(startup_effect("import a\x1b[2J"), "runs `import a?[2J`");
}

TEST(Wheel, RefusesWhatDoesNotFit) {
    EXPECT_EQ(why(make_wheel("demo", "1.0", {})), "");
    EXPECT_NE(why(make_wheel("other", "1.0", {})), "");
    EXPECT_NE(why(make_wheel("demo", "1.1", {})), "");
    EXPECT_NE(why(make_wheel("demo", "1.0", {{"demo-1.0.data/platlib/a.py", ""}, {"a.py", "1"}})), "");
    EXPECT_NE(why(make_wheel("demo", "1.0", {{"demo-1.0.data/data/pyvenv.cfg", ""}})), "");
    EXPECT_NE(why(make_wheel("demo", "1.0", {{"demo-1.0.data/data/bin/python3", ""}})), "");
    EXPECT_NE(why(make_wheel("demo", "1.0", {{"other-1.0.data/data/x", ""}})), "");
    EXPECT_NE(why(make_wheel("demo", "1.0", {{"demo-1.0.data/data/c:x", ""}})), "");
    EXPECT_NE(why(make_wheel("demo", "1.0", {{"entry_points.txt", "[console_scripts]\nx = demo\n"}})), "");
    EXPECT_NE(why(make_wheel("demo", "1.0", {{"other-1.0.dist-info/METADATA", ""}})), "");
    EXPECT_NE(why("nonsense"), "");
}

TEST(Wheel, HoldsItsRecordToItsMembers) {
    auto with = [](const std::string& rows, const std::string& name = "demo.py") {
        base::ZipWriter writer;
        std::vector<RecordEntry> record;
        for (auto [path, bytes] : {std::pair<std::string, std::string>{name, "x = 1\n"},
                                   {"demo-1.0.dist-info/METADATA", "Metadata-Version: 2.1\nName: demo\nVersion: 1.0\n"},
                                   {"demo-1.0.dist-info/WHEEL", "Wheel-Version: 1.0\nTag: py3-none-any\n"}}) {
            writer.add(path, bytes);
            record.push_back(record_entry(path, bytes));
        }
        writer.add("demo-1.0.dist-info/RECORD", write_record(record) + rows);
        return writer.finish();
    };
    EXPECT_EQ(why(with("folder/,,\n")), "");
    EXPECT_TRUE(why(with("demo.py,,\n")).ends_with("line 4: `demo.py` is listed twice"));
    EXPECT_TRUE(why(with("f/,,\nf/,,\n")).ends_with("line 5: `f/` is listed twice"));
    EXPECT_TRUE(why(with("gone.py,,\n")).ends_with("RECORD lists `gone.py`, which is missing"));
    EXPECT_TRUE(why(with("demo-1.0.dist-info/METADATA/,,\n")).empty());
    // Where the row was quoted, the digest is looked for in what was kept of it.
    Wheel made = MUST(Wheel::from_bytes(with("", "a,b.py"), "demo-1.0-py3-none-any.whl")), wheel = std::move(made);
    Wheel::Reader reader = MUST(Wheel::Reader::create());
    EXPECT_EQ(wheel.members().at(0).target, "a,b.py");
    EXPECT_EQ(wheel.read(wheel.members()[0], reader).value(), "x = 1\n");
}

// The verdicts of the corpus; "reject-or-strip" allows an accepted archive whose danger is gone after unpacking.
static bool accepted(const std::string& path, const std::string& target, std::string& reason) {
    if (path.ends_with(".whl")) {
        std::unique_ptr<Cache> cache = Cache::open(target);
        std::string file = path.substr(path.rfind('/') + 1);
        base::Result<StoredWheel> stored = store_wheel(*cache, MUST(base::read_file(path)), file, file);
        if (!stored.ok()) reason = stored.error().message;
        EXPECT_TRUE(stored.ok() || stored.error().kind == base::ErrorKind::Integrity) << reason;
        return stored.ok();
    }
    base::Result<Sdist> sdist = Sdist::open(path);
    if (!sdist.ok()) {
        reason = sdist.error().message;
        EXPECT_EQ(sdist.error().kind, base::ErrorKind::Integrity) << reason;
        return false;
    }
    EXPECT_TRUE(base::make_directories(target).ok());
    base::Result<std::string> unpacked = sdist->unpack(target);
    EXPECT_TRUE(unpacked.ok());
    return unpacked.ok();
}

TEST(Hostile, EveryVerdict) {
    std::string manifest;
    if (!vectors::read("hostile/manifest.json", manifest)) GTEST_SKIP() << "no corpus here (ADDER_SHARED)";
    base::JsonDocument document = MUST(base::parse_json(manifest));
    base::TemporaryDirectory folder = MUST(base::TemporaryDirectory::create());
    size_t right = 0, total = document.root().size();
    for (size_t i = 0; i < total; i++) {
        base::JsonValue row = document.root().at(i);
        std::string file(row["file"].string()), verdict(row["verdict"].string()), reason;
        std::string target = folder.path() + "/t" + std::to_string(i);
        bool ok = accepted(vectors::data_root() + "/hostile/corpus/" + file, target, reason);
        bool expected = verdict == "reject-or-strip" || ok == (verdict == "accept");
        EXPECT_TRUE(expected) << file << ": " << verdict << " (" << row["why"].string() << ") but "
                              << (ok ? "accepted" : reason);
        right += expected;
        if (!ok) continue;
        std::vector<std::string> files = MUST(base::list_tree(target));
        for (const std::string& path : files)
            EXPECT_EQ(base::file_status_link(target + "/" + path).mode & 06000, 0u) << path;
        if (file.starts_with("tar_pax_size")) {
            EXPECT_EQ(files.size(), 4u);
            EXPECT_EQ(base::file_status(target + "/tar_pax_size-1.0/nested.bin").size, 1024u);
        }
    }
    EXPECT_EQ(right, total);
    EXPECT_EQ(total, 46u);
    // Nothing beside the targets came to be.
    for (const base::DirectoryEntry& entry : MUST(base::list_directory(folder.path())))
        EXPECT_EQ(entry.name[0], 't') << entry.name;
}
