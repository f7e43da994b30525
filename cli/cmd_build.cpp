// adder build
#include "base/fs.h"
#include "base/hash.h"
#include "base/json.h"
#include "base/path.h"
#include "cli/builder.h"
#include "cli/commands.h"
#include "cli/package_supply.h"
#include "cli/pages.h"
#include "cli/requirement_files.h"
#include "pkg/sdist/sdist.h"
#include "pkg/wheel/wheel.h"

namespace cli {

// adder build [DIR | SDIST] [--sdist] [--wheel] [-o DIR]
base::Result<int> cmd_build(Context& context, const Arguments& arguments) {
    std::string source = ".", output;
    bool sdist = false, wheel = false;
    Options options("build", kPageBuild);
    options.argument(source, "source", "a project's directory or a source archive (default: here)", Presence::Optional);
    options.value(output, "-o,--out-dir", "DIR", "where the files go (default: dist beside pyproject.toml)");
    options.flag(sdist, "--sdist", "the source archive; the wheel only together with --wheel");
    options.flag(wheel, "--wheel", "the wheel; alone it comes from the directory itself");
    context.add_source_options(options);
    context.add_output_options(options);
    if (!TRY(options.parse(arguments, context.defaults("build").get()))) return 0;
    std::string root = base::absolute_path(source);
    bool archive = base::is_regular_file(root);
    if (!archive && !base::is_directory(root))
        return base::Error(base::ErrorKind::Usage, "there is no `" + source + "`");
    if (archive && sdist) return base::Error(base::ErrorKind::Usage, "`" + source + "` is a source archive already: only a wheel is built from it");
    if (!sdist && !wheel) sdist = wheel = true;
    // [tool.adder] of a directory counts; an archive may be anybody's, whose indexes are not asked.
    std::optional<pkg::Manifest> manifest;
    std::string file = base::join_path(root, "pyproject.toml");
    if (!archive && base::is_regular_file(file)) manifest = TRY(read_manifest(file));
    PackageSupply supply(context, manifest ? &*manifest : nullptr);
    if (output.empty()) output = archive ? std::string(base::parent_path(root)) : root + "/dist";
    output = base::absolute_path(output);
    std::vector<std::string> made;
    std::string tree = root;
    base::TemporaryDirectory folder = TRY(base::TemporaryDirectory::create());
    if (!archive && sdist) made.push_back(TRY(supply.builder.sdist(root, folder.path() + "/out")));
    if (wheel) {
        // The wheel comes from the source archive, so that both are known to belong together.
        if (archive || !made.empty()) {
            pkg::Sdist opened = TRY(pkg::Sdist::open(archive ? root : made[0]));
            tree = TRY(opened.unpack(folder.path()));
        }
        made.push_back(TRY(supply.builder.wheel(tree, folder.path() + "/out", "")));
        TRY(pkg::Wheel::open(made.back()));
    }
    // Nothing is left behind unless all of it was built.
    TRY(base::make_directories(output));
    base::JsonWriter json(2);
    json.begin_array();
    for (const std::string& path : made) {
        std::string target = base::join_path(output, base::base_name(path)), bytes = TRY(base::read_file(path));
        TRY(base::write_file_atomic(target, bytes));
        json.begin_object().member("file", target).member("sha256", base::sha256_hex(bytes)).end_object();
        if (!context.json) context.out(base::relative_path(target, base::absolute_path(".")) + "\n");
    }
    if (context.json) context.out(json.end_array().text() + "\n");
    return 0;
}

}  // namespace cli
