// A wheel file (specifications/binary-distribution-format): opened, every claim in it checked, its members mapped to
// where they will be installed. Nothing is written here.
#pragma once

#include <cstdint>
#include <deque>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "base/hash.h"
#include "base/result.h"
#include "base/zip.h"
#include "pkg/dist_name.h"
#include "pkg/entry_points.h"
#include "pkg/metadata.h"
#include "pkg/wheel/record.h"

namespace pkg {

// Where a file of a wheel goes, by sysconfig's names. The root of the archive is Purelib or Platlib.
enum class Scheme : uint8_t { Purelib, Platlib, Scripts, Headers, Data };
inline constexpr size_t kSchemes = 5;
std::string_view scheme_name(Scheme scheme);

struct WheelMember {
    size_t entry = 0;  // index into archive().entries()
    Scheme scheme = Scheme::Purelib;
    std::string_view target;  // relative to the scheme's directory; a part of the entry's name
    // Expected sha256 (or stronger), URL-safe base64; valid as long as the wheel is.
    std::string_view digest, algorithm;
    bool executable = false;
};

class Wheel {
  public:
    // Reads the file and holds it to the specification; refusals are Integrity errors that name the file.
    static base::Result<Wheel> open(const std::string& path);
    static base::Result<Wheel> from_bytes(std::string bytes, const std::string& file_name);

    const WheelName& name() const { return name_; }
    const Metadata& metadata() const { return metadata_; }
    const std::string& metadata_text() const { return metadata_text_; }
    const std::string& dist_info() const { return dist_info_; }  // "name-1.0.dist-info"
    bool root_is_purelib() const { return root_is_purelib_; }
    const std::vector<EntryPoint>& entry_points() const { return entry_points_; }
    const std::vector<WheelMember>& members() const { return members_; }  // without directories and RECORD
    const base::ZipArchive& archive() const { return archive_; }
    // What reading many members uses again and again. For one thread.
    struct Reader {
        base::Inflater inflater;
        base::Hasher hasher;
        std::string algorithm;
        std::string digest;  // of the member read last
        static base::Result<Reader> create();
    };
    // The member's bytes, whose hash was compared with RECORD; valid until the reader is used again.
    base::Result<std::string_view> read(const WheelMember& member, Reader& reader) const;
    // What a careful person wants to know: .pth files, names that collide where case is ignored.
    const std::vector<std::string>& remarks() const { return remarks_; }

  private:
    Wheel(base::ZipArchive archive, WheelName name) : archive_(std::move(archive)), name_(std::move(name)) {}
    static base::Result<Wheel> check(base::ZipArchive archive, const std::string& file_name);
    base::Result<void> find_dist_info();
    base::Result<void> read_descriptions();
    base::Result<void> map_members();
    base::Result<void> check_places() const;
    base::Result<void> check_record();
    base::Result<std::vector<const RecordRow*>> match_record(const std::vector<RecordRow>& record, std::string_view what,
                                                             const RecordRow*& missing) const;
    base::Result<void> check_scripts();
    base::Result<void> look_around();
    base::Error refuse(std::string text) const;

    base::ZipArchive archive_;
    WheelName name_;
    Metadata metadata_;
    std::string metadata_text_, dist_info_;
    std::unique_ptr<const std::string> record_text_;  // what the members' digests are parts of, but for quoted ones:
    std::deque<std::string> record_unquoted_;
    bool root_is_purelib_ = true;
    std::vector<EntryPoint> entry_points_;
    std::vector<WheelMember> members_;
    std::vector<std::string> remarks_;
};

// METADATA of a wheel by central directory alone; what range requests need. `names` are its members.
base::Result<std::string> find_metadata_member(const std::vector<base::ZipEntry>& entries, const WheelName& name);

}  // namespace pkg
