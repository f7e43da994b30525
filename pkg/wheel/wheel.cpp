// Checking a wheel: the steps of binary-distribution-format §Installing a wheel, before anything is spread.
#include "pkg/wheel/wheel.h"

#include <algorithm>
#include <unordered_map>
#include <unordered_set>

#include "base/hash.h"
#include "base/path.h"
#include "base/text.h"
#include "pkg/name.h"
#include "pkg/wheel/scripts.h"
#include "pkg/wheel/startup.h"

namespace pkg {

std::string_view scheme_name(Scheme scheme) {
    static constexpr std::string_view kNames[] = {"purelib", "platlib", "scripts", "headers", "data"};
    return kNames[static_cast<size_t>(scheme)];
}

static bool scheme_of(std::string_view name, Scheme& out) {
    for (Scheme scheme : {Scheme::Purelib, Scheme::Platlib, Scheme::Scripts, Scheme::Headers, Scheme::Data}) {
        if (scheme_name(scheme) != name) continue;
        out = scheme;
        return true;
    }
    return false;
}

base::Error Wheel::refuse(std::string text) const {
    return base::Error(base::ErrorKind::Integrity,
                       "`" + name_.file_name + "` is not a valid wheel: " + std::move(text));
}

// "Some_Name-1.0.dist-info" belongs to the project and version of the file's name.
static bool folder_matches(std::string_view folder, std::string_view suffix, const WheelName& name) {
    if (!folder.ends_with(suffix)) return false;
    folder.remove_suffix(suffix.size());
    size_t dash = folder.rfind('-');
    if (dash == std::string_view::npos) return false;
    base::Result<Version> version = parse_version(folder.substr(dash + 1));
    return version.ok() && *version == name.version && normalize_name(folder.substr(0, dash)) == name.name;
}

base::Result<std::string> find_metadata_member(const std::vector<base::ZipEntry>& entries, const WheelName& name) {
    std::string found;
    for (const base::ZipEntry& entry : entries) {
        std::string_view path = entry.name;
        if (!path.ends_with(".dist-info/METADATA") || path.find('/') != path.rfind('/')) continue;
        if (!found.empty())
            return base::Error(base::ErrorKind::Integrity, "`" + name.file_name + "` holds two .dist-info directories");
        if (!folder_matches(path.substr(0, path.size() - 9), ".dist-info", name))
            return base::Error(
                base::ErrorKind::Integrity,
                "`" + name.file_name + "` holds the metadata of another distribution, `" + std::string(path) + "`");
        found = path;
    }
    if (found.empty()) return base::Error(base::ErrorKind::Integrity, "`" + name.file_name + "` holds no METADATA");
    return found;
}

base::Result<Wheel> Wheel::open(const std::string& path) {
    base::ZipArchive archive = TRY(base::ZipArchive::open(path));
    return check(std::move(archive), std::string(base::base_name(path)));
}
base::Result<Wheel> Wheel::from_bytes(std::string bytes, const std::string& file_name) {
    base::ZipArchive archive = TRY(base::ZipArchive::from_bytes(std::move(bytes), file_name));
    return check(std::move(archive), file_name);
}

base::Result<Wheel> Wheel::check(base::ZipArchive archive, const std::string& file_name) {
    base::Result<WheelName> name = parse_wheel_name(file_name);
    if (!name.ok()) return std::move(name).error();
    Wheel wheel(std::move(archive), std::move(name).value());
    TRY(wheel.find_dist_info());
    TRY(wheel.read_descriptions());
    TRY(wheel.map_members());
    TRY(wheel.check_record());
    TRY(wheel.check_scripts());
    TRY(wheel.look_around());
    return wheel;
}

static bool ends_ignoring_case(std::string_view text, std::string_view end) {
    return text.size() >= end.size() && base::equal_ignoring_case(text.substr(text.size() - end.size()), end);
}

base::Result<void> Wheel::find_dist_info() {
    std::unordered_set<std::string_view> seen;
    std::string_view last;
    for (const base::ZipEntry& entry : archive_.entries()) {
        if (entry.is_symlink()) return refuse("member `" + std::string(entry.name) + "` is a symbolic link");
        std::string_view top = entry.name.substr(0, entry.name.find('/'));
        // FAST: the next member of the same top directory, about which all is known.
        if (top.size() == entry.name.size() || top == last) continue;
        last = top;
        if (ends_ignoring_case(top, ".data") && !folder_matches(top, ".data", name_))
            return refuse("`" + std::string(top) + "` is the data directory of another distribution");
        if (ends_ignoring_case(top, ".dist-info")) seen.insert(top);
    }
    if (seen.size() != 1)
        return refuse(seen.empty() ? "it has no .dist-info directory" : "it has several .dist-info directories");
    dist_info_ = *seen.begin();
    if (!folder_matches(dist_info_, ".dist-info", name_))
        return refuse("`" + dist_info_ + "` belongs to another distribution than the file's name");
    return {};
}

base::Result<void> Wheel::read_descriptions() {
    base::Inflater inflater;
    auto text_of = [&](const char* file) -> base::Result<std::string> {
        const base::ZipEntry* entry = archive_.find(dist_info_ + "/" + file);
        if (!entry) return refuse("`" + dist_info_ + "/" + file + "` is missing");
        return std::string(TRY(archive_.read(*entry, inflater)));
    };
    metadata_text_ = TRY(text_of("METADATA"));
    base::Result<Metadata> metadata = parse_metadata(metadata_text_, name_.file_name + "/METADATA");
    if (!metadata.ok()) {
        base::Error error = std::move(metadata).error();
        error.kind = base::ErrorKind::Integrity;
        return error;
    }
    metadata_ = std::move(metadata).value();
    if (normalize_name(metadata_.name) != name_.name || metadata_.version != name_.version)
        return refuse("its metadata says `" + metadata_.name + " " + metadata_.version.text() + "`");
    std::string wheel_text = TRY(text_of("WHEEL"));
    base::Result<RawHeaders> parsed = parse_headers(wheel_text);
    if (!parsed.ok()) return refuse("its WHEEL file cannot be read: " + parsed.error().message);
    const std::string* version = parsed->find("Wheel-Version");
    if (!version) return refuse("its WHEEL file names no Wheel-Version");
    // Step 1: a major version above ours must be refused, a minor one may be.
    std::string_view first, second;
    uint64_t major = 0, minor = 0;
    base::partition(*version, '.', first, second);
    if (!base::parse_u64(first, major) || major > 1 || (!second.empty() && !base::parse_u64(second, minor)))
        return refuse("it has wheel version " + *version + ", only 1.x is supported");
    const std::string* root = parsed->find("Root-Is-Purelib");
    root_is_purelib_ = root && base::equal_ignoring_case(base::strip(*root), "true");
    if (archive_.find(dist_info_ + "/entry_points.txt")) {
        std::string text = TRY(text_of("entry_points.txt"));
        base::Result<std::vector<EntryPoint>> points = parse_entry_points(text, name_.file_name + "/entry_points.txt");
        if (!points.ok()) return refuse(points.error().message);
        entry_points_ = std::move(points).value();
    }
    return {};
}

base::Result<void> Wheel::map_members() {
    members_.reserve(archive_.entries().size());
    bool moved = false;  // whether a member's place is another one than its name
    for (size_t i = 0; i < archive_.entries().size(); i++) {
        const base::ZipEntry& entry = archive_.entries()[i];
        if (entry.is_directory()) continue;
        WheelMember& member = members_.emplace_back();
        member.entry = i;
        member.scheme = root_is_purelib_ ? Scheme::Purelib : Scheme::Platlib;
        member.executable = entry.is_executable();
        std::string_view path = entry.name;
        size_t slash = path.find('/');
        if (slash != std::string_view::npos && ends_ignoring_case(path.substr(0, slash), ".data")) {
            size_t next = path.find('/', slash + 1);
            std::string_view folder = path.substr(slash + 1, next == std::string_view::npos ? next : next - slash - 1);
            if (next == std::string_view::npos || !scheme_of(folder, member.scheme))
                return refuse("member `" + std::string(entry.name) + "` is in no known directory of .data");
            path = path.substr(next + 1);
            if (const char* why = base::unsafe_member_name(path)) return refuse("member `" + std::string(entry.name) + "` has " + why);
            moved = true;
        }
        member.target = path;
    }
    // Names differ, and so do the places of members that have not been moved.
    return moved ? check_places() : base::Result<void>();
}

// No two members for one place.
base::Result<void> Wheel::check_places() const {
    std::unordered_map<std::string_view, std::string_view> targets[kSchemes];  // place → member
    for (const WheelMember& member : members_) {
        std::string_view name = archive_.entries()[member.entry].name;
        // Purelib and Platlib may be one directory.
        size_t scheme = member.scheme == Scheme::Platlib ? size_t(Scheme::Purelib) : size_t(member.scheme);
        auto [found, fresh] = targets[scheme].emplace(member.target, name);
        if (!fresh)
            return refuse("members `" + std::string(found->second) + "` and `" + std::string(name) + "` go to the same place");
    }
    return {};
}

// The rows of RECORD by the archive's entries; `missing` is one whose file is not there.
base::Result<std::vector<const RecordRow*>> Wheel::match_record(const std::vector<RecordRow>& record, std::string_view what,
                                                               const RecordRow*& missing) const {
    std::vector<const RecordRow*> out(archive_.entries().size());
    std::unordered_set<std::string_view> folders;
    for (const RecordRow& row : record) {
        if (const base::ZipEntry* entry = archive_.find(row.path)) {
            const RecordRow*& place = out[size_t(entry - archive_.entries().data())];
            if (place) return listed_twice(row, what);
            place = &row;
        } else if (!row.path.ends_with('/')) {
            if (!missing) missing = &row;
        } else if (!folders.insert(row.path).second) {
            return listed_twice(row, what);
        }
    }
    return out;
}

base::Result<void> Wheel::check_record() {
    std::string record_path = dist_info_ + "/RECORD", what = name_.file_name + "/RECORD";
    const base::ZipEntry* entry = archive_.find(record_path);
    if (!entry) return refuse("`" + record_path + "` is missing");
    record_text_ = std::make_unique<const std::string>(TRY(archive_.read(*entry)));
    RecordRows record = TRY(read_record(*record_text_, what));
    record_unquoted_ = std::move(record.unquoted);
    const RecordRow* missing = nullptr;
    std::vector<const RecordRow*> listed = TRY(match_record(record.rows, what, missing));
    const std::string signatures[] = {record_path + ".jws", record_path + ".p7s"};
    size_t kept = 0;
    for (const WheelMember& member : members_) {
        const base::ZipEntry& file = archive_.entries()[member.entry];
        // Signatures cannot be listed in what they sign (PEP 427 §Signed wheel files).
        bool exempt = file.name == record_path || file.name == signatures[0] || file.name == signatures[1];
        if (exempt) continue;
        const RecordRow* row = listed[member.entry];
        if (!row) return refuse("member `" + std::string(file.name) + "` is not listed in RECORD");
        if (!base::hash_is_secure(row->algorithm))
            return refuse("RECORD gives no secure hash for `" + std::string(file.name) + "`");
        if (row->size && *row->size != file.size)
            return refuse("RECORD gives another size for `" + std::string(file.name) + "`");
        members_[kept] = member;
        members_[kept].algorithm = row->algorithm;
        members_[kept++].digest = row->digest;
    }
    if (missing) return refuse("RECORD lists `" + std::string(missing->path) + "`, which is missing");
    members_.resize(kept);
    return {};
}

base::Result<void> Wheel::check_scripts() {
    for (const EntryPoint& point : entry_points_) {
        if (!is_script_group(point.group)) continue;
        if (const char* why = forbidden_script_name(point.name)) return refuse("script `" + point.name + "`: " + why);
        if (point.attribute.empty()) return refuse("script `" + point.name + "` names no function to call");
    }
    for (const WheelMember& member : members_) {
        std::string_view target = member.target;
        const char* why = nullptr;
        if (member.scheme == Scheme::Scripts) {
            why = forbidden_script_name(target);
        } else if (member.scheme == Scheme::Data) {
            std::string low = base::lower(target);
            std::string folder = low.substr(0, low.find('/'));
            if (folder == "bin" || folder == "scripts") why = forbidden_script_name(base::base_name(target));
            if (low == "pyvenv.cfg") why = "it would replace the environment's configuration";
            if (folder == ".adder") why = "it would replace adder's own records";
        }
        if (why) return refuse("`" + std::string(archive_.entries()[member.entry].name) + "`: " + why);
    }
    return {};
}

base::Result<void> Wheel::look_around() {
    base::Inflater inflater;
    // Names that no other has can only collide where one of them has capital letters.
    auto has_capitals = [](std::string_view path) {
        return std::any_of(path.begin(), path.end(), [](char c) { return c >= 'A' && c <= 'Z'; });
    };
    auto path_of = [&](const WheelMember& member) { return archive_.entries()[member.entry].name; };
    auto described = [&](const WheelMember& member) { return path_of(member).starts_with(dist_info_); };
    bool may_collide = std::any_of(members_.begin(), members_.end(), [&](const WheelMember& member) {
        return !described(member) && has_capitals(path_of(member));
    });
    std::unordered_map<std::string, std::string_view> folded;
    for (const WheelMember& member : members_) {
        std::string_view path = path_of(member);
        bool site = member.scheme == Scheme::Purelib || member.scheme == Scheme::Platlib;
        if (site && member.target.ends_with(".pth") && member.target.find('/') == std::string::npos) {
            std::string effect = startup_effect(TRY(archive_.read(archive_.entries()[member.entry], inflater)));
            if (!effect.empty()) remarks_.push_back("`" + std::string(path) + "` " + effect + " whenever Python starts");
        }
        if (!may_collide && !described(member)) continue;
        auto [found, fresh] = folded.emplace(base::lower(path), path);
        if (!fresh)
            remarks_.push_back("`" + std::string(found->second) + "` and `" + std::string(path) +
                               "` are one file where case is ignored");
    }
    return {};
}

base::Result<Wheel::Reader> Wheel::Reader::create() {
    return Reader{base::Inflater(), TRY(base::Hasher::create("sha256")), "sha256", ""};
}

base::Result<std::string_view> Wheel::read(const WheelMember& member, Reader& reader) const {
    const base::ZipEntry& entry = archive_.entries()[member.entry];
    std::string_view bytes = TRY(archive_.read(entry, reader.inflater));
    if (reader.algorithm == member.algorithm) {
        reader.hasher.restart();
    } else {
        reader.hasher = TRY(base::Hasher::create(member.algorithm));
        reader.algorithm = member.algorithm;
    }
    reader.hasher.update(bytes);
    char room[base::Hasher::kLongest];
    reader.digest.clear();
    base::append_base64url_nopad(reader.digest, reader.hasher.digest(room));
    if (reader.digest != member.digest)
        return refuse("the hash of `" + std::string(entry.name) + "` differs from RECORD");
    return bytes;
}

}  // namespace pkg
