// requirements.txt: logical lines, options, variables, inclusion.
#include "pkg/requirements_txt.h"

#include <algorithm>
#include <map>

#include "base/text.h"
#include "base/url.h"
#include "pkg/name.h"

namespace pkg {

namespace {

struct LogicalLine {
    std::string text;
    size_t offset = 0;  // of its first physical line
};

// Physical lines at every line boundary that Python's str.splitlines knows, as pip divides a file.
std::vector<std::string_view> physical_lines(std::string_view text) {
    std::vector<std::string_view> out;
    size_t from = 0;
    auto boundary = [&](size_t at) -> size_t {
        auto c = static_cast<unsigned char>(text[at]);
        if (c == '\r') return text.substr(at, 2) == "\r\n" ? 2 : 1;
        if ((c >= '\n' && c <= '\f') || (c >= 0x1c && c <= 0x1e)) return 1;
        if (text.substr(at, 2) == "\u0085") return 2;
        return text.substr(at, 3) == "\u2028" || text.substr(at, 3) == "\u2029" ? 3 : 0;
    };
    for (size_t at = 0; at < text.size();) {
        size_t length = boundary(at);
        if (length) out.push_back(text.substr(from, at - from));
        at += length ? length : 1;
        if (length) from = at;
    }
    if (from < text.size()) out.push_back(text.substr(from));
    return out;
}

// Joins continued lines and drops comments: "#" at the start or after white space, after joining (pip's order).
std::vector<LogicalLine> logical_lines(std::string_view text) {
    std::vector<LogicalLine> out;
    bool continued = false;
    for (std::string_view line : physical_lines(text)) {
        size_t offset = static_cast<size_t>(line.data() - text.data());
        bool comment = base::strip_left(line).starts_with("#");
        if (!continued) out.push_back({"", offset});
        LogicalLine& current = out.back();
        // A comment line ends a continuation; its own backslash means nothing.
        if (comment) {
            current.text += continued ? " " + std::string(line) : std::string(line);
            continued = false;
            continue;
        }
        continued = line.ends_with("\\");
        current.text += continued ? line.substr(0, line.size() - 1) : line;
    }
    for (LogicalLine& line : out) {
        for (size_t i = 0; i < line.text.size(); i++)
            if (line.text[i] == '#' && (i == 0 || base::is_space(line.text[i - 1]))) line.text.resize(i);
        line.text = base::strip(line.text);
    }
    std::erase_if(out, [](const LogicalLine& line) { return line.text.empty(); });
    return out;
}

// Words as a POSIX shell divides them: quotes and backslashes.
base::Result<std::vector<std::string>> shell_words(std::string_view text) {
    std::vector<std::string> words;
    std::string word;
    bool inside = false;
    char quote = 0;
    for (size_t i = 0; i < text.size(); i++) {
        char c = text[i];
        if (c == '\\' && quote != '\'') {
            if (++i == text.size()) return base::Error(base::ErrorKind::Usage, "there is nothing behind the last `\\`");
            // Between double quotes it is itself before anything but a quote and another.
            if (quote && text[i] != quote && text[i] != '\\') word += c;
            word += text[i];
            inside = true;
        } else if (quote) {
            if (c == quote)
                quote = 0;
            else
                word += c;
        } else if (c == '"' || c == '\'') {
            quote = c;
            inside = true;
        } else if (base::is_space(c)) {
            if (inside) words.push_back(std::move(word));
            word.clear();
            inside = false;
        } else {
            word += c;
            inside = true;
        }
    }
    if (quote) return base::Error(base::ErrorKind::Usage, "a quotation has no end: " + std::string(1, quote));
    if (inside) words.push_back(std::move(word));
    return words;
}

// An option that a line may have. pip reads the same ones behind a requirement and on lines of their own, and passes over those
// that mean nothing where they stand.
struct Option {
    std::string_view name;
    enum Kind { Flag, Index, Append, Names, Requirements, Constraints, Editable, Hash, Setting, Nothing } kind;
    bool RequirementsFile::* flag = nullptr;
    std::vector<std::string> RequirementsFile::* list = nullptr;
};
constexpr Option kOptions[] = {
    {"-i", Option::Index},
    {"--index-url", Option::Index},
    {"--pypi-url", Option::Index},
    {"--extra-index-url", Option::Append, nullptr, &RequirementsFile::extra_index_urls},
    {"--no-index", Option::Flag, &RequirementsFile::no_index},
    {"-c", Option::Constraints},
    {"--constraint", Option::Constraints},
    {"-r", Option::Requirements},
    {"--requirement", Option::Requirements},
    {"-e", Option::Editable},
    {"--editable", Option::Editable},
    {"-f", Option::Append, nullptr, &RequirementsFile::find_links},
    {"--find-links", Option::Append, nullptr, &RequirementsFile::find_links},
    {"--no-binary", Option::Names, nullptr, &RequirementsFile::no_binary},
    {"--only-binary", Option::Names, nullptr, &RequirementsFile::only_binary},
    {"--prefer-binary", Option::Flag, &RequirementsFile::prefer_binary},
    {"--require-hashes", Option::Flag, &RequirementsFile::require_hashes},
    {"--pre", Option::Flag, &RequirementsFile::pre},
    {"--trusted-host", Option::Append, nullptr, &RequirementsFile::trusted_hosts},
    {"--use-feature", Option::Nothing},
    {"--install-option", Option::Nothing},
    {"--global-option", Option::Nothing},
    {"--hash", Option::Hash},
    {"-C", Option::Setting},
    {"--config-setting", Option::Setting},
    {"--config-settings", Option::Setting},
};

// The option of that name, or of the only long name that begins so.
base::Result<const Option*> find_option(std::string_view name) {
    const Option* found = nullptr;
    for (const Option& option : kOptions) {
        if (option.name == name) return &option;
        if (!name.starts_with("--") || !option.name.starts_with(name)) continue;
        if (found)
            return base::Error(base::ErrorKind::Usage,
                               "`" + std::string(name) + "` may be `" + std::string(found->name) + "` or `" + std::string(option.name) + "`");
        found = &option;
    }
    if (!found) return base::Error(base::ErrorKind::Usage, "`" + std::string(name) + "` is no option of a requirements file");
    return found;
}

struct GivenOption {
    const Option* option;
    std::string value;
};

base::Result<void> check_hash(const std::string& value) {
    size_t colon = value.find(':');
    if (colon == std::string::npos)
        return base::Error(base::ErrorKind::Usage, "`--hash` needs algorithm:digest, here is `" + value + "`");
    std::string_view algorithm = std::string_view(value).substr(0, colon);
    if (algorithm != "sha256" && algorithm != "sha384" && algorithm != "sha512")
        return base::Error(base::ErrorKind::Usage, "`--hash` takes sha256, sha384 and sha512, here is `" + value + "`");
    return {};
}

// The options among `words` with their values; words that belong to none are passed over, as pip does it.
base::Result<std::vector<GivenOption>> options_of(const std::vector<std::string>& words) {
    std::vector<GivenOption> out;
    for (size_t i = 0; i < words.size() && words[i] != "--"; i++) {
        std::string_view word = words[i];
        if (word.size() < 2 || word[0] != '-') continue;
        bool is_long = word.starts_with("--");
        size_t name_size = is_long ? std::min(word.find('='), word.size()) : 2;
        const Option* option = TRY(find_option(word.substr(0, name_size)));
        bool has_value = name_size < word.size();
        std::string value(word.substr(name_size));
        if (value.starts_with("=")) value.erase(0, 1);  // --name=value, and also -r=file
        if (option->kind == Option::Flag) {
            if (has_value) return base::Error(base::ErrorKind::Usage, "`" + std::string(option->name) + "` takes no value");
        } else if (!has_value) {
            if (++i == words.size()) return base::Error(base::ErrorKind::Usage, "`" + std::string(option->name) + "` needs a value");
            value = words[i];
        }
        if (option->kind == Option::Hash) TRY(check_hash(value));
        if (option->kind == Option::Names && value.starts_with("-"))
            return base::Error(base::ErrorKind::Usage, "`" + std::string(option->name) + "` needs names of packages, here is `" + value + "`");
        out.push_back({option, std::move(value)});
    }
    return out;
}

constexpr std::string_view kNameOfVariable = "ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_";

std::string expand(std::string_view text, const ReadVariable& variable) {
    std::string out;
    size_t last_close = text.rfind('}');
    for (size_t i = 0; i < text.size(); i++) {
        bool open = text.compare(i, 2, "${") == 0 && last_close != std::string_view::npos && i < last_close;
        size_t close = open ? text.find_first_not_of(kNameOfVariable, i + 2) : std::string_view::npos;
        if (open && text[close] != '}') close = std::string_view::npos;
        std::string name(close == std::string_view::npos ? "" : text.substr(i + 2, close - i - 2));
        std::string value;
        if (!name.empty() && variable && variable(name, value) && !value.empty()) {
            out += value;
            i = close;
        } else {
            out += text[i];
        }
    }
    return out;
}

class Reader {
  public:
    Reader(RequirementsFile& out, const ReadFile& read, const ReadVariable& variable) : out_(out), read_(read), variable_(variable) {}

