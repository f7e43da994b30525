// adder cache dir and clean
#include "base/json.h"
#include "cli/commands.h"
#include "cli/pages.h"

namespace cli {

// adder cache dir
base::Result<int> cmd_cache_dir(Context& context, const Arguments& arguments) {
    Options options("cache dir", kPageCacheDir);
    context.add_output_options(options);
    if (!TRY(options.parse(arguments, context.defaults("cache dir").get()))) return 0;
    std::string directory = context.cache().directory();
    context.out(context.json
                    ? base::JsonWriter().begin_object().member("directory", directory).end_object().text() + "\n"
                    : directory + "\n");
    return 0;
}

// adder cache clean
base::Result<int> cmd_cache_clean(Context& context, const Arguments& arguments) {
    Options options("cache clean", kPageCacheClean);
    context.add_output_options(options);
    if (!TRY(options.parse(arguments, context.defaults("cache clean").get()))) return 0;
    base::TreeSize size = TRY(pkg::clean_cache(context.cache().directory()));
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
    return 0;
}

}  // namespace cli
