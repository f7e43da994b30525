// See report.h.
#include "freeze/report.h"

#include <algorithm>
#include <cstdio>

#include "base/json.h"
#include "base/text.h"

namespace freeze {

static std::string megabytes(uint64_t size) {
    char text[32];
    std::snprintf(text, sizeof text, "%.1f MB", double(size) / 1e6);
    return text;
}

// Does the program or one of its packages import it (and not just the library for some other system)?
static const Use* use_outside_library(const Module& module, const Graph& graph) {
    for (const Use& use : module.uses) {
        if (use.importer < 0) continue;
        if (graph.modules()[size_t(use.importer)].place != Place::Library) return &use;
    }
    return nullptr;
}

static std::string origin_of(const Module& module, const Search& search) {
    if (module.place == Place::Library) return "library";
    int number = module.place == Place::Site ? search.distribution_of(module.path) : -1;
    return number < 0 ? "program" : search.distributions()[size_t(number)].name;
}

void report_graph(Report& report, const Graph& graph, const Search& search) {
    for (const Module& module : graph.modules()) {
        if (module.included()) {
            const Use& first = module.uses.front();
            std::string importer = first.importer < 0 ? "" : graph.modules()[size_t(first.importer)].name;
            report.modules.push_back({module.name, origin_of(module, search),
                                      module.kind == ModuleKind::Extension ? module.source.size() : module.code.size(),
                                      importer});
            if (module.place == Place::Library) continue;
            const std::vector<std::string>& names = module.scan.names;
            if (std::binary_search(names.begin(), names.end(), "__file__")) report.file_users.push_back(module.name);
            for (int line : module.scan.computed_lines)
                report.computed.push_back(module.name + ", line " + std::to_string(line));
            continue;
        }
        const Use* use = use_outside_library(module, graph);
        const Module* parent = graph.find(module.name.substr(0, module.name.rfind('.')));
        bool told_by_parent = parent && parent != &module && parent->kind == ModuleKind::Missing;
        if (!use || told_by_parent) continue;
        if (module.kind == ModuleKind::Extension)
            report.extensions.push_back({module.name, module.problem, graph.describe(*use)});
        else if (!module.problem.empty())
            report.missing.push_back({module.name, module.problem, graph.describe(*use)});
        else if (module.kind == ModuleKind::Missing)
            report.missing.push_back({module.name, "not found", graph.describe(*use)});
    }
    auto by_name = [](const auto& a, const auto& b) { return a.name < b.name; };
    std::sort(report.modules.begin(), report.modules.end(), by_name);
    std::sort(report.extensions.begin(), report.extensions.end(), by_name);
    std::sort(report.missing.begin(), report.missing.end(), by_name);
    std::sort(report.computed.begin(), report.computed.end());
    report.computed.erase(std::unique(report.computed.begin(), report.computed.end()), report.computed.end());
}

std::vector<std::string> warnings(const Report& report) {
    std::vector<std::string> out;
    for (const AbsentModule& each : report.extensions)
        out.push_back("`" + each.name + "`, a compiled extension, was left out: " + each.reason + "; it is " +
                      each.imported_by + ", which must do without");
    for (const AbsentModule& each : report.missing) {
        if (each.reason != "not found") out.push_back("`" + each.name + "` was left out: " + each.reason);
    }
    return out;
}

std::string summary(const Report& report) {
    size_t library = size_t(std::count_if(report.modules.begin(), report.modules.end(),
                                          [](const ReportedModule& each) { return each.origin == "library"; }));
    return std::to_string(report.modules.size()) + " modules (" + std::to_string(library) + " of the library), " +
           std::to_string(report.distributions.size()) + " packages, " + std::to_string(report.data.size()) +
           " data files, " + megabytes(report.size);
}

std::string text(const Report& report) {
    std::string out = summary(report) + "\n";
    out += "interpreter " + megabytes(report.interpreter_size) + ", code " + megabytes(report.code_size) + "\n";
    out += "\nmodules\n";
    for (const ReportedModule& each : report.modules)
        out += "  " + each.name + "  " + std::to_string(each.size) + "  " + each.origin +
               (each.imported_by.empty() ? "" : "  for " + each.imported_by) + "\n";
    if (!report.data.empty()) out += "\ndata files\n";
    for (const ReportedFile& each : report.data)
        out += "  " + each.path + "  " + std::to_string(each.size) + "\n";
    if (!report.extensions.empty()) out += "\ncompiled extensions, left out\n";
    for (const AbsentModule& each : report.extensions)
        out += "  " + each.name + ": " + each.reason + ", " + each.imported_by + "\n";
    if (!report.missing.empty()) out += "\nnot there; the program fails or does without where it imports them\n";
    for (const AbsentModule& each : report.missing)
        out += "  " + each.name + ": " + each.reason + ", " + each.imported_by + "\n";
    if (!report.computed.empty())
        out += "\nimports whose module is named at run time; --include adds what these may need\n";
    for (const std::string& each : report.computed)
        out += "  " + each + "\n";
    if (!report.file_users.empty())
        out += "\nmodules that use __file__; files below it are not on disk, importlib.resources reads them\n";
    for (const std::string& each : report.file_users)
        out += "  " + each + "\n";
    return out;
}

static void write_absent(base::JsonWriter& writer, const char* name, const std::vector<AbsentModule>& list) {
    writer.key(name).begin_array();
    for (const AbsentModule& each : list)
        writer.begin_object()
            .member("name", each.name)
            .member("reason", each.reason)
            .member("imported", each.imported_by)
            .end_object();
    writer.end_array();
}

std::string json(const Report& report, const std::string& output) {
    base::JsonWriter writer(2);
    writer.begin_object().member("file", output).key("size").integer(int64_t(report.size));
    writer.key("interpreter_size")
        .integer(int64_t(report.interpreter_size))
        .key("code_size")
        .integer(int64_t(report.code_size));
    writer.key("modules").begin_array();
    for (const ReportedModule& each : report.modules)
        writer.begin_object()
            .member("name", each.name)
            .member("origin", each.origin)
            .member("imported_by", each.imported_by)
            .key("size")
            .integer(int64_t(each.size))
            .end_object();
    writer.end_array().key("data").begin_array();
    for (const ReportedFile& each : report.data)
        writer.begin_object().member("path", each.path).key("size").integer(int64_t(each.size)).end_object();
    writer.end_array();
    write_absent(writer, "extensions", report.extensions);
    write_absent(writer, "missing", report.missing);
    writer.key("computed").begin_array();
    for (const std::string& each : report.computed)
        writer.string(each);
    writer.end_array().key("file_users").begin_array();
    for (const std::string& each : report.file_users)
        writer.string(each);
    return writer.end_array().end_object().text();
}

}  // namespace freeze
