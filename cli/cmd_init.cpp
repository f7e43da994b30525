// adder init
#include "base/fs.h"
#include "base/path.h"
#include "base/text.h"
#include "base/toml.h"
#include "cli/commands.h"
#include "cli/pages.h"
#include "pkg/name.h"
#include "pkg/specifier.h"

namespace cli {

static std::string manifest_text(const std::string& name, const std::string& module, const std::string& python,
                                 bool bare, bool script) {
    std::string out = "[project]\nname = " + base::toml_string(name) + "\nversion = \"0.1.0\"\ndescription = \"\"\n";
    if (!bare) out += "readme = \"README.md\"\n";
    out += "requires-python = " + base::toml_string(python) + "\ndependencies = []\n";
    if (script)
        out += "\n[project.scripts]\n" + base::toml_key(pkg::normalize_name(name)) + " = " +
               base::toml_string(module + ":main") + "\n";
    if (!bare) out += "\n[build-system]\nrequires = [\"adder_build\"]\nbuild-backend = \"adder_build\"\n";
    return out;
}

// What `requires-python` says for --python: a version is the oldest one, a specifier stands as it is.
static base::Result<std::string> requires_python(const std::string& asked) {
    std::string text = pkg::parse_version(asked).ok() ? ">=" + asked : asked;
    base::Result<pkg::SpecifierSet> specifier = pkg::parse_specifier_set(text);
    if (!specifier.ok() || specifier->empty())
        return base::Error(base::ErrorKind::Usage, "--python: `" + asked + "` is neither a version nor a specifier of versions")
            .with_hint("write `3.11` or `>=3.11,<4`");
    if (specifier->is_unsatisfiable()) return base::Error(base::ErrorKind::Usage, "--python: no version fits `" + asked + "`");
    return text;
}

// adder init [DIR] [--name NAME] [--lib | --bare]
base::Result<int> cmd_init(Context& context, const Arguments& arguments) {
    std::string directory, name, python;
    bool library = false, bare = false;
    Options options("init", kPageInit);
    options.argument(directory, "directory", "where; made when missing (default: here)", Presence::Optional);
    options.value(name, "--name", "NAME", "the project's name (default: the directory's)");
    options.value(python, "--python", "VERSION", "the oldest Python it runs on, or a specifier: `>=3.11,<4`");
    options.flag(library, "--lib", "a library: no console script");
    options.flag(bare, "--bare", "pyproject.toml only");
    context.add_output_options(options);
    if (!TRY(options.parse(arguments, context.defaults("init").get()))) return 0;
    std::string root = base::absolute_path(directory.empty() ? "." : directory);
    if (name.empty()) name = base::base_name(root);
    TRY(pkg::parse_name(name));
    std::string manifest = root + "/pyproject.toml", module = pkg::file_name_form(name);
    if (base::path_exists(manifest)) return base::Error(base::ErrorKind::Usage, "`" + manifest + "` is there already");
    if (!bare && !pkg::is_import_name(module))
        return base::Error(base::ErrorKind::Usage, "the package of `" + name + "` would be called `" + module + "`, which Python cannot import")
            .with_hint("give the project another name with --name, or start it with --bare");
    python = TRY(requires_python(python.empty() ? context.own().short_version() : python));
    TRY(base::make_directories(root));
    if (!bare) {
        std::string package = root + "/src/" + module;
        std::string code = library ? "" : "def main():\n    print(\"Hello from " + name + "!\")\n";
        TRY(base::make_directories(package));
        if (!base::path_exists(package + "/__init__.py")) TRY(base::write_file(package + "/__init__.py", code));
        if (!library && !base::path_exists(package + "/__main__.py"))
            TRY(base::write_file(package + "/__main__.py", "from " + module + " import main\n\nmain()\n"));
        if (!base::path_exists(root + "/README.md")) TRY(base::write_file(root + "/README.md", "# " + name + "\n"));
        if (!base::path_exists(root + "/.gitignore"))
            TRY(base::write_file(root + "/.gitignore", "/.venv/\n/dist/\n__pycache__/\n"));
    }
    // Last: a project is one as soon as this file is there.
    TRY(base::write_file_atomic(manifest, manifest_text(name, module, python, bare, !library && !bare)));
    context.note("started the project `" + name + "` in " + root);
    return 0;
}

}  // namespace cli
