// Unpacking a checked wheel into the cache, and its manifest.
#include "pkg/wheel/store.h"

#include <sys/stat.h>

#include <algorithm>
#include <cerrno>
#include <charconv>
#include <unordered_map>

#include "base/directory.h"
#include "base/hash.h"
#include "base/parallel.h"
#include "base/path.h"
#include "base/text.h"

namespace pkg {

namespace {

constexpr std::string_view kHeader = "adder wheel 2";

void append_number(std::string& out, uint64_t number) {
    char digits[24];
    out.append(digits, std::to_chars(digits, digits + sizeof digits, number).ptr);
}

void append_file(std::string& out, const StoredFile& file) {
    out += "file\t";
    out += char('0' + static_cast<int>(file.scheme));
    out += file.rewrite ? "r\t" : "\t";
    append_number(out, file.size);
    out += '\t';
    out += file.digest;
    out += '\t';
    out += file.target;
    out += '\t';
    if (file.source != file.target) out += file.source;
    out += '\n';
}
// Fields may hold any character but tab and line end, which unsafe_member_name keeps out of paths.
std::string manifest_head(const Wheel& wheel) {
    std::string out(kHeader);
    out += "\nname\t" + wheel.metadata().name + "\nversion\t" + wheel.metadata().version.text() + "\ndist-info\t" +
           wheel.dist_info() + "\n";
    for (const EntryPoint& point : wheel.entry_points()) {
        if (is_script_group(point.group))
            out += "script\t" + point.group + "\t" + point.name + "\t" + point.module + "\t" + point.attribute + "\n";
    }
    for (const std::string& remark : wheel.remarks())
        out += "remark\t" + remark + "\n";
    return out;
}

// Takes the text up to `end`, and `end` itself, off `text`; all of it where there is none.
std::string_view take_until(std::string_view& text, char end) {
    size_t at = text.find(end);
    std::string_view out = text.substr(0, at);
    text.remove_prefix(at == std::string_view::npos ? text.size() : at + 1);
    return out;
}

bool read_file_row(std::string_view row, StoredFile& file) {
    std::string_view scheme = take_until(row, '\t'), size = take_until(row, '\t');
    if (scheme.empty() || scheme.size() > 2 || scheme[0] < '0' || scheme[0] >= char('0' + kSchemes)) return false;
    file.scheme = static_cast<Scheme>(scheme[0] - '0');
    file.rewrite = scheme.size() == 2;
    file.digest = take_until(row, '\t');
    file.target = take_until(row, '\t');
    file.source = row.empty() ? file.target : row;
    return !file.target.empty() && base::parse_u64(size, file.size);
}

void read_script_row(std::string_view row, EntryPoint& point) {
    for (std::string* field : {&point.group, &point.name, &point.module, &point.attribute})
        *field = take_until(row, '\t');
}

// Fills `out` from its manifest.
bool parse_manifest(StoredWheel& out) {
    std::string_view text = *out.manifest;
    if (!text.starts_with(kHeader) || !text.ends_with("\nend\n")) return false;
    text.remove_prefix(kHeader.size() + 1);
    out.files.reserve(text.size() / 70);
    while (!text.empty()) {
        std::string_view row = take_until(text, '\n'), kind = take_until(row, '\t');
        if (kind == "file") {
            StoredFile& file = out.files.emplace_back();
            file.number = (uint32_t)out.files.size() - 1;
            if (!read_file_row(row, file)) return false;
        }
        if (kind == "script") read_script_row(row, out.scripts.emplace_back());
        if (kind == "name") out.name = row;
        if (kind == "version") out.version = row;
        if (kind == "dist-info") out.dist_info = row;
        if (kind == "remark") out.remarks.emplace_back(row);
    }
    return !out.name.empty() && !out.version.empty() && !out.dist_info.empty();
}

// "#!python" and "#!pythonw" stand for the environment's interpreter (binary-distribution-format §Recommended installer
// features).
bool wants_interpreter(const WheelMember& member, std::string_view bytes) {
    return member.scheme == Scheme::Scripts && bytes.starts_with("#!python");
}

// The members so that those of one directory come together, parents first.
std::vector<const WheelMember*> by_directory(const Wheel& wheel) {
    struct Group {
        std::string_view folder;
        std::vector<const WheelMember*> members;
    };
    std::vector<Group> groups;
    std::unordered_map<std::string_view, size_t> places;
    size_t last = 0;
    for (const WheelMember& member : wheel.members()) {
        std::string_view folder = base::parent_path(wheel.archive().entries()[member.entry].name);
        // FAST: mostly the folder of the member before.
        if (groups.empty() || groups[last].folder != folder) {
            auto [place, fresh] = places.emplace(folder, groups.size());
            if (fresh) groups.push_back({folder, {}});
            last = place->second;
        }
        groups[last].members.push_back(&member);
    }
    // As paths: "a/b" comes before "a-1.0", so that no directory is left for another one and entered again.
    auto before = [](char a, char b) { return (a == '/' ? 1 : (unsigned char)a) < (b == '/' ? 1 : (unsigned char)b); };
    std::sort(groups.begin(), groups.end(), [&](const Group& a, const Group& b) {
        return std::lexicographical_compare(a.folder.begin(), a.folder.end(), b.folder.begin(), b.folder.end(), before);
    });
    std::vector<const WheelMember*> out;
    out.reserve(wheel.members().size());
    for (const Group& group : groups)
        out.insert(out.end(), group.members.begin(), group.members.end());
    return out;
}

}  // namespace

static bool take_manifest(const std::string& entry, std::string manifest, StoredWheel& out) {
    out = {};
    out.path = entry;
    out.manifest = std::make_shared<const std::string>(std::move(manifest));
    return parse_manifest(out);
}

bool find_stored_wheel(const Cache& cache, std::string_view sha256, StoredWheel& out) {
    std::string entry;
    std::optional<std::string> manifest = cache.read_inside(Bucket::Wheels, sha256, "manifest", entry);
    if (!manifest || !take_manifest(entry, std::move(*manifest), out)) return false;
    out.sha256 = sha256;
    return true;
}

bool read_stored_wheel(const std::string& entry, StoredWheel& out) {
    base::Result<std::string> manifest = base::read_file(entry + "/manifest");
    return manifest.ok() && take_manifest(entry, std::move(manifest).value(), out);
}

std::string StoredWheel::place_of(const StoredFile& file) {
    return std::to_string(file.number / StoredFile::kTogether) + "/" + std::to_string(file.number);
}
const StoredFile* StoredWheel::find(std::string_view source) const {
    auto found = std::find_if(files.begin(), files.end(), [&](const StoredFile& file) { return file.source == source; });
    return found == files.end() ? nullptr : &*found;
}

namespace {

// The members of a wheel on their way into the directory `folder`, and the manifest's rows of them.
struct Unpacking {
    const Wheel& wheel;
    const base::Directory& folder;
    std::vector<const WheelMember*> members;

