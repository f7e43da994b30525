// Command-line options of one command, over CLI11, which stays in options.cpp. Every long option can also be set by an
// environment variable or a configuration file, through a Defaults.
#pragma once

#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"

namespace cli {

// Where values of options that were not given come from.
class Defaults {
  public:
    virtual ~Defaults() = default;
    // Before the first question, and where none is asked.
    virtual base::Result<void> prepare() { return {}; }
    // The value of long option `name` ("index-url"); false when nothing sets it.
    virtual bool find(std::string_view name, std::string& value) = 0;
};

enum class Presence : uint8_t { Optional, Required };

class Options {
  public:
    // `command` as typed after adder; `about` is the command's page (its .md file), shown by --help.
    Options(std::string command, std::string_view about);
    ~Options();

    void flag(bool& target, const char* names, const char* help);
    void value(std::string& target, const char* names, const char* placeholder, const char* help);
    // An option of pip's that changes nothing here, with a value where `placeholder` is given. No news where it is declared.
    void accept(const char* names, const char* placeholder = nullptr);
    void values(std::vector<std::string>& target, const char* names, const char* placeholder, const char* help);
    // Each value as it comes, so that the order among several options is known.
    void each(std::function<void(const std::string&)> take, const char* names, const char* placeholder, const char* help);
    // One of `allowed`.
    void choice(std::string& target, const char* names, const std::vector<std::string>& allowed, const char* help);
    void number(int& target, const char* names, const char* placeholder, const char* help, int least = 0);
    void argument(std::string& target, const char* name, const char* help, Presence presence);
    void arguments(std::vector<std::string>& target, const char* name, const char* help, Presence presence);
    // Everything from the first word that is no option goes to `target` untouched.
    void rest(std::vector<std::string>& target, const char* name, const char* help);

    // False when --help was asked for and printed. Usage errors otherwise.
    base::Result<bool> parse(const std::vector<std::string>& arguments, Defaults* defaults = nullptr);

  private:
    struct State;
    std::unique_ptr<State> state_;
};

}  // namespace cli
