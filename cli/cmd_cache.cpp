// adder cache dir, clean, prune, size and verify
#include <optional>

#include "base/fs.h"
#include "base/json.h"
#include "cli/commands.h"
#include "cli/pages.h"
#include "pkg/cache.h"
#include "pkg/cache_care.h"
#include "pkg/name.h"

namespace cli {

// The cache that stays: these commands are about it, whatever --no-cache and its variable say.
static std::string kept_cache(const Context& context) { return pkg::Cache::open(context.cache_directory)->directory(); }

// Others must not lose what they are about to read or to write.
static std::optional<base::FileLock> lock_out_users(const Context& context, const std::string& directory) {
    std::optional<base::FileLock> lock = pkg::lock_out_users(directory, pkg::Wait::No);
    if (!lock || lock->held()) return lock;
    context.note("waiting for other commands that use the cache");
    return pkg::lock_out_users(directory, pkg::Wait::Yes);
}

// adder cache dir
base::Result<int> cmd_cache_dir(Context& context, const Arguments& arguments) {
    Options options("cache dir", kPageCacheDir);
    context.add_output_options(options);
    if (!TRY(options.parse(arguments, context.defaults("cache dir").get()))) return 0;
    std::string directory = kept_cache(context);
    context.out(context.json
                    ? base::JsonWriter().begin_object().member("directory", directory).end_object().text() + "\n"
                    : directory + "\n");
    return 0;
}

static void print_removed(const Context& context, const base::TreeSize& size) {
    if (context.json) {
        base::JsonWriter json;
        json.begin_object()
            .key("files")
            .integer((int64_t)size.files)
            .key("bytes")
            .integer((int64_t)size.bytes)
            .end_object();
        context.out(json.text() + "\n");
    }
    context.note("removed " + std::to_string(size.files) + " files, " + std::to_string(size.bytes >> 20) + " MiB");
}

// adder cache clean [NAME…]
base::Result<int> cmd_cache_clean(Context& context, const Arguments& arguments) {
    std::vector<std::string> names;
    Options options("cache clean", kPageCacheClean);
    options.arguments(names, "name", "only what is kept of these packages", Presence::Optional);
    context.add_output_options(options);
    if (!TRY(options.parse(arguments, context.defaults("cache clean").get()))) return 0;
    std::string directory = kept_cache(context);
    std::optional<base::FileLock> lock = lock_out_users(context, directory);
    base::TreeSize total;
    for (const std::string& name : names) {
        base::TreeSize size = TRY(pkg::clean_project(directory, pkg::normalize_name(name)));
        total.files += size.files;
        total.bytes += size.bytes;
    }
    if (names.empty()) total = TRY(pkg::clean_cache(directory));
    print_removed(context, total);
    return 0;
}

// adder cache prune [--unused]
base::Result<int> cmd_cache_prune(Context& context, const Arguments& arguments) {
    pkg::PruneOptions prune;
    Options options("cache prune", kPageCachePrune);
    options.flag(prune.unused, "--unused", "also wheels that no environment has hardlinks of");
    context.add_output_options(options);
    if (!TRY(options.parse(arguments, context.defaults("cache prune").get()))) return 0;
    std::string directory = kept_cache(context);
    std::optional<base::FileLock> lock = lock_out_users(context, directory);
    print_removed(context, TRY(pkg::prune_cache(directory, prune)));
    return 0;
}

// adder cache size
base::Result<int> cmd_cache_size(Context& context, const Arguments& arguments) {
    Options options("cache size", kPageCacheSize);
    context.add_output_options(options);
    if (!TRY(options.parse(arguments, context.defaults("cache size").get()))) return 0;
    std::string directory = kept_cache(context);
    std::vector<pkg::BucketSize> buckets = TRY(pkg::measure_cache(directory));
    base::TreeSize total;
    base::JsonWriter json(2);
    json.begin_object().member("directory", directory).key("buckets").begin_object();
    for (const pkg::BucketSize& bucket : buckets) {
        total.files += bucket.size.files;
        total.bytes += bucket.size.bytes;
        context.detail(bucket.folder + ": " + std::to_string(bucket.size.bytes) + " bytes in " +
                       std::to_string(bucket.size.files) + " files");
        json.key(bucket.folder).begin_object().key("files").integer((int64_t)bucket.size.files);
        json.key("bytes").integer((int64_t)bucket.size.bytes).end_object();
    }
    json.end_object().key("files").integer((int64_t)total.files).key("bytes").integer((int64_t)total.bytes);
    context.out((context.json ? json.end_object().text() : std::to_string(total.bytes)) + "\n");
    return 0;
}

// adder cache verify [--remove]
base::Result<int> cmd_cache_verify(Context& context, const Arguments& arguments) {
    bool remove = false;
    Options options("cache verify", kPageCacheVerify);
    options.flag(remove, "--remove", "take damaged wheels out of the cache");
    context.add_output_options(options);
    if (!TRY(options.parse(arguments, context.defaults("cache verify").get()))) return 0;
    std::string directory = kept_cache(context);
    std::optional<base::FileLock> lock;
    if (remove) lock = lock_out_users(context, directory);
    pkg::CacheReport report = TRY(pkg::verify_cache(directory));
    base::JsonWriter json(2);
    json.begin_object().key("wheels").integer((int64_t)report.wheels).key("files").integer((int64_t)report.files);
    json.key("problems").begin_array();
    for (const pkg::CacheProblem& problem : report.problems) {
        std::string label = problem.name.empty() ? problem.entry : problem.name + " " + problem.version;
        json.begin_object().member("entry", problem.entry).member("name", problem.name);
        json.member("version", problem.version).key("lines").begin_array();
        for (const std::string& line : problem.lines) {
            json.string(line);
            if (!context.json) context.out(label + ": " + line + "\n");
        }
        json.end_array().end_object();
        if (remove) TRY(pkg::discard_entry(directory, problem.entry));
    }
    if (context.json) context.out(json.end_array().end_object().text() + "\n");
    context.note(std::to_string(report.wheels) + " wheels with " + std::to_string(report.files) + " files, " +
                 std::to_string(report.problems.size()) + " damaged" +
                 (remove && !report.problems.empty() ? " and removed" : ""));
    return report.problems.empty() || remove ? 0 : 1;
}

}  // namespace cli
