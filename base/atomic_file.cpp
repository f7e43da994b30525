// Writing beside the target, then renaming.
#include "base/atomic_file.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstdio>
#include <cstdlib>

namespace base {

Result<AtomicFile> AtomicFile::create(const std::string& path) {
    std::string temporary = path + ".adder-XXXXXX";
    Fd fd(mkostemp(temporary.data(), O_CLOEXEC));
    if (!fd.valid()) return io_error("create a file beside", path, errno);
    return AtomicFile(path, std::move(temporary), std::move(fd));
}
AtomicFile::~AtomicFile() {
    if (fd_.valid()) unlink(temporary_.c_str());
}
Result<void> AtomicFile::write(std::string_view bytes) {
    return write_all(fd_.get(), bytes, path_);
}
Result<void> AtomicFile::commit(mode_t mode) {
    if (fchmod(fd_.get(), mode)) return io_error("set the mode of", path_, errno);
    if (rename(temporary_.c_str(), path_.c_str())) return io_error("replace", path_, errno);
    fd_.close();
    return {};
}

Result<void> write_file_atomic(const std::string& path, std::string_view bytes, mode_t mode) {
    AtomicFile file = TRY(AtomicFile::create(path));
    TRY(file.write(bytes));
    return file.commit(mode);
}

}  // namespace base
