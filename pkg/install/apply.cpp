// Turning a plan into one transaction (binary-distribution-format §Installing a wheel, "Spread").
#include <fcntl.h>
#include <unistd.h>

#include <cerrno>
#include <unordered_map>

#include "base/path.h"
#include "pkg/install/install.h"
#include "pkg/install/transaction.h"
#include "pkg/wheel/scripts.h"

namespace pkg {

namespace {

class ItemInstaller;
// Which of the wheels a path will be of: where two have it the later one, as with any other installer.
using Owners = std::unordered_map<std::string, const ItemInstaller*>;

// One wheel's part: the paths it takes and the files written rather than linked.
class ItemInstaller {
  public:
    ItemInstaller(const Site& site, const InstallItem& item) : site_(site), item_(item) {
        const StoredWheel& wheel = item.wheel;
        // The .dist-info stands in the root of the archive, whichever scheme that is.
        for (const StoredFile& file : wheel.files) {
            if (file.source.starts_with(wheel.dist_info + "/")) root_ = site.directory(file.scheme);
        }
    }

    base::Result<void> announce(Transaction& change, Owners& owners, std::vector<std::string>& remarks) {
        for (const StoredFile& file : item_.wheel.files) {
            std::string absolute = base::join_path(site_.directory(file.scheme), file.target);
            if (is_own_file(file) || is_entry_point(file)) continue;
            std::string path = TRY(inside(absolute));
            if (file.rewrite) {
                TRY(prepare_script(file, std::move(path), absolute));
            } else {
                record_.push_back({record_path(absolute), "sha256", file.digest, file.size});
                claim(change, owners, path, remarks);
                linked_.push_back({&file, std::move(path)});
            }
        }
        for (const EntryPoint& point : item_.wheel.scripts) {
            std::string absolute = base::join_path(site_.scripts, point.name);
            add_text(TRY(inside(absolute)), absolute, make_script(point, site_.interpreter), 0755);
        }
        std::string info = base::join_path(root_, item_.wheel.dist_info);
        add_text(TRY(inside(info + "/INSTALLER")), info + "/INSTALLER", "adder\n", 0644);
        if (item_.requested) add_text(TRY(inside(info + "/REQUESTED")), info + "/REQUESTED", "", 0644);
        if (!item_.direct_url.empty())
            add_text(TRY(inside(info + "/direct_url.json")), info + "/direct_url.json", item_.direct_url, 0644);
        record_.push_back({record_path(info + "/RECORD"), "", "", {}});
        written_.push_back({
            TRY(inside(info + "/RECORD"))
            , write_record(record_), 0644
        });
        for (const Text& text : written_)
            change.will_create(text.path);
        return {};
    }

    base::Result<uint64_t> install(Transaction& change, const Owners& owners, base::LinkMode& mode) {
        base::Fd folder;
        std::string open_folder = "\n";  // no directory has this name
        for (const auto& [file, path] : linked_) {
            if (owners.at(path) != this) continue;
            std::string wanted(base::parent_path(file->source));
            if (wanted != open_folder) {
                std::string source = base::join_path(item_.wheel.path + "/files", wanted);
                folder = base::Fd(::open(source.c_str(), O_PATH | O_DIRECTORY | O_CLOEXEC));
                if (!folder.valid()) return base::io_error("open the cache entry", source, errno);
                open_folder = wanted;
            }
            TRY(change.link(folder.get(), std::string(base::base_name(file->source)).c_str(), path, mode));
        }
        for (const Text& text : written_)
            TRY(change.write(text.path, text.bytes, text.mode));
        return linked_.size() + written_.size();
    }

  private:
    struct Text {
        std::string path, bytes;
        mode_t mode;
    };
    struct Linked {
        const StoredFile* file;
        std::string path;
    };

