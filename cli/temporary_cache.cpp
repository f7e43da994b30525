// A process of its own watches over the directory: no signal, and no program in this process's place, leaves it behind.
#include "cli/temporary_cache.h"

#include <fcntl.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cerrno>

#include "base/path.h"

namespace cli {

static void wait_for_end(int line) {
    char byte;
    while (read(line, &byte, 1) < 0 && errno == EINTR) {
    }
}

// In a session of its own, which the terminal's signals do not reach, and without the caller's streams, whose readers would
// wait for their end.
[[noreturn]] static void watch(int line, const std::string& path) {
    setsid();
    int nothing = open("/dev/null", O_RDWR);
    for (int stream = 0; stream <= 2; stream++)
        dup2(nothing, stream);
    wait_for_end(line);
    // Nobody is left to tell of a failure.
    (void)base::remove_tree(path).ok();
    _exit(0);
}

base::Result<std::unique_ptr<TemporaryCache>> TemporaryCache::create() {
    base::TemporaryDirectory made = TRY(base::TemporaryDirectory::create({}, "adder-cache-"));
    std::string path = base::absolute_path(made.path());
    int ends[2];
    if (socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, ends)) return base::io_error("watch over", path, errno);
    base::Fd ours(ends[0]), watchers(ends[1]);
    pid_t child = fork();
    if (child < 0) return base::io_error("watch over", path, errno);
    if (child == 0) {
        ours.close();
        // The child ends at once: the watcher is nobody's child, least of all that of a program in our place.
        if (fork() == 0) watch(watchers.get(), path);
        _exit(0);
    }
    int status = 0;
    while (waitpid(child, &status, 0) < 0 && errno == EINTR) {
    }
    made.keep();
    return std::unique_ptr<TemporaryCache>(new TemporaryCache(std::move(path), std::move(ours)));
}

TemporaryCache::~TemporaryCache() {
    shutdown(line_.get(), SHUT_WR);
    wait_for_end(line_.get());
}

void TemporaryCache::hand_on() { fcntl(line_.get(), F_SETFD, 0); }

}  // namespace cli
