// Unpacking a checked wheel into the cache, and its manifest.
#include "pkg/wheel/store.h"

#include <algorithm>

#include "base/directory.h"
#include "base/hash.h"
#include "base/path.h"
#include "base/text.h"

namespace pkg {

namespace {

constexpr std::string_view kHeader = "adder wheel 1";

// Fields may hold any character but tab and line end, which unsafe_member_name keeps out of paths.
std::string manifest_text(const StoredWheel& wheel) {
    std::string out(kHeader);
    out += "\nname\t" + wheel.name + "\nversion\t" + wheel.version + "\ndist-info\t" + wheel.dist_info + "\n";
    for (const EntryPoint& point : wheel.scripts)
        out += "script\t" + point.group + "\t" + point.name + "\t" + point.module + "\t" + point.attribute + "\n";
    for (const std::string& remark : wheel.remarks)
        out += "remark\t" + remark + "\n";
    for (const StoredFile& file : wheel.files) {
        out += "file\t";
        out += std::to_string(static_cast<int>(file.scheme)) + (file.rewrite ? "r\t" : "\t") +
               std::to_string(file.size) + "\t" + file.digest + "\t" + file.target + "\t" +
               (file.source == file.target ? "" : file.source) + "\n";
    }
    return out + "end\n";
}

bool read_file_row(const std::vector<std::string_view>& row, StoredFile& file) {
    if (row.size() != 6 || row[1].empty() || row[1][0] < '0' || row[1][0] > '4') return false;
    file.scheme = static_cast<Scheme>(row[1][0] - '0');
    file.rewrite = row[1].size() == 2;
    file.digest = row[3];
    file.target = row[4];
    file.source = row[5].empty() ? row[4] : row[5];
    return base::parse_u64(row[2], file.size);
}

bool parse_manifest(std::string_view text, StoredWheel& out) {
    if (!text.starts_with(kHeader) || !text.ends_with("\nend\n")) return false;
    text.remove_prefix(kHeader.size());
    for (std::string_view line : base::split_lines(text)) {
        std::vector<std::string_view> row = base::split(line, '\t');
        if (row[0] == "file") {
            if (!read_file_row(row, out.files.emplace_back())) return false;
        } else if (row[0] == "script" && row.size() == 5) {
            EntryPoint& point = out.scripts.emplace_back();
            point.group = row[1];
            point.name = row[2];
            point.module = row[3];
            point.attribute = row[4];
        } else if (row.size() == 2) {
            if (row[0] == "name") out.name = row[1];
            if (row[0] == "version") out.version = row[1];
            if (row[0] == "dist-info") out.dist_info = row[1];
            if (row[0] == "remark") out.remarks.emplace_back(row[1]);
        }
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
    std::vector<const WheelMember*> out;
    for (const WheelMember& member : wheel.members())
        out.push_back(&member);
    // As paths: "a/b" comes before "a-1.0", so that no directory is left for another one and entered again.
    auto before = [](char a, char b) { return (a == '/' ? 1 : (unsigned char)a) < (b == '/' ? 1 : (unsigned char)b); };
    auto folder = [&](const WheelMember* member) {
        return base::parent_path(wheel.archive().entries()[member->entry].name);
    };
    std::stable_sort(out.begin(), out.end(), [&](const auto* a, const auto* b) {
        std::string_view one = folder(a), two = folder(b);
        return std::lexicographical_compare(one.begin(), one.end(), two.begin(), two.end(), before);
    });
    return out;
}

}  // namespace

bool find_stored_wheel(const Cache& cache, std::string_view sha256, StoredWheel& out) {
    std::string path = cache.find(Bucket::Wheels, sha256);
    if (path.empty() || !read_stored_wheel(path, out)) return false;
    out.sha256 = sha256;
    return true;
}

bool read_stored_wheel(const std::string& entry, StoredWheel& out) {
    base::Result<std::string> manifest = base::read_file(entry + "/manifest");
    out = {};
    out.path = entry;
    return manifest.ok() && parse_manifest(*manifest, out);
}

base::Result<StoredWheel> store_wheel(Cache& cache, const std::string& path, const std::string& file_name,
                                      std::string_view sha256) {
    StoredWheel out;
    if (find_stored_wheel(cache, sha256, out)) return out;
    cache.forget(Bucket::Wheels, sha256);
    out = {};
    std::string bytes = TRY(base::read_file(path));
    Wheel wheel = TRY(Wheel::from_bytes(std::move(bytes), file_name));
    base::TemporaryDirectory staging = TRY(cache.staging());
    base::Directory files = TRY(base::Directory::create(staging.path() + "/files"));
    base::DirectoryWalk walk(files);
    for (const WheelMember* member : by_directory(wheel)) {
        std::string content = TRY(wheel.read(*member));
        const std::string& name = wheel.archive().entries()[member->entry].name;
        bool script = member->scheme == Scheme::Scripts;
        int folder = TRY(walk.make(base::parent_path(name)));
        TRY(base::write_new_at(folder, std::string(base::base_name(name)), content,
                               member->executable || script ? 0755 : 0644, base::join_path(files.path(), name)));
        StoredFile& file = out.files.emplace_back();
        file.source = name;
        file.scheme = member->scheme;
        file.target = member->target;
        file.size = content.size();
        file.digest = member->algorithm == "sha256" ? member->digest : base::to_base64url_nopad(base::sha256(content));
        file.rewrite = wants_interpreter(*member, content);
    }
    out.sha256 = sha256;
    out.name = wheel.metadata().name;
    out.version = wheel.metadata().version.text();
    out.dist_info = wheel.dist_info();
    out.remarks = wheel.remarks();
    for (const EntryPoint& point : wheel.entry_points()) {
        if (point.group == "console_scripts" || point.group == "gui_scripts") out.scripts.push_back(point);
    }
    TRY(base::write_file(staging.path() + "/manifest", manifest_text(out)));
    out.path = TRY(cache.adopt(std::move(staging), Bucket::Wheels, sha256));
    cache.write(Bucket::Metadata, sha256, wheel.metadata_text());
    return out;
}

}  // namespace pkg
