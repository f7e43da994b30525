// Archives: bytes as they are, and archives that are whole but for a few bytes, so that checksums do not keep the fuzzer out.
#include <unistd.h>

#include "base/fs.h"
#include "base/path.h"
#include "base/tar.h"
#include "base/zip.h"
#include "pkg/sdist/sdist.h"
#include "pkg/wheel/wheel.h"
#include "tests/fuzz/input.h"
#include "tests/fuzz/pkg_targets.h"

namespace pkg::fuzz {

namespace {

constexpr base::ZipLimits kZipLimits = {.entries = 1000, .total_size = 1 << 24, .ratio_free_size = 1 << 20, .ratio = 200};

// Changes single bytes of `archive` as the rest of the input says: offset from the end, new value.
void damage(std::string& archive, ::fuzz::Input& input) {
    for (size_t left = input.below(6); left > 0 && !archive.empty(); --left) {
        size_t offset = input.byte() * size_t(256);
        offset += input.byte();
        archive[archive.size() - 1 - offset % archive.size()] = static_cast<char>(input.byte());
    }
}

std::string_view member_name(::fuzz::Input& input) {
    static constexpr std::string_view names[] = {"demo/__init__.py", "demo-1.0.dist-info/METADATA", "demo-1.0.dist-info/WHEEL",
                                                 "demo-1.0.dist-info/entry_points.txt", "demo-1.0.data/scripts/run",
                                                 "demo-1.0.data/purelib/x.py", "demo.pth", "demo/", "Demo/__INIT__.py"};
    size_t choice = input.byte();
    if (choice < 128) return names[choice % std::size(names)];
    return input.take(choice & 31);
}

std::string_view member_text(::fuzz::Input& input) {
    static constexpr std::string_view texts[] = {
        "Metadata-Version: 2.1\nName: demo\nVersion: 1.0\n", "Wheel-Version: 1.0\nRoot-Is-Purelib: true\nTag: py3-none-any\n",
        "[console_scripts]\nrun = demo:main\n", "#!python\nprint(1)\n"};
    size_t choice = input.byte();
    if (choice < 128) return texts[choice % std::size(texts)];
    return input.take(choice & 127);
}

// A wheel whose RECORD fits, with members of the input's choice.
std::string made_wheel(::fuzz::Input& input) {
    std::vector<RecordEntry> record;
    base::ZipWriter zip(1700000000);
    auto add = [&](std::string_view name, std::string_view text) {
        zip.add(name, text, input.rarely(16) ? 0755 : 0644);
        if (!name.ends_with('/')) record.push_back(record_entry(std::string(name), text));
    };
    if (!input.rarely(8)) {
        add("demo-1.0.dist-info/METADATA", "Metadata-Version: 2.1\nName: demo\nVersion: 1.0\n");
        add("demo-1.0.dist-info/WHEEL", "Wheel-Version: 1.0\nRoot-Is-Purelib: true\nTag: py3-none-any\n");
    }
    for (size_t left = input.below(5); left > 0; --left) {
        std::string_view name = member_name(input);
        if (!name.empty()) add(name, member_text(input));
    }
    record.push_back({"demo-1.0.dist-info/RECORD", "", "", {}});
    if (!input.rarely(8)) zip.add("demo-1.0.dist-info/RECORD", write_record(record));
    return zip.finish();
}

void look_at_zip(const std::string& bytes) {
    base::Result<base::ZipArchive> archive = base::ZipArchive::from_bytes(bytes, "x.zip", kZipLimits);
    if (accepted(archive)) {
        for (const base::ZipEntry& entry : archive->entries()) {
            CHECK(!base::unsafe_member_name(entry.name));
            base::Result<std::string> content = archive->read(entry);
            if (accepted(content)) CHECK(content->size() == entry.size);
        }
    }
    base::Result<base::ZipTail> tail = base::read_zip_tail(bytes, bytes.size(), "x.zip");
    if (!accepted(tail)) return;
    for (const base::ZipEntry& entry : tail->entries)
        if (entry.header_offset < bytes.size() && entry.size < kZipLimits.total_size)
            (void)accepted(base::read_zip_member(std::string_view(bytes).substr(entry.header_offset), entry, "x.zip"));
}

// A private folder in memory-backed space, where there is such.
const std::string& room() {
    static const base::TemporaryDirectory folder = MUST(base::TemporaryDirectory::create(access("/dev/shm", W_OK) ? "" : "/dev/shm", "adder-fuzz-"));
    return folder.path();
}

}  // namespace

void fuzz_zip(std::string_view data) {
    ::fuzz::Input input(data);
    bool made = input.byte() & 1;
    std::string bytes = made ? made_wheel(input) : std::string(input.rest());
    damage(bytes, input);
    look_at_zip(bytes);
}

void fuzz_wheel(std::string_view data) {
    ::fuzz::Input input(data);
    bool made = input.byte() & 1;
    std::string bytes = made ? made_wheel(input) : std::string(input.rest());
    damage(bytes, input);
    base::Result<Wheel> wheel = Wheel::from_bytes(bytes, "demo-1.0-py3-none-any.whl");
    if (!accepted(wheel)) return;
    Wheel::Reader reader = MUST(Wheel::Reader::create());
    for (const WheelMember& member : wheel->members()) {
        CHECK(!base::unsafe_member_name(member.target));
        (void)accepted(wheel->read(member, reader));
    }
    WheelName name = MUST(parse_wheel_name("demo-1.0-py3-none-any.whl"));
    (void)accepted(find_metadata_member(wheel->archive().entries(), name));
}

void fuzz_sdist(std::string_view data) {
    ::fuzz::Input input(data);
    uint8_t choices = input.byte();
    std::string tar;
    if (choices & 1) {
        base::TarWriter writer(1700000000);
        for (size_t left = input.below(5); left > 0; --left) {
            std::string name = "demo-1.0/";
            if (input.rarely(16)) name.clear();
            name += input.rarely(2) ? "PKG-INFO" : member_name(input);
            writer.add(name, member_text(input));
        }
        tar = writer.finish();
        damage(tar, input);
    } else {
        tar = std::string(input.rest());
    }
    std::string bytes = choices & 2 ? tar : base::gzip_compress(tar, 1);
    std::string path = room() + "/demo-1.0.tar.gz", below = room() + "/unpacked";
    CHECK(base::write_file(path, bytes).ok());
    base::Result<Sdist> sdist = Sdist::open(path);
    if (!accepted(sdist)) return;
    if (const std::string* text = sdist->pkg_info()) (void)accepted(parse_metadata(*text));
    CHECK(base::make_directories(below).ok());
    (void)accepted(sdist->unpack(below));
    CHECK(base::remove_tree(below).ok());
}

}  // namespace pkg::fuzz