    base::Result<void> file(std::string_view text, const std::string& name, bool constraint) {
        if (std::find(open_.begin(), open_.end(), name) != open_.end())
            return base::Error(base::ErrorKind::Usage, "`" + name + "` includes itself");
        open_.push_back(name);
        size_t ordered = ordered_;
        size_t from = 0, number = 1;  // of the line last looked at
        for (const LogicalLine& line : logical_lines(text)) {
            std::string_view passed = text.substr(from, line.offset - from);
            number += (size_t)std::count(passed.begin(), passed.end(), '\n');
            from = line.offset;
            base::SourceSpan span = base::span_at(name, text.substr(from), 0, line.text.size());
            span.line = (uint32_t)number;
            auto done = this->line(expand(line.text, variable_), span, name, constraint);
            if (done.ok()) continue;
            base::Error error = std::move(done).error();
            if (error.span.file.empty()) {
                uint32_t column = error.span.column;
                error.span = span;
                if (column) error.span.column = column, error.span.length = 1;
            }
            return error;
        }
        open_.pop_back();
        if (ordered == ordered_) whole_[{name, constraint}]++;
        return {};
    }

  private:
    static base::Error usage(std::string message) { return base::Error(base::ErrorKind::Usage, std::move(message)); }

    base::Result<void> line(const std::string& text, const base::SourceSpan& span, const std::string& file, bool constraint) {
        if (text[0] == '-') return option_line(text, span, file, constraint);
        RequirementLine out;
        out.span = span;
        out.origin = file;
        TRY(requirement(out, text));
        return keep(std::move(out), constraint);
    }

