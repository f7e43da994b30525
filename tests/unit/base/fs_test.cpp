// base/fs, base/directory, base/process, base/clock, base/terminal.
#include "base/fs.h"

#include <fcntl.h>
#include <gtest/gtest.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <atomic>
#include <thread>

#include "base/atomic_file.h"
#include "base/clock.h"
#include "base/directory.h"
#include "base/parallel.h"
#include "base/process.h"
#include "base/terminal.h"

using namespace base;

namespace {
struct Fs : testing::Test {
    TemporaryDirectory folder = TemporaryDirectory::create().value();
    std::string at(const char* name) { return folder.path() + "/" + name; }
};
}  // namespace

TEST_F(Fs, WritesAndReads) {
    ASSERT_TRUE(write_file_atomic(at("a"), "one").ok());
    ASSERT_TRUE(write_file_atomic(at("a"), "two", 0600).ok());
    EXPECT_EQ(read_file(at("a")).value(), "two");
    EXPECT_EQ(file_status(at("a")).mode, 0600u);
    EXPECT_EQ(list_directory(folder.path())->size(), 1u);
    Result<std::string> missing = read_file(at("none"));
    ASSERT_FALSE(missing.ok());
    EXPECT_EQ(missing.error().kind, ErrorKind::Io);
    EXPECT_EQ(missing.error().message, "cannot open `" + at("none") + "`: No such file or directory");
}

TEST_F(Fs, ReadsToTheEnd) {
    for (size_t size : {0, 1, 4095, 4096, 4097, 65536, 200000}) {
        std::string bytes(size, 'x');
        ASSERT_TRUE(write_file(at("a"), bytes).ok());
        EXPECT_EQ(MUST(read_file(at("a"))), bytes);
        EXPECT_EQ(MUST(read_file_if_there(at("a"))), bytes);
    }
    // Files that do not say how long they are.
    EXPECT_NE(MUST(read_file("/proc/self/status")).find("\nThreads:"), std::string::npos);
    EXPECT_EQ(MUST(read_file("/dev/null")), "");
    EXPECT_EQ(MUST(read_file_if_there(folder.path())), std::nullopt);
}

TEST_F(Fs, FilesTakeTheirPlaceWhenTheyAreWhole) {
    ASSERT_TRUE(write_file(at("a"), "old").ok());
    {
        AtomicFile file = MUST(AtomicFile::create(at("a")));
        ASSERT_TRUE(file.write("half of the ").ok());
        EXPECT_EQ(MUST(read_file(at("a"))), "old");
        EXPECT_EQ(list_directory(folder.path())->size(), 2u);
    }
    EXPECT_EQ(list_directory(folder.path())->size(), 1u);
    AtomicFile file = MUST(AtomicFile::create(at("a")));
    ASSERT_TRUE(file.write("new ").ok());
    ASSERT_TRUE(file.write("text").ok());
    ASSERT_TRUE(file.commit(0600).ok());
    EXPECT_EQ(MUST(read_file(at("a"))), "new text");
    EXPECT_EQ(file_status(at("a")).mode, 0600u);
    EXPECT_EQ(list_directory(folder.path())->size(), 1u);
}

TEST_F(Fs, FailedWritesLeaveNothing) {
    Result<void> full = write_file("/dev/full", std::string(100000, 'x'));
    EXPECT_FALSE(full.ok());
    EXPECT_NE(full.error().message.find("No space left"), std::string::npos);
    ASSERT_TRUE(make_directories(at("d/e/f")).ok());
    EXPECT_FALSE(write_file_atomic(at("d"), "x").ok());
    EXPECT_EQ(list_directory(folder.path())->size(), 1u);
}

TEST_F(Fs, RemovesTreesWithoutFollowingLinks) {
    ASSERT_TRUE(make_directories(at("keep")).ok());
    ASSERT_TRUE(write_file(at("keep/file"), "x").ok());
    ASSERT_TRUE(make_directories(at("gone/in")).ok());
    ASSERT_TRUE(make_symlink(at("keep"), at("gone/in/link")).ok());
    ASSERT_TRUE(remove_tree(at("gone")).ok());
    EXPECT_FALSE(path_exists(at("gone")));
    EXPECT_TRUE(path_exists(at("keep/file")));
    EXPECT_TRUE(remove_tree(at("gone")).ok());
}

