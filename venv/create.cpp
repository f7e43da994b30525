// Making an environment: directories, links, pyvenv.cfg, activate scripts, the stand-in for pip.
#include "base/fs.h"
#include "base/path.h"
#include "base/text.h"
#include "venv/environment.h"
#include "venv_files.h"

namespace venv {

namespace {

// `text` as one word of sh, fish or csh: in single quotes, those inside written as the shell wants them.
std::string quote_sh(const std::string& text) {
    return "'" + base::replace_all(text, "'", "'\"'\"'") + "'";
}
std::string quote_fish(const std::string& text) {
    return "'" + base::replace_all(base::replace_all(text, "\\", "\\\\"), "'", "\\'") + "'";
}
std::string quote_csh(const std::string& text) {
    return base::replace_all(quote_sh(text), "!", "\\!");
}
std::string quote_powershell(const std::string& text) {
    return "'" + base::replace_all(text, "'", "''") + "'";
}

// Of a relocatable environment: the directory above the script that is being read, as an expression of the shell. Where
// a shell cannot tell what it reads (csh, plain sh), it is the place where the environment was made.
std::string place_sh(const std::string& root) {
    return "$(_script=; if [ -n \"${BASH_VERSION:-}\" ]; then eval '_script=\"${BASH_SOURCE[0]}\"'; "
           "elif [ -n \"${ZSH_VERSION:-}\" ]; then eval '_script=\"${(%):-%x}\"'; fi; "
           "if [ -n \"$_script\" ]; then cd \"$(dirname \"$_script\")/..\" >/dev/null && pwd; "
           "else printf '%s' " +
           quote_sh(root) + "; fi)";
}
std::string place_fish(const std::string&) {
    return "(realpath (dirname (status filename))/..)";
}
std::string place_powershell(const std::string&) {
    return "(Split-Path -Parent (Split-Path -Parent $MyInvocation.MyCommand.Path))";
}

struct Builder {
    const CreateOptions& options;
    std::string place;  // where the files are made, to be renamed to options.root
    std::string prompt;

    base::Result<void> write(const std::string& path, std::string_view text, mode_t mode = 0644) {
        TRY(base::make_directories(std::string(base::parent_path(place + "/" + path))));
        return base::write_file(place + "/" + path, text, mode);
    }

    base::Result<void> make_links() {
        TRY(base::make_directories(place + "/bin"));
        TRY(base::make_symlink(options.interpreter.path, place + "/bin/python"));
        for (const std::string& name : {std::string("python3"), "python" + options.interpreter.short_version()})
            TRY(base::make_symlink("python", place + "/bin/" + name));
        return base::make_symlink("lib", place + "/lib64");
    }

    base::Result<void> write_configuration() {
        std::string text = "home = " + std::string(base::parent_path(options.interpreter.path)) + "\n";
        text += std::string("include-system-site-packages = ") + (options.system_site ? "true" : "false") + "\n";
        text += "version = " + options.interpreter.version + "\n";
        if (!options.prompt.empty()) text += "prompt = " + options.prompt + "\n";
        if (options.relocatable) text += "relocatable = true\n";
        if (options.interpreter.is_adder) text += "implementation = adder\n";
        text += "adder = " + options.adder + "\n";
        return write("pyvenv.cfg", text);
    }

    base::Result<void> write_activate() {
        using Quote = std::string (*)(const std::string&);
        auto filled = [&](std::string_view text, const char* suffix, Quote quote, Quote root) {
            std::string out = base::replace_all(text, std::string("@ROOT_") + suffix + "@", root(options.root));
            return base::replace_all(out, std::string("@PROMPT_") + suffix + "@", quote(prompt));
        };
        bool moves = options.relocatable;
        TRY(write("bin/activate", filled(kActivate, "SH", quote_sh, moves ? place_sh : quote_sh)));
        TRY(write("bin/activate.fish", filled(kActivateFish, "FISH", quote_fish, moves ? place_fish : quote_fish)));
        TRY(write("bin/activate.csh", filled(kActivateCsh, "CSH", quote_csh, quote_csh)));
        return write("bin/Activate.ps1",
                     filled(kActivatePs1, "PS", quote_powershell, moves ? place_powershell : quote_powershell));
    }

    base::Result<void> write_pip(const std::string& site_packages) {
        for (const std::string& name :
             {std::string("pip"), std::string("pip3"), "pip" + options.interpreter.short_version()})
            TRY(base::make_symlink(options.adder, place + "/bin/" + name));
        TRY(write(site_packages + "/pip/__init__.py", kPipInit));
        return write(site_packages + "/pip/__main__.py", kPipMain);
    }

    base::Result<void> build() {
        std::string site_packages = "lib/python" + options.interpreter.short_version() + "/site-packages";
        TRY(base::make_directories(place + "/" + site_packages));
        TRY(base::make_directories(place + "/include"));
        TRY(make_links());
        TRY(write_activate());
        if (!options.without_pip) TRY(write_pip(site_packages));
        TRY(write(".gitignore", "*\n"));
        // Last: this file is what makes the directory an environment.
        return write_configuration();
    }
};

}  // namespace

base::Result<Environment> create_environment(const CreateOptions& options) {
    bool exists = base::path_exists(options.root);
    if (exists && is_environment(options.root) && !options.clear)
        return base::Error(base::ErrorKind::Usage, "`" + options.root + "` is an environment already")
            .with_hint("replace it with `adder venv --clear`");
    if (exists && !is_environment(options.root)) {
        base::Result<std::vector<base::DirectoryEntry>> entries = base::list_directory(options.root);
        if (!entries.ok() || !entries->empty())
            return base::Error(base::ErrorKind::Usage, "`" + options.root + "` is there and is no environment");
    }
    std::string parent(base::parent_path(options.root));
    TRY(base::make_directories(parent));
    base::TemporaryDirectory beside = TRY(base::TemporaryDirectory::create(parent, ".adder-venv-"));
    Builder builder{options, beside.path() + "/env",
                    options.prompt.empty() ? std::string(base::base_name(options.root)) : options.prompt};
    TRY(builder.build());
    if (exists) TRY(base::rename_path(options.root, beside.path() + "/old"));
    TRY(base::rename_path(builder.place, options.root));
    return open_environment(options.root);
}

}  // namespace venv