    base::Result<void> keep(RequirementLine line, bool constraint) {
        if (constraint && line.editable) return usage("a constraint cannot be editable");
        if (constraint && !line.has_name) return usage("a constraint needs a name");
        if (constraint && !line.requirement.extras.empty()) return usage("a constraint cannot have extras");
        (constraint ? out_.constraints : out_.requirements).push_back(std::move(line));
        return {};
    }

    // The requirement, then " --hash=…" and other options; those of files say nothing about a single requirement.
    base::Result<void> requirement(RequirementLine& out, const std::string& text) {
        size_t options = std::min(text.find(" -"), text.find("\t-"));
        TRY(target(out, base::strip(std::string_view(text).substr(0, options))));
        if (options == std::string::npos) return {};
        std::vector<std::string> words = TRY(shell_words(std::string_view(text).substr(options)));
        for (GivenOption& given : TRY(options_of(words))) {
            if (given.option->kind == Option::Hash && !out.editable) out.hashes.push_back(std::move(given.value));
            if (given.option->kind != Option::Setting) continue;
            out.config_settings.push_back(TRY(parse_config_setting(given.value)));
        }
        return {};
    }

    // Where a blank is missing, a comment or a marker would become part of the name of a file.
    static base::Result<void> check_place(std::string_view place) {
        size_t comment = place.find('#');
        bool inside = comment != std::string_view::npos && comment + 1 < place.size();
        if (inside && base::is_space(place[comment + 1])) return usage("a comment needs a blank before its `#`");
        size_t semicolon = place.find(';');
        if (semicolon != std::string_view::npos && parse_marker(base::strip(place.substr(semicolon + 1))).ok())
            return usage("a marker behind a path or URL needs a blank before its `;`");
        return {};
    }

