// What lets `sync` and `run` see without parsing anything that nothing has to be done: a note in the environment that says
// for which pyproject.toml, lock and options it was found right, and how it looked then.
#pragma once

#include <optional>
#include <string>

#include "cli/project.h"

namespace cli {

struct SyncStamp {
    std::string key;  // of the files' contents and the options
    bool exact = false;  // found right by an exact sync: nothing else is installed either
    uint32_t packages = 0;
};

// What a sync of these files with these options is known by; "" where the options always ask for work (how to
// resolve, --reinstall) or there is no lock.
std::string sync_key(std::string_view manifest_text, std::string_view lock_text, const SyncOptions& options);
// The note of the environment at `environment_root`; nothing where there is none, where packages came or went since, or
// where an interrupted change has to be undone first.
std::optional<SyncStamp> read_sync_stamp(const std::string& environment_root);
// The project's environment where its files and the options are those of the last sync; nothing where there may be work.
std::optional<SyncStamp> nothing_to_do(const Context& context, const SyncOptions& options);
// Best effort: without it the next command looks for itself. Each change of adder's own takes the note away.
void write_sync_stamp(const venv::Environment& environment, const SyncStamp& stamp);

}  // namespace cli
