// Turning a plan into one transaction: what leaves, what comes, who wins where two wheels have one file.
#include <algorithm>
#include <map>
#include <unordered_map>
#include <unordered_set>

#include "base/parallel.h"
#include "base/path.h"
#include "base/text.h"
#include "pkg/install/install.h"
#include "pkg/install/item.h"
#include "pkg/install/shared_files.h"
#include "pkg/install/transaction.h"
#include "pkg/name.h"

namespace pkg {

namespace {

// Of a file that several wheels have the last wheel's stays, as with any other installer.
class Owners {
  public:
    void settle(std::vector<ItemInstaller>& installers, std::vector<std::string>& remarks) {
        find_shared_folders(installers);
        if (shared_.empty()) return;
        for (ItemInstaller& installer : installers) {
            for (PlannedFile& file : installer.files()) {
                if (shared_.count(installer.folders()[file.folder].target)) claim(installer, file, remarks);
            }
        }
    }

  private:
    struct Owner {
        const ItemInstaller* installer;
        PlannedFile* file;
    };

    void find_shared_folders(const std::vector<ItemInstaller>& installers) {
        std::unordered_map<std::string_view, std::pair<const ItemInstaller*, Scheme>> first;
        for (const ItemInstaller& installer : installers) {
            for (const PlannedFolder& folder : installer.folders()) {
                // Two schemes of one wheel can have one directory, too.
                std::pair<const ItemInstaller*, Scheme> user(&installer, folder.scheme);
                auto [found, fresh] = first.emplace(folder.target, user);
                if (!fresh && found->second != user) shared_.insert(folder.target);
            }
        }
    }
    void claim(const ItemInstaller& installer, PlannedFile& file, std::vector<std::string>& remarks) {
        std::string path = installer.path_of(file);
        auto [found, fresh] = owners_.emplace(path, Owner{&installer, &file});
        if (fresh) return;
        bool same = found->second.installer == &installer;
        const std::string& name = installer.item().wheel.name;
        remarks.push_back("`" + path + "` is in `" + (same ? name + "` twice: the last one stays"
                                                           : found->second.installer->item().wheel.name + "` and `" + name + "`: the latter's stays"));
        found->second.file->skipped = true;
        found->second.file->unlisted = same;
        found->second = {&installer, &file};
    }

