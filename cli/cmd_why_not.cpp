// adder why-not
#include "base/json.h"
#include "cli/commands.h"
#include "cli/package_supply.h"
#include "cli/pages.h"
#include "cli/project.h"
#include "pkg/lock/lock_resolution.h"

namespace cli {

namespace {

LockedVersions versions_of(const pkg::Resolution& resolution) {
    LockedVersions out;
    for (const pkg::ResolvedPackage& package : resolution.packages) {
        std::string& text = out[package.name];
        text += (text.empty() ? "" : ", ") + package.version.text();
    }
    return out;
}

// What taking the version would change, against the lock.
struct Difference {
    std::string name, before, after;  // empty: not there
};

std::vector<Difference> differences(const LockedVersions& before, const LockedVersions& after) {
    std::vector<Difference> out;
    for (const auto& [name, version] : before) {
        auto now = after.find(name);
        if (now == after.end())
            out.push_back({name, version, ""});
        else if (now->second != version)
            out.push_back({name, version, now->second});
    }
    for (const auto& [name, version] : after)
        if (!before.count(name)) out.push_back({name, "", version});
    return out;
}

void report(const Context& context, const pkg::Requirement& question, const std::vector<Difference>& changes) {
    if (context.json) {
        base::JsonWriter json(2);
        json.begin_object().member("requirement", question.text()).key("possible").boolean(true).key("changes").begin_array();
        for (const Difference& change : changes) {
            json.begin_object().member("name", change.name);
            if (!change.before.empty()) json.member("before", change.before);
            if (!change.after.empty()) json.member("after", change.after);
            json.end_object();
        }
        context.out(json.end_array().end_object().text() + "\n");
        return;
    }
    std::string out = "nothing stands against " + question.text();
    out += changes.empty() ? ": it is locked\n" : "; the lock would change:\n";
    for (const Difference& change : changes) {
        if (change.before.empty())
            out += "  + " + change.name + " " + change.after + "\n";
        else if (change.after.empty())
            out += "  - " + change.name + " " + change.before + "\n";
        else
            out += "  ~ " + change.name + " " + change.before + " → " + change.after + "\n";
    }
    context.out(out);
}

void report(const Context& context, const pkg::Requirement& question, const base::Error& error) {
    base::JsonWriter json(2);
    json.begin_object().member("requirement", question.text()).key("possible").boolean(false);
    json.member("message", error.message).key("explanation").begin_array();
    for (const std::string& line : error.contexts) json.string(line);
    json.end_array();
    if (!error.hint.empty()) json.member("hint", error.hint);
    context.out(json.end_object().text() + "\n");
}

// The question as a requirement where the package is installed; everywhere when the lock does not have it.
pkg::RootRequirement pin(const pkg::Requirement& question, const std::optional<pkg::Lock>& lock) {
    pkg::RootRequirement root{question, "you", pkg::MarkerTree::never(), ""};
    bool known = false;
    if (lock)
        for (const pkg::LockPackage& package : lock->packages) {
            if (package.name != question.key) continue;
            root.condition = root.condition | pkg::MarkerTree::of(package.marker);
            known = true;
        }
    if (!known) root.condition = pkg::MarkerTree::always();
    return root;
}

}  // namespace

// adder why-not NAME==VERSION
base::Result<int> cmd_why_not(Context& context, const Arguments& arguments) {
    std::string wanted;
    ResolveOptions resolve;
    Options options("why-not", kPageWhyNot);
    options.argument(wanted, "requirement", "`name==1.0`, or any other range", Presence::Required);
    resolve.declare_upgrade(options);
    resolve.declare(options);
    context.add_project_options(options);
    context.add_source_options(options);
    context.add_output_options(options);
    if (!TRY(options.parse(arguments, context.defaults("why-not").get()))) return 0;
    pkg::Requirement question = TRY(pkg::parse_requirement(wanted));
    if (question.specifier.clauses().empty() && question.url.empty())
        return base::Error(base::ErrorKind::Usage, "`" + wanted + "` names no version").with_hint("write `" + wanted + "==1.0`");
    Project project = TRY(find_project(context));
    std::optional<pkg::Lock> lock = TRY(read_lock(project));
    PackageSupply supply(context, &project.manifest);
    pkg::ResolveRequest request = TRY(project_request(project, resolve, lock));
    request.roots.push_back(pin(question, lock));
    base::Result<pkg::Resolution> resolution = pkg::resolve(request, supply.index);
    if (resolution.ok()) {
        report(context, question, differences(lock ? versions_of(*lock) : LockedVersions(), versions_of(*resolution)));
        return 0;
    }
    if (!context.json || resolution.error().kind != base::ErrorKind::NoSolution) return std::move(resolution).error();
    report(context, question, resolution.error());
    return base::exit_code(base::ErrorKind::NoSolution);
}

}  // namespace cli
