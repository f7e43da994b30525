// Durations: ISO 8601 (the part without fractions) and the words that people write.
#include "pkg/resolver/cutoff.h"

#include "base/text.h"

namespace pkg {

namespace {

constexpr int64_t kHour = 3600, kDay = 24 * kHour;
constexpr uint64_t kLongest = 1000 * 365;  // days; keeps the arithmetic from overflowing

struct Unit {
    std::string_view word;  // singular; an `s` may follow
    std::string_view shorts[3];
    int64_t seconds;
};
constexpr Unit kUnits[] = {
    {"second", {"s", "sec", "secs"}, 1},        {"minute", {"m", "min", "mins"}, 60},
    {"hour", {"h", "hr", "hrs"}, kHour},        {"day", {"d", "", ""}, kDay},
    {"week", {"w", "wk", "wks"}, 7 * kDay},     {"month", {"mo", "mos", ""}, 30 * kDay},
    {"year", {"y", "yr", "yrs"}, 365 * kDay},
};

int64_t unit_seconds(std::string_view word) {
    for (const Unit& unit : kUnits) {
        if (word == unit.word || (word.ends_with('s') && word.substr(0, word.size() - 1) == unit.word)) return unit.seconds;
        for (std::string_view name : unit.shorts)
            if (!name.empty() && word == name) return unit.seconds;
    }
    return 0;
}

// "30 days", "1 week, 2 days", "24h", "30 days ago"
bool read_words(std::string_view text, int64_t& seconds) {
    size_t at = 0, found = 0;
    auto blanks = [&] {
        while (at < text.size() && (text[at] == ' ' || text[at] == ',')) at++;
    };
    for (blanks(); at < text.size(); blanks()) {
        if (found && text.substr(at) == "ago") return true;
        size_t digits = at;
        while (digits < text.size() && base::is_digit(text[digits])) digits++;
        uint64_t amount = 0;
        if (digits == at || !base::parse_u64(text.substr(at, digits - at), amount)) return false;
        at = digits;
        blanks();
        size_t end = at;
        while (end < text.size() && base::is_alpha(text[end])) end++;
        int64_t unit = unit_seconds(text.substr(at, end - at));
        if (!unit || amount > kLongest) return false;
        seconds += static_cast<int64_t>(amount) * unit;
        at = end;
        found++;
    }
    return found > 0;
}

// PnYnMnWnDTnHnMnS
bool read_iso(std::string_view text, int64_t& seconds) {
    if (text.size() < 3 || text[0] != 'p') return false;
    bool time = false, found = false;
    for (size_t at = 1; at < text.size();) {
        if (text[at] == 't' && !time) {
            time = true;
            at++;
            continue;
        }
        size_t digits = at;
        while (digits < text.size() && base::is_digit(text[digits])) digits++;
        uint64_t amount = 0;
        if (digits == at || digits == text.size() || !base::parse_u64(text.substr(at, digits - at), amount) || amount > kLongest) return false;
        char letter = text[digits];
        int64_t unit = 0;
        if (time)
            unit = letter == 'h' ? kHour : letter == 'm' ? 60 : letter == 's' ? 1 : 0;
        else
            unit = letter == 'y' ? 365 * kDay : letter == 'm' ? 30 * kDay : letter == 'w' ? 7 * kDay : letter == 'd' ? kDay : 0;
        if (!unit) return false;
        seconds += static_cast<int64_t>(amount) * unit;
        at = digits + 1;
        found = true;
    }
    return found;
}

}  // namespace

bool uploaded_after(std::string_view upload_time, std::string_view cutoff) {
    if (cutoff.empty()) return false;
    // To the second: fractions are written in some indexes only.
    constexpr size_t kSeconds = std::string_view("2026-01-31T12:00:00").size();
    return upload_time.empty() || upload_time.substr(0, kSeconds) > cutoff.substr(0, kSeconds);
}

base::Result<std::string> parse_cutoff(std::string_view text, base::Clock& clock) {
    std::string_view given = base::strip(text);
    if (given.empty()) return std::string();
    if (auto moment = base::parse_rfc3339(given)) return base::format_rfc3339(*moment);
    std::string lower = base::lower(given);
    for (auto read : {read_iso, read_words}) {
        int64_t seconds = 0;
        if (read(lower, seconds)) return base::format_rfc3339(clock.unix_seconds() - seconds);
    }
    return base::Error(base::ErrorKind::Usage, "`" + std::string(given) +
                                                   "` is no date; write 2026-01-31, 2026-01-31T12:00:00Z, `30 days` or P30D");
}

}  // namespace pkg
