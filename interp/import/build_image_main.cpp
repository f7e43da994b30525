// adder_build_image OUT STDLIB [FILE=PATH]…: compiles a standard library's sources and packs them into an image.
// A build tool: it runs the interpreter's core without importlib.
#include <dirent.h>
#include <sys/stat.h>

#include <algorithm>
#include <cstdio>
#include <cstring>
#include <string>
#include <vector>

#include "interp/compiler/compile.h"
#include "interp/import/frozen.h"
#include "interp/import/image.h"
#include "interp/import/image_writer.h"
#include "interp/modules/marshal.h"
#include "interp/objects/bytes.h"
#include "interp/objects/errors.h"
#include "interp/objects/str.h"
#include "interp/runtime/print_exception.h"
#include "interp/runtime/start.h"
#include "interp/runtime/state.h"

namespace {

using File = py::ImageFile;

bool ends_with(const std::string& text, const char* suffix) {
    size_t length = std::strlen(suffix);
    return text.size() >= length && text.compare(text.size() - length, length, suffix) == 0;
}

// Left out: tests, GUI, caches, Debian's own configuration data, and everything that is not read at run time.
bool is_wanted_directory(const std::string& name) {
    for (const char* skipped : {"__pycache__", "test", "tests", "idlelib", "tkinter", "turtledemo", "lib-dynload", "config-3.11-x86_64-linux-gnu",
                                "site-packages", "dist-packages"})
        if (name == skipped) return false;
    return true;
}
bool is_wanted_file(const std::string& name) {
    if (name.rfind("_sysconfigdata", 0) == 0 || name == "sitecustomize.py" || name == "_distutils_system_mod.py" || name == "LICENSE.txt")
        return false;
    for (const char* suffix : {".pyc", ".so", ".a", ".o"})
        if (ends_with(name, suffix)) return false;
    return true;
}

bool read_file(const std::string& path, std::string* contents) {
    std::FILE* file = std::fopen(path.c_str(), "rb");
    if (!file) return false;
    char buffer[65536];
    for (size_t n; (n = std::fread(buffer, 1, sizeof buffer, file)) > 0;) contents->append(buffer, n);
    bool ok = !std::ferror(file);
    std::fclose(file);
    return ok;
}

bool collect(const std::string& directory, const std::string& inside, std::vector<File>& files) {
    DIR* dir = opendir(directory.c_str());
    if (!dir) {
        std::fprintf(stderr, "adder_build_image: cannot read %s\n", directory.c_str());
        return false;
    }
    bool ok = true;
    while (dirent* entry = readdir(dir)) {
        std::string name = entry->d_name;
        if (name == "." || name == "..") continue;
        std::string path = directory + "/" + name;
        std::string below = inside.empty() ? name : inside + "/" + name;
        struct stat info;
        if (stat(path.c_str(), &info) != 0) continue;
        if (S_ISDIR(info.st_mode)) {
            if (is_wanted_directory(name)) ok = collect(path, below, files) && ok;
        } else if (is_wanted_file(name)) {
            File file{below, {}, {}};
            ok = read_file(path, &file.contents) && ok;
            files.push_back(std::move(file));
        }
    }
    closedir(dir);
    return ok;
}

// Undoes changes of a distribution: stdlib_edits.txt says how its lines are read.
class Edits {
  public:
    explicit Edits(std::vector<File>& files) : files_(files) {}
    void read(const std::string& text) {
        for (size_t start = 0; start < text.size();) {
            size_t end = std::min(text.find('\n', start), text.size());
            take_line(text.substr(start, end - start));
            start = end + 1;
        }
        apply();
    }

  private:
    void take_line(const std::string& line) {
        if (line.rfind("= ", 0) == 0) {
            apply();
            path_ = line.substr(2);
        } else if (!path_.empty() && line.rfind('-', 0) == 0) {
            before_ += line.substr(1) + "\n";
        } else if (!path_.empty() && line.rfind('+', 0) == 0) {
            after_ += line.substr(1) + "\n";
        }
    }
    void apply() {
        for (File& file : files_) {
            if (path_.empty() || file.path != path_) continue;
            size_t found = file.contents.find(before_);
            if (found != std::string::npos) file.contents.replace(found, before_.size(), after_);
        }
        path_.clear(), before_.clear(), after_.clear();
    }

    std::vector<File>& files_;
    std::string path_, before_, after_;
};

// Frozen modules' code names no file.
std::string code_name(const std::string& path) {
    if (path == py::embedded_importer.path) return "<frozen _adder_importer>";
    for (const py::FrozenModule* each = py::frozen_modules(); each->name; ++each)
        if (path == each->path) return std::string("<frozen ") + (each->original_name ? each->original_name : each->name) + ">";
    return path;
}

// False: the file does not compile (lib2to3 has such data); it stays in the image as data.
bool compile(File& file) {
    using namespace py;
    Ref<Str> name = MUST(str_from_utf8(code_name(file.path)));
    CompileOptions options{.optimize = 0};
    Fallible<Ref<Code>> code = compile_source(file.contents, name.get(), options);
    if (!code.ok()) {
        std::fprintf(stderr, "adder_build_image: %s:\n", file.path.c_str());
        print_pending_exception();
        clear_error();
        return false;
    }
    Fallible<Ref<Bytes>> bytes = marshal_write(code.take().get());
    if (!bytes.ok()) {
        print_pending_exception();
        return false;
    }
    file.code = std::string(bytes.take()->view());
    return true;
}

bool write_file(const char* path, const std::string& bytes) {
    std::FILE* out = std::fopen(path, "wb");
    if (!out) return false;
    bool ok = std::fwrite(bytes.data(), 1, bytes.size(), out) == bytes.size();
    return std::fclose(out) == 0 && ok;
}

}  // namespace

int main(int argc, char** argv) {
    if (argc < 4) {
        std::fprintf(stderr, "usage: adder_build_image OUT STDLIB EDITS [FILE=PATH]…\n");
        return 2;
    }
    std::vector<File> files;
    if (!collect(argv[2], "", files)) return 1;
    std::string edits;
    if (!read_file(argv[3], &edits)) {
        std::fprintf(stderr, "adder_build_image: cannot read %s\n", argv[3]);
        return 1;
    }
    Edits(files).read(edits);
    for (int i = 4; i < argc; ++i) {
        // A file of ours under a name of its own, in place of the library's where it has one.
        const char* equals = std::strchr(argv[i], '=');
        if (!equals) return 2;
        File file{std::string(argv[i], size_t(equals - argv[i])), {}, {}};
        if (!read_file(equals + 1, &file.contents)) {
            std::fprintf(stderr, "adder_build_image: cannot read %s\n", equals + 1);
            return 1;
        }
        std::erase_if(files, [&](const File& each) { return each.path == file.path; });
        files.push_back(std::move(file));
    }
    py::runtime().config.hash_seed_set = 1;  // so that set displays and the like come out the same in every build
    py::start_core();
    for (File& file : files) {
        if (ends_with(file.path, ".py") && file.path.rfind("lib2to3/tests", 0) != 0) compile(file);
        file.path.insert(0, py::kLibraryFolder);
    }
    if (!write_file(argv[1], py::image_bytes(files))) {
        std::fprintf(stderr, "adder_build_image: cannot write %s\n", argv[1]);
        return 1;
    }
    std::_Exit(0);
}
