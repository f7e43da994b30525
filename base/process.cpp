// posix_spawn with pipes.
#include "base/process.h"

#include <fcntl.h>
#include <poll.h>
#include <spawn.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cerrno>
#include <csignal>
#include <cstdlib>
#include <cstring>

#include "base/fs.h"
#include "base/path.h"

extern char** environ;

namespace base {

std::string find_program(const std::string& name) {
    if (name.find('/') != std::string::npos) return access(name.c_str(), X_OK) ? "" : name;
    const char* variable = getenv("PATH");
    std::string paths = variable ? variable : "/usr/local/bin:/usr/bin:/bin";
    for (size_t at = 0; at <= paths.size();) {
        size_t end = paths.find(':', at);
        if (end == std::string::npos) end = paths.size();
        // An empty entry would mean the working directory: never looked at.
        std::string candidate = paths.substr(at, end - at) + "/" + name;
        if (end > at && is_regular_file(candidate) && !access(candidate.c_str(), X_OK)) return candidate;
        at = end + 1;
    }
    return "";
}

std::string executable_path() {
    Result<std::string> link = read_symlink("/proc/self/exe");
    return link.ok() ? *link : "";
}

static std::vector<std::string> build_environment(const ProcessOptions& options) {
    std::vector<std::string> out;
    for (char** entry = options.clear_environment ? nullptr : environ; entry && *entry; entry++) {
        std::string_view text = *entry;
        std::string_view name = text.substr(0, text.find('='));
        bool dropped = false;
        for (const auto& pair : options.set_environment)
            dropped |= pair.first == name;
        for (const auto& unset : options.unset_environment)
            dropped |= unset == name;
        if (!dropped) out.emplace_back(text);
    }
    for (const auto& pair : options.set_environment)
        out.push_back(pair.first + "=" + pair.second);
    return out;
}
static std::vector<char*> pointers(std::vector<std::string>& strings) {
    std::vector<char*> out;
    for (std::string& text : strings)
        out.push_back(text.data());
    out.push_back(nullptr);
    return out;
}

namespace {
struct Pipe {
    Fd read, write;
    bool open() {
        int ends[2];
        if (pipe2(ends, O_CLOEXEC)) return false;
        read = Fd(ends[0]);
        write = Fd(ends[1]);
        return true;
    }
};
struct SpawnActions {
    posix_spawn_file_actions_t actions;
    SpawnActions() { posix_spawn_file_actions_init(&actions); }
    ~SpawnActions() { posix_spawn_file_actions_destroy(&actions); }
    void redirect(Stream stream, int fd, const Pipe& pipe) {
        if (stream == Stream::Capture) posix_spawn_file_actions_adddup2(&actions, pipe.write.get(), fd);
        if (stream == Stream::Discard) posix_spawn_file_actions_addopen(&actions, fd, "/dev/null", O_WRONLY, 0);
    }
};
}  // namespace

// Moves bytes between the child's pipes and ours until all of them are closed.
static void pump(Pipe& in, std::string_view input, Pipe& out, std::string& output, Pipe& err, std::string& errors) {
    if (input.empty()) in.write.close();
    while (in.write.valid() || out.read.valid() || err.read.valid()) {
        pollfd set[3] = {{in.write.get(), POLLOUT, 0}, {out.read.get(), POLLIN, 0}, {err.read.get(), POLLIN, 0}};
        if (poll(set, 3, -1) < 0) {
            if (errno == EINTR) continue;
            return;
        }
        if (set[0].revents) {
            ssize_t put = write(in.write.get(), input.data(), input.size() < 65536 ? input.size() : 65536);
            if (put > 0) input.remove_prefix((size_t)put);
            if (input.empty() || (put < 0 && errno != EINTR && errno != EAGAIN)) in.write.close();
        }
        auto drain = [](pollfd& entry, Pipe& pipe, std::string& sink) {
            if (!entry.revents) return;
            char buffer[65536];
            ssize_t got = read(pipe.read.get(), buffer, sizeof buffer);
            if (got > 0) sink.append(buffer, (size_t)got);
            if (got == 0 || (got < 0 && errno != EINTR)) pipe.read.close();
        };
        drain(set[1], out, output);
        drain(set[2], err, errors);
    }
}

Result<ProcessResult> run_process(const ProcessOptions& options) {
    std::vector<std::string> arguments = options.arguments;
    std::string program = find_program(arguments[0]);
    if (program.empty()) return io_error("run", arguments[0], ENOENT);
    std::vector<std::string> environment = build_environment(options);
    Pipe in, out, err;
    SpawnActions spawn;
    if (options.give_input) {
        if (!in.open()) return io_error("open a pipe for", program, errno);
        posix_spawn_file_actions_adddup2(&spawn.actions, in.read.get(), 0);
    }
    if (options.output == Stream::Capture && !out.open()) return io_error("open a pipe for", program, errno);
    if (options.errors == Stream::Capture && !err.open()) return io_error("open a pipe for", program, errno);
    spawn.redirect(options.output, 1, out);
    spawn.redirect(options.errors, 2, err);
    if (!options.directory.empty()) posix_spawn_file_actions_addchdir_np(&spawn.actions, options.directory.c_str());
    std::string absolute = options.directory.empty() ? program : absolute_path(program);
    pid_t child = 0;
    int code = posix_spawn(&child, absolute.c_str(), &spawn.actions, nullptr, pointers(arguments).data(),
                           pointers(environment).data());
    if (code) return io_error("run", program, code);
    in.read.close();
    out.write.close();
    err.write.close();
    ProcessResult result;
    struct sigaction ignore = {}, before;
    ignore.sa_handler = SIG_IGN;
    sigaction(SIGPIPE, &ignore, &before);
    pump(in, options.input, out, result.output, err, result.errors);
    sigaction(SIGPIPE, &before, nullptr);
    int status = 0;
    while (waitpid(child, &status, 0) < 0 && errno == EINTR) {
    }
    result.status = WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
    return result;
}

Error replace_process(const ProcessOptions& options) {
    std::vector<std::string> arguments = options.arguments;
    std::string program = find_program(arguments[0]);
    if (program.empty()) return io_error("run", arguments[0], ENOENT);
    if (!options.directory.empty()) {
        program = absolute_path(program);
        if (chdir(options.directory.c_str())) return io_error("enter", options.directory, errno);
    }
    std::vector<std::string> environment = build_environment(options);
    execve(program.c_str(), pointers(arguments).data(), pointers(environment).data());
    return io_error("run", program, errno);
}

}  // namespace base
