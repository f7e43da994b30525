// The date of --exclude-newer: absolute, or so long ago.
#pragma once

#include <string>
#include <string_view>

#include "base/clock.h"
#include "base/result.h"

namespace pkg {

// "2026-01-31" (its midnight, UTC), "2026-01-31T12:00:00Z", "30 days", "1 week 2 days", "24h", "P30D", "P1W", "PT24H"
// as RFC 3339 in UTC; months and years are counted as 30 and 365 days. "" for "".
base::Result<std::string> parse_cutoff(std::string_view text, base::Clock& clock);

// Was a file with this upload time (RFC 3339, UTC) uploaded after the cut-off? Unknown times count as after; without a
// cut-off nothing does.
bool uploaded_after(std::string_view upload_time, std::string_view cutoff);

}  // namespace pkg