    // Files of .dist-info that only an installer may write; a wheel's own copies do not count.
    bool is_own_file(const StoredFile& file) const {
        const std::string& info = item_.wheel.dist_info;
        return file.source == info + "/INSTALLER" || file.source == info + "/REQUESTED" ||
               file.source == info + "/direct_url.json";
    }
    // A script that stands in .data as well as among the entry points is made from the entry point.
    bool is_entry_point(const StoredFile& file) const {
        if (file.scheme != Scheme::Scripts) return false;
        for (const EntryPoint& point : item_.wheel.scripts) {
            if (point.name == file.target) return true;
        }
        return false;
    }
    void claim(Transaction& change, Owners& owners, const std::string& path, std::vector<std::string>& remarks) {
        auto [found, fresh] = owners.emplace(path, this);
        if (fresh) return change.will_create(path);
        remarks.push_back("`" + path + "` is in `" + found->second->item_.wheel.name + "` and `" + item_.wheel.name +
                          "`: the latter's stays");
        found->second = this;
    }
    // The path relative to the prefix.
    base::Result<std::string> inside(const std::string& absolute) const {
        std::string normal = base::normalize_path(absolute);
        if (!base::is_within(normal, site_.prefix) || normal == site_.prefix)
            return base::Error(base::ErrorKind::Integrity,
                               "`" + item_.wheel.name + "` would write outside of the environment: `" + absolute + "`");
        return normal.substr(site_.prefix.size() + (site_.prefix == "/" ? 0 : 1));
    }
    std::string record_path(const std::string& absolute) const {
        return base::relative_path(base::normalize_path(absolute), root_);
    }
    void add_text(std::string path, const std::string& absolute, std::string bytes, mode_t mode) {
        record_.push_back(record_entry(record_path(absolute), bytes));
        written_.push_back({std::move(path), std::move(bytes), mode});
    }
    base::Result<void> prepare_script(const StoredFile& file, std::string path, const std::string& absolute) {
        std::string bytes = TRY(base::read_file(item_.wheel.path + "/files/" + file.source));
        size_t end = bytes.find('\n');
        bytes = make_shebang(site_.interpreter) + (end == std::string::npos ? "" : bytes.substr(end + 1));
        add_text(std::move(path), absolute, std::move(bytes), 0755);
        return {};
    }

    const Site& site_;
    const InstallItem& item_;
    std::string root_;
    std::vector<RecordEntry> record_;
    std::vector<Linked> linked_;
    std::vector<Text> written_;
};

}  // namespace

base::Result<InstallReport> apply_plan(const Site& site, const InstallPlan& plan, const InstallOptions& options) {
    InstallReport report;
    if (plan.empty()) return report;
    TRY(base::make_directories(site.prefix));
    std::unique_ptr<Transaction> change = TRY(Transaction::begin(site));
    for (const InstalledDist& dist : plan.remove) {
        std::vector<std::string> files = TRY(installed_files(site, dist, report.remarks));
        for (std::string& path : files)
            change->will_remove(std::move(path));
    }
    std::vector<ItemInstaller> installers;
    installers.reserve(plan.install.size());  // they are pointed to
    Owners owners;
    for (const InstallItem& item : plan.install) {
        ItemInstaller& installer = installers.emplace_back(site, item);
        TRY(installer.announce(*change, owners, report.remarks));
        if (item.editable) continue;
        for (const std::string& remark : item.wheel.remarks)
            report.remarks.push_back("`" + item.wheel.name + "`: " + remark);
    }
    std::vector<std::string> replaced;
    TRY(change->start(options.sync, &replaced));
    for (const std::string& path : replaced)
        report.remarks.push_back("`" + path + "` was there already and has been replaced");
    base::LinkMode mode = options.link_mode;
    for (ItemInstaller& installer : installers)
        report.files += TRY(installer.install(*change, owners, mode));
    TRY(change->commit());
    return report;
}

base::Error hash_mismatch(std::string_view file_name, std::string_view algorithm, std::string_view expected,
                          std::string_view found) {
    base::Error error(base::ErrorKind::Integrity,
                      "the " + std::string(algorithm) + " of `" + std::string(file_name) + "` is not the expected one");
    error.contexts.push_back("expected " + std::string(expected));
    error.contexts.push_back("found    " + std::string(found));
    return error;
}

}  // namespace pkg
