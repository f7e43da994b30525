// pkg/install and pkg/cache: install, upgrade, uninstall, undo.
#include "pkg/install/install.h"

#include <gtest/gtest.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/hash.h"
#include "pkg/install/plan.h"
#include "pkg/install/transaction.h"
#include "tests/unit/pkg/wheel_fixture.h"

using namespace pkg;

namespace {
struct Install : testing::Test {
    base::TemporaryDirectory folder = base::TemporaryDirectory::create().value();
    std::unique_ptr<Cache> cache = Cache::open(folder.path() + "/cache");
    Site site = site_for_prefix(folder.path() + "/env", "3.11", "/env/bin/python");
    std::string purelib = site.purelib;

    InstallItem item(const std::string& name, const std::string& version,
                     const std::vector<std::pair<std::string, std::string>>& files) {
        std::string bytes = make_wheel(name, version, files);
        InstallItem out;
        out.wheel =
            MUST(store_wheel(*cache, bytes, name + "-" + version + "-py3-none-any.whl", base::sha256_hex(bytes)));
        return out;
    }
    base::Result<InstallReport> install(std::vector<InstallItem> items, std::vector<InstalledDist> gone = {}) {
        InstallPlan plan;
        plan.install = std::move(items);
        plan.remove = std::move(gone);
        return apply_plan(site, plan);
    }
    std::vector<InstalledDist> installed() { return MUST(list_installed(site)); }
    std::vector<std::string> tree() {
        return base::path_exists(site.prefix) ? MUST(base::list_tree(site.prefix, {".adder"})) : std::vector<std::string>{};
    }
};
}  // namespace

TEST_F(Install, InstallsWithRecordAndScripts) {
    InstallItem demo = item("demo", "1.0",
                            {{"demo/__init__.py", "x\n"},
                             {"demo-1.0.data/scripts/tool", "#!python\nprint(1)\n"},
                             {"demo-1.0.data/data/share/d.txt", "d"},
                             {"demo-1.0.data/headers/d.h", "h"},
                             {"entry_points.txt", "[console_scripts]\ndemo = demo.cli:app.run\n"}});
    demo.requested = true;
    demo.direct_url = "{}";
    ASSERT_TRUE(install({demo}).ok());
    EXPECT_EQ(base::read_file(site.scripts + "/tool").value(), "#!/env/bin/python\nprint(1)\n");
    std::string script = base::read_file(site.scripts + "/demo").value();
    EXPECT_NE(script.find("from demo.cli import app"), std::string::npos);
    EXPECT_NE(script.find("app.run()"), std::string::npos);
    EXPECT_EQ(base::file_status(site.scripts + "/demo").mode, 0755u);
    EXPECT_TRUE(base::path_exists(site.prefix + "/share/d.txt"));
    EXPECT_EQ(base::file_status(purelib + "/demo/__init__.py").links, 2u);
    std::vector<InstalledDist> all = installed();
    ASSERT_EQ(all.size(), 1u);
    EXPECT_EQ(all[0].installer, "adder");
    EXPECT_TRUE(all[0].requested);
    // RECORD tells the truth about every file.
    std::vector<RecordEntry> record = MUST(parse_record(base::read_file(all[0].path + "/RECORD").value()));
    EXPECT_EQ(record.size(), tree().size());
    for (const RecordEntry& entry : record) {
        if (entry.path.ends_with("/RECORD")) continue;
        std::string bytes = MUST(base::read_file(purelib + "/" + entry.path));
        EXPECT_EQ(entry.digest, base::to_base64url_nopad(base::sha256(bytes))) << entry.path;
        EXPECT_EQ(entry.size, bytes.size());
    }
    ASSERT_TRUE(install({}, all).ok());
    EXPECT_EQ(tree(), std::vector<std::string>{});
    EXPECT_FALSE(base::path_exists(site.prefix + "/share"));
    EXPECT_TRUE(base::is_directory(purelib));
}

