// adder spec: what the packaging specifications say about a text, for people and for scripts.
#include <cstdio>
#include <iostream>

#include "base/json.h"
#include "cli/commands.h"
#include "cli/pages.h"
#include "cli/spec_answers.h"
#include "pkg/requirement.h"

namespace cli {

namespace {

void print_array(const Context& context, std::string_view key, const std::vector<std::string>& values) {
    if (!context.json) {
        for (const std::string& value : values)
            context.out(value + "\n");
        return;
    }
    base::JsonWriter json;
    json.begin_object().key(key).begin_array();
    for (const std::string& value : values)
        json.string(value);
    context.out(json.end_array().end_object().text() + "\n");
}

}  // namespace

// adder spec match SPEC VERSION…
base::Result<int> cmd_spec_match(Context& context, const Arguments& arguments) {
    std::string spec;
    std::vector<std::string> versions;
    bool allow = false, forbid = false;
    Options options("spec match", kPageSpecMatch);
    options.argument(spec, "SPEC", "a version specifier: '>=1.0,<2'", Presence::Required);
    options.arguments(versions, "VERSION", "versions to compare with it", Presence::Required);
    options.flag(allow, "--pre", "pre-releases match like others");
    options.flag(forbid, "--no-pre", "pre-releases never match");
    context.add_output_options(options);
    if (!TRY(options.parse(arguments, context.defaults("spec match").get()))) return 0;
    pkg::Prereleases policy = allow    ? pkg::Prereleases::Allow
                              : forbid ? pkg::Prereleases::Forbid
                                       : pkg::Prereleases::Default;
    std::vector<bool> match = matches(TRY(pkg::parse_specifier_set(spec)), versions, policy);
    std::vector<std::string> matching;
    for (size_t i = 0; i < versions.size(); ++i) {
        if (match[i]) matching.push_back(versions[i]);
    }
    print_array(context, "match", matching);
    return matching.empty() ? 1 : 0;
}

// adder spec sort VERSION…
base::Result<int> cmd_spec_sort(Context& context, const Arguments& arguments) {
    std::vector<std::string> versions;
    Options options("spec sort", kPageSpecSort);
    options.arguments(versions, "VERSION", "versions to put in order", Presence::Required);
    context.add_output_options(options);
    if (!TRY(options.parse(arguments, context.defaults("spec sort").get()))) return 0;
    print_array(context, "sorted", TRY(sorted_versions(versions)));
    return 0;
}

// adder spec requirement TEXT
base::Result<int> cmd_spec_requirement(Context& context, const Arguments& arguments) {
    std::string text;
    Options options("spec requirement", kPageSpecRequirement);
    options.argument(text, "TEXT", "a requirement: 'rich[extra]>=13; python_version < \"3.12\"'", Presence::Required);
    context.add_output_options(options);
    if (!TRY(options.parse(arguments, context.defaults("spec requirement").get()))) return 0;
    if (context.json) {
        base::JsonWriter json;
        json.begin_object();
        TRY(write_requirement(json, text));
        context.out(json.end_object().text() + "\n");
    } else {
        context.out(TRY(pkg::parse_requirement(text)).text() + "\n");
    }
    return 0;
}

// adder spec marker EXPR [--env NAME=VALUE]…
base::Result<int> cmd_spec_marker(Context& context, const Arguments& arguments) {
    std::string text;
    std::vector<std::string> variables;
    Options options("spec marker", kPageSpecMarker);
    options.argument(text, "EXPR", "an environment marker: 'sys_platform == \"linux\"'", Presence::Required);
    options.values(variables, "--env", "NAME=VALUE",
                   "a variable's value, where it is not that of CPython 3.11 on Linux");
    context.add_output_options(options);
    if (!TRY(options.parse(arguments, context.defaults("spec marker").get()))) return 0;
    pkg::Marker marker = TRY(pkg::parse_marker(text));
    MarkerQuestion question;
    for (const std::string& variable : variables) {
        size_t equals = variable.find('=');
        if (equals == variable.npos)
            return base::Error(base::ErrorKind::Usage, "`" + variable + "` is not of the form NAME=VALUE");
        TRY(set_marker_variable(question, variable.substr(0, equals), variable.substr(equals + 1)));
    }
    bool value = TRY(marker.try_evaluate(question.environment, question.extras, question.groups));
    if (context.json)
        context.out(base::JsonWriter().begin_object().key("value").boolean(value).end_object().text() + "\n");
    else
        context.out(value ? "true\n" : "false\n");
    return value ? 0 : 1;
}

// adder spec tags [--python-version VERSION] [--python-platform PLATFORM]
base::Result<int> cmd_spec_tags(Context& context, const Arguments& arguments) {
    std::string python = "3.11", platform = "linux";
    Options options("spec tags", kPageSpecTags);
    options.value(python, "--python-version", "VERSION", "the Python whose wheels are meant (3.11)");
    options.value(platform, "--python-platform", "PLATFORM", "the machine: linux, macos, windows, a tag or a triple");
    context.add_output_options(options);
    if (!TRY(options.parse(arguments, context.defaults("spec tags").get()))) return 0;
    print_array(context, "tags", TRY(tags_of(python, platform)));
    return 0;
}

// adder spec batch
base::Result<int> cmd_spec_batch(Context& context, const Arguments& arguments) {
    Options options("spec batch", kPageSpecBatch);
    if (!TRY(options.parse(arguments))) return 0;
    std::ios::sync_with_stdio(false);
    std::string line;
    while (std::getline(std::cin, line)) {
        context.out(spec_answer(line) + "\n");
        // A program that waits for the answer before it asks again gets it.
        if (std::cin.rdbuf()->in_avail() <= 0) std::fflush(stdout);
    }
    return 0;
}

}  // namespace cli
