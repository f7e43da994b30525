// _lzma: filter specifications, dicts such as {"id": FILTER_LZMA2, "preset": 6}, to and from liblzma's structures.
#include <cstdlib>
#include <cstring>

#include "interp/modules/lzma.h"
#include "interp/objects/abstract.h"
#include "interp/objects/containers.h"
#include "interp/objects/dict.h"
#include "interp/objects/int.h"
#include "interp/objects/str.h"

namespace py::lzma {

namespace {

// A key of a specification and the 32-bit field of the options it sets.
struct Field {
    const char* name;
    size_t offset;
};
constexpr Field kLzmaFields[] = {
    {"dict_size", offsetof(lzma_options_lzma, dict_size)},
    {"lc", offsetof(lzma_options_lzma, lc)},
    {"lp", offsetof(lzma_options_lzma, lp)},
    {"pb", offsetof(lzma_options_lzma, pb)},
    {"mode", offsetof(lzma_options_lzma, mode)},
    {"nice_len", offsetof(lzma_options_lzma, nice_len)},
    {"mf", offsetof(lzma_options_lzma, mf)},
    {"depth", offsetof(lzma_options_lzma, depth)},
};
constexpr Field kDeltaFields[] = {{"dist", offsetof(lzma_options_delta, dist)}};
constexpr Field kBcjFields[] = {{"start_offset", offsetof(lzma_options_bcj, start_offset)}};

bool is_lzma(lzma_vli id) {
    return id == LZMA_FILTER_LZMA1 || id == LZMA_FILTER_LZMA2;
}
bool is_bcj(lzma_vli id) {
    return id == LZMA_FILTER_X86 || id == LZMA_FILTER_POWERPC || id == LZMA_FILTER_IA64 || id == LZMA_FILTER_ARM ||
           id == LZMA_FILTER_ARMTHUMB || id == LZMA_FILTER_SPARC;
}

// Sets the fields that the specification names; any other key, or a value that does not fit, is refused.
template <size_t N>
Fallible<void> read_fields(Object* specification, const Field (&fields)[N], bool preset_allowed, void* options) {
    if (!is_dict(specification)) return raise_bare(exc::TypeError);
    ssize_t position = 0;
    Object *key, *value;
    while (dict_next(as_dict(specification), &position, &key, &value)) {
        if (!is_str(key)) return raise_bare(exc::TypeError);
        if (str_equals(as_str(key), "id") || (preset_allowed && str_equals(as_str(key), "preset"))) continue;
        const Field* found = nullptr;
        for (const Field& each : fields)
            if (str_equals(as_str(key), each.name)) found = &each;
        if (!found) return raise_bare(exc::TypeError);
        uint32_t number = TRY(unsigned_value_32(value));
        std::memcpy(static_cast<char*>(options) + found->offset, &number, sizeof number);
    }
    return {};
}
template <size_t N>
Fallible<void> fill_options(Object* specification, const char* kind, const Field (&fields)[N], bool preset_allowed, void* options) {
    if (read_fields(specification, fields, preset_allowed, options).ok()) return {};
    clear_error();
    return raise(exc::ValueError, "Invalid filter specifier for %s filter", kind);
}
Fallible<void> start_from_preset(Object* specification, lzma_options_lzma* options) {
    uint32_t preset = LZMA_PRESET_DEFAULT;
    Ref<Str> key = TRY(str_from_ascii("preset"));
    auto given = get_item(specification, key.get());
    if (given.ok()) {
        Ref<> value = given.take();
        preset = TRY(unsigned_value_32(value.get()));
    } else if (!clear_error_if(exc::KeyError)) {
        return raised;
    }
    if (lzma_lzma_preset(options, preset)) return raise(error(), "Invalid compression preset: %u", preset);
    return {};
}
Fallible<void> read_options(Object* specification, lzma_filter* filter) {
    size_t size = is_lzma(filter->id)                ? sizeof(lzma_options_lzma)
                  : filter->id == LZMA_FILTER_DELTA ? sizeof(lzma_options_delta)
                  : is_bcj(filter->id)               ? sizeof(lzma_options_bcj)
                                                     : 0;
    if (!size) return raise(exc::ValueError, "Invalid filter ID: %llu", static_cast<unsigned long long>(filter->id));
    filter->options = std::calloc(1, size);
    if (!filter->options) return raise_memory_error();
    if (is_lzma(filter->id)) {
        TRY(start_from_preset(specification, static_cast<lzma_options_lzma*>(filter->options)));
        return fill_options(specification, "LZMA", kLzmaFields, true, filter->options);
    }
    if (filter->id == LZMA_FILTER_DELTA) {
        auto options = static_cast<lzma_options_delta*>(filter->options);
        options->type = LZMA_DELTA_TYPE_BYTE;
        options->dist = 1;
        return fill_options(specification, "delta", kDeltaFields, false, options);
    }
    return fill_options(specification, "BCJ", kBcjFields, false, filter->options);
}

Fallible<void> add_field(Dict* dict, const char* name, uint64_t value) {
    Ref<Int> number = TRY(int_from_unsigned(value));
    return dict_set(dict, name, number.get());
}

}  // namespace

Fallible<uint64_t> unsigned_value(Object* value) {
    Int* number = TRY(require_int(value));
    if (int_sign(number) < 0) return raise(exc::OverflowError, "can't convert negative int to unsigned");
    if (int_bit_length(number) > 64) return raise(exc::OverflowError, "int too big to convert");
    return as_uint64(value);
}
Fallible<uint32_t> unsigned_value_32(Object* value) {
    uint64_t number = TRY(unsigned_value(value));
    if (number > UINT32_MAX) return raise(exc::OverflowError, "Value too large for uint32_t type");
    return uint32_t(number);
}

FilterChain::~FilterChain() {
    for (int i = 0; i < count_; ++i) std::free(filters_[i].options);
}
Fallible<void> FilterChain::append(Object* specification) {
    if (!is_mapping(specification)) return raise(exc::TypeError, "Filter specifier must be a dict or dict-like object");
    Ref<Str> key = TRY(str_from_ascii("id"));
    auto given = get_item(specification, key.get());
    if (!given.ok()) {
        if (clear_error_if(exc::KeyError)) return raise(exc::ValueError, "Filter specifier must have an \"id\" entry");
        return raised;
    }
    Ref<> id = given.take();
    lzma_filter& filter = filters_[count_];
    filter.id = TRY(unsigned_value(id.get()));
    filter.options = nullptr;
    ++count_;
    filters_[count_].id = LZMA_VLI_UNKNOWN;
    return read_options(specification, &filter);
}
Fallible<void> FilterChain::read(Object* specifications) {
    if (is_dict(specifications)) return raise(exc::TypeError, "dict is not a sequence");
    ssize_t count = TRY(length(specifications));
    if (count > LZMA_FILTERS_MAX)
        return raise(exc::ValueError, "Too many filters - liblzma supports a maximum of %d", LZMA_FILTERS_MAX);
    for (ssize_t i = 0; i < count; ++i) {
        Ref<> specification = TRY(sequence_item(specifications, i));
        TRY(append(specification.get()));
    }
    return {};
}
Fallible<void> FilterChain::read_one(Object* specification) {
    return append(specification);
}
Fallible<void> FilterChain::decode(lzma_vli id, std::string_view properties) {
    filters_[0].id = id;
    filters_[0].options = nullptr;
    TRY(check_status(
        lzma_properties_decode(filters_, nullptr, reinterpret_cast<const uint8_t*>(properties.data()), properties.size())));
    count_ = 1;
    filters_[1].id = LZMA_VLI_UNKNOWN;
    return {};
}

Fallible<Ref<>> describe_filter(const lzma_filter& filter) {
    Ref<Dict> dict = TRY(dict_new());
    TRY(add_field(dict.get(), "id", filter.id));
    if (filter.id == LZMA_FILTER_LZMA1) {
        auto options = static_cast<const lzma_options_lzma*>(filter.options);
        TRY(add_field(dict.get(), "lc", options->lc));
        TRY(add_field(dict.get(), "lp", options->lp));
        TRY(add_field(dict.get(), "pb", options->pb));
        TRY(add_field(dict.get(), "dict_size", options->dict_size));
    } else if (filter.id == LZMA_FILTER_LZMA2) {
        TRY(add_field(dict.get(), "dict_size", static_cast<const lzma_options_lzma*>(filter.options)->dict_size));
    } else if (filter.id == LZMA_FILTER_DELTA) {
        TRY(add_field(dict.get(), "dist", static_cast<const lzma_options_delta*>(filter.options)->dist));
    } else if (is_bcj(filter.id)) {
        if (filter.options) TRY(add_field(dict.get(), "start_offset", static_cast<const lzma_options_bcj*>(filter.options)->start_offset));
    } else {
        return raise(exc::ValueError, "Invalid filter ID: %llu", static_cast<unsigned long long>(filter.id));
    }
    return dict;
}

}  // namespace py::lzma