TEST_F(Install, UpgradesAndForgetsBytecode) {
    ASSERT_TRUE(install({item("demo", "1.0", {{"demo/a.py", "1"}, {"demo/old.py", "1"}})}).ok());
    ASSERT_TRUE(base::make_directories(purelib + "/demo/__pycache__").ok());
    ASSERT_TRUE(base::write_file(purelib + "/demo/__pycache__/a.cpython-311.pyc", "stale").ok());
    ASSERT_TRUE(base::write_file(purelib + "/demo/__pycache__/mine.cpython-311.pyc", "kept").ok());
    ASSERT_TRUE(install({item("demo", "2.0", {{"demo/a.py", "2"}})}, installed()).ok());
    EXPECT_EQ(base::read_file(purelib + "/demo/a.py").value(), "2");
    EXPECT_FALSE(base::path_exists(purelib + "/demo/old.py"));
    EXPECT_FALSE(base::path_exists(purelib + "/demo/__pycache__/a.cpython-311.pyc"));
    EXPECT_TRUE(base::path_exists(purelib + "/demo/__pycache__/mine.cpython-311.pyc"));
    EXPECT_EQ(installed().at(0).version_text, "2.0");
    EXPECT_EQ(installed().size(), 1u);
}

TEST_F(Install, TheLaterOfTwoWheelsKeepsASharedFile) {
    InstallItem one = item("one", "1.0", {{"tests/__init__.py", "1"}, {"one.py", ""}});
    InstallItem two = item("two", "1.0",
                           {{"tests/__init__.py", "2"},
                            {"two-1.0.data/scripts/two", "#!python\nold\n"},
                            {"entry_points.txt", "[console_scripts]\ntwo = two:main\n"}});
    InstallReport report = MUST(install({one, two}));
    EXPECT_EQ(report.remarks.size(), 1u);
    EXPECT_EQ(base::read_file(purelib + "/tests/__init__.py").value(), "2");
    EXPECT_NE(base::read_file(site.scripts + "/two").value().find("from two import main"), std::string::npos);
    // A file that is there already is replaced, and told.
    InstallItem three = item("three", "1.0", {{"tests/__init__.py", "3"}});
    EXPECT_EQ(MUST(install({three})).remarks.size(), 1u);
    EXPECT_EQ(base::read_file(purelib + "/tests/__init__.py").value(), "3");
}

TEST_F(Install, ASharedFileStaysWithTheOther) {
    std::string points = "[console_scripts]\ntool = one:main\n", space = purelib + "/space/__init__.py";
    InstallItem one = item("one", "1.0", {{"space/__init__.py", "1"}, {"space/one.py", ""}, {"entry_points.txt", points}});
    InstallItem two = item("two", "1.0", {{"space/__init__.py", "2"}, {"space/two.py", ""}, {"entry_points.txt", points}});
    ASSERT_TRUE(install({one, two}).ok());
    // Brought anew it is no news; of what is not brought any more the other one keeps its share.
    InstallItem newer = item("one", "2.0", {{"space/__init__.py", "3"}, {"space/one.py", ""}});
    EXPECT_EQ(MUST(install({newer}, {installed().at(0)})).remarks, (std::vector<std::string>{"`bin/tool` is in `two-1.0.dist-info` as well: left alone"}));
    EXPECT_EQ(base::read_file(space).value(), "3");
    EXPECT_TRUE(base::path_exists(site.scripts + "/tool"));
    // Whatever another one lists, nobody shares the metadata.
    std::string record = installed().at(1).path + "/RECORD";
    ASSERT_TRUE(base::write_file(record, base::read_file(record).value() + "one-2.0.dist-info/METADATA,,\n./space/../space//one.py,,\n").ok());
    EXPECT_EQ(MUST(install({}, {installed().at(0)})).remarks.size(), 2u);
    ASSERT_EQ(installed().size(), 1u);
    EXPECT_TRUE(base::path_exists(space));
    EXPECT_TRUE(base::path_exists(purelib + "/space/one.py"));
    ASSERT_TRUE(install({}, installed()).ok());
    EXPECT_EQ(tree(), std::vector<std::string>{});
}

