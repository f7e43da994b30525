// adder self version
#include "base/json.h"
#include "cli/commands.h"
#include "cli/pages.h"

namespace cli {

// adder self version
base::Result<int> cmd_self_version(Context& context, const Arguments& arguments) {
    Options options("self version", kPageSelfVersion);
    context.add_output_options(options);
    if (!TRY(options.parse(arguments, context.defaults("self version").get()))) return 0;
    std::string version = ADDER_VERSION, python = context.own().version;
    if (context.json) {
        context.out(
            base::JsonWriter().begin_object().member("adder", version).member("python", python).end_object().text() +
            "\n");
    } else {
        context.out("adder " + version + " (Python " + python + ")\n");
    }
    return 0;
}

}  // namespace cli
