// Values of options from outside the command line: variables and configuration files.
#pragma once

#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace cli {

// "section.key" → value of an INI file as pip's configuration is written: keys with dashes, values over several lines
// joined by blanks.
std::vector<std::pair<std::string, std::string>> parse_pip_conf(std::string_view text);
// pip's files, weakest first: /etc/pip.conf, ~/.pip/pip.conf, ~/.config/pip/pip.conf, $VIRTUAL_ENV/pip.conf,
// $PIP_CONFIG_FILE (of which os.devnull switches all off).
std::vector<std::string> pip_conf_files();

// $XDG_CONFIG_HOME/adder/adder.toml: keys are long options, `[[index]]` are indexes of all projects.
std::string user_settings_path();

}  // namespace cli