TEST_F(Install, OfTwoCopiesNoneIsRight) {
    ASSERT_TRUE(install({item("demo", "1.0", {{"demo.py", "1"}})}).ok());
    ASSERT_TRUE(install({item("demo", "2.0", {{"demo.py", "2"}})}).ok());
    std::vector<InstalledDist> both = installed();
    ASSERT_EQ(both.size(), 2u);
    WantedPackage wanted;
    wanted.source.name = "demo";
    wanted.version = both[0].version;
    Change change = plan_change({wanted}, both, {});
    EXPECT_EQ(change.remove.size(), 2u);
    EXPECT_EQ(change.add.size(), 1u);
    ASSERT_TRUE(install({item("demo", "1.0", {{"demo.py", "1"}})}, both).ok());
    EXPECT_EQ(base::read_file(purelib + "/demo.py").value(), "1");
    EXPECT_TRUE(plan_change({wanted}, installed(), {}).empty());
}

TEST_F(Install, FailureChangesNothing) {
    ASSERT_TRUE(install({item("demo", "1.0", {{"demo/a.py", "1"}, {"demo/b.py", "1"}})}).ok());
    std::vector<std::string> before = tree();
    InstallItem broken = item("demo", "2.0", {{"demo/a.py", "2"}, {"demo/z/c.py", "2"}});
    ASSERT_TRUE(base::remove_file(broken.wheel.path_of(*broken.wheel.find("demo/z/c.py"))).ok());
    EXPECT_FALSE(install({broken}, installed()).ok());
    EXPECT_EQ(tree(), before);
    EXPECT_EQ(base::read_file(purelib + "/demo/a.py").value(), "1");
    EXPECT_FALSE(base::path_exists(purelib + "/demo/z"));
}

TEST_F(Install, RepairsAfterAKill) {
    ASSERT_TRUE(install({item("demo", "1.0", {{"demo/a.py", "1"}, {"demo/b.py", "1"}})}).ok());
    std::vector<std::string> before = tree();
    for (int stage = 0; stage < 3; stage++) {
        pid_t child = fork();
        if (child == 0) {
            std::unique_ptr<Transaction> change = MUST(Transaction::begin(site));
            for (const char* name : {"demo/a.py", "demo/b.py"})
                change->will_remove("lib/python3.11/site-packages/" + std::string(name));
            change->will_create("lib/python3.11/site-packages/demo/a.py");
            change->will_create("lib/python3.11/site-packages/fresh/x.py");
            MUST(change->start());
            if (stage > 0) MUST(change->root().write_new("lib/python3.11/site-packages/demo/a.py", "new"));
            if (stage > 1) MUST(change->root().write_new("lib/python3.11/site-packages/fresh/x.py", "new"));
            _exit(0);
        }
        waitpid(child, nullptr, 0);
        EXPECT_TRUE(repair(site).value());
        EXPECT_FALSE(repair(site).value());
        EXPECT_EQ(tree(), before);
        EXPECT_EQ(base::read_file(purelib + "/demo/a.py").value(), "1");
        EXPECT_FALSE(base::path_exists(purelib + "/fresh"));
    }
}

TEST_F(Install, RepairKeepsAFileThatWasNotMovedYet) {
    ASSERT_TRUE(install({item("demo", "1.0", {{"demo/a.py", "1"}})}).ok());
    ASSERT_TRUE(base::make_directories(site.state() + "/old").ok());
    std::string path = "lib/python3.11/site-packages/demo/a.py";
    ASSERT_TRUE(base::write_file(site.state() + "/journal", "new\t" + path + "\nold\t0\t" + path + "\n").ok());
    EXPECT_TRUE(repair(site).value());
    EXPECT_EQ(base::read_file(purelib + "/demo/a.py").value(), "1");
}

TEST_F(Install, UninstallStaysInside) {
    ASSERT_TRUE(install({item("demo", "1.0", {{"demo/a.py", "1"}})}).ok());
    ASSERT_TRUE(base::write_file(folder.path() + "/precious", "p").ok());
    ASSERT_TRUE(base::make_directories(site.scripts).ok());
    ASSERT_TRUE(base::write_file(site.scripts + "/python", "p").ok());
    std::string record = installed().at(0).path + "/RECORD";
    ASSERT_TRUE(base::write_file(record, base::read_file(record).value() +
                                             "../../../../precious,,\n../../../bin/python,,\n../../../pyvenv.cfg,,\n" +
                                             folder.path() + "/precious,,\n")
                    .ok());
    InstallReport report = MUST(install({}, installed()));
    EXPECT_EQ(report.remarks.size(), 4u);
    EXPECT_TRUE(base::path_exists(folder.path() + "/precious"));
    EXPECT_TRUE(base::path_exists(site.scripts + "/python"));
    EXPECT_EQ(installed().size(), 0u);
}

