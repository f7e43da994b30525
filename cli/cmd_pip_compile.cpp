// adder pip compile
#include <algorithm>

#include "base/fs.h"
#include "base/path.h"
#include "base/text.h"
#include "base/url.h"
#include "cli/commands.h"
#include "cli/lock_hashes.h"
#include "cli/package_supply.h"
#include "cli/pages.h"
#include "cli/requirement_input.h"
#include "cli/resolve_options.h"
#include "pkg/direct_url.h"
#include "pkg/lock/lock_resolution.h"
#include "pkg/name.h"
#include "pkg/requirements_txt.h"

namespace cli {

namespace {

enum class OutputFormat : uint8_t { RequirementsTxt, Pylock };

struct CompileCommand {
    Context& context;
    RequirementInput input;
    ResolveOptions resolve_options;
    std::vector<std::string> leave_out;
    std::string output_file, format_name, python, python_version, python_platform, fork_strategy, annotation_style,
        compile_command;
    bool universal = false, generate_hashes = false, no_header = false, no_annotate = false, annotate = false,
         strip_extras = false, no_strip_extras = false, strip_markers = false, no_strip_markers = false,
         emit_index_url = false, emit_find_links = false, emit_index_annotation = false;
    pkg::ResolveRequest request;
    pkg::Target target;