TEST_F(Fs, LinksOrCopies) {
    ASSERT_TRUE(write_file(at("a"), std::string(300000, 'q'), 0755).ok());
    EXPECT_EQ(link_or_copy(at("a"), at("b"), LinkMode::Hardlink).value(), LinkMode::Hardlink);
    EXPECT_EQ(file_status(at("a")).inode, file_status(at("b")).inode);
    EXPECT_EQ(link_or_copy(at("a"), at("c"), LinkMode::Copy).value(), LinkMode::Copy);
    EXPECT_NE(file_status(at("a")).inode, file_status(at("c")).inode);
    EXPECT_EQ(read_file(at("c")).value().size(), 300000u);
    EXPECT_EQ(file_status(at("c")).mode & 0111, 0111u);
    EXPECT_FALSE(link_or_copy(at("a"), at("b"), LinkMode::Hardlink).ok());
    ASSERT_TRUE(write_file(at("empty"), "").ok());
    EXPECT_TRUE(copy_file(at("empty"), at("empty2")).ok());
}

TEST_F(Fs, LocksExclude) {
    FileLock first = MUST(FileLock::exclusive(at("lock")));
    EXPECT_TRUE(first.held());
    EXPECT_FALSE(FileLock::try_exclusive(at("lock")).value().held());
    { FileLock moved = std::move(first); }
    EXPECT_TRUE(FileLock::try_exclusive(at("lock")).value().held());
}

TEST_F(Fs, DirectoryHandlesStayInside) {
    ASSERT_TRUE(make_directories(at("root")).ok());
    ASSERT_TRUE(make_directories(at("outside")).ok());
    ASSERT_TRUE(make_symlink("../outside", at("root/link")).ok());
    Directory root = MUST(Directory::open(at("root")));
    EXPECT_TRUE(root.write_new("a/b/c.txt", "hello").ok());
    EXPECT_EQ(root.read("a/b/c.txt").value(), "hello");
    EXPECT_FALSE(root.write_new("a/b/c.txt", "again").ok());
    EXPECT_FALSE(root.write_new("link/x", "evil").ok());
    EXPECT_FALSE(root.write_new("../x", "evil").ok());
    EXPECT_FALSE(root.write_new("/tmp/x", "evil").ok());
    EXPECT_FALSE(root.write_new("a//x", "evil").ok());
    EXPECT_FALSE(root.read("link/../../secret").ok());
    EXPECT_FALSE(root.remove("link/x").ok() && path_exists(at("outside/x")));
    EXPECT_EQ(list_directory(at("outside"))->size(), 0u);
    EXPECT_EQ(root.status("link").type, FileType::Link);
    EXPECT_TRUE(root.rename_to("a/b/c.txt", root, "n/e/w").ok());
    EXPECT_EQ(root.read("n/e/w").value(), "hello");
    EXPECT_TRUE(root.remove("n/e/w").ok());
    EXPECT_TRUE(root.remove("n/e/w").ok());
    EXPECT_TRUE(root.remove_empty_directory("n/e"));
    EXPECT_FALSE(root.remove_empty_directory("a"));
}

TEST_F(Fs, WalksStayInside) {
    ASSERT_TRUE(make_directories(at("root/there")).ok());
    ASSERT_TRUE(make_directories(at("outside/below")).ok());
    ASSERT_TRUE(make_symlink("../outside", at("root/link")).ok());
    Directory root = MUST(Directory::open(at("root")));
    DirectoryWalk walk(root);
    EXPECT_GE(MUST(walk.make("a/b/c")), 0);
    EXPECT_GE(MUST(walk.make("a/d")), 0);
    EXPECT_GE(MUST(walk.make("")), 0);
    EXPECT_GE(MUST(walk.find("there")), 0);
    EXPECT_EQ(MUST(walk.find("there/not")), DirectoryWalk::kMissing);
    EXPECT_EQ(MUST(walk.find("link/below")), DirectoryWalk::kLink);
    EXPECT_FALSE(walk.make("link/below").ok());
    EXPECT_FALSE(walk.make("../x").ok());
    EXPECT_FALSE(walk.make("/x").ok());
    EXPECT_TRUE(is_directory(at("root/a/b/c")) && is_directory(at("root/a/d")));
    EXPECT_EQ(list_directory(at("outside"))->size(), 1u);
}

