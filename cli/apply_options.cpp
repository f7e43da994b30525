// Options for applying, and compiling modules side by side in children of this process.
#include "cli/apply_options.h"

#include <fcntl.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cerrno>
#include <cstdio>
#include <cstring>

#include "base/parallel.h"
#include "base/path.h"
#include "base/text.h"
#include "cli/report.h"
#include "freeze/interpreter.h"

namespace cli {

namespace {

constexpr std::string_view kMagic = "\xa7\r\r\n";  // of CPython 3.11 (3495)

void append_u32(std::string& out, uint32_t value) {
    for (int shift = 0; shift < 32; shift += 8)
        out += static_cast<char>(value >> shift & 255);
}

// The interpreter runs on one thread, so that several modules at once take several processes.
class ForkingCompiler final : public pkg::BytecodeCompiler {
  public:
    base::Result<void> compile(const base::Directory& root, std::vector<pkg::BytecodeJob*>& jobs) override {
        if (jobs.empty()) return {};
        void* shared = mmap(nullptr, jobs.size(), PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
        if (shared == MAP_FAILED) return base::io_error("compile modules of", root.path(), errno);
        char* done = static_cast<char*>(shared);
        std::fflush(nullptr);
        std::vector<pid_t> children;
        size_t count = std::min(base::processor_count(), jobs.size());
        for (size_t share = 0; share < count; share++) {
            pid_t child = fork();
            if (child < 0) break;
            if (child) {
                children.push_back(child);
                continue;
            }
            freeze::start_compiler();
            base::DirectoryWalk walk(root);
            for (size_t i = share; i < jobs.size(); i += count)
                done[i] = compile_one(root, walk, *jobs[i]);
            _exit(0);
        }
        for (pid_t child : children)
            waitpid(child, nullptr, 0);
        for (size_t i = 0; i < jobs.size(); i++)
            jobs[i]->done = done[i];
        munmap(shared, jobs.size());
        if (children.empty()) return base::io_error("start a process in", root.path(), EAGAIN);
        return {};
    }

  private:
    // What cannot be read, compiled or written stays without bytecode, as in compileall.
    static bool compile_one(const base::Directory& root, base::DirectoryWalk& walk, const pkg::BytecodeJob& job) {
        base::Result<base::Fd> file = root.open_beneath(job.source, O_RDONLY);
        struct stat info;
        if (!file.ok() || fstat(file->get(), &info)) return false;
        base::Result<std::string> source = root.read(job.source);
        if (!source.ok()) return false;
        freeze::CompiledModule module =
            freeze::compile_module(*source, base::join_path(root.path(), job.source), freeze::ModuleRole::Library);
        if (!module.problem.empty()) return false;
        std::string bytes(kMagic);
        append_u32(bytes, 0);  // checked by time and size (PEP 552)
        append_u32(bytes, (uint32_t)info.st_mtim.tv_sec);
        append_u32(bytes, (uint32_t)info.st_size);
        bytes += module.code;
        base::Result<int> folder = walk.make(base::parent_path(job.target));
        return folder.ok() && base::write_new_at(*folder, std::string(base::base_name(job.target)).c_str(), bytes, 0644,
                                                 base::join_path(root.path(), base::parent_path(job.target)))
                                  .ok();
    }
};

}  // namespace

std::unique_ptr<pkg::BytecodeCompiler> make_bytecode_compiler() {
    return std::make_unique<ForkingCompiler>();
}

void ApplyOptions::declare(Options& options) {
    options.value(link_mode_, "--link-mode", "MODE", "hardlink, clone or copy");
    options.flag(compile_, "--compile-bytecode,--compile", "compile modules to bytecode as well");
    options.flag(sync_disk_, "--fsync", "make the change hold even if the power fails");
}

base::Result<pkg::InstallOptions> ApplyOptions::settle(std::string_view version, const std::string& link_mode) const {
    pkg::InstallOptions out;
    out.link_mode = TRY(parse_link_mode(link_mode_.empty() ? link_mode : link_mode_));
    out.sync = sync_disk_;
    if (compile_ && !version.starts_with("3.11."))
        return base::Error(base::ErrorKind::Usage,
                           "--compile-bytecode: adder compiles for Python 3.11, this is " + std::string(version));
    if (compile_) out.compiler = compiler_.get();
    return out;
}

void print_report(const Context& context, const pkg::InstallReport& report) {
    for (const std::string& remark : report.remarks)
        context.warn(remark);
    if (!report.scripts.empty()) context.detail("programs: " + base::join(report.scripts, ", "));
}

}  // namespace cli
