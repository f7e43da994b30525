// adder pip hash
#include "base/hash.h"
#include "base/json.h"
#include "cli/commands.h"
#include "cli/pages.h"

namespace cli {

// adder pip hash [--algorithm NAME] FILE…
base::Result<int> cmd_pip_hash(Context& context, const Arguments& arguments) {
    std::vector<std::string> files;
    std::string algorithm = "sha256";
    Options options("pip hash", kPagePipHash);
    options.arguments(files, "file", "wheels and source archives", Presence::Required);
    options.value(algorithm, "-a,--algorithm", "NAME", "sha256 (default), sha384 or sha512");
    context.add_output_options(options);
    context.add_pip_options(options);
    if (!TRY(options.parse(arguments, context.defaults("pip hash").get()))) return 0;
    if (algorithm != "sha256" && algorithm != "sha384" && algorithm != "sha512")
        return base::Error(base::ErrorKind::Usage, "--algorithm is sha256, sha384 or sha512, not `" + algorithm + "`");
    base::JsonWriter json;
    json.begin_array();
    for (const std::string& file : files) {
        std::string hex = TRY(base::hash_file_hex(algorithm, file));
        json.begin_object().member("file", file).member("algorithm", algorithm).member("hash", hex).end_object();
        if (!context.json) context.out(file + ":\n--hash=" + algorithm + ":" + hex + "\n");
    }
    json.end_array();
    if (context.json) context.out(json.text() + "\n");
    return 0;
}

}  // namespace cli
