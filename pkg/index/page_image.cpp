// The bytes of a page image: magic line, CRC-32 of the rest, fresh until, the project's record with its releases, files.
#include "pkg/index/page_image.h"

#include <algorithm>

#include "base/bytes.h"
#include "base/hash.h"
#include "pkg/index/simple_page.h"

namespace pkg {

namespace {

constexpr std::string_view kMagic = "adder project 1\n";
constexpr size_t kChecked = kMagic.size() + sizeof(uint32_t);

enum FileFlag : uint8_t { kYanked = 1, kHasMetadata = 2, kHasSize = 4, kUrlEndsWithName = 8 };

void write_hashes(base::ByteWriter& out, const std::vector<Hash>& hashes) {
    out.count(hashes.size());
    for (const Hash& hash : hashes) {
        out.text(hash.algorithm);
        out.text(hash.hex);
    }
}

std::vector<Hash> read_hashes(base::ByteReader& in) {
    std::vector<Hash> hashes(in.items());
    for (Hash& hash : hashes) {
        hash.algorithm = in.text();
        hash.hex = in.text();
    }
    return hashes;
}

void write_file(base::ByteWriter& out, const DistFile& file) {
    bool named = file.url.ends_with(file.file_name);
    out.u8((file.yanked ? kYanked : 0) | (file.has_metadata ? kHasMetadata : 0) | (file.size ? kHasSize : 0) |
           (named ? kUrlEndsWithName : 0));
    out.text(file.file_name);
    out.text(std::string_view(file.url).substr(0, file.url.size() - (named ? file.file_name.size() : 0)));
    if (file.size) out.u64(*file.size);
    out.text(file.upload_time);
    out.text(file.requires_python ? file.requires_python->text() : "");
    out.text(file.yanked_reason);
    out.text(file.provenance_url);
    write_hashes(out, file.hashes);
    write_hashes(out, file.metadata_hashes);
}

void read_file(base::ByteReader& in, DistFile& file) {
    uint8_t flags = in.u8();
    file.yanked = flags & kYanked;
    file.has_metadata = flags & kHasMetadata;
    file.file_name = in.text();
    file.url = in.text();
    if (flags & kUrlEndsWithName) file.url += file.file_name;
    if (flags & kHasSize) file.size = in.u64();
    file.upload_time = in.text();
    if (std::string_view python = in.text(); !python.empty()) {
        if (base::Result<SpecifierSet> set = parse_specifier_set(python); set.ok()) file.requires_python = std::move(set).value();
    }
    file.yanked_reason = in.text();
    file.provenance_url = in.text();
    file.hashes = read_hashes(in);
    file.metadata_hashes = read_hashes(in);
}

void write_version(base::ByteWriter& out, const Version& version) {
    out.u64(version.packed());
    out.text(version.packed() ? std::string_view() : std::string_view(version.text()));
    out.u8(static_cast<uint8_t>(version.release_size()));
}

Version read_version(base::ByteReader& in) {
    uint64_t packed = in.u64();
    std::string_view text = in.text();
    uint8_t size = in.u8();
    if (packed) return Version::from_packed(packed, size);
    base::Result<Version> version = parse_version(text);
    return version.ok() ? std::move(version).value() : Version();
}

}  // namespace

std::string PageImage::write(const Project& project, std::string_view index, int64_t fresh_until) {
    base::ByteWriter files, record;
    record.text(project.name);
    record.text(index);
    record.u8(project.found);
    record.text(project.status);
    record.text(project.status_reason);
    record.count(project.skipped.size());
    for (const std::string& name : project.skipped) record.text(name);
    record.count(project.releases.size());
    for (const Release& release : project.releases) {
        write_version(record, release.version);
        record.u32(static_cast<uint32_t>(files.size()));
        files.count(release.files().size());
        for (const DistFile& file : release.files()) write_file(files, file);
    }
    base::ByteWriter head;
    head.u64(static_cast<uint64_t>(fresh_until));
    head.text(record.take());
    std::string checked = head.take() + files.take();
    base::ByteWriter sum;
    sum.u32(base::crc32(checked));
    return std::string(kMagic) + sum.take() + checked;
}

std::shared_ptr<const PageImage> PageImage::open(std::string bytes) {
    if (!bytes.starts_with(kMagic) || bytes.size() < kChecked) return nullptr;
    base::ByteReader sum(std::string_view(bytes).substr(kMagic.size()));
    if (sum.u32() != base::crc32(std::string_view(bytes).substr(kChecked))) return nullptr;
    auto image = std::make_shared<PageImage>();
    image->bytes_ = std::move(bytes);
    base::ByteReader in(std::string_view(image->bytes_).substr(kChecked));
    image->fresh_until_ = static_cast<int64_t>(in.u64());
    image->record_ = in.text();
    image->files_ = std::string_view(image->bytes_).substr(image->bytes_.size() - in.left());
    base::ByteReader record(image->record_);
    image->project_ = record.text();
    image->index_ = record.text();
    return in.ok() && record.ok() ? image : nullptr;
}

void PageImage::fill(Project& project) const {
    base::ByteReader in(record_);
    in.text();
    in.text();
    project.found = in.u8();
    project.status = in.text();
    project.status_reason = in.text();
    project.skipped.resize(in.items());
    for (std::string& name : project.skipped) name = in.text();
    size_t count = in.items();
    project.releases.reserve(count);
    for (size_t i = 0; i < count; i++) {
        Version version = read_version(in);
        project.releases.emplace_back(std::move(version), shared_from_this(), in.u32());
    }
}

std::vector<DistFile> PageImage::files(uint32_t at) const {
    base::ByteReader in(files_.substr(std::min<size_t>(at, files_.size())));
    std::vector<DistFile> files(in.items());
    for (DistFile& file : files) {
        read_file(in, file);
        file.index = index_;
        describe_file(file, project_);
    }
    return files;
}

}  // namespace pkg