TEST_F(Install, UninstallsByWayOfLinks) {
    ASSERT_TRUE(base::make_directories(site.prefix + "/lib").ok());
    ASSERT_TRUE(base::make_symlink("lib", site.prefix + "/lib64").ok());
    ASSERT_TRUE(base::make_directories(folder.path() + "/elsewhere").ok());
    ASSERT_TRUE(base::make_directories(site.prefix + "/lib/python3.11").ok());
    ASSERT_TRUE(base::make_symlink(folder.path() + "/elsewhere", purelib).ok());
    ASSERT_TRUE(install({item("demo", "1.0", {{"demo/a.py", "1"}, {"entry_points.txt", "[console_scripts]\ndemo = demo:a\n"}})}).ok());
    EXPECT_TRUE(base::path_exists(folder.path() + "/elsewhere/demo/a.py"));
    std::string record = installed().at(0).path + "/RECORD", text = base::read_file(record).value();
    text.replace(text.find("demo/a.py"), 9, "../../../lib64/python3.11/site-packages/demo/a.py");
    ASSERT_TRUE(base::write_file(record, text).ok());
    EXPECT_TRUE(MUST(install({}, installed())).remarks.empty());
    EXPECT_TRUE(MUST(base::list_tree(folder.path() + "/elsewhere")).empty());
    EXPECT_FALSE(base::path_exists(site.scripts + "/demo"));
    EXPECT_EQ(base::file_status_link(purelib).type, base::FileType::Link);
}

TEST_F(Install, TellsWhatALinkKeepsInPlace) {
    ASSERT_TRUE(install({item("demo", "1.0", {{"demo/a.py", "1"}})}).ok());
    ASSERT_TRUE(base::rename_path(purelib + "/demo", folder.path() + "/mine").ok());
    ASSERT_TRUE(base::make_symlink(folder.path() + "/mine", purelib + "/demo").ok());
    InstallReport report = MUST(install({}, installed()));
    ASSERT_EQ(report.remarks.size(), 1u);
    EXPECT_NE(report.remarks[0].find("is behind a link"), std::string::npos);
    EXPECT_TRUE(base::path_exists(folder.path() + "/mine/a.py"));
}

TEST_F(Install, GoesOverWhatIsDamagedWhenToldTo) {
    ASSERT_TRUE(install({item("demo", "1.0", {{"demo/a.py", "1"}, {"demo/b.py", "1"}})}).ok());
    ASSERT_TRUE(base::remove_file(installed().at(0).path + "/RECORD").ok());
    InstallPlan plan;
    plan.remove = installed();
    plan.replace_damaged = true;
    EXPECT_FALSE(apply_plan(site, plan).ok());  // nothing comes in its place
    plan.install = {item("demo", "2.0", {{"demo/a.py", "2"}})};
    plan.replace_damaged = false;
    EXPECT_FALSE(apply_plan(site, plan).ok());
    plan.replace_damaged = true;
    ASSERT_TRUE(apply_plan(site, plan).ok());
    ASSERT_EQ(installed().size(), 1u);
    EXPECT_EQ(installed().at(0).version_text, "2.0");
    EXPECT_EQ(base::read_file(purelib + "/demo/a.py").value(), "2");
    EXPECT_TRUE(base::path_exists(purelib + "/demo/b.py"));
}

TEST_F(Install, ReadsWhatCanBeReadOfADamagedRecord) {
    std::vector<std::string> unreadable;
    std::vector<std::string> paths = paths_of_damaged_record("a.py,sha256=x,1\nb.py,md5\n\"c.py,,\n,,\n\"d,e.py\",,\n\nf.py", &unreadable);
    EXPECT_EQ(paths, (std::vector<std::string>{"a.py", "b.py", "d,e.py", "f.py"}));
    EXPECT_EQ(unreadable, (std::vector<std::string>{"\"c.py,,", ",,"}));
}

