// The note is a binary record of ours at <environment>/.adder/synced.
#include "cli/sync_stamp.h"

#include "base/bytes.h"
#include "base/clock.h"
#include "base/fs.h"
#include "base/hash.h"
#include "base/text.h"

namespace cli {

static constexpr std::string_view kFormat = "adder sync 1 " ADDER_VERSION;

static std::string stamp_path(const std::string& environment_root) {
    return environment_root + "/.adder/synced";
}

std::string sync_key(std::string_view manifest_text, std::string_view lock_text, const SyncOptions& options) {
    if (options.resolve.given() || options.reinstall || lock_text.empty()) return "";
    std::string text = std::string(kFormat) + "\n" + base::sha256_hex(manifest_text) + "\n" + base::sha256_hex(lock_text) + "\n";
    for (const std::vector<std::string>* list : {&options.extras, &options.groups, &options.only_groups,
                                                 &options.without_groups, &options.without_packages})
        text += base::join(*list, "\x1f") + "\n";
    for (bool flag : {options.all_extras, options.all_groups, options.dev, options.no_dev, options.only_dev,
                      options.no_default_groups, options.no_project,
                      options.no_editable, options.frozen})
        text += flag ? '1' : '0';
    return base::sha256_hex(text);
}

// Adding or removing a distribution changes the time of its directory, once the clock of the file system has gone on.
static void write_state(base::ByteWriter& out, const std::string& purelib, const std::string& platlib,
                        const std::string& environment_root) {
    constexpr int ticks_ms = 12;
    for (const std::string& path : {purelib, platlib, environment_root + "/pyvenv.cfg"}) {
        base::FileStatus status = base::file_status(path);
        for (int waited = 0; waited < ticks_ms && !base::next_change_shows(status.mtime_ns); waited++)
            base::system_clock().sleep_ms(1);
        out.text(path);
        out.u64(static_cast<uint64_t>(status.mtime_ns));
        out.u64(status.inode);
    }
}

std::optional<SyncStamp> read_sync_stamp(const std::string& environment_root) {
    if (base::path_exists(environment_root + "/.adder/journal")) return std::nullopt;
    base::Result<std::string> bytes = base::read_file(stamp_path(environment_root));
    if (!bytes.ok()) return std::nullopt;
    base::ByteReader in(*bytes);
    if (in.text() != kFormat) return std::nullopt;
    SyncStamp stamp;
    stamp.key = in.text();
    stamp.exact = in.u8() != 0;
    stamp.packages = in.u32();
    for (int i = 0; i < 3; i++) {
        std::string path(in.text());
        uint64_t time = in.u64(), inode = in.u64();
        base::FileStatus status = base::file_status(path);
        if (!in.ok() || static_cast<uint64_t>(status.mtime_ns) != time || status.inode != inode) return std::nullopt;
    }
    return stamp;
}

std::optional<SyncStamp> nothing_to_do(const Context& context, const SyncOptions& options) {
    std::string root = project_folder(context);
    if (root.empty()) return std::nullopt;
    std::optional<SyncStamp> stamp = read_sync_stamp(root + "/.venv");
    if (!stamp || (!stamp->exact && !options.inexact)) return std::nullopt;
    base::Result<std::string> manifest = base::read_file(root + "/pyproject.toml");
    base::Result<std::string> lock = base::read_file(root + "/pylock.toml");
    if (!manifest.ok() || !lock.ok()) return std::nullopt;
    if (sync_key(*manifest, *lock, options) != stamp->key) return std::nullopt;
    return stamp;
}

void write_sync_stamp(const venv::Environment& environment, const SyncStamp& stamp) {
    if (stamp.key.empty()) return;
    base::ByteWriter out;
    out.text(kFormat);
    out.text(stamp.key);
    out.u8(stamp.exact);
    out.u32(stamp.packages);
    write_state(out, environment.site.purelib, environment.site.platlib, environment.root);
    std::string path = stamp_path(environment.root);
    if (!base::make_directories(environment.root + "/.adder").ok()) return;
    (void)base::write_file_atomic(path, out.take()).ok();
}

}  // namespace cli
