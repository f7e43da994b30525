// Shared options and output.
#include "cli/context.h"

#include <cstdio>

namespace cli {

pkg::Cache& Context::cache() {
    if (cache_) return *cache_;
    if (no_cache) {
        base::Result<std::unique_ptr<TemporaryCache>> made = TemporaryCache::create();
        if (made.ok()) temporary_cache_ = std::move(made).value();
    }
    // Without a place for temporary files there is none for a cache either: whoever must write to it says so.
    cache_ = pkg::Cache::open(!no_cache ? cache_directory : temporary_cache_ ? temporary_cache_->path() : "/dev/null");
    cache_->hold();
    return *cache_;
}
void Context::hand_on_cache() {
    if (temporary_cache_) temporary_cache_->hand_on();
}

void Context::add_output_options(Options& options) {
    options.flag(json, "--json", "print the result as JSON");
    options.flag(quiet, "-q,--quiet", "no messages besides errors");
    options.flag(verbose, "-v,--verbose", "more messages");
    options.flag(no_progress, "--no-progress", "no progress display");
    options.value(color, "--color", "WHEN", "auto, always or never");
    options.value(cache_directory, "--cache-dir", "DIR", "the cache (ADDER_CACHE_DIR)");
    options.flag(no_cache, "--no-cache,--no-cache-dir", "neither read nor write it: with a temporary one");
}
void Context::add_source_options(Options& options) {
    asks_indexes_ = true;
    options.value(sources.index_url, "-i,--index-url", "URL", "package index in place of PyPI");
    options.values(sources.extra_index_urls, "--extra-index-url", "URL", "further index, looked at first");
    options.values(sources.find_links, "-f,--find-links", "PLACE", "directory or page with files");
    options.values(sources.trusted_hosts, "--trusted-host", "HOST", "do not check this host's certificate");
    options.value(sources.certificate, "--cert", "FILE", "certificates to trust (PEM)");
    options.value(sources.client_certificate, "--client-cert", "FILE", "certificate to show (PEM)");
    options.value(sources.proxy, "--proxy", "URL", "proxy for all requests");
    options.number(sources.retries, "--retries", "N", "how often a failed request is repeated");
    options.number(sources.timeout, "--timeout,--default-timeout", "SECONDS", "longest silence of a server");
    options.flag(sources.no_index, "--no-index", "use --find-links only");
    options.flag(sources.offline, "--offline", "no network: cache and local files only");
    options.flag(sources.refresh, "--refresh", "ask the index again for everything");
    options.values(sources.refresh_packages, "--refresh-package", "NAME", "ask the index again for this package");
    options.choice(sources.index_strategy, "--index-strategy", {"first-index", "unsafe-best-match"},
                   "the first index that has a package decides, or all indexes together");
    options.choice(sources.keyring_provider, "--keyring-provider", {"disabled", "subprocess", "auto"},
                   "ask the `keyring` program for passwords, or not");
}
void Context::add_project_options(Options& options) {
    options.value(project_directory, "--project", "DIR", "the directory of pyproject.toml, or one below it");
}

void Context::add_pip_options(Options& options) {
    options.flag(isolated, "--isolated", "without PIP_* variables and the user's pip.conf");
    options.flag(no_color_, "--no-color", "as --color never");
    options.accept("--progress-bar", "KIND");
    if (!asks_indexes_) options.accept("--timeout,--default-timeout", "SECONDS");
    for (const char* name : {"--disable-pip-version-check", "--no-input"})
        options.accept(name);
}

bool Context::colored(int fd) const {
    if (no_color_) return false;
    base::ColorChoice choice = color == "always"  ? base::ColorChoice::Always
                               : color == "never" ? base::ColorChoice::Never
                                                  : base::ColorChoice::Auto;
    return base::use_color(choice, fd);
}
void Context::out(std::string_view text) const {
    std::fwrite(text.data(), 1, text.size(), stdout);
}
void Context::note(std::string_view text) const {
    if (!quiet) std::fprintf(stderr, "%s\n", base::for_terminal(text).c_str());
}
void Context::detail(std::string_view text) const {
    if (verbose) note(text);
}
void Context::warn(std::string_view text) const {
    if (!quiet)
        std::fprintf(stderr, "%swarning%s: %s\n", colored(2) ? "\033[1;33m" : "", colored(2) ? "\033[0m" : "",
                     base::for_terminal(text).c_str());
}

}  // namespace cli
