// See source_line.h. Encodings are told as the parser tells them (PEP 263); linecache is not asked.
#include "interp/runtime/source_line.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <climits>
#include <cstdlib>
#include <cstring>

#include "interp/compiler/compile.h"
#include "interp/compiler/fold.h"
#include "interp/import/image.h"
#include "interp/objects/containers.h"
#include "interp/objects/dict.h"
#include "interp/objects/errors.h"
#include "interp/objects/memory_limit.h"
#include "interp/parser/source.h"
#include "interp/runtime/state.h"
#include "interp/runtime/thread.h"

namespace py {

namespace {

// Null: there is no such file, or it cannot be read. Nothing is raised.
Ref<Bytes> read_file(const char* path) {
    int file = open(path, O_RDONLY | O_CLOEXEC);
    if (file < 0) return nullptr;
    struct stat status;
    Ref<Bytes> content;
    if (fstat(file, &status) == 0 && S_ISREG(status.st_mode) && status.st_size <= INT_MAX) {
        auto made = bytes_new(ssize_t(status.st_size));
        if (made.ok()) {
            content = made.take();
            ssize_t filled = 0, got = 0;
            while (filled < content->size &&
                   (got = read(file, content->data + filled, size_t(content->size - filled))) > 0)
                filled += got;
            if (filled < content->size) content.reset();
        } else {
            clear_error();
        }
    }
    close(file);
    return content;
}

Ref<Bytes> read_embedded(std::string_view path) {
    size_t count;
    const MountedImage* images = mounted_images(&count);
    for (size_t i = 0; i < count; ++i) {
        auto utf8 = str_utf8(images[i].root);
        if (!utf8.ok()) {
            clear_error();
            continue;
        }
        std::string_view root = utf8.take();
        if (path.size() <= root.size() + 1 || !path.starts_with(root) || path[root.size()] != '/') continue;
        const ImageEntry* entry = images[i].image.find(path.substr(root.size() + 1));
        if (!entry) continue;
        auto data = images[i].image.data(*entry);
        if (data.ok()) return data.take();
        clear_error();
    }
    return nullptr;
}

// Moved files are found again by their base name.
Ref<Bytes> read_along_path(std::string_view path) {
    std::string_view tail = path.substr(path.rfind('/') + 1);
    Object* search = sys_get("path");
    if (!search || !is_list(search)) return nullptr;
    Ref<List> entries = share(as_list(search));
    for (ssize_t i = 0; i < entries->size; ++i) {
        if (!is_str(entries->items[i])) continue;
        auto encoded = fs_encode(as_str(entries->items[i]));
        if (!encoded.ok()) {
            clear_error();
            continue;
        }
        Ref<Bytes> directory = encoded.take();
        char full[PATH_MAX];
        size_t length = size_t(directory->size);
        if (length + 1 + tail.size() >= sizeof full || std::strlen(directory->data) != length) continue;
        std::memcpy(full, directory->data, length);
        if (length && full[length - 1] != '/') full[length++] = '/';
        std::memcpy(full + length, tail.data(), tail.size());
        full[length + tail.size()] = 0;
        if (Ref<Bytes> content = read_file(full)) return content;
    }
    return nullptr;
}

parser::Decoded decode_file(void*, const char* encoding, std::string_view bytes) {
    parser::Decoded failed{parser::DecodeStatus::UnknownEncoding, nullptr, 0};
    auto decoded = bytes_decode(bytes, encoding, "strict");
    Ref<Str> text = decoded.ok() ? decoded.take() : Ref<Str>();
    auto utf8 = text ? str_utf8(text.get()) : Fallible<std::string_view>(raised);
    if (!utf8.ok()) {
        clear_error();
        return failed;
    }
    std::string_view view = utf8.take();
    char* copy = static_cast<char*>(std::malloc(view.size() + 1));
    if (!copy) return failed;
    std::memcpy(copy, view.data(), view.size());
    copy[view.size()] = 0;
    return {parser::DecodeStatus::Done, copy, view.size()};
}

bool is_blank(char ch) {
    return ch == ' ' || ch == '\t' || ch == '\f';
}

// Byte offsets within the segment.
Fallible<Anchors> anchors_in(std::string_view segment, Str* filename) {
    ast::Arena arena;
    compiler::ObjectPool pool;
    CompileOptions options{.source_is_text = true};
    ast::Mod* tree = TRY(parse_source(segment, filename, options, arena));
    TRY(or_memory_error([&] { return compiler::Folder(arena, pool, filename, 0, false).fold(tree); }));
    auto* module = ast::as_if<ast::Module>(tree);
    if (!module || module->body.size() != 1) return Anchors{};
    auto* statement = ast::as_if<ast::ExprStmt>(module->body[0]);
    if (!statement) return Anchors{};
    if (auto* operation = ast::as_if<ast::BinOp>(statement->value)) {
        auto right = size_t(operation->right->col_offset);
        for (auto i = size_t(operation->left->end_col_offset); i < right && i < segment.size(); ++i) {
            if (is_blank(segment[i])) continue;
            bool two_characters = i + 1 < right && i + 1 < segment.size() && !is_blank(segment[i + 1]);
            return Anchors{true, ssize_t(i), ssize_t(i + 1 + two_characters)};
        }
        return Anchors{};
    }
    if (auto* subscript = ast::as_if<ast::Subscript>(statement->value))
        return Anchors{true, subscript->value->end_col_offset, subscript->slice->end_col_offset + 1};
    return Anchors{};
}

}  // namespace

// The reference opens files through module io, which cannot be imported near the end, or where a program forbids it.
static bool can_open_files() {
    Object* io = dict_get_str(runtime().modules, "io"_name);
    if (!io) return !runtime().finalizing;
    return io != none() && (current_frame() || dict_get_str(runtime().modules, "builtins"_name) != none());
}

void SourceFile::load(Str* filename) {
    filename_ = share(filename);
    text_.reset();
    if (!can_open_files()) return;
    auto encoded = fs_encode(filename);
    if (!encoded.ok()) {
        clear_error();
        return;
    }
    Ref<Bytes> path = encoded.take();
    Ref<Bytes> content = read_file(path->data);
    if (!content) content = read_embedded(path->view());
    if (!content) content = read_along_path(path->view());
    if (!content) return;
    ast::Arena arena;
    parser::ParseOptions options;
    options.mode = parser::Mode::Single;
    options.decode = decode_file;
    parser::Source source = parser::read_source(content->view(), arena, options);
    if (source.problem.kind == parser::ProblemKind::None) {
        // NOTE: a byte order mark is shown and shifts the carets, as in the reference.
        size_t mark = content->view().starts_with("\xEF\xBB\xBF") ? 3 : 0;
        auto made = bytes_new(ssize_t(mark + source.text.size()));
        if (made.ok()) {
            Ref<Bytes> text = made.take();
            std::memcpy(text->data, content->data, mark);
            std::memcpy(text->data + mark, source.text.data(), source.text.size());
            content = std::move(text);
        } else {
            clear_error();
        }
    }
    text_ = std::move(content);
}

Ref<Str> SourceFile::line(Str* filename, int number) {
    SavedError saved;
    if (!filename_ || filename_.get() != filename) load(filename);
    if (!text_ || number < 1) return nullptr;
    std::string_view rest = text_->view();
    for (int current = 1; current < number; ++current) {
        size_t end = rest.find('\n');
        if (end == rest.npos) return nullptr;
        rest.remove_prefix(end + 1);
    }
    if (rest.empty()) return nullptr;
    auto line = str_from_utf8(rest.substr(0, rest.find('\n')));
    if (line.ok()) return line.take();
    clear_error();
    return nullptr;
}

ssize_t character_offset(std::string_view utf8, ssize_t byte_offset) {
    ssize_t count = 0;
    auto size = ssize_t(utf8.size());
    for (ssize_t i = 0; i < std::min(byte_offset, size); ++i)
        count += (utf8[size_t(i)] & 0xC0) != 0x80;
    return count + (byte_offset > size);
}

Anchors find_anchors(Str* filename, Str* line, ssize_t start, ssize_t end) {
    SavedError saved;
    end = std::min(end, line->length);
    if (start >= end) return {};
    auto found = [&]() -> Fallible<Anchors> {
        Ref<Str> segment = TRY(str_substring(line, start, end));
        std::string_view utf8 = TRY(str_utf8(segment.get()));
        Anchors anchors = TRY(anchors_in(utf8, filename));
        if (anchors.found) {
            anchors.start = start + character_offset(utf8, anchors.start);
            anchors.end = start + character_offset(utf8, anchors.end);
        }
        return anchors;
    }();
    if (found.ok()) return found.take();
    clear_error();
    return {};
}

}  // namespace py
