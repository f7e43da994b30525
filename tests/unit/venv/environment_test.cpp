// venv/: environments made, opened, refused; activation in the shells that are here.
#include "venv/environment.h"

#include <gtest/gtest.h>

#include "base/fs.h"
#include "base/process.h"

using namespace venv;

namespace {
struct Venv : testing::Test {
    base::TemporaryDirectory folder = base::TemporaryDirectory::create().value();
    CreateOptions options;
    Venv() {
        options.root = folder.path() + "/it's an env";
        options.interpreter = {"/usr/bin/env", "3.11.2", true, ""};
        options.adder = "/opt/adder";
    }
    std::string shell(std::vector<std::string> arguments) {
        base::ProcessOptions run;
        run.arguments = std::move(arguments);
        run.output = run.errors = base::Stream::Capture;
        run.set_environment = {{"PATH", "/usr/bin:/bin"}};
        run.unset_environment = {"VIRTUAL_ENV"};
        base::ProcessResult result = MUST(base::run_process(run));
        return result.output + result.errors;
    }
};
}  // namespace

TEST_F(Venv, HasPep405Layout) {
    Environment env = MUST(create_environment(options));
    EXPECT_EQ(base::read_symlink(env.root + "/bin/python").value(), "/usr/bin/env");
    EXPECT_EQ(base::read_symlink(env.root + "/bin/python3.11").value(), "python");
    EXPECT_EQ(base::read_symlink(env.root + "/lib64").value(), "lib");
    EXPECT_EQ(base::read_symlink(env.root + "/bin/pip").value(), "/opt/adder");
    EXPECT_TRUE(base::is_regular_file(env.site.purelib + "/pip/__main__.py"));
    std::string cfg = base::read_file(env.root + "/pyvenv.cfg").value();
    EXPECT_EQ(cfg,
              "home = /usr/bin\ninclude-system-site-packages = false\nversion = 3.11.2\nimplementation = adder\nadder "
              "= /opt/adder\n");
    EXPECT_TRUE(env.is_adder);
    EXPECT_EQ(env.short_version(), "3.11");
}

TEST_F(Venv, RefusesToReplaceWithoutBeingTold) {
    MUST(create_environment(options));
    EXPECT_EQ(create_environment(options).error().kind, base::ErrorKind::Usage);
    ASSERT_TRUE(base::write_file(options.root + "/mark", "").ok());
    options.clear = true;
    MUST(create_environment(options));
    EXPECT_FALSE(base::path_exists(options.root + "/mark"));
    EXPECT_EQ(MUST(base::list_directory(folder.path())).size(), 1u);
    options.root = folder.path() + "/taken";
    ASSERT_TRUE(base::make_directories(options.root).ok());
    ASSERT_TRUE(base::write_file(options.root + "/mine", "").ok());
    EXPECT_FALSE(create_environment(options).ok());
    EXPECT_TRUE(base::path_exists(options.root + "/mine"));
    EXPECT_EQ(open_environment(folder.path()).error().kind, base::ErrorKind::NotHolding);
}

TEST_F(Venv, Activates) {
    options.prompt = "pro'mpt";
    Environment env = MUST(create_environment(options));
    std::string script =
        "set -u; PS1='$ '; . \"$1\"; echo \"$VIRTUAL_ENV|$VIRTUAL_ENV_PROMPT|$PATH|$PS1\"; deactivate; echo "
        "\"${VIRTUAL_ENV-none}|$PATH|$PS1\"";
    std::string expected =
        env.root + "|pro'mpt|" + env.root + "/bin:/usr/bin:/bin|(pro'mpt) $ \nnone|/usr/bin:/bin|$ \n";
    for (const char* name : {"bash", "sh"})
        EXPECT_EQ(shell({name, "-c", script, name, env.root + "/bin/activate"}), expected) << name;
    if (base::find_program("fish").empty()) return;
    EXPECT_NE(
        shell({"fish", "-c", "source \"$argv[1]\"; echo $VIRTUAL_ENV", env.root + "/bin/activate.fish"}).find(env.root),
        std::string::npos);
}

TEST(Interpreter, ProbesAndCaches) {
    if (base::find_program("/usr/bin/python3.11").empty()) GTEST_SKIP() << "no CPython here";
    base::TemporaryDirectory folder = base::TemporaryDirectory::create().value();
    std::unique_ptr<pkg::Cache> cache = pkg::Cache::open(folder.path());
    Interpreter own{"/opt/adder", "3.11.2", true, ""};
    Interpreter found = MUST(find_interpreter("/usr/bin/python3.11", own, *cache));
    EXPECT_EQ(found.short_version(), "3.11");
    EXPECT_EQ(found.base_prefix, "/usr");
    EXPECT_GT(base::tree_size(folder.path()).files, 0u);
    EXPECT_TRUE(MUST(find_interpreter("3.11", own, *cache)).is_adder);
    EXPECT_FALSE(find_interpreter("/bin/true", own, *cache).ok());
    EXPECT_FALSE(find_interpreter("python9.9", own, *cache).ok());
    EXPECT_EQ(MUST(host_target("3.11.2")).markers[pkg::MarkerVariable::PythonVersion], "3.11");
}