TEST_F(Install, ReadsOldForms) {
    ASSERT_TRUE(base::make_directories(purelib + "/old-1.0.egg-info").ok());
    ASSERT_TRUE(
        base::write_file(purelib + "/old-1.0.egg-info/PKG-INFO", "Metadata-Version: 1.0\nName: old\nVersion: 1.0\n")
            .ok());
    ASSERT_TRUE(
        base::write_file(purelib + "/flat-2.0.egg-info", "Metadata-Version: 1.0\nName: Flat\nVersion: 2.0\n").ok());
    std::vector<std::string> problems;
    ASSERT_TRUE(base::make_directories(purelib + "/bad-1.0.dist-info").ok());
    std::vector<InstalledDist> all = MUST(list_installed(site, &problems));
    ASSERT_EQ(all.size(), 2u);
    EXPECT_EQ(all[0].name, "Flat");
    EXPECT_EQ(problems.size(), 1u);
    EXPECT_FALSE(install({}, {all[0]}).ok());
}

TEST_F(Install, RemovesDevelopmentModeAndEggs) {
    std::string project = folder.path() + "/project";
    std::string info = "Metadata-Version: 1.0\nName: linked\nVersion: 1.0\n";
    for (const std::string& path :
         {project + "/linked.egg-info", purelib + "/egg-2.0-py3.11.egg/EGG-INFO", purelib + "/top"})
        ASSERT_TRUE(base::make_directories(path).ok());
    ASSERT_TRUE(base::write_file(project + "/linked.egg-info/PKG-INFO", info).ok());
    ASSERT_TRUE(base::write_file(purelib + "/linked.egg-link", project + "\n.").ok());
    ASSERT_TRUE(base::write_file(purelib + "/egg-2.0-py3.11.egg/EGG-INFO/PKG-INFO",
                                 "Metadata-Version: 1.0\nName: egg\nVersion: 2.0\n")
                    .ok());
    ASSERT_TRUE(base::write_file(purelib + "/easy-install.pth", project + "\n./egg-2.0-py3.11.egg\n/elsewhere\n").ok());
    std::vector<InstalledDist> all = installed();
    ASSERT_EQ(all.size(), 2u);
    EXPECT_EQ(all[0].kind, InstalledKind::Egg);
    EXPECT_EQ(all[1].kind, InstalledKind::EggLink);
    EXPECT_EQ(all[1].editable_location, project);
    ASSERT_TRUE(install({}, all).ok());
    EXPECT_EQ(base::read_file(purelib + "/easy-install.pth").value(), "/elsewhere\n");
    EXPECT_TRUE(base::path_exists(project + "/linked.egg-info/PKG-INFO"));
    EXPECT_FALSE(base::path_exists(purelib + "/linked.egg-link"));
    EXPECT_FALSE(base::path_exists(purelib + "/egg-2.0-py3.11.egg"));
}

TEST_F(Install, RemovesDevelopmentModeOfAProjectNearTheRoot) {
    Site deep = site_for_prefix(folder.path() + "/an/environment/with/a/path/that/is/longer/than/its/project's", "3.11", "/env/bin/python");
    std::string project = folder.path() + "/p";
    for (const std::string& path : {project + "/x.egg-info", deep.purelib})
        ASSERT_TRUE(base::make_directories(path).ok());
    ASSERT_TRUE(base::write_file(project + "/x.egg-info/PKG-INFO", "Metadata-Version: 1.0\nName: x\nVersion: 1.0\n").ok());
    ASSERT_TRUE(base::write_file(deep.purelib + "/x.egg-link", project + "\n.").ok());
    InstallPlan plan;
    plan.remove = MUST(list_installed(deep));
    ASSERT_EQ(plan.remove.size(), 1u);
    ASSERT_TRUE(apply_plan(deep, plan).ok());
    EXPECT_TRUE(MUST(list_installed(deep)).empty());
    EXPECT_TRUE(base::path_exists(project + "/x.egg-info/PKG-INFO"));
    EXPECT_EQ(deep.relative(project), "../../../../../../../../../../../p");
}