    base::Result<void> unpack(size_t begin, size_t end, std::string& rows) const {
        Wheel::Reader reader = TRY(Wheel::Reader::create());
        base::DirectoryWalk walk(folder);
        rows.reserve(rows.size() + (end - begin) * 120);
        int place = -1;
        for (size_t i = begin; i < end; i++) {
            const WheelMember& member = *members[i];
            std::string_view content = TRY(wheel.read(member, reader));
            bool program = member.executable || member.scheme == Scheme::Scripts;
            if (i == begin || i % StoredFile::kTogether == 0) place = TRY(walk.make(std::to_string(i / StoredFile::kTogether)));
            char name[24];
            *std::to_chars(name, name + sizeof name - 1, i).ptr = 0;
            // Environments of everybody share the entry, so that the umask of whoever fills the cache must not count.
            mode_t mode = program ? 0755 : 0644;
            TRY(base::write_new_at(place, name, content, mode, folder.path()));
            if ((mode & base::file_creation_mask()) && fchmodat(place, name, mode, 0))
                return base::io_error("set the mode of", base::join_path(folder.path(), name), errno);
            StoredFile file;
            file.scheme = member.scheme;
            file.rewrite = wants_interpreter(member, content);
            file.size = content.size();
            file.source = wheel.archive().entries()[member.entry].name;
            file.target = member.target;
            std::string own = member.algorithm == "sha256" ? "" : base::to_base64url_nopad(base::sha256(content));
            file.digest = own.empty() ? member.digest : own;
            append_file(rows, file);
        }
        return {};
    }
};

// Adds the rows of all members. On several threads where the wheel is a big one; most installs have wheels enough for all.
base::Result<void> unpack_all(const Unpacking& work, std::string& out) {
    constexpr size_t kShare = 32 * StoredFile::kTogether;
    size_t count = work.members.size();
    if (count <= kShare) return work.unpack(0, count, out);
    std::vector<std::string> rows((count + kShare - 1) / kShare);
    auto unpack = [&](size_t i) { return work.unpack(i * kShare, std::min(count, (i + 1) * kShare), rows[i]); };
    TRY(base::for_each_parallel(rows.size(), unpack));
    for (const std::string& share : rows)
        out += share;
    return {};
}

base::Result<StoredWheel> unpack_wheel(Cache& cache, const Wheel& wheel, std::string_view sha256) {
    cache.forget(Bucket::Wheels, sha256);  // a damaged one
    base::TemporaryDirectory staging = TRY(cache.staging());
    base::Directory folder = TRY(base::Directory::open(staging.path()));
    std::string manifest = manifest_head(wheel);
    TRY(unpack_all({wheel, folder, by_directory(wheel)}, manifest));
    manifest += "end\n";
    TRY(base::write_new_at(folder.fd(), "manifest", manifest, 0644, folder.path()));
    std::string entry = TRY(cache.adopt(std::move(staging), Bucket::Wheels, sha256));
    StoredWheel out;
    CHECK(take_manifest(entry, std::move(manifest), out));
    out.sha256 = sha256;
    return out;
}

}  // namespace

base::Result<StoredWheel> store_wheel(Cache& cache, std::string bytes, const std::string& file_name,
                                      std::string_view sha256) {
    StoredWheel out;
    if (find_stored_wheel(cache, sha256, out)) return out;
    return unpack_wheel(cache, TRY(Wheel::from_bytes(std::move(bytes), file_name)), sha256);
}

base::Result<StoredWheel> store_wheel(Cache& cache, const Wheel& wheel, std::string_view sha256) {
    StoredWheel out;
    if (find_stored_wheel(cache, sha256, out)) return out;
    return unpack_wheel(cache, wheel, sha256);
}

}  // namespace pkg
