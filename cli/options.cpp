// Options over CLI11.
#include "cli/options.h"

#include <CLI/CLI.hpp>
#include <cstdio>
#include <deque>

#include "base/text.h"

namespace cli {

struct Options::State {
    CLI::App app;
    std::string command;
    std::string_view about;
    std::vector<std::string>* rest = nullptr;
    bool unused = false;
    std::deque<std::string> unused_values;
    explicit State(const std::string& name) : app("", "adder " + name), command(name) {}
};

Options::Options(std::string command, std::string_view about) : state_(std::make_unique<State>(command)) {
    state_->about = about;
    state_->app.set_help_flag("-h,--help", "show this page");
    state_->app.get_formatter()->column_width(34);
    state_->app.option_defaults()->always_capture_default(false);
}
Options::~Options() = default;

void Options::flag(bool& target, const char* names, const char* help) {
    state_->app.add_flag(names, target, help);
}
void Options::value(std::string& target, const char* names, const char* placeholder, const char* help) {
    state_->app.add_option(names, target, help)->type_name(placeholder);
}
void Options::accept(const char* names, const char* placeholder) {
    constexpr const char* kHelp = "accepted, without effect";
    std::string first(std::string_view(names).substr(0, std::string_view(names).find(',')));
    if (state_->app.get_option_no_throw(first)) return;
    if (placeholder) {
        value(state_->unused_values.emplace_back(), names, placeholder, kHelp);
    } else {
        flag(state_->unused, names, kHelp);
    }
}
void Options::values(std::vector<std::string>& target, const char* names, const char* placeholder, const char* help) {
    state_->app.add_option(names, target, help)
        ->type_name(placeholder)
        ->expected(1)
        ->take_all()
        ->allow_extra_args(false);
}
void Options::each(std::function<void(const std::string&)> take, const char* names, const char* placeholder, const char* help) {
    auto take_all = [take = std::move(take)](const std::vector<std::string>& values) {
        for (const std::string& value : values) take(value);
    };
    state_->app.add_option_function<std::vector<std::string>>(names, take_all, help)
        ->type_name(placeholder)
        ->expected(1)
        ->take_all()
        ->allow_extra_args(false)
        ->trigger_on_parse();
}
void Options::choice(std::string& target, const char* names, const std::vector<std::string>& allowed, const char* help) {
    state_->app.add_option(names, target, help)->type_name(base::join(allowed, "|"))->check(CLI::IsMember(allowed, CLI::ignore_case));
}
void Options::number(int& target, const char* names, const char* placeholder, const char* help, int least) {
    auto check = [least](const std::string& text) {
        return atoll(text.c_str()) < least ? text + " is less than " + std::to_string(least) : std::string();
    };
    state_->app.add_option(names, target, help)->type_name(placeholder)->check(check);
}
void Options::argument(std::string& target, const char* name, const char* help, Presence presence) {
    state_->app.add_option(name, target, help)->type_name("")->required(presence == Presence::Required);
}
void Options::arguments(std::vector<std::string>& target, const char* name, const char* help, Presence presence) {
    state_->app.add_option(name, target, help)->type_name("")->required(presence == Presence::Required);
}
void Options::rest(std::vector<std::string>& target, const char* name, const char* help) {
    state_->rest = &target;
    state_->app.prefix_command();
    state_->app.footer(std::string(name) + ": " + help);
}

// Values for long options that the command line left out; lists are divided at blanks as in pip's variables.
static base::Result<void> apply_defaults(CLI::App& app, Defaults& defaults) {
    for (CLI::Option* option : app.get_options()) {
        if (option->count() || option->get_lnames().empty() || option->get_lnames()[0] == "help") continue;
        std::string value;
        bool found = false;
        for (const std::string& name : option->get_lnames())
            found = found || defaults.find(name, value);
        if (!found) continue;
        if (option->get_expected_max() > 1 || option->get_multi_option_policy() == CLI::MultiOptionPolicy::TakeAll) {
            for (std::string_view word : base::split_words(value))
                option->add_result(std::string(word));
        } else {
            option->add_result(value);
        }
        if (option->count()) option->run_callback();
    }
    return {};
}

base::Result<bool> Options::parse(const std::vector<std::string>& arguments, Defaults* defaults) {
    std::vector<std::string> reversed(arguments.rbegin(), arguments.rend());
    try {
        state_->app.parse(reversed);
        if (defaults) TRY(defaults->prepare());
        if (defaults) TRY(apply_defaults(state_->app, *defaults));
    } catch (const CLI::CallForHelp&) {
        std::string page(base::strip(state_->about));
        std::printf("%s\n\n%s", page.c_str(), state_->app.help().c_str());
        return false;
    } catch (const CLI::ParseError& problem) {
        std::string text = problem.what();
        if (!text.empty() && text.back() == '.') text.pop_back();
        if (!text.empty() && text[0] >= 'A' && text[0] <= 'Z' && !(text.size() > 1 && text[1] >= 'A' && text[1] <= 'Z'))
            text[0] += 32;
        return base::Error(base::ErrorKind::Usage, text)
            .with_hint("`adder " + state_->command + " --help` lists the options");
    }
    if (state_->rest) *state_->rest = state_->app.remaining();
    return true;
}

}  // namespace cli
