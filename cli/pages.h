// The commands' pages: kPageInit is the text of cmd_init.md, and so on.
#pragma once

#include "cli_pages.h"