    explicit CompileCommand(Context& c) : context(c) {}
    void declare(Options& options);
    base::Result<int> run(const Arguments& arguments);
    base::Result<OutputFormat> format() const;
    base::Result<void> settle_target();
    base::Result<void> settle_request();
    base::Result<void> read_output();
    base::Result<std::string> text_of(const pkg::Lock& lock, const Arguments& arguments) const;
    pkg::LockHead lock_head() const;
    std::vector<std::string> header(const Arguments& arguments) const;
};

void CompileCommand::declare(Options& options) {
    options.arguments(input.files, "FILE", "requirements files, pyproject.toml, setup.py, scripts, or -",
                      Presence::Optional);
    options.value(output_file, "-o,--output-file", "FILE", "write there, and keep the versions it has");
    options.value(format_name, "--format", "FORMAT", "requirements.txt or pylock; the output file's name says it else");
    options.flag(universal, "--universal", "for all platforms and newer Pythons at once");
    options.flag(generate_hashes, "--generate-hashes", "with the hashes of every file");
    options.value(python, "-p,--python", "PYTHON", "the interpreter that the result is for");
    options.value(python_version, "--python-version", "VERSION", "the Python that the result is for");
    options.value(python_platform, "--python-platform", "PLATFORM", "the platform that the result is for");
    resolve_options.declare_for_pip(options);
    options.value(fork_strategy, "--fork-strategy", "NAME", "requires-python or fewest versions (with --universal)");
    input.declare(options);
    options.flag(no_header, "--no-header", "without the comment that names the command");
    options.value(compile_command, "--custom-compile-command", "TEXT", "the command that the header names");
    options.flag(annotate, "--annotate", "say who asked for each package (as it is)");
    options.flag(no_annotate, "--no-annotate", "do not say who asked for each package");
    options.value(annotation_style, "--annotation-style", "STYLE", "split (own lines) or line (behind the pin)");
    options.values(leave_out, "--no-emit-package,--unsafe-package", "NAME", "leave this package out of the output");
    options.flag(strip_extras, "--strip-extras", "names without extras (as it is)");
    options.flag(no_strip_extras, "--no-strip-extras", "names with their extras");
    options.flag(strip_markers, "--strip-markers", "pins without markers");
    options.flag(no_strip_markers, "--no-strip-markers", "pins with markers (as it is)");
    options.flag(emit_index_url, "--emit-index-url", "with the index options");
    options.flag(emit_find_links, "--emit-find-links", "with the --find-links options");
    options.flag(emit_index_annotation, "--emit-index-annotation", "say which index each package comes from");
    context.add_source_options(options);
    context.add_output_options(options);
    context.add_pip_options(options);
}

base::Result<OutputFormat> CompileCommand::format() const {
    if (format_name.empty())
        return pkg::is_lock_file_name(base::base_name(output_file)) ? OutputFormat::Pylock
                                                                    : OutputFormat::RequirementsTxt;
    if (format_name == "pylock" || format_name == "pylock.toml") return OutputFormat::Pylock;
    if (format_name == "requirements" || format_name == "requirements.txt") return OutputFormat::RequirementsTxt;
    return base::Error(base::ErrorKind::Usage,
                       "`" + format_name + "` is no format; choose from requirements.txt and pylock");
}

base::Result<void> CompileCommand::settle_target() {
    std::string version = context.own().version;
    if (!python.empty())
        version = TRY(venv::find_interpreter(python, context.own(), context.cache())).version;
    if (!python_version.empty()) version = python_version;
    if (universal) {
        pkg::SpecifierSet pythons = TRY(pkg::parse_specifier_set(
            ">=" + (python_version.empty() ? version.substr(0, version.rfind('.')) : version)));
        const pkg::Manifest* manifest = input.manifest();
        bool declared = python_version.empty() && manifest && manifest->project.requires_python;
        request.requires_python = (declared ? *manifest->project.requires_python : pythons).to_set();
        return {};
    }
    if (python_platform.empty() && python_version.empty()) {
        target = TRY(venv::host_target(version));
    } else {
        pkg::Platform platform = venv::host_platform();
        if (!python_platform.empty()) platform = TRY(pkg::parse_platform(python_platform));
        target = TRY(pkg::make_target(version, platform));
    }
    request.target = &target;
    return {};
}

base::Result<void> CompileCommand::settle_request() {
    TRY(resolve_options.apply(request));
    if (!fork_strategy.empty() && fork_strategy != "fewest" && fork_strategy != "requires-python")
        return base::Error(base::ErrorKind::Usage, "`" + fork_strategy +
                                                       "` is no fork strategy; choose from requires-python and fewest");
    request.fork_on_python = fork_strategy != "fewest";
    return read_output();
}

// The versions of the output file are kept where they fit.
base::Result<void> CompileCommand::read_output() {
    if (output_file.empty() || resolve_options.upgrade || !base::is_regular_file(output_file)) return {};
    std::string text = TRY(base::read_file(output_file));
    if (pkg::is_lock_file_name(base::base_name(output_file))) {
        pkg::keep_versions(request, TRY(pkg::parse_lock(std::move(text), output_file)));
        return {};
    }
    pkg::ReadFile nothing = [](const std::string&) { return std::string(); };
    pkg::ReadVariable none = [](const std::string&, std::string&) { return false; };
    base::Result<pkg::RequirementsFile> old = pkg::parse_requirements_txt(text, output_file, nothing, none);
    if (!old.ok())
        return std::move(old).error().with_context("while reading the versions to keep");
    for (const pkg::RequirementLine& line : old->requirements) {
        const std::vector<pkg::Specifier>& clauses = line.requirement.specifier.clauses();
        bool pin = clauses.size() == 1 && clauses[0].op == pkg::SpecifierOp::Equal && !clauses[0].wildcard;
        if (pin)
            request.preferences.push_back(
                {line.requirement.key, clauses[0].version, pkg::MarkerTree::of(line.requirement.marker)});
    }
    return {};
}

std::string shell_quoted(const std::string& word) {
    auto plain = [](char c) { return base::is_alnum(c) || std::string_view("@%+=:,./_-[]").find(c) != std::string::npos; };
    if (!word.empty() && std::all_of(word.begin(), word.end(), plain)) return word;
    return "'" + base::replace_all(word, "'", "'\"'\"'") + "'";
}

// The command as typed, without what changes from run to run and leaves the result alone.
std::vector<std::string> CompileCommand::header(const Arguments& arguments) const {
    static constexpr std::string_view kDropped[] = {"-U",        "--upgrade", "-q",          "--quiet",
                                                    "-v",        "--verbose", "--refresh",   "--offline",
                                                    "--no-progress", "--json",    "--no-cache",  "--no-cache-dir",
                                                    "--no-color",  "--no-input", "--disable-pip-version-check"};
    static constexpr std::string_view kDroppedWithValue[] = {"-P", "--upgrade-package", "--cache-dir", "--color", "--progress-bar"};
    auto among = [](const auto& list, std::string_view word) {
        return std::find(std::begin(list), std::end(list), word) != std::end(list);
    };
    std::string command = "adder pip compile";
    for (size_t i = 0; i < arguments.size(); i++) {
        std::string name = arguments[i].substr(0, arguments[i].find('='));
        if (among(kDropped, name)) continue;
        if (among(kDroppedWithValue, name)) {
            i += name == arguments[i];
            continue;
        }
        command += " " + shell_quoted(base::redact_url(arguments[i]));
    }
    if (!compile_command.empty()) command = compile_command;
    return {"# This file was autogenerated by adder via the following command:", "#    " + command};
}

pkg::LockHead CompileCommand::lock_head() const {
    pkg::LockHead head;
    const pkg::Manifest* manifest = input.manifest();
    if (universal) {
        bool declared = python_version.empty() && manifest && manifest->project.requires_python;
        std::string version = python_version.empty()
                                  ? context.own().version.substr(0, context.own().version.rfind('.'))
                                  : python_version;
        head.requires_python =
            declared ? *manifest->project.requires_python : MUST(pkg::parse_specifier_set(">=" + version));
        return head;
    }
    // What was resolved for one environment is not known to hold in another one.
    const pkg::MarkerEnvironment& e = target.markers;
    head.environments.push_back(MUST(pkg::parse_marker(
        "python_version == '" + e[pkg::MarkerVariable::PythonVersion] + "' and sys_platform == '" +
        e[pkg::MarkerVariable::SysPlatform] + "' and platform_machine == '" +
        e[pkg::MarkerVariable::PlatformMachine] + "'")));
    head.requires_python = MUST(pkg::parse_specifier_set(">=" + e[pkg::MarkerVariable::PythonVersion]));
    return head;
}

base::Result<std::string> CompileCommand::text_of(const pkg::Lock& lock, const Arguments& arguments) const {
    pkg::RequirementsTextOptions options;
    options.hashes = generate_hashes;
    options.markers = !strip_markers;
    options.extras_in_names = no_strip_extras;
    options.index_annotation = emit_index_annotation;
    if (annotation_style != "" && annotation_style != "split" && annotation_style != "line")
        return base::Error(base::ErrorKind::Usage, "`" + annotation_style + "` is no style; choose from split and line");
    if (!no_annotate)
        options.annotation = annotation_style == "line" ? pkg::Annotation::Line : pkg::Annotation::Split;
    if (!no_header) options.header = header(arguments);
    const SourceOptions& sources = context.sources;
    if (emit_index_url) {
        if (!sources.index_url.empty()) options.emitted.push_back("--index-url " + pkg::strip_credentials(sources.index_url));
        for (const std::string& url : sources.extra_index_urls)
            options.emitted.push_back("--extra-index-url " + pkg::strip_credentials(url));
    }
    if (emit_find_links) {
        for (const std::string& place : sources.find_links)
            options.emitted.push_back("--find-links " + pkg::strip_credentials(place));
    }
    for (const std::string& name : leave_out)
        options.leave_out.push_back(pkg::normalize_name(name));
    options.askers = input.askers;
    for (pkg::WrittenReference written : input.written) {
        if (!universal && !written.marker.evaluate(target.markers)) continue;
        written.text = pkg::strip_credentials(written.text);
        options.written.push_back(std::move(written));
    }
    return pkg::requirements_text(lock, options);
}

base::Result<int> CompileCommand::run(const Arguments& arguments) {
    OutputFormat wanted = TRY(format());
    if (input.empty())
        return base::Error(base::ErrorKind::Usage, "nothing to compile was named")
            .with_hint("give a requirements file or pyproject.toml");
    TRY(input.read(context));
    // Hashes of the input are those of what was resolved before.
    input.require_hashes = false;
    resolve_options.add_formats(input.formats);
    resolve_options.prefer_binary |= input.prefer_binary;
    TRY(settle_target());
    PackageSupply supply(context, input.manifest());
    TRY(input.fill(request, supply.builder));
    TRY(settle_request());
    pkg::Resolution resolution_found = TRY(pkg::resolve(request, supply.index));
    for (const std::string& warning : resolution_found.warnings)
        context.warn(warning);
    for (pkg::ResolvedPackage& package : resolution_found.packages)
        package.direct.editable |= supply.builder.is_editable(package.url);
    std::string folder(base::parent_path(base::absolute_path(output_file.empty() ? "pylock.toml" : output_file)));
    pkg::Lock lock = TRY(pkg::lock_of(request, resolution_found, lock_head(), folder));
    if (wanted == OutputFormat::Pylock || generate_hashes) TRY(complete_hashes(lock, folder, supply.index, context.cache()));
    if (wanted == OutputFormat::Pylock) {
        std::vector<std::string> names;
        for (const std::string& name : leave_out)
            names.push_back(pkg::normalize_name(name));
        std::erase_if(lock.packages, [&](const pkg::LockPackage& package) {
            return std::find(names.begin(), names.end(), package.name) != names.end();
        });
        lock.tool.reset();
    }
    std::string text = wanted == OutputFormat::Pylock ? pkg::write_lock(lock) : TRY(text_of(lock, arguments));
    if (!output_file.empty()) TRY(base::write_file_atomic(output_file, text));
    if (output_file.empty() || !context.quiet) context.out(text);
    context.note("resolved " + std::to_string(lock.packages.size()) + " packages");
    return 0;
}

}  // namespace

// adder pip compile [OPTIONS] FILE…
base::Result<int> cmd_pip_compile(Context& context, const Arguments& arguments) {
    CompileCommand command(context);
    Options options("pip compile", kPagePipCompile);
    command.declare(options);
    if (!TRY(options.parse(arguments, context.defaults("pip compile").get()))) return 0;
    return command.run(arguments);
}

}  // namespace cli
