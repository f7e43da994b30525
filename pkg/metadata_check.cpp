// Strict rules of specifications/core-metadata.
#include "pkg/metadata_check.h"

#include <algorithm>
#include <map>

#include "base/text.h"
#include "pkg/licenses.h"
#include "pkg/metadata.h"
#include "pkg/name.h"

namespace pkg {

namespace {

enum class Form { One, Many, Text };
struct FieldRow {
    std::string_view name;
    Form form;
    std::string_view since;
};
constexpr FieldRow kFields[] = {
    {"Metadata-Version", Form::One, "1.0"}, {"Name", Form::One, "1.0"},           {"Version", Form::One, "1.0"},
    {"Requires-Python", Form::One, "1.2"},  {"Requires-Dist", Form::Many, "1.2"}, {"Provides-Extra", Form::Many, "2.1"},
    {"Keywords", Form::One, "1.0"},         {"Description", Form::Text, "1.0"},   {"Project-URL", Form::Many, "1.2"},
#define METADATA_FIELD(name, form, member, since) {name, Form::form, since},
#include "pkg/metadata.def"
#undef METADATA_FIELD
};
constexpr std::string_view kVersions[] = {"1.0", "1.1", "1.2", "2.1", "2.2", "2.3", "2.4", "2.5", "2.6"};

size_t version_index(std::string_view version) {
    return static_cast<size_t>(std::find(std::begin(kVersions), std::end(kVersions), version) - std::begin(kVersions));
}

// Text that some reader would take for more than one line.
bool has_line_break(std::string_view text) {
    for (std::string_view breaker : {"\n", "\r", "\v", "\f", "\x1c", "\x1d", "\x1e", "\u0085", "\u2028", "\u2029"})
        if (text.find(breaker) != std::string_view::npos) return true;
    return false;
}

// type; charset=…; variant=… (core-metadata §Description-Content-Type)
std::string content_type_problem(std::string_view value) {
    std::vector<std::string_view> parts = base::split(value, ';');
    std::string type = base::lower(base::strip(parts[0]));
    if (type != "text/plain" && type != "text/x-rst" && type != "text/markdown")
        return "the type must be text/plain, text/x-rst or text/markdown";
    for (size_t i = 1; i < parts.size(); i++) {
        std::string_view key, setting;
        if (!base::partition(base::strip(parts[i]), '=', key, setting)) return "`" + std::string(base::strip(parts[i])) + "` is not name=value";
        bool charset = base::equal_ignoring_case(key, "charset"), variant = base::equal_ignoring_case(key, "variant");
        if (charset && !base::equal_ignoring_case(setting, "utf-8")) return "the charset must be UTF-8";
        if (variant && type == "text/markdown" && setting != "GFM" && setting != "CommonMark") return "the variant must be GFM or CommonMark";
        if (setting.find('"') != std::string_view::npos && std::count(setting.begin(), setting.end(), '"') % 2) return "a quote is never closed";
    }
    return {};
}

class Checker {
  public:
    explicit Checker(const RawHeaders& headers) : headers_(headers) {}

    std::vector<base::Error> run() {
        for (const char* name : {"Metadata-Version", "Name", "Version"})
            if (!headers_.find(name)) complain("`" + std::string(name) + "` is missing");
        if (const std::string* version = headers_.find("Metadata-Version")) {
            version_ = version_index(*version);
            if (version_ == std::size(kVersions)) complain("there is no metadata version " + *version);
        }
        std::map<std::string, int> seen;
        for (const auto& [name, value] : headers_.fields) field(name, value, seen[base::lower(name)]++);
        return std::move(out_);
    }

  private:
    void complain(std::string message) { out_.emplace_back(base::ErrorKind::NotHolding, std::move(message)); }
    void complain(const std::string& name, const std::string& value, const std::string& why) { complain(name + " `" + value + "`: " + why); }

    void field(const std::string& name, const std::string& value, int earlier) {
        auto row = std::find_if(std::begin(kFields), std::end(kFields), [&](const FieldRow& r) { return base::equal_ignoring_case(r.name, name); });
        if (row == std::end(kFields)) return complain("`" + name + "` is no metadata field");
        if (earlier == 1 && row->form != Form::Many) complain("`" + name + "` stands more than once");
        if (version_ < std::size(kVersions) && version_index(row->since) > version_)
            complain("`" + name + "` came with metadata " + std::string(row->since) + ", this is " + std::string(kVersions[version_]));
        if (row->form != Form::Text && has_line_break(value)) complain("`" + name + "` must be one line");
        content(std::string(row->name), value);
    }

    void content(const std::string& name, const std::string& value) {
        auto report = [&](const auto& result) {
            if (!result.ok()) complain(name, value, result.error().message);
        };
        if (name == "Name") report(parse_name(value));
        if (name == "Version") report(parse_version(value));
        if (name == "Requires-Python") report(parse_specifier_set(value));
        if (name == "Requires-Dist") report(parse_requirement(value));
        if (name == "Provides-Extra") report(parse_name(value));
        if (name == "License-Expression") report(normalize_license_expression(value));
        if (name == "License-File" && !is_license_file_path(value)) complain(name, value, "must be a relative path without `..`");
        if (name == "Description-Content-Type")
            if (std::string why = content_type_problem(value); !why.empty()) complain(name, value, why);
        if (name == "Dynamic") dynamic(value);
        if (name == "Import-Name" || name == "Import-Namespace") import_name(name, value);
    }

    void dynamic(const std::string& value) {
        bool fixed = base::equal_ignoring_case(value, "Name") || base::equal_ignoring_case(value, "Version") ||
                     base::equal_ignoring_case(value, "Metadata-Version");
        if (fixed) return complain("Dynamic", value, "must not be dynamic");
        bool known = std::any_of(std::begin(kFields), std::end(kFields), [&](const FieldRow& r) { return base::equal_ignoring_case(r.name, value); });
        if (!known) complain("Dynamic", value, "is no metadata field");
    }

    // "package.module" or "package.module ; private"; an empty Import-Name says that nothing is imported.
    void import_name(const std::string& name, const std::string& value) {
        std::string_view module, rest;
        bool marked = base::partition(value, ';', module, rest);
        module = base::strip(module);
        if (module.empty() && !marked && name == "Import-Name") return;
        if (!is_import_name(module)) complain(name, value, "is no dotted name of identifiers");
        if (marked && base::strip(rest) != "private") complain(name, value, "only `; private` may follow the name");
    }

    const RawHeaders& headers_;
    size_t version_ = std::size(kVersions);
    std::vector<base::Error> out_;
};

}  // namespace

std::vector<base::Error> check_metadata(std::string_view text) {
    auto headers = parse_headers(text);
    if (!headers.ok()) return {std::move(headers).error()};
    return Checker(*headers).run();
}

}  // namespace pkg
