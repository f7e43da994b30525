// The help texts of the command line.
#pragma once

namespace py {

// `usage: NAME [option]…` for errors, to stderr.
void print_usage_hint(const char* program);
void print_usage(const char* program);   // -h
void print_environment_help();           // --help-env
void print_x_options_help();             // --help-xoptions
void print_all_help(const char* program);  // --help-all
void print_version(bool with_build);     // -V, -VV

}  // namespace py
