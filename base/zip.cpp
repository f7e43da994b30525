// The strict reader.
#include "base/zip.h"

#include <algorithm>
#include <bit>
#include <cstring>
#include <functional>

#include "base/hash.h"
#include "base/path.h"

namespace base {

namespace {

constexpr uint32_t kLocalHeader = 0x04034b50, kCentralHeader = 0x02014b50, kEnd = 0x06054b50, kEnd64 = 0x06064b50,
                   kLocator64 = 0x07064b50, kDescriptor = 0x08074b50;
constexpr size_t kLocalSize = 30, kCentralSize = 46, kEndSize = 22, kEnd64Size = 56, kLocator64Size = 20;
constexpr uint16_t kFlagEncrypted = 1, kFlagDescriptor = 8, kFlagUtf8 = 0x800;
constexpr uint16_t kFlagsKnown = 0x2 | 0x4 | kFlagDescriptor | kFlagUtf8;

template <class T>
T number(std::string_view bytes, size_t at) {
    T out;
    std::memcpy(&out, bytes.data() + at, sizeof out);
    return out;
}

Error refuse(std::string_view name, std::string text) {
    return Error(ErrorKind::Integrity, "`" + std::string(name) + "` is not a valid zip archive: " + std::move(text));
}

Error refuse_member(std::string_view name, const ZipEntry& entry, std::string_view why) {
    return refuse(name, "member `" + std::string(entry.name) + "`: " + std::string(why));
}

// Where the central directory stands, out of the end record.
struct End {
    uint64_t entries = 0, directory_size = 0, directory_offset = 0;
    uint64_t end_offset = 0;  // where the end records begin
};

// The extra area as a list of fields: every field must fit, and none may rename the member.
// `wide` receives the ZIP64 field (empty when absent). Returns a complaint or nullptr.
const char* read_extra(std::string_view extra, std::string_view& wide) {
    wide = {};
    bool has_wide = false;
    while (!extra.empty()) {
        if (extra.size() < 4) return "an extra field is cut off";
        uint16_t id = number<uint16_t>(extra, 0), size = number<uint16_t>(extra, 2);
        if (size > extra.size() - 4) return "an extra field is longer than its area";
        if (id == 0x7075 || id == 0x6375) return "a Unicode extra field gives a member a second name";
        if (id == 1) {
            if (has_wide) return "two ZIP64 extra fields";
            has_wide = true;
            wide = extra.substr(4, size);
        }
        extra.remove_prefix(4 + (size_t)size);
    }
    return nullptr;
}

// Takes the values a ZIP64 field carries for those that are all ones; the field must hold exactly these.
bool widen(std::string_view wide, std::initializer_list<std::pair<uint64_t*, bool>> values) {
    for (auto [value, needed] : values) {
        if (!needed) continue;
        if (wide.size() < 8) return false;
        *value = number<uint64_t>(wide, 0);
        wide.remove_prefix(8);
    }
    return wide.empty();
}

const char* read_end64(std::string_view tail, uint64_t file_size, size_t end_at, End& end) {
    if (end_at < kLocator64Size) return "the ZIP64 locator is missing";
    size_t locator = end_at - kLocator64Size;
    if (number<uint32_t>(tail, locator) != kLocator64) return "the ZIP64 locator is missing";
    uint64_t tail_offset = file_size - tail.size();
    uint64_t record_offset = number<uint64_t>(tail, locator + 8);
    if (number<uint32_t>(tail, locator + 4) != 0 || number<uint32_t>(tail, locator + 16) != 1)
        return "archives of several disks are not supported";
    if (locator < kEnd64Size || record_offset != tail_offset + locator - kEnd64Size)
        return "the ZIP64 end record is not directly before its locator";
    size_t record = locator - kEnd64Size;
    if (number<uint32_t>(tail, record) != kEnd64 || number<uint64_t>(tail, record + 4) != kEnd64Size - 12)
        return "the ZIP64 end record is damaged or carries extensible data";
    uint64_t entries = number<uint64_t>(tail, record + 24), all = number<uint64_t>(tail, record + 32);
    uint64_t size = number<uint64_t>(tail, record + 40), offset = number<uint64_t>(tail, record + 48);
    if (number<uint32_t>(tail, record + 16) || number<uint32_t>(tail, record + 20) || entries != all)
        return "archives of several disks are not supported";
    auto agrees = [](uint64_t narrow, uint64_t ones, uint64_t wide) { return narrow == ones || narrow == wide; };
    if (!agrees(end.entries, 0xffff, entries) || !agrees(end.directory_size, 0xffffffff, size) ||
        !agrees(end.directory_offset, 0xffffffff, offset))
        return "the ZIP64 end record and the end record differ";
    end.entries = entries;
    end.directory_size = size;
    end.directory_offset = offset;
    end.end_offset = record_offset;
    return nullptr;
}

// Finds the one end record: the signature whose comment ends with the file.
const char* read_end(std::string_view tail, uint64_t file_size, End& end) {
    if (tail.size() < kEndSize) return "it is too short";
    size_t found = std::string_view::npos;
    size_t lowest = tail.size() > kEndSize + 65535 ? tail.size() - kEndSize - 65535 : 0;
    for (size_t at = tail.size() - kEndSize + 1; at-- > lowest;) {
        if (number<uint32_t>(tail, at) == kEnd && at + kEndSize + number<uint16_t>(tail, at + 20) == tail.size()) {
            found = at;
            break;
        }
    }
    if (found == std::string_view::npos) return "no end record stands at its end (data is missing or was appended)";
    std::string_view comment = tail.substr(found + kEndSize);
    if (comment.find("PK") != std::string_view::npos) return "its comment holds zip records";
    if (number<uint16_t>(tail, found + 4) || number<uint16_t>(tail, found + 6) ||
        number<uint16_t>(tail, found + 8) != number<uint16_t>(tail, found + 10))
        return "archives of several disks are not supported";
    end.entries = number<uint16_t>(tail, found + 10);
    end.directory_size = number<uint32_t>(tail, found + 12);
    end.directory_offset = number<uint32_t>(tail, found + 16);
    end.end_offset = file_size - tail.size() + found;
    bool wide = found >= kLocator64Size && number<uint32_t>(tail, found - kLocator64Size) == kLocator64;
    bool ones = end.entries == 0xffff || end.directory_size == 0xffffffff || end.directory_offset == 0xffffffff;
    if (wide || ones) {
        if (const char* why = read_end64(tail, file_size, found, end)) return why;
    }
    if (end.directory_offset > end.end_offset || end.directory_size != end.end_offset - end.directory_offset)
        return "its central directory does not reach exactly to the end record";
    if (end.entries > end.directory_size / kCentralSize) return "its central directory is cut off";
    return nullptr;
}

const char* check_entry(ZipEntry& entry, uint16_t made_by, uint32_t external) {
    if (entry.flags & kFlagEncrypted) return "it is encrypted";
    if (entry.flags & ~kFlagsKnown) return "it uses flags that are not supported";
    if (entry.method != 0 && entry.method != 8) return "its compression method is not supported";
    if (entry.method == 0 && entry.compressed_size != entry.size) return "it is stored but its two sizes differ";
    if (const char* why = unsafe_member_name(entry.name)) {
        static thread_local std::string text;
        text = std::string("its name has ") + why;
        return text.c_str();
    }
    // NOTE: many that call themselves another system than Unix write its modes, and pip takes them. The upper half may
    // then be anything else as well: it is a mode where it says file or link.
    uint16_t type = external >> 16 & 0170000;
    if (made_by >> 8 == 3 || type == 0100000 || type == 0120000) entry.mode = (uint16_t)(external >> 16);
    type = entry.mode & 0170000;
    if (type != 0 && type != 0100000 && type != 0040000 && type != 0120000) return "it is a device or pipe";
    if (type == 0040000 && !entry.is_directory()) return "its mode says directory and its name says file";
    if (entry.is_directory() && entry.size) return "it is a directory with content";
    return nullptr;
}

bool valid_utf8(std::string_view text) {
    for (size_t i = 0; i < text.size();) {
        unsigned char c = text[i];
        size_t more = c < 0x80                ? 0
                      : c >= 0xc2 && c < 0xe0 ? 1
                      : c >= 0xe0 && c < 0xf0 ? 2
                      : c >= 0xf0 && c < 0xf5 ? 3
                                              : 9;
        if (more == 9 || i + more >= text.size() + (more == 0)) return false;
        for (size_t j = 1; j <= more; j++) {
            if ((text[i + j] & 0xc0) != 0x80) return false;
        }
        i += more + 1;
    }
    return true;
}

Result<std::vector<ZipEntry>> read_directory(std::string_view directory, const End& end, std::string_view name) {
    std::vector<ZipEntry> entries;
    entries.reserve(end.entries);
    size_t at = 0;
    for (uint64_t index = 0; index < end.entries; index++) {
        if (directory.size() - at < kCentralSize || number<uint32_t>(directory, at) != kCentralHeader)
            return refuse(name, "its central directory is damaged");
        size_t name_size = number<uint16_t>(directory, at + 28), extra_size = number<uint16_t>(directory, at + 30);
        size_t comment_size = number<uint16_t>(directory, at + 32);
        if (directory.size() - at - kCentralSize < name_size + extra_size + comment_size)
            return refuse(name, "its central directory is cut off");
        ZipEntry& entry = entries.emplace_back();
        entry.flags = number<uint16_t>(directory, at + 8);
        entry.method = number<uint16_t>(directory, at + 10);
        entry.crc = number<uint32_t>(directory, at + 16);
        entry.compressed_size = number<uint32_t>(directory, at + 20);
        entry.size = number<uint32_t>(directory, at + 24);
        entry.header_offset = number<uint32_t>(directory, at + 42);
        entry.name = directory.substr(at + kCentralSize, name_size);
        if (!valid_utf8(entry.name)) return refuse(name, "the name of a member is not UTF-8");
        std::string_view wide;
        if (const char* why = read_extra(directory.substr(at + kCentralSize + name_size, extra_size), wide))
            return refuse_member(name, entry, why);
        if (!widen(wide, {{&entry.size, entry.size == 0xffffffff},
                          {&entry.compressed_size, entry.compressed_size == 0xffffffff},
                          {&entry.header_offset, entry.header_offset == 0xffffffff}}))
            return refuse_member(name, entry, "its ZIP64 field does not hold what is needed");
        if (comment_size) return refuse_member(name, entry, "it has a comment");
        if (number<uint16_t>(directory, at + 34)) return refuse(name, "archives of several disks are not supported");
        if (const char* why =
                check_entry(entry, number<uint16_t>(directory, at + 4), number<uint32_t>(directory, at + 38)))
            return refuse_member(name, entry, why);
        at += kCentralSize + name_size + extra_size + comment_size;
    }
    if (at != directory.size()) return refuse(name, "its central directory holds more than its entries");
    return entries;
}

std::string_view bare_name(const ZipEntry& entry) {
    return entry.name.substr(0, entry.name.size() - entry.is_directory());
}

// Where in `index` the entry with this bare name stands, or the place that is free for it. The index is a hash table of
// one more than the entries' numbers; 0 is a free place, and at least every other one is.
size_t place_of(const std::vector<uint32_t>& index, const std::vector<ZipEntry>& entries, std::string_view bare) {
    size_t at = std::hash<std::string_view>()(bare) & (index.size() - 1);
    while (index[at] && bare_name(entries[index[at] - 1]) != bare)
        at = (at + 1) & (index.size() - 1);
    return at;
}

// No two members with one name, and no member below another that is a file. The index of their names.
Result<std::vector<uint32_t>> index_names(const std::vector<ZipEntry>& entries, std::string_view name) {
    std::vector<uint32_t> index(std::bit_ceil(2 * entries.size() + 1));
    for (const ZipEntry& entry : entries) {
        uint32_t& place = index[place_of(index, entries, bare_name(entry))];
        if (place) return refuse(name, "member `" + std::string(entry.name) + "` stands in it twice");
        place = (uint32_t)(&entry - entries.data()) + 1;
    }
    std::string_view last;
    for (const ZipEntry& entry : entries) {
        std::string_view path = bare_name(entry), parent = parent_path(path);
        // FAST: what holds for a directory holds for the next member of it.
        if (parent == last) continue;
        last = parent;
        for (size_t slash = path.rfind('/'); slash != std::string_view::npos; slash = path.rfind('/')) {
            path = path.substr(0, slash);
            uint32_t found = index[place_of(index, entries, path)];
            if (found && !entries[found - 1].is_directory())
                return refuse(name, "member `" + std::string(entry.name) + "` lies below the file `" + std::string(path) + "`");
            if (found) break;
        }
    }
    return index;
}

// What a local header adds to the directory's entry.
struct Local {
    size_t data = 0;    // where the data begins
    bool wide = false;  // whether there is a ZIP64 field
};

// Checks the local header at the start of `bytes` against the directory's entry.
const char* check_local(std::string_view bytes, const ZipEntry& entry, Local& local) {
    if (bytes.size() < kLocalSize || number<uint32_t>(bytes, 0) != kLocalHeader) return "its local header is missing";
    size_t name_size = number<uint16_t>(bytes, 26), extra_size = number<uint16_t>(bytes, 28);
    if (bytes.size() - kLocalSize < name_size + extra_size) return "its local header is cut off";
    if (bytes.substr(kLocalSize, name_size) != entry.name) return "its local header has another name";
    if (number<uint16_t>(bytes, 6) != entry.flags) return "its local header has other flags";
    if (number<uint16_t>(bytes, 8) != entry.method) return "its local header has another compression method";
    std::string_view wide;
    if (const char* why = read_extra(bytes.substr(kLocalSize + name_size, extra_size), wide)) return why;
    uint64_t crc = number<uint32_t>(bytes, 14), packed = number<uint32_t>(bytes, 18),
             size = number<uint32_t>(bytes, 22);
    bool deferred = entry.flags & kFlagDescriptor;
    // NOTE: a field with both sizes is what APPNOTE 4.5.3 asks for, and stands there needlessly where the writer knew no
    // size before (zipfile.open(…, force_zip64=True)). It must then say the same as the directory, or nothing yet.
    bool both = wide.size() == 16, size_needed = both || size == 0xffffffff, packed_needed = both || packed == 0xffffffff;
    uint64_t wide_size = size, wide_packed = packed;
    if (!wide.empty() && !widen(wide, {{&wide_size, size_needed}, {&wide_packed, packed_needed}}))
        return "the ZIP64 field of its local header does not hold what is needed";
    bool same = wide_size == entry.size && wide_packed == entry.compressed_size;
    if (both && !same && !(deferred && wide_size == 0 && wide_packed == 0))
        return "the ZIP64 field of its local header does not hold what is needed";
    if (size == 0xffffffff) size = wide_size;
    if (packed == 0xffffffff) packed = wide_packed;
    auto agrees = [deferred](uint64_t here, uint64_t there) { return here == there || (deferred && here == 0); };
    if (!agrees(crc, entry.crc) || !agrees(packed, entry.compressed_size) || !agrees(size, entry.size))
        return "its local header has another size or checksum";
    local.data = kLocalSize + name_size + extra_size;
    local.wide = !wide.empty();
    return nullptr;
}

// The length of the data descriptor at `bytes`, which must repeat the entry's values; 0 when there is no valid one. With
// a ZIP64 field its sizes are long ones (APPNOTE 4.3.9.2); not all writers keep to that. The likely width comes first: an
// empty member's long descriptor begins like a short one.
size_t descriptor_size(std::string_view bytes, const ZipEntry& entry, const Local& local) {
    size_t likely = local.wide ? 8 : 4;
    for (bool signature : {true, false}) {
        for (size_t width : {likely, 12 - likely}) {
            size_t at = signature ? 4 : 0, total = at + 4 + 2 * width;
            if (bytes.size() < total || (signature && number<uint32_t>(bytes, 0) != kDescriptor)) continue;
            uint64_t packed = width == 4 ? number<uint32_t>(bytes, at + 4) : number<uint64_t>(bytes, at + 4);
            uint64_t size = width == 4 ? number<uint32_t>(bytes, at + 8) : number<uint64_t>(bytes, at + 12);
            if (number<uint32_t>(bytes, at) == entry.crc && packed == entry.compressed_size && size == entry.size)
                return total;
        }
    }
    return 0;
}

// Local headers and data must fill the file from its first byte to the central directory, each byte once.
Result<void> check_layout(std::string_view bytes, std::vector<ZipEntry>& entries, uint64_t directory,
                          std::string_view name) {
    std::vector<ZipEntry*> order;
    order.reserve(entries.size());
    for (ZipEntry& entry : entries)
        order.push_back(&entry);
    std::sort(order.begin(), order.end(), [](auto* a, auto* b) { return a->header_offset < b->header_offset; });
    uint64_t at = 0;
    for (ZipEntry* entry : order) {
        if (entry->header_offset < at) return refuse_member(name, *entry, "it overlaps another member");
        if (entry->header_offset > at)
            return refuse(name, "bytes that belong to no member stand before `" + std::string(entry->name) + "`");
        Local local;
        if (const char* why = check_local(bytes.substr(at, directory - at), *entry, local))
            return refuse_member(name, *entry, why);
        entry->data_offset = at + local.data;
        if (entry->compressed_size > directory - entry->data_offset)
            return refuse_member(name, *entry, "its data is cut off");
        at = entry->data_offset + entry->compressed_size;
        if (entry->flags & kFlagDescriptor) {
            size_t size = descriptor_size(bytes.substr(at, directory - at), *entry, local);
            if (!size) return refuse_member(name, *entry, "its data descriptor differs from the central directory");
            at += size;
        }
    }
    if (at != directory) return refuse(name, "bytes that belong to no member stand before its central directory");
    return {};
}

// The member whose data stands at the start of `bytes`, which may go on behind it.
Result<std::string_view> inflate_member(std::string_view bytes, const ZipEntry& entry, std::string_view name,
                                        Inflater& inflater) {
    std::string_view packed = bytes.substr(0, entry.compressed_size), out = packed;
    if (entry.method != 0) {
        Result<std::string_view> inflated = inflater.inflate(packed, entry.size, bytes.size() - packed.size());
        if (!inflated.ok()) return refuse_member(name, entry, inflated.error().message);
        out = *inflated;
    }
    if (crc32(out) != entry.crc) return refuse_member(name, entry, "its checksum does not fit");
    return out;
}

}  // namespace

Result<ZipArchive> make_zip_archive(ZipArchive archive, const ZipLimits& limits) {
    End end;
    if (const char* why = read_end(archive.bytes_, archive.bytes_.size(), end)) return refuse(archive.name_, why);
    if (end.entries > limits.entries) return refuse(archive.name_, "it has too many members");
    std::string_view directory = archive.bytes_.substr(end.directory_offset, end.directory_size);
    if (archive.file_) directory = *(archive.directory_ = std::make_unique<std::string>(directory));
    archive.entries_ = TRY(read_directory(directory, end, archive.name_));
    archive.index_ = TRY(index_names(archive.entries_, archive.name_));
    TRY(check_layout(archive.bytes_, archive.entries_, end.directory_offset, archive.name_));
    uint64_t total = 0;
    for (const ZipEntry& entry : archive.entries_) {
        if (entry.size > limits.total_size || (total += entry.size) > limits.total_size)
            return refuse(archive.name_, "it expands to more than the limit");
    }
    if (total > limits.ratio_free_size && total / limits.ratio > archive.bytes_.size())
        return refuse(archive.name_, "it expands more than " + std::to_string(limits.ratio) + " times");
    return archive;
}

Result<ZipArchive> ZipArchive::open(const std::string& path, const ZipLimits& limits) {
    ZipArchive archive;
    archive.file_ = std::make_unique<MappedFile>(TRY(MappedFile::open(path)));
    archive.bytes_ = archive.file_->bytes();
    archive.name_ = base_name(path);
    return make_zip_archive(std::move(archive), limits);
}
Result<ZipArchive> ZipArchive::from_bytes(std::string bytes, std::string name, const ZipLimits& limits) {
    ZipArchive archive;
    archive.owned_ = std::make_unique<std::string>(std::move(bytes));
    archive.bytes_ = *archive.owned_;
    archive.name_ = std::move(name);
    return make_zip_archive(std::move(archive), limits);
}

const ZipEntry* ZipArchive::find(std::string_view name) const {
    uint32_t found = index_[place_of(index_, entries_, name.substr(0, name.size() - name.ends_with('/')))];
    return found && entries_[found - 1].name == name ? &entries_[found - 1] : nullptr;
}
Result<std::string_view> ZipArchive::read(const ZipEntry& entry, Inflater& inflater) const {
    return inflate_member(bytes_.substr(entry.data_offset), entry, name_, inflater);
}
Result<std::string> ZipArchive::read(const ZipEntry& entry) const {
    Inflater inflater;
    return std::string(TRY(read(entry, inflater)));
}

Result<ZipTail> read_zip_tail(std::string_view tail, uint64_t file_size, std::string_view name) {
    End end;
    ZipTail out;
    if (const char* why = read_end(tail, file_size, end)) return refuse(name, why);
    uint64_t tail_offset = file_size - tail.size();
    out.directory_offset = end.directory_offset;
    if (end.directory_offset < tail_offset) {
        out.missing_from = end.directory_offset;
        return out;
    }
    out.complete = true;
    std::string_view directory = tail.substr(end.directory_offset - tail_offset, end.directory_size);
    out.entries = TRY(read_directory(directory, end, name));
    TRY(index_names(out.entries, name));
    return out;
}

Result<std::string> read_zip_member(std::string_view bytes, const ZipEntry& entry, std::string_view name) {
    Local local;
    if (const char* why = check_local(bytes, entry, local)) return refuse_member(name, entry, why);
    if (bytes.size() - local.data < entry.compressed_size) return refuse(name, "member `" + std::string(entry.name) + "` is cut off");
    Inflater inflater;
    return std::string(TRY(inflate_member(bytes.substr(local.data), entry, name, inflater)));
}

}  // namespace base