TEST_F(Fs, FollowsTheLinksItWasTold) {
    ASSERT_TRUE(make_directories(at("root")).ok());
    ASSERT_TRUE(make_directories(at("outside/deep")).ok());
    ASSERT_TRUE(make_directories(at("secret")).ok());
    ASSERT_TRUE(make_symlink("../outside", at("root/lib")).ok());
    ASSERT_TRUE(make_symlink("deep", at("outside/site")).ok());
    ASSERT_TRUE(make_symlink("../../secret", at("outside/deep/bad")).ok());
    ASSERT_TRUE(make_symlink("nowhere", at("root/gone")).ok());
    Directory root = MUST(Directory::open(at("root")));
    ASSERT_TRUE(root.follow_links_to("lib/site/to/be/made").ok());
    ASSERT_TRUE(root.follow_links_to("not/there").ok());
    EXPECT_FALSE(root.follow_links_to("gone").ok());
    EXPECT_FALSE(root.follow_links_to("../outside").ok());
    EXPECT_TRUE(root.write_new("lib/site/a/x", "hello").ok());
    EXPECT_EQ(root.read("lib/site/a/x").value(), "hello");
    EXPECT_EQ(read_file(at("outside/deep/a/x")).value(), "hello");
    EXPECT_TRUE(root.write_new("lib/site/y", "y").ok() && root.write_new("lib/z", "z").ok());
    EXPECT_TRUE(root.rename_to("lib/site/a/x", root, "moved").ok());
    EXPECT_TRUE(root.remove_empty_directory("lib/site/a"));
    // Beneath them nothing else is followed, nor are they themselves in the way of being one's own.
    EXPECT_FALSE(root.write_new("lib/site/bad/x", "evil").ok());
    EXPECT_EQ(root.status("lib/site").type, FileType::Link);
    EXPECT_FALSE(root.remove_empty_directory("lib/site"));
    DirectoryWalk walk(root);
    EXPECT_GE(MUST(walk.find("lib/site")), 0);
    EXPECT_GE(MUST(walk.make("lib/site/b/c")), 0);
    EXPECT_EQ(MUST(walk.find("lib/site/bad")), DirectoryWalk::kLink);
    EXPECT_FALSE(walk.make("lib/site/bad/d").ok());
    EXPECT_TRUE(is_directory(at("outside/deep/b/c")));
    EXPECT_EQ(list_directory(at("secret"))->size(), 0u);
    // They lead where they led, whoever changes them.
    ASSERT_TRUE(remove_file(at("root/lib")).ok() && make_symlink("../secret", at("root/lib")).ok());
    EXPECT_TRUE(root.write_new("lib/late", "l").ok());
    EXPECT_EQ(list_directory(at("secret"))->size(), 0u);
}

TEST(Parallel, CallsOnceForEach) {
    std::vector<int> calls(1000);
    auto work = [&](size_t i) -> Result<void> {
        calls[i]++;
        return {};
    };
    EXPECT_TRUE(for_each_parallel(calls.size(), work).ok());
    EXPECT_EQ(calls, std::vector<int>(1000, 1));
    auto failing = [&](size_t i) -> Result<void> {
        if (i % 100 != 7) return {};
        return Error(ErrorKind::Io, std::to_string(i));
    };
    EXPECT_EQ(for_each_parallel(1000, failing).error().message, "7");
}

