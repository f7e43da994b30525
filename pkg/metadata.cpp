// Core metadata: RFC 822-like headers and what the fields mean.
#include "pkg/metadata.h"

#include <algorithm>

#include "base/text.h"
#include "pkg/name.h"

namespace pkg {

namespace {

enum class Form { One, Many, Text };

void assign(std::string& to, Form, std::string value) {
    if (value != "UNKNOWN") to = std::move(value);
}
void assign(std::vector<std::string>& to, Form, std::string value) { to.push_back(std::move(value)); }

// Sets a plain field by its name; false where the name is not one.
bool set_plain(Metadata& m, std::string_view name, const std::string& value) {
#define METADATA_FIELD(field, form, member, since)            \
    if (base::equal_ignoring_case(name, field)) {             \
        assign(m.member, Form::form, value);                  \
        return true;                                          \
    }
#include "pkg/metadata.def"
#undef METADATA_FIELD
    return false;
}

std::vector<std::string> keywords(std::string_view text) {
    std::vector<std::string> out;
    for (std::string_view word : base::split(text, ',')) out.emplace_back(base::strip(word));
    return out;
}

base::Error metadata_error(std::string_view what, std::string_view field, const std::string& value, base::Error why) {
    why.message = std::string(what) + ": " + std::string(field) + " `" + value + "`: " + why.message;
    return why;
}

bool is_field(std::string_view name, std::string_view field) { return base::equal_ignoring_case(name, field); }

// Two names or versions leave open which one is meant: no guess is made.
base::Result<void> check_single(const RawHeaders& headers, std::string_view what) {
    for (std::string_view field : {"Metadata-Version", "Name", "Version", "Requires-Python"}) {
        std::vector<std::string> values = headers.all(field);
        if (values.size() > 1)
            return base::Error(base::ErrorKind::Integrity, std::string(what) + ": the field `" + std::string(field) + "` may stand once, here it is `" +
                                                               base::join(values, "` and `") + "`");
    }
    return {};
}

base::Result<void> read_core(Metadata& m, const RawHeaders& headers, std::string_view what, bool& has_name, bool& has_version) {
    TRY(check_single(headers, what));
    for (const auto& [name, value] : headers.fields) {
        if (is_field(name, "Metadata-Version")) {
            m.metadata_version = value;
        } else if (is_field(name, "Name")) {
            m.name = value;
            has_name = !value.empty();
        } else if (is_field(name, "Version")) {
            auto version = parse_version(value);
            if (!version.ok()) return metadata_error(what, name, value, std::move(version).error());
            m.version = std::move(version).value();
            has_version = true;
        } else if (is_field(name, "Requires-Dist")) {
            auto requirement = parse_requirement(value);
            if (!requirement.ok()) return metadata_error(what, name, value, std::move(requirement).error());
            m.requires_dist.push_back(std::move(requirement).value());
        } else if (is_field(name, "Requires-Python")) {
            // One that cannot be read says nothing, here as on an index's page, and as in pip; metadata_check.h tells of it.
            auto specifier = parse_specifier_set(value);
            if (specifier.ok()) m.requires_python = std::move(specifier).value();
        } else if (is_field(name, "Provides-Extra")) {
            m.provides_extra.push_back(value);
        } else if (is_field(name, "Dynamic")) {
            m.dynamic.push_back(base::lower(value));
        }
    }
    return {};
}

base::Result<void> check_core(const Metadata& m, std::string_view what, bool has_name, bool has_version) {
    auto error = [&](std::string message) {
        return base::Error(base::ErrorKind::Integrity, std::string(what) + ": " + std::move(message));
    };
    if (!has_name) return error("the field `Name` is missing");
    if (auto key = parse_name(m.name); !key.ok()) return error(std::move(key).error().message);
    if (!has_version) return error("the field `Version` is missing");
    if (m.metadata_version.empty()) return error("the field `Metadata-Version` is missing");
    // A higher minor version may add fields only; a higher major one may change what they mean.
    std::string_view major, minor;
    base::partition(m.metadata_version, '.', major, minor);
    if (major != "1" && major != "2")
        return error("metadata version " + m.metadata_version + " is newer than the 2.x that we read");
    return {};
}

}  // namespace

const std::string* RawHeaders::find(std::string_view name) const {
    for (const auto& field : fields)
        if (base::equal_ignoring_case(field.first, name)) return &field.second;
    return nullptr;
}

std::vector<std::string> RawHeaders::all(std::string_view name) const {
    std::vector<std::string> out;
    for (const auto& field : fields)
        if (base::equal_ignoring_case(field.first, name)) out.push_back(field.second);
    return out;
}

base::Result<RawHeaders> parse_headers(std::string_view text) {
    RawHeaders out;
    std::string_view rest = text;
    if (rest.starts_with("\xEF\xBB\xBF")) rest.remove_prefix(3);
    while (!rest.empty()) {
        size_t end = rest.find('\n');
        std::string_view line = rest.substr(0, end);
        size_t offset = static_cast<size_t>(rest.data() - text.data());
        rest.remove_prefix(end == std::string_view::npos ? rest.size() : end + 1);
        if (!line.empty() && line.back() == '\r') line.remove_suffix(1);
        if (line.empty()) {
            out.body = rest;
            out.has_body = true;
            break;
        }
        if ((line[0] == ' ' || line[0] == '\t') && !out.fields.empty()) {
            // Descriptions in headers mark their lines with seven spaces and "|", or indent by eight.
            std::string_view more = line;
            if (more.starts_with("       |"))
                more.remove_prefix(8);
            else
                for (int i = 0; i < 8 && !more.empty() && (more[0] == ' ' || more[0] == '\t'); i++) more.remove_prefix(1);
            out.fields.back().second += "\n" + std::string(more);
            continue;
        }
        size_t colon = line.find(':');
        if (colon == std::string_view::npos || colon == 0)
            return base::Error(base::ErrorKind::Integrity, "a header line has no field name")
                .with_span(base::span_at("", text, offset));
        out.fields.emplace_back(line.substr(0, colon), base::strip(line.substr(colon + 1)));
    }
    return out;
}

static base::Result<Metadata> read_checked_core(const RawHeaders& headers, std::string_view what) {
    Metadata m;
    bool has_name = false, has_version = false;
    TRY(read_core(m, headers, what, has_name, has_version));
    TRY(check_core(m, what, has_name, has_version));
    return m;
}

base::Result<Metadata> parse_metadata_for_resolving(std::string_view text, std::string_view what) {
    RawHeaders headers = TRY(parse_headers(text));
    return read_checked_core(headers, what);
}

base::Result<Metadata> parse_metadata(std::string_view text, std::string_view what) {
    RawHeaders headers = TRY(parse_headers(text));
    Metadata m = TRY(read_checked_core(headers, what));
    m.dynamic.clear();
    for (const auto& [name, value] : headers.fields) {
        if (set_plain(m, name, value)) continue;
        if (is_field(name, "Keywords")) m.keywords = keywords(value);
        if (is_field(name, "Description")) m.description = value;
        if (is_field(name, "Project-URL")) {
            std::string_view label, url;
            base::partition(value, ',', label, url);
            m.project_urls.emplace_back(base::strip(label), base::strip(url));
        }
    }
    for (std::string& field : m.dynamic) field = base::lower(field);
    if (headers.has_body && m.description.empty()) m.description = headers.body;
    return m;
}

namespace {

// A value on lines of its own: continuation lines are indented, so that no line of it can be taken for a field.
void write_field(std::string& out, std::string_view name, std::string_view value) {
    out += name;
    out += ": ";
    for (char c : value) {
        if (c == '\r') continue;
        out += c;
        if (c == '\n') out += "        ";
    }
    out += '\n';
}

void write_plain(std::string& out, std::string_view name, const std::string& value) {
    if (!value.empty()) write_field(out, name, value);
}
void write_plain(std::string& out, std::string_view name, const std::vector<std::string>& values) {
    for (const std::string& value : values) write_field(out, name, value);
}

}  // namespace

bool Metadata::has_extra(std::string_view key) const {
    return std::any_of(provides_extra.begin(), provides_extra.end(), [&](const std::string& extra) { return normalize_name(extra) == key; });
}
std::string no_such_extra(std::string_view name, const Version& version, std::string_view extra) {
    return "`" + std::string(name) + "` " + version.text() + " has no extra `" + std::string(extra) + "`";
}

std::string write_metadata(const Metadata& m) {
    std::string out;
    bool needs_2_5 = !m.import_names.empty() || !m.import_namespaces.empty();
    write_field(out, "Metadata-Version", needs_2_5 ? "2.5" : "2.4");
    write_field(out, "Name", m.name);
    write_field(out, "Version", m.version.text());
#define METADATA_FIELD(field, form, member, since) write_plain(out, field, m.member);
#include "pkg/metadata.def"
#undef METADATA_FIELD
    if (!m.keywords.empty()) write_field(out, "Keywords", base::join(m.keywords, ","));
    for (const auto& [label, url] : m.project_urls) write_field(out, "Project-URL", label + ", " + url);
    if (m.requires_python && !m.requires_python->empty()) write_field(out, "Requires-Python", m.requires_python->canonical_text());
    for (const Requirement& requirement : m.requires_dist) write_field(out, "Requires-Dist", requirement.text());
    for (const std::string& extra : m.provides_extra) write_field(out, "Provides-Extra", extra);
    if (!m.description.empty()) out += "\n" + m.description;
    return out;
}

}  // namespace pkg
