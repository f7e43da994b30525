// The operations of `adder spec batch`, one function each.
#include "cli/spec_answers.h"

#include <algorithm>

#include "pkg/dist_name.h"
#include "pkg/marker_tree.h"
#include "pkg/name.h"
#include "pkg/requirement.h"
#include "pkg/requirements_txt.h"
#include "pkg/tags.h"

namespace cli {

namespace {

using base::Error;
using base::ErrorKind;
using base::JsonValue;
using base::JsonWriter;
using base::Result;

Error bad_request(std::string text) {
    return Error(ErrorKind::Usage, std::move(text));
}

Result<std::string_view> text_of(const JsonValue& request, std::string_view key) {
    if (!request[key].is_string()) return bad_request("`" + std::string(key) + "` must be a string");
    return request[key].string();
}
Result<std::vector<std::string>> texts_of(const JsonValue& value, std::string_view key) {
    if (!value.is_array()) return bad_request("`" + std::string(key) + "` must be an array of strings");
    std::vector<std::string> texts;
    for (size_t i = 0; i < value.size(); ++i) {
        if (!value.at(i).is_string()) return bad_request("`" + std::string(key) + "` must be an array of strings");
        texts.emplace_back(value.at(i).string());
    }
    return texts;
}

// The marker at `key`.
Result<pkg::Marker> marker_of(const JsonValue& request, std::string_view key) {
    std::string_view text = TRY(text_of(request, key));
    return pkg::parse_marker(text);
}

Result<void> answer_version(const JsonValue& request, JsonWriter& json) {
    std::string_view text = TRY(text_of(request, "text"));
    pkg::Version version = TRY(pkg::parse_version(text));
    write_version(json, version);
    return {};
}
Result<void> answer_sort(const JsonValue& request, JsonWriter& json) {
    std::vector<std::string> versions = TRY(texts_of(request["versions"], "versions"));
    std::vector<std::string> sorted = TRY(sorted_versions(versions));
    json.key("sorted").begin_array();
    for (const std::string& text : sorted)
        json.string(text);
    json.end_array();
    return {};
}
Result<void> answer_match(const JsonValue& request, JsonWriter& json) {
    std::string_view spec = TRY(text_of(request, "spec"));
    pkg::SpecifierSet set = TRY(pkg::parse_specifier_set(spec));
    std::vector<std::string> candidates = TRY(texts_of(request["versions"], "versions"));
    JsonValue wish = request["prereleases"];
    if (wish && !wish.is_null() && !wish.is_bool()) return bad_request("`prereleases` must be true, false or null");
    pkg::Prereleases policy = !wish.is_bool()  ? pkg::Prereleases::Default
                              : wish.boolean() ? pkg::Prereleases::Allow
                                               : pkg::Prereleases::Forbid;
    json.key("match").begin_array();
    for (bool match : matches(set, candidates, policy))
        json.boolean(match);
    json.end_array();
    return {};
}
Result<void> answer_requirement(const JsonValue& request, JsonWriter& json) {
    return write_requirement(json, TRY(text_of(request, "text")));
}
Result<void> answer_marker(const JsonValue& request, JsonWriter& json) {
    pkg::Marker marker = TRY(marker_of(request, "text"));
    JsonValue given = request["environment"];
    if (given && !given.is_null() && !given.is_object()) return bad_request("`environment` must be an object");
    MarkerQuestion question;
    for (size_t i = 0; i < given.size(); ++i) {
        std::string_view name = given.key_at(i);
        if (given.at(i).is_array()) {
            std::vector<std::string> values = TRY(texts_of(given.at(i), name));
            for (const std::string& each : values)
                TRY(set_marker_variable(question, name, each));
        } else {
            std::string_view value = TRY(text_of(given, name));
            TRY(set_marker_variable(question, name, value));
        }
    }
    json.key("value").boolean(TRY(marker.try_evaluate(question.environment, question.extras, question.groups)));
    return {};
}
Result<void> answer_marker_simplify(const JsonValue& request, JsonWriter& json) {
    pkg::Marker marker = TRY(marker_of(request, "text"));
    json.member("marker", pkg::MarkerTree::of(marker).text());
    return {};
}
Result<void> answer_marker_disjoint(const JsonValue& request, JsonWriter& json) {
    pkg::Marker a = TRY(marker_of(request, "a"));
    pkg::Marker b = TRY(marker_of(request, "b"));
    json.key("value").boolean(pkg::MarkerTree::of(a).disjoint(pkg::MarkerTree::of(b)));
    return {};
}
Result<void> answer_name(const JsonValue& request, JsonWriter& json) {
    std::string_view text = TRY(text_of(request, "text"));
    json.member("normalized", pkg::normalize_name(text));
    return {};
}
Result<void> answer_wheel(const JsonValue& request, JsonWriter& json) {
    std::string_view file = TRY(text_of(request, "file"));
    pkg::WheelName wheel = TRY(pkg::parse_wheel_name(file));
    json.member("name", wheel.name).member("version", wheel.version.text()).key("build");
    if (wheel.has_build)
        json.string(std::to_string(wheel.build_number) + wheel.build_suffix);
    else
        json.null();
    json.key("tags").begin_array();
    for (const pkg::Tag& tag : wheel.tags)
        json.string(tag.text());
    json.end_array();
    return {};
}
Result<void> answer_tags(const JsonValue& request, JsonWriter& json) {
    std::string_view python = TRY(text_of(request, "python"));
    std::string_view platform = TRY(text_of(request, "platform"));
    std::vector<std::string> tags = TRY(tags_of(python, platform));
    json.key("tags").begin_array();
    for (const std::string& tag : tags)
        json.string(tag);
    json.end_array();
    return {};
}

void write_line(JsonWriter& json, const pkg::RequirementLine& line) {
    json.begin_object().member("requirement", line.has_name ? line.requirement.text() : "").key("url");
    line.requirement.url.empty() ? json.null() : json.string(line.requirement.url);
    json.key("extras").begin_array();
    for (const std::string& extra : line.requirement.extras)
        json.string(extra);
    json.end_array().member("marker", line.requirement.marker.text()).key("editable").boolean(line.editable);
    json.key("hashes").begin_array();
    for (const std::string& hash : line.hashes)
        json.string(hash);
    json.end_array().end_object();
}
// A requirements file; files that it includes come from the object `files`, variables from `variables`.
Result<void> answer_requirements(const JsonValue& request, JsonWriter& json) {
    std::string_view text = TRY(text_of(request, "text"));
    pkg::ReadFile read = [&](const std::string& path) -> Result<std::string> {
        if (!request["files"][path].is_string()) return bad_request("there is no file `" + path + "`");
        return std::string(request["files"][path].string());
    };
    pkg::ReadVariable variable = [&](const std::string& name, std::string& value) {
        JsonValue given = request["variables"][name];
        if (given.is_string()) value = given.string();
        return given.is_string();
    };
    pkg::RequirementsFile file = TRY(pkg::parse_requirements_txt(text, "requirements.txt", read, variable));
    for (auto [name, lines] : {std::pair("requirements", &file.requirements), std::pair("constraints", &file.constraints)}) {
        json.key(name).begin_array();
        for (const pkg::RequirementLine& line : *lines)
            write_line(json, line);
        json.end_array();
    }
    json.member("index_url", file.index_url);
    for (auto [name, list] : {std::pair("extra_index_urls", &file.extra_index_urls), std::pair("find_links", &file.find_links),
                              std::pair("trusted_hosts", &file.trusted_hosts), std::pair("no_binary", &file.no_binary),
                              std::pair("only_binary", &file.only_binary)}) {
        json.key(name).begin_array();
        for (const std::string& value : *list)
            json.string(value);
        json.end_array();
    }
    json.key("no_index").boolean(file.no_index).key("pre").boolean(file.pre);
    json.key("prefer_binary").boolean(file.prefer_binary).key("require_hashes").boolean(file.require_hashes);
    return {};
}

struct Operation {
    std::string_view name;
    Result<void> (*answer)(const JsonValue& request, JsonWriter& json);
};
constexpr Operation operations[] = {
    {"version", answer_version},
    {"sort", answer_sort},
    {"match", answer_match},
    {"requirement", answer_requirement},
    {"requirements", answer_requirements},
    {"marker", answer_marker},
    {"marker-simplify", answer_marker_simplify},
    {"marker-disjoint", answer_marker_disjoint},
    {"name", answer_name},
    {"wheel", answer_wheel},
    {"tags", answer_tags},
};

Result<std::string> answer(std::string_view line) {
    base::JsonDocument document = TRY(base::parse_json(line));
    JsonValue request = document.root();
    if (!request.is_object()) return bad_request("a request is a JSON object");
    std::string_view name = TRY(text_of(request, "op"));
    for (const Operation& operation : operations) {
        if (operation.name != name) continue;
        JsonWriter json;
        json.begin_object();
        TRY(operation.answer(request, json));
        return json.end_object().take();
    }
    return bad_request("there is no operation `" + std::string(name) + "`");
}

std::string_view pre_name(pkg::PreKind kind) {
    return kind == pkg::PreKind::Alpha ? "a" : kind == pkg::PreKind::Beta ? "b" : "rc";
}
void number_or_null(JsonWriter& json, bool present, uint64_t value) {
    if (present)
        json.raw(std::to_string(value));
    else
        json.null();
}

}  // namespace

std::string spec_answer(std::string_view line) {
    Result<std::string> made = answer(line);
    if (made.ok()) return std::move(made).value();
    return JsonWriter().begin_object().member("error", made.error().message).end_object().take();
}

pkg::MarkerEnvironment default_marker_environment() {
    return pkg::MarkerEnvironment::linux_cpython("3.11.2");
}

Result<void> set_marker_variable(MarkerQuestion& question, std::string_view name, std::string_view value) {
    if (name == "extra" || name == "extras") {
        if (!value.empty()) question.extras.push_back(pkg::normalize_name(value));
    } else if (name == "dependency_groups") {
        question.groups.push_back(pkg::normalize_name(value));
    } else if (!question.environment.set(name, value)) {
        return bad_request("`" + std::string(name) + "` is no variable of markers");
    }
    return {};
}

void write_version(JsonWriter& json, const pkg::Version& version) {
    pkg::VersionParts parts = version.parts();
    json.member("normalized", version.text())
        .member("public", version.public_text())
        .member("base", version.base_text());
    json.key("epoch").raw(std::to_string(parts.epoch)).key("release").begin_array();
    for (uint64_t segment : parts.release)
        json.raw(std::to_string(segment));
    json.end_array().key("pre");
    if (parts.pre_kind == pkg::PreKind::None)
        json.null();
    else
        json.begin_array().string(pre_name(parts.pre_kind)).raw(std::to_string(parts.pre)).end_array();
    number_or_null(json.key("post"), parts.has_post, parts.post);
    number_or_null(json.key("dev"), parts.has_dev, parts.dev);
    json.key("local");
    if (parts.local.empty()) {
        json.null();
    } else {
        std::string text = version.text();
        json.string(std::string_view(text).substr(text.find('+') + 1));
    }
    json.key("is_prerelease").boolean(version.is_prerelease());
}

std::vector<bool> matches(const pkg::SpecifierSet& set, const std::vector<std::string>& candidates,
                          pkg::Prereleases policy) {
    std::vector<bool> result(candidates.size());
    for (size_t index : set.filter(candidates, policy))
        result[index] = true;
    return result;
}

Result<std::vector<std::string>> sorted_versions(const std::vector<std::string>& texts) {
    std::vector<std::pair<pkg::Version, const std::string*>> versions;
    for (const std::string& text : texts)
        versions.emplace_back(TRY(pkg::parse_version(text)), &text);
    std::stable_sort(versions.begin(), versions.end(), [](const auto& a, const auto& b) { return a.first < b.first; });
    std::vector<std::string> sorted;
    for (const auto& [version, text] : versions)
        sorted.push_back(*text);
    return sorted;
}

Result<void> write_requirement(JsonWriter& json, std::string_view text) {
    pkg::Requirement requirement = TRY(pkg::parse_requirement(text));
    std::vector<std::string> extras = requirement.extras;
    std::sort(extras.begin(), extras.end());
    json.member("name", requirement.name).member("normalized_name", requirement.key).key("extras").begin_array();
    for (const std::string& extra : extras)
        json.string(extra);
    json.end_array().member("specifier", requirement.specifier.canonical_text()).key("url");
    if (requirement.url.empty())
        json.null();
    else
        json.string(requirement.url);
    json.key("marker");
    if (requirement.marker.always())
        json.null();
    else
        json.string(requirement.marker.text());
    return {};
}

Result<std::vector<std::string>> tags_of(std::string_view python, std::string_view platform) {
    pkg::Version version = TRY(pkg::parse_version(python));
    pkg::Platform machine = TRY(pkg::parse_platform(platform));
    std::vector<std::string> tags;
    for (const pkg::Tag& tag : pkg::cpython_tags(uint32_t(version.release(0)), uint32_t(version.release(1)), machine))
        tags.push_back(tag.text());
    return tags;
}

}  // namespace cli