TEST(Parallel, QueueWorksWhileItIsFilled) {
    for (size_t threads : {0, 1, 3}) {
        std::vector<std::atomic<int>> calls(1000);
        auto work = [&](size_t i) -> Result<void> {
            calls[i]++;
            return {};
        };
        ParallelQueue queue(threads, work);
        for (size_t i = 0; i < 500; i++)
            queue.add(i);
        while (threads && calls[499] == 0)
            std::this_thread::yield();
        for (size_t i = 500; i < 1000; i++)
            queue.add(i);
        EXPECT_FALSE(queue.failed());
        EXPECT_TRUE(queue.finish().ok());
        EXPECT_TRUE(std::all_of(calls.begin(), calls.end(), [](int count) { return count == 1; }));
    }
}

TEST(Parallel, QueueEndsWithTheFirstFailure) {
    for (size_t threads : {0, 2}) {
        std::atomic<int> calls = 0;
        auto failing = [&](size_t i) -> Result<void> {
            calls++;
            if (i % 100 != 7) return {};
            return Error(ErrorKind::Io, std::to_string(i));
        };
        ParallelQueue queue(threads, failing);
        for (size_t i = 0; i < 10000; i++)
            queue.add(i);
        Result<void> done = queue.finish();
        ASSERT_FALSE(done.ok());
        EXPECT_EQ(done.error().message, "7");
        EXPECT_TRUE(queue.failed());
        EXPECT_LT(calls, 200);
        ParallelQueue dropped(threads, failing);
        dropped.add(1);
    }
}

TEST(Process, FeedsAndCaptures) {
    ProcessOptions options;
    options.arguments = {"sh", "-c", "cat; echo err >&2; echo $X; pwd; exit 3"};
    options.give_input = true;
    options.input = std::string(200000, 'z');
    options.set_environment = {{"X", "value"}};
    options.directory = "/";
    options.output = options.errors = Stream::Capture;
    ProcessResult result = MUST(run_process(options));
    EXPECT_EQ(result.status, 3);
    EXPECT_EQ(result.output, options.input + "value\n/\n");
    EXPECT_EQ(result.errors, "err\n");
    options.arguments = {"no-such-program-at-all"};
    EXPECT_EQ(run_process(options).error().kind, ErrorKind::Io);
    options.arguments = {"sh", "-c", "kill -9 $$"};
    EXPECT_EQ(MUST(run_process(options)).status, 137);
}

TEST(Clock, NextChangeShows) {
    constexpr int64_t second = 1'000'000'000;
    int64_t now = system_clock().unix_seconds() * second;
    for (int64_t fraction : {0, 1}) {
        EXPECT_TRUE(next_change_shows(now - 100 * second + fraction));
        EXPECT_FALSE(next_change_shows(now + 100 * second + fraction));
    }
}

TEST(Clock, ReadsAndWritesDates) {
    EXPECT_EQ(format_rfc3339(1000000000), "2001-09-09T01:46:40Z");
    EXPECT_EQ(parse_rfc3339("2001-09-09T01:46:40Z"), 1000000000);
    EXPECT_EQ(parse_rfc3339("2001-09-09T03:46:40.123456+02:00"), 1000000000);
    EXPECT_EQ(parse_rfc3339("2001-09-09"), 999993600);
    EXPECT_FALSE(parse_rfc3339("2001-13-09").has_value());
    EXPECT_FALSE(parse_rfc3339("yesterday").has_value());
    EXPECT_EQ(format_http_date(1000000000), "Sun, 09 Sep 2001 01:46:40 GMT");
    EXPECT_EQ(parse_http_date("Sun, 09 Sep 2001 01:46:40 GMT"), 1000000000);
    EXPECT_FALSE(parse_http_date("0").has_value());
}

TEST(Terminal, ColorFollowsTheVariables) {
    unsetenv("FORCE_COLOR");
    unsetenv("CLICOLOR_FORCE");
    setenv("NO_COLOR", "1", 1);
    EXPECT_FALSE(use_color(ColorChoice::Auto, 1));
    EXPECT_TRUE(use_color(ColorChoice::Always, 1));
    unsetenv("NO_COLOR");
    setenv("FORCE_COLOR", "1", 1);
    EXPECT_TRUE(use_color(ColorChoice::Auto, -1));
    unsetenv("FORCE_COLOR");
    EXPECT_FALSE(use_color(ColorChoice::Auto, -1));
}