TEST_F(Install, RemovesWhatSetuptoolsInstalledByItsTopNames) {
    std::string info = purelib + "/old-1.0.egg-info";
    ASSERT_TRUE(base::make_directories(info).ok());
    ASSERT_TRUE(base::make_directories(purelib + "/oldpkg/sub").ok());
    for (const char* path : {"/oldpkg/a.py", "/oldpkg/sub/b.py", "/oldmod.py", "/other.py"})
        ASSERT_TRUE(base::write_file(purelib + path, "x").ok());
    ASSERT_TRUE(base::write_file(info + "/PKG-INFO", "Metadata-Version: 1.0\nName: old\nVersion: 1.0\n").ok());
    ASSERT_TRUE(base::write_file(info + "/top_level.txt", "oldpkg\noldmod\n").ok());
    ASSERT_TRUE(install({}, installed()).ok());
    EXPECT_EQ(tree(), std::vector<std::string>{"lib/python3.11/site-packages/other.py"});
}

TEST_F(Install, TheSameSizeAndTimeRunsNoStaleBytecode) {
    InstallItem first = item("demo", "1.0", {{"demo/a.py", "x = 1\n"}}),
                second = item("demo", "2.0", {{"demo/a.py", "x = 2\n"}});
    ASSERT_TRUE(install({first}).ok());
    std::string bytecode = purelib + "/demo/__pycache__";
    ASSERT_TRUE(base::make_directories(bytecode).ok());
    ASSERT_TRUE(base::write_file(bytecode + "/a.cpython-311.pyc", "of the old one").ok());
    ASSERT_TRUE(base::write_file(bytecode + "/a.cpython-311.opt-1.pyc", "of the old one").ok());
    ASSERT_TRUE(install({second}, installed()).ok());
    EXPECT_EQ(base::read_file(purelib + "/demo/a.py").value(), "x = 2\n");
    EXPECT_FALSE(base::path_exists(bytecode + "/a.cpython-311.pyc"));
    EXPECT_FALSE(base::path_exists(bytecode + "/a.cpython-311.opt-1.pyc"));
}

TEST_F(Install, AFileComesForADirectoryAndBack) {
    InstallItem folder = item("demo", "1.0", {{"demo/data/f.py", "1"}, {"demo/data/in/g", "2"}}), file = item("demo", "2.0", {{"demo/data", "3"}});
    std::string data = purelib + "/demo/data";
    ASSERT_TRUE(install({folder}).ok());
    ASSERT_TRUE(base::make_directories(data + "/__pycache__").ok());
    ASSERT_TRUE(base::write_file(data + "/__pycache__/f.cpython-311.pyc", "").ok());
    MUST(install({file}, installed()));
    EXPECT_EQ(base::read_file(data).value(), "3");
    MUST(install({folder}, installed()));
    EXPECT_EQ(base::read_file(data + "/in/g").value(), "2");
    // What nobody has announced keeps its place.
    ASSERT_TRUE(base::write_file(data + "/own", "").ok());
    EXPECT_NE(install({file}, installed()).error().message.find("a directory is there"), std::string::npos);
    EXPECT_EQ(base::read_file(data + "/f.py").value(), "1");
    ASSERT_TRUE(base::remove_file(data + "/own").ok());
    // A failure after that brings back what was there, either way.
    InstallItem bad = item("bad", "1.0", {{"bad.py", "1"}});
    MUST(base::remove_tree(bad.wheel.path));
    EXPECT_FALSE(install({file, bad}, installed()).ok());
    EXPECT_EQ(base::read_file(data + "/f.py").value(), "1");
    EXPECT_EQ(base::read_file(data + "/in/g").value(), "2");
    MUST(install({file}, installed()));
    EXPECT_FALSE(install({folder, bad}, installed()).ok());
    EXPECT_EQ(base::read_file(data).value(), "3");
    EXPECT_FALSE(base::path_exists(site.state() + "/journal"));
}