    std::unordered_set<std::string_view> shared_;
    std::unordered_map<std::string, Owner> owners_;
};

// easy-install.pth files without the lines of what leaves.
struct PathFile {
    std::string path, text;
};
base::Result<std::vector<PathFile>> edit_path_files(const std::vector<InstalledFiles>& leaving, Transaction& change) {
    std::map<std::string, std::vector<std::string>> lines;
    for (const InstalledFiles& files : leaving) {
        if (!files.easy_install.empty()) lines[files.easy_install].push_back(files.easy_install_line);
    }
    std::vector<PathFile> out;
    for (const auto& [path, gone] : lines) {
        std::string text = TRY(change.root().read(path))
        , kept;
        for (std::string_view line : base::split_lines(text)) {
            if (std::find(gone.begin(), gone.end(), line) == gone.end()) kept += std::string(line) + "\n";
        }
        change.will_remove(path);
        if (kept.empty()) continue;
        change.will_create(path);
        out.push_back({path, std::move(kept)});
    }
    return out;
}

bool comes_anew(const InstallPlan& plan, const InstalledDist& dist) {
    return std::any_of(plan.install.begin(), plan.install.end(),
                       [&](const InstallItem& item) { return normalize_name(item.wheel.name) == dist.key; });
}

// The files of a distribution that leaves; where their list is lost, but the distribution comes anew, those of its metadata.
base::Result<InstalledFiles> leaving_files(const Site& site, const InstallPlan& plan, const InstalledDist& dist,
                                           std::vector<std::string>& remarks) {
    base::Result<InstalledFiles> files = installed_files(site, dist, remarks);
    if (files.ok() || !plan.replace_damaged || files.error().kind != base::ErrorKind::NotHolding || !comes_anew(plan, dist)) return files;
    base::Result<InstalledFiles> known = metadata_files(site, dist);
    if (!known.ok()) return files;
    remarks.push_back(files.error().message + "; the new one went over it, and files that only the old one had are left");
    return known;
}

// `others` receives what stays because another distribution lists it, with that one's .dist-info.
base::Result<std::vector<PathFile>> announce_removals(const Site& site, const InstallPlan& plan, Transaction& change,
                                                      InstallReport& report, std::unordered_map<std::string, std::string>& others) {
    if (plan.remove.empty()) return std::vector<PathFile>{};
    std::vector<InstalledFiles> files(plan.remove.size());
    std::vector<std::vector<std::string>> remarks(plan.remove.size());
    auto read = [&](size_t i) -> base::Result<void> {
        files[i] = TRY(leaving_files(site, plan, plan.remove[i], remarks[i]));
        return {};
    };
    TRY(base::for_each_parallel(plan.remove.size(), read));
    others = TRY(files_of_others(site, plan.remove, files));
    for (size_t i = 0; i < files.size(); i++) {
        report.remarks.insert(report.remarks.end(), remarks[i].begin(), remarks[i].end());
        for (std::string& path : files[i].paths) {
            if (!others.count(path)) change.will_remove(std::move(path));
        }
    }
    return edit_path_files(files, change);
}

void announce_files(std::vector<ItemInstaller>& installers, bool compile, Transaction& change, InstallReport& report) {
    size_t files = 0;
    for (ItemInstaller& installer : installers) {
        if (compile) installer.plan_bytecode();
        files += installer.files().size() + installer.bytecode().size() + 1;
    }
    change.expect(files);
    for (ItemInstaller& installer : installers) {
        for (const PlannedFile& file : installer.files()) {
            if (file.skipped) continue;
            change.will_create(installer.folders()[file.folder].target, file.name);
            report.files++;
        }
        for (const BytecodeJob& job : installer.bytecode())
            change.will_create(job.target);
        change.will_create(installer.record_folder(), "RECORD");
        report.files++;
        report.scripts.insert(report.scripts.end(), installer.scripts().begin(), installer.scripts().end());
        if (installer.item().editable) continue;
        report.startup_files.insert(report.startup_files.end(), installer.startup_files().begin(),
                                    installer.startup_files().end());
        for (const std::string& remark : installer.item().wheel.remarks)
            report.remarks.push_back("`" + installer.item().wheel.name + "`: " + remark);
    }
}

// All files, and the RECORDs unless bytecode is to come, which they list as well.
base::Result<void> make_files(const std::vector<ItemInstaller>& installers, const base::Directory& root,
                              const InstallOptions& options) {
    struct Share {
        const ItemInstaller* installer;
        size_t begin, end;
    };
    std::vector<Share> shares;
    for (const ItemInstaller& installer : installers) {
        size_t begin = 0;
        for (size_t end : installer.shares()) {
            shares.push_back({&installer, begin, end});
            begin = end;
        }
    }
    auto make = [&](size_t i) -> base::Result<void> {
        const Share& share = shares[i];
        TRY(share.installer->install(root, options.link_mode, share.begin, share.end));
        bool last = share.end == share.installer->files().size();
        return last && !options.compiler ? share.installer->write_record(root) : base::Result<void>();
    };
    return base::for_each_parallel(shares.size(), make);
}

// What was in the way of new files and what stayed, unless a distribution brings a file anew that it had shared before.
void tell(const Transaction::Findings& findings, std::unordered_map<std::string, std::string> others, InstallReport& report) {
    for (const std::string& path : findings.behind_link)
        report.remarks.push_back("`" + path + "` is behind a link, and no link is followed here: left alone");
    // Over a distribution whose list of files is lost go as many as it had.
    constexpr size_t kToldAtMost = 20;
    size_t replaced = 0;
    for (const std::string& path : findings.replaced) {
        if (others.erase(path) || ++replaced > kToldAtMost) continue;
        report.remarks.push_back("`" + path + "` was there already and has been replaced");
    }
    if (replaced > kToldAtMost)
        report.remarks.push_back(std::to_string(replaced - kToldAtMost) + " more files were there already and have been replaced");
    std::map<std::string_view, std::string_view> left(others.begin(), others.end());
    for (const auto& [path, owner] : left)
        report.remarks.push_back("`" + std::string(path) + "` is in `" + std::string(owner) + "` as well: left alone");
}

base::Result<void> compile_all(std::vector<ItemInstaller>& installers, const base::Directory& root,
                               BytecodeCompiler& compiler) {
    std::vector<BytecodeJob*> jobs;
    for (ItemInstaller& installer : installers) {
        for (BytecodeJob& job : installer.bytecode())
            jobs.push_back(&job);
    }
    return compiler.compile(root, jobs);
}

}  // namespace

base::Result<InstallReport> apply_plan(const Site& site, const InstallPlan& plan, const InstallOptions& options) {
    InstallReport report;
    if (plan.empty()) return report;
    TRY(base::make_directories(site.prefix));
    std::unique_ptr<Transaction> change =
        TRY(Transaction::begin(site, options.sync ? Durability::PowerLoss : Durability::Kill));
    std::unordered_map<std::string, std::string> others;
    std::vector<PathFile> path_files = TRY(announce_removals(site, plan, *change, report, others));
    std::vector<ItemInstaller> installers;
    installers.reserve(plan.install.size());  // they are pointed to
    for (const InstallItem& item : plan.install)
        installers.emplace_back(site, item);
    auto prepare = [&](size_t i) { return installers[i].prepare(); };
    TRY(base::for_each_parallel(installers.size(), prepare));
    Owners().settle(installers, report.remarks);
    announce_files(installers, options.compiler != nullptr, *change, report);
    Transaction::Findings findings;
    TRY(change->start(&findings));
    tell(findings, std::move(others), report);
    for (const PathFile& file : path_files)
        TRY(change->root().write_new(file.path, file.text));
    TRY(make_files(installers, change->root(), options));
    if (options.compiler) {
        TRY(compile_all(installers, change->root(), *options.compiler));
        for (const ItemInstaller& installer : installers)
            TRY(installer.write_record(change->root()));
    }
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