  public:
    // A PEP 508 requirement, or a bare URL or path (with extras in brackets behind).
    static base::Result<void> target(RequirementLine& out, std::string_view text) {
        auto parsed = parse_requirement(text);
        if (parsed.ok()) {
            out.requirement = std::move(parsed).value();
            return {};
        }
        std::string_view place = text.substr(0, std::min(text.find(" ;"), text.size()));
        bool url = place.find("://") != std::string_view::npos || base::starts_with_ignoring_case(place, "file:");
        bool path = place.starts_with(".") || place.find('/') != std::string_view::npos || place.ends_with(".whl") ||
                    place.ends_with(".tar.gz") || place.ends_with(".zip");
        if (!url && !path) return std::move(parsed).error();
        TRY(check_place(place));
        out.has_name = false;
        if (place.size() < text.size()) {
            auto marker = parse_marker(base::strip(text.substr(place.size() + 2)));
            if (!marker.ok()) return std::move(marker).error();
            out.requirement.marker = std::move(marker).value();
        }
        size_t bracket = place.ends_with("]") ? place.rfind('[') : std::string_view::npos;
        if (bracket != std::string_view::npos && bracket > 0) {
            for (std::string_view extra : base::split(place.substr(bracket + 1, place.size() - bracket - 2), ','))
                out.requirement.extras.emplace_back(base::strip(extra));
            place = place.substr(0, bracket);
        }
        out.requirement.url = base::strip(place);
        return {};
    }

  private:
    base::Result<void> option_line(const std::string& text, const base::SourceSpan& span, const std::string& file, bool constraint) {
        std::string_view editable = text;
        for (std::string_view name : {"--editable", "-e"}) {
            if (!editable.starts_with(name)) continue;
            editable.remove_prefix(name.size());
            bool ends = editable.starts_with("=") || name == "-e" || (!editable.empty() && base::is_space(editable[0]));
            if (!ends) break;
            // The rest of the line as it stands: markers keep their quotes. A place may have some of its own.
            if (editable.starts_with("=")) editable.remove_prefix(1);
            editable = base::strip(editable);
            if (editable.starts_with('"') || editable.starts_with('\'')) break;
            RequirementLine out;
            out.span = span;
            out.origin = file;
            out.editable = true;
            TRY(requirement(out, std::string(base::strip(editable))));
            return keep(std::move(out), constraint);
        }
        std::vector<std::string> words = TRY(shell_words(text));
        std::vector<GivenOption> given = TRY(options_of(words));
        auto first = [&](Option::Kind kind) {
            return std::find_if(given.begin(), given.end(), [&](const GivenOption& each) { return each.option->kind == kind; });
        };
        // One of these makes the line what it is; pip looks at nothing else there.
        if (auto found = first(Option::Editable); found != given.end()) {
            RequirementLine out;
            out.span = span;
            out.origin = file;
            out.editable = true;
            TRY(target(out, found->value));
            return keep(std::move(out), constraint);
        }
        if (auto found = first(Option::Requirements); found != given.end()) return include(found->value, file, false);
        if (auto found = first(Option::Constraints); found != given.end()) return include(found->value, file, true);
        for (GivenOption& each : given) apply(each, file);
        return {};
    }

    // An option of the whole file.
    void apply(GivenOption& given, const std::string& file) {
        const Option& option = *given.option;
        ordered_ += option.kind == Option::Index || option.kind == Option::Names;
        if (option.list == &RequirementsFile::find_links)
            out_.find_links_folders.push_back(file.substr(0, file.find_last_of('/') + 1));
        if (option.kind == Option::Names) {
            bool no_binary = option.list == &RequirementsFile::no_binary;
            out_.formats.push_back({no_binary ? FormatOption::NoBinary : FormatOption::OnlyBinary, given.value});
        }
        if (option.kind == Option::Flag) {
            out_.*option.flag = true;
        } else if (option.kind == Option::Index) {
            out_.index_url = std::move(given.value);
        } else if (option.kind == Option::Append) {
            (out_.*option.list).push_back(std::move(given.value));
        } else if (option.kind == Option::Names) {
            for (std::string_view one : base::split(given.value, ',')) (out_.*option.list).emplace_back(base::strip(one));
        }
    }

