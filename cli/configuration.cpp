// ADDER_* and PIP_* variables, pip.conf, adder.toml.
#include "cli/configuration.h"

#include <cstdio>
#include <cstdlib>
#include <map>
#include <optional>

#include "base/fs.h"
#include "base/text.h"
#include "base/toml.h"
#include "cli/context.h"
#include "pkg/manifest.h"

namespace cli {

static std::string variable(const std::string& name) {
    const char* value = std::getenv(name.c_str());
    return value ? value : "";
}

std::vector<std::pair<std::string, std::string>> parse_pip_conf(std::string_view text) {
    std::vector<std::pair<std::string, std::string>> out;
    std::string section;
    for (std::string_view line : base::split_lines(text)) {
        std::string_view body = base::strip(line);
        if (body.empty() || body[0] == '#' || body[0] == ';') continue;
        if (body[0] == '[' && body.back() == ']') {
            section = base::lower(body.substr(1, body.size() - 2));
        } else if (base::is_space(line[0]) && !out.empty()) {
            out.back().second += (out.back().second.empty() ? "" : " ") + std::string(body);
        } else {
            size_t equals = body.find_first_of("=:");
            if (equals == std::string_view::npos) continue;
            std::string key = base::replace_all(base::lower(base::strip(body.substr(0, equals))), "_", "-");
            out.emplace_back(section + "." + key, base::strip(body.substr(equals + 1)));
        }
    }
    return out;
}

static constexpr const char* kMachinesPipConf = "/etc/pip.conf";

std::vector<std::string> pip_conf_files() {
    std::string own = variable("PIP_CONFIG_FILE"), home = variable("HOME"), active = variable("VIRTUAL_ENV");
    if (own == "/dev/null") return {};
    std::vector<std::string> out = {kMachinesPipConf};
    std::string config = variable("XDG_CONFIG_HOME");
    if (!home.empty()) {
        out.push_back(home + "/.pip/pip.conf");
        out.push_back((config.empty() ? home + "/.config" : config) + "/pip/pip.conf");
    }
    if (!active.empty()) out.push_back(active + "/pip.conf");
    if (!own.empty()) out.push_back(own);
    return out;
}

std::string user_settings_path() {
    std::string config = variable("XDG_CONFIG_HOME");
    return (config.empty() ? variable("HOME") + "/.config" : config) + "/adder/adder.toml";
}

namespace {

// The certificates to trust, by the names that OpenSSL, requests and curl have for them.
std::string certificate_variable() {
    for (const char* name : {"ADDER_CA_BUNDLE", "SSL_CERT_FILE", "SSL_CERT_DIR", "REQUESTS_CA_BUNDLE", "CURL_CA_BUNDLE"}) {
        if (std::string value = variable(name); !value.empty()) return value;
    }
    return "";
}

class OutsideValues final : public Defaults {
  public:
    OutsideValues(Context& context, std::string_view command) : context_(context) {
        if (command.starts_with("pip ")) section_ = command.substr(4);
    }
    // Without an index that the user counts on, packages would come from another one: unlike a broken option, a broken one
    // stops the command.
    base::Result<void> prepare() override {
        if (context_.asks_indexes())
            context_.user_indexes = TRY(pkg::parse_user_indexes(user_text(), user_settings_path()));
        return {};
    }
    bool find(std::string_view name, std::string& value) override {
        std::string upper(name);
        for (char& c : upper)
            c = c == '-' ? '_' : c >= 'a' && c <= 'z' ? (char)(c - 32) : c;
        value = variable("ADDER_" + upper);
        bool ours = !value.empty();
        if (!ours && !section_.empty() && !context_.isolated) value = variable("PIP_" + upper);
        if (value.empty() && name == "cert") value = certificate_variable();
        if (value.empty() && !section_.empty()) value = from_pip_conf(name);
        // In pip every value of this one means yes; `PIP_NO_CACHE_DIR=off` stands in many Dockerfiles.
        if (!ours && !value.empty() && name == "no-cache-dir") value = "true";
        if (value.empty()) value = from_user_file(name);
        return !value.empty();
    }

  private:
    std::string from_pip_conf(std::string_view name) {
        if (!pip_read_) {
            pip_read_ = true;
            for (const std::string& path : pip_conf_files()) {
                if (context_.isolated && path != kMachinesPipConf) continue;
                base::Result<std::string> text = base::read_file(path);
                if (!text.ok()) continue;
                for (auto& [key, value] : parse_pip_conf(*text))
                    pip_[key] = value;
            }
        }
        for (const std::string& section : {section_, std::string("global")}) {
            auto found = pip_.find(section + "." + std::string(name));
            if (found != pip_.end()) return found->second;
        }
        return "";
    }
    // The text of $XDG_CONFIG_HOME/adder/adder.toml; empty where there is none.
    const std::string& user_text() {
        if (!user_text_) {
            base::Result<std::string> text = base::read_file(user_settings_path());
            user_text_ = text.ok() ? std::move(*text) : "";
        }
        return *user_text_;
    }
    // Its plain keys.
    std::string from_user_file(std::string_view name) {
        if (!user_read_) {
            user_read_ = true;
            base::Result<base::TomlDocument> document = base::parse_toml(user_text(), user_settings_path());
            if (!document.ok()) {
                // A broken file must not stop every command: it sets nothing, and says so.
                std::fputs(base::render(document.error(), false).c_str(), stderr);
                return "";
            }
            for (const std::string& key : document->root().keys()) {
                base::TomlValue value = document->root()[key];
                if (value.is_string()) user_[key] = value.string();
                if (value.is_bool()) user_[key] = value.boolean() ? "true" : "false";
                if (value.is_integer()) user_[key] = std::to_string(value.integer());
            }
        }
        auto found = user_.find(name);
        return found == user_.end() ? "" : found->second;
    }

    Context& context_;
    std::string section_;
    bool pip_read_ = false, user_read_ = false;
    std::optional<std::string> user_text_;
    std::map<std::string, std::string, std::less<>> pip_, user_;
};

}  // namespace

std::unique_ptr<Defaults> Context::defaults(std::string_view command) {
    return std::make_unique<OutsideValues>(*this, command);
}

}  // namespace cli