TEST_F(Install, OneWheelMayHaveAFileTwice) {
    std::string points = "[console_scripts]\ntool = one:first\ntool = one:second\n[gui_scripts]\ntool = one:third\n";
    InstallItem one = item("one", "1.0", {{"one.py", "1"}, {"entry_points.txt", points}, {"one-1.0.data/data/bin/tool", "2"},
                                          {"one-1.0.data/data/lib/python3.11/site-packages/one.py", "3"},
                                          {"one-1.0.data/data/lib/python3.11/site-packages/one-1.0.dist-info/INSTALLER", "me"}});
    MUST(install({one}));
    EXPECT_NE(base::read_file(site.scripts + "/tool").value().find("third"), std::string::npos);
    EXPECT_EQ(base::read_file(purelib + "/one.py").value(), "3");
    EXPECT_EQ(base::read_file(purelib + "/one-1.0.dist-info/INSTALLER").value(), "adder\n");
    EXPECT_TRUE(MUST(verify_installed(installed()[0])).empty());
}

TEST_F(Install, Lib64IsLib) {
    ASSERT_TRUE(base::make_directories(site.prefix + "/lib").ok());
    ASSERT_EQ(symlink("lib", (site.prefix + "/lib64").c_str()), 0);
    MUST(install({item("demo", "1.0", {{"demo.py", "1"}, {"demo-1.0.data/data/lib64/pkgconfig/demo.pc", "2"}})}));
    EXPECT_EQ(base::read_file(site.prefix + "/lib/pkgconfig/demo.pc").value(), "2");
    EXPECT_TRUE(MUST(verify_installed(installed()[0])).empty());
    MUST(install({}, installed()));
    EXPECT_FALSE(base::path_exists(site.prefix + "/lib/pkgconfig"));
}

TEST_F(Install, RowsOfRecordsThatAreDirectories) {
    MUST(install({item("demo", "1.0", {{"demo.py", "1"}})}));
    std::string record = purelib + "/demo-1.0.dist-info/RECORD", text = base::read_file(record).value();
    ASSERT_TRUE(base::write_file(record, text + ".,,\n./,,\nx/..,,\n../site-packages,,\n").ok());
    MUST(install({item("demo", "2.0", {{"demo.py", "2"}})}, installed()));
    EXPECT_EQ(base::read_file(purelib + "/demo.py").value(), "2");
    EXPECT_EQ(installed().size(), 1u);
}

TEST_F(Install, TwoWheelsMayHaveOneScript) {
    std::string points = "[console_scripts]\ntool = one:main\n";
    ASSERT_TRUE(install({item("one", "1.0", {{"one.py", "1"}, {"entry_points.txt", points}}),
                         item("two", "1.0", {{"two.py", "1"}, {"two-1.0.data/scripts/tool", "#!/bin/sh\n"}})})
                    .ok());
    EXPECT_EQ(base::read_file(site.scripts + "/tool").value(), "#!/bin/sh\n");
}

TEST_F(Install, VerifiesRecords) {
    ASSERT_TRUE(install({item("demo", "1.0", {{"demo/a.py", "1"}, {"demo/b.py", "2"}, {"demo/c.py", "3"}})}).ok());
    EXPECT_EQ(MUST(verify_installed(installed()[0])).size(), 0u);
    ASSERT_TRUE(base::remove_file(purelib + "/demo/a.py").ok());
    ASSERT_TRUE(base::write_file_atomic(purelib + "/demo/b.py", "9").ok());
    EXPECT_EQ(MUST(verify_installed(installed()[0])).size(), 2u);
}

TEST_F(Install, CacheSurvivesDamage) {
    InstallItem first = item("demo", "1.0", {{"demo/a.py", "1"}});
    ASSERT_TRUE(base::write_file(first.wheel.path + "/manifest", "adder wheel 1\nname\tdemo\n").ok());
    InstallItem second = item("demo", "1.0", {{"demo/a.py", "1"}});
    EXPECT_EQ(second.wheel.files.size(), 3u);
    EXPECT_GT(MUST(clean_cache(cache->directory())).files, 3u);
    EXPECT_EQ(cache->find(Bucket::Wheels, first.wheel.sha256), "");
}
