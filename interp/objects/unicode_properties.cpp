// Character properties: the generated tables and the look-ups that are not inline.
#include "interp/objects/unicode_properties.h"

#include <algorithm>

namespace py {

#define UNICODE_PROPERTIES
#include "interp/objects/unicode_tables.inc"

bool unicode_numeric(uint32_t ch, double* value) {
    const NumericRow* end = kNumerics + sizeof kNumerics / sizeof *kNumerics;
    const NumericRow* row =
        std::lower_bound(kNumerics, end, ch, [](const NumericRow& r, uint32_t c) { return r.code < c; });
    if (row == end || row->code != ch) return false;
    *value = row->value;
    return true;
}

namespace {

// The run of `flag` among the special mappings of a record: they stand in the order upper, lower, title, fold.
int special_mapping(const UnicodeRecord& record, uint32_t flag, uint32_t out[3]) {
    static constexpr uint32_t kOrder[] = {kUniSpecialUpper, kUniSpecialLower, kUniSpecialTitle, kUniSpecialFold};
    const uint32_t* p = unicode_special + record.special;
    for (uint32_t present : kOrder) {
        if (!(record.flags & present)) continue;
        if (present == flag) {
            std::copy_n(p + 1, *p, out);
            return int(*p);
        }
        p += *p + 1;
    }
    return 0;
}

}  // namespace

int unicode_to_upper_full(uint32_t ch, uint32_t out[3]) {
    const UnicodeRecord& record = unicode_record(ch);
    if (record.flags & kUniSpecialUpper) return special_mapping(record, kUniSpecialUpper, out);
    out[0] = ch + uint32_t(record.upper);
    return 1;
}
int unicode_to_lower_full(uint32_t ch, uint32_t out[3]) {
    const UnicodeRecord& record = unicode_record(ch);
    if (record.flags & kUniSpecialLower) return special_mapping(record, kUniSpecialLower, out);
    out[0] = ch + uint32_t(record.lower);
    return 1;
}
int unicode_to_title_full(uint32_t ch, uint32_t out[3]) {
    const UnicodeRecord& record = unicode_record(ch);
    if (record.flags & kUniSpecialTitle) return special_mapping(record, kUniSpecialTitle, out);
    out[0] = ch + uint32_t(record.title);
    return 1;
}
int unicode_to_folded_full(uint32_t ch, uint32_t out[3]) {
    const UnicodeRecord& record = unicode_record(ch);
    if (record.flags & kUniSpecialFold) return special_mapping(record, kUniSpecialFold, out);
    out[0] = ch + uint32_t(record.fold);
    return 1;
}

}  // namespace py
