// What every command gets: who we are, how to talk, and the options that several commands share.
#pragma once

#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "base/terminal.h"
#include "cli/options.h"
#include "cli/temporary_cache.h"
#include "pkg/cache.h"
#include "pkg/manifest.h"
#include "venv/interpreter.h"

namespace cli {

using Arguments = std::vector<std::string>;

// --index-url and its family.
struct SourceOptions {
    std::string index_url;
    std::vector<std::string> extra_index_urls, find_links, trusted_hosts, refresh_packages;
    std::string certificate, client_certificate, proxy, index_strategy, keyring_provider;
    int retries = 3, timeout = 30;
    bool no_index = false, offline = false, refresh = false;
};

class Context {
  public:
    Context(std::string program, venv::Interpreter own) : program_(std::move(program)), own_(std::move(own)) {}

    const std::string& program() const { return program_; }  // the adder executable, links resolved
    const venv::Interpreter& own() const { return own_; }    // adder as a Python
    // The cache, and with --no-cache a temporary one.
    pkg::Cache& cache();
    // For a program that takes this process's place: a temporary cache stays until that ends.
    void hand_on_cache();

    // Options: each group is declared on a command's Options by one call.
    void add_output_options(Options& options);
    void add_source_options(Options& options);
    void add_project_options(Options& options);
    // What pip's commands take besides; behind the command's other options, which may have some of these.
    void add_pip_options(Options& options);
    SourceOptions sources;
    std::string project_directory = ".";
    std::string cache_directory;
    std::string environment_override;  // where `bin/pip` was started from
    bool json = false, quiet = false, verbose = false, no_progress = false, no_cache = false;
    bool isolated = false;  // PIP_* variables and the user's pip.conf do not count
    std::string color = "auto";

    // Results go to stdout, everything else to stderr; notes are silent under --quiet. What may be foreign in messages is
    // shown as for_terminal() has it.
    void out(std::string_view text) const;
    void note(std::string_view text) const;
    void detail(std::string_view text) const;  // with --verbose only
    void warn(std::string_view text) const;
    bool colored(int fd) const;

    // ADDER_<OPTION>, then the variables and files of `family` ("pip install" reads PIP_* and pip.conf).
    std::unique_ptr<Defaults> defaults(std::string_view command);
    bool asks_indexes() const { return asks_indexes_; }  // were the source options declared
    std::vector<pkg::IndexSetting> user_indexes;         // of the user's adder.toml

  private:
    std::string program_;
    venv::Interpreter own_;
    std::unique_ptr<TemporaryCache> temporary_cache_;  // outlives `cache_`
    std::unique_ptr<pkg::Cache> cache_;
    bool asks_indexes_ = false, no_color_ = false;
};

}  // namespace cli