    // Where an included file is: a file from the network can include others from there, and none of this machine.
    static base::Result<std::string> place_of(const std::string& value, const std::string& file) {
        if (base::is_http_url(file)) {
            std::string url = base::resolve_url(file, value);
            if (base::is_http_url(url)) return url;
            return base::Error(base::ErrorKind::Usage, "`" + base::redact_url(file) + "` is from the network and includes `" + value +
                                                           "`, a file of this machine");
        }
        bool absolute = value.starts_with("/") || value.find("://") != std::string::npos;
        size_t slash = file.rfind('/');
        return absolute || slash == std::string::npos ? value : file.substr(0, slash + 1) + value;
    }

    base::Result<void> include(const std::string& value, const std::string& file, bool constraint) {
        std::string path = TRY(place_of(value, file));
        if (auto read = whole_.find({path, constraint}); read != whole_.end() && read->second == kOftenEnough) return {};
        std::string text = TRY(read_(path));
        return this->file(text, path, constraint);
    }

    RequirementsFile& out_;
    const ReadFile& read_;
    const ReadVariable& variable_;
    std::vector<std::string> open_;
    // How often files were read to their end, as requirements or constraints, that give nothing new when they are included again:
    // they have no options whose order matters. Their lines stand several times in the result then, as in pip; but files that
    // include one another twice would be read 2^depth times.
    static constexpr size_t kOftenEnough = 16;
    std::map<std::pair<std::string, bool>, size_t> whole_;
    size_t ordered_ = 0;  // options so far whose order matters: the last index counts, formats take names from one another
};

}  // namespace

// pip's lists: names with commas, `:all:`, `:none:` (which forgets what came before).
void split_names(const std::vector<std::string>& values, bool& all, std::vector<std::string>& names) {
    for (const std::string& value : values)
        for (std::string_view part : base::split(value, ',')) {
            std::string_view name = base::strip(part);
            if (name == ":all:") {
                all = true;
            } else if (name == ":none:") {
                all = false;
                names.clear();
            } else if (!name.empty()) {
                names.push_back(normalize_name(name));
            }
        }
}

void FormatControl::add(const FormatOption& option) {
    bool no = option.kind == FormatOption::NoBinary;
    bool &all = no ? no_binary : only_binary, &other_all = no ? only_binary : no_binary;
    std::vector<std::string>&names = no ? no_binary_names : only_binary_names, &other = no ? only_binary_names : no_binary_names;
    for (std::string_view part : base::split(option.names, ',')) {
        std::string_view word = base::strip(part);
        if (word == ":none:") {
            all = false;
            names.clear();
        } else if (word == ":all:") {
            all = true;
            other_all = false;
            names.clear();
            other.clear();
        } else if (!word.empty()) {
            std::string name = normalize_name(word);
            std::erase(other, name);
            if (std::find(names.begin(), names.end(), name) == names.end()) names.push_back(std::move(name));
        }
    }
}

base::Result<std::pair<std::string, std::string>> parse_config_setting(std::string_view text) {
    std::string_view key, value;
    if (!base::partition(text, '=', key, value))
        return base::Error(base::ErrorKind::Usage, "`--config-settings " + std::string(text) + "`: KEY=VALUE is expected");
    return std::pair(std::string(key), std::string(value));
}

base::Result<RequirementLine> parse_requirement_argument(std::string_view text) {
    RequirementLine out;
    TRY(Reader::target(out, base::strip(text)));
    return out;
}

base::Result<RequirementsFile> parse_constraints_txt(std::string_view text, const std::string& file, const ReadFile& read,
                                                     const ReadVariable& variable) {
    RequirementsFile out;
    TRY(Reader(out, read, variable).file(text, file, true));
    return out;
}

base::Result<RequirementsFile> parse_requirements_txt(std::string_view text, const std::string& file, const ReadFile& read,
                                                      const ReadVariable& variable) {
    RequirementsFile out;
    TRY(Reader(out, read, variable).file(text, file, false));
    return out;
}

}  // namespace pkg
