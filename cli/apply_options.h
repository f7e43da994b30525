// The options of every command that changes an environment: how files are made, and what is told about them.
#pragma once

#include <memory>
#include <string>
#include <string_view>

#include "base/result.h"
#include "cli/context.h"
#include "pkg/install/install.h"

namespace cli {

std::unique_ptr<pkg::BytecodeCompiler> make_bytecode_compiler();

class ApplyOptions {
  public:
    ApplyOptions() : compiler_(make_bytecode_compiler()) {}
    void declare(Options& options);
    // For an environment of Python `version`; valid as long as this object. `link_mode` stands where the command line says
    // none.
    base::Result<pkg::InstallOptions> settle(std::string_view version, const std::string& link_mode = {}) const;

  private:
    std::string link_mode_;
    bool sync_disk_ = false, compile_ = false;
    std::unique_ptr<pkg::BytecodeCompiler> compiler_;
};

// What a careful person wants to know of a change: remarks, .pth files, and with -v the programs that came.
void print_report(const Context& context, const pkg::InstallReport& report);

}  // namespace cli
