// _lzma: filter chains and errors, shared by its files.
#pragma once

#include <lzma.h>

#include <string_view>

#include "interp/objects/errors.h"
#include "interp/objects/fallible.h"
#include "interp/objects/type.h"

namespace py::lzma {

extern Object* error_type;  // _lzma.LZMAError
inline Type* error() {
    return static_cast<Type*>(static_cast<VarObject*>(error_type));
}
// Raises what liblzma's status says; nothing for success, the end of a stream and notices about checks.
Fallible<void> check_status(lzma_ret status);
// An int ≥ 0 that fits 64 bits.
Fallible<uint64_t> unsigned_value(Object* value);
// The same for 32 bits.
Fallible<uint32_t> unsigned_value_32(Object* value);

// Filters as liblzma wants them: options of each in memory of its own, freed with the chain.
class FilterChain {
  public:
    FilterChain() { filters_[0].id = LZMA_VLI_UNKNOWN; }
    ~FilterChain();
    FilterChain(const FilterChain&) = delete;
    FilterChain& operator=(const FilterChain&) = delete;
    // From a sequence of dicts.
    Fallible<void> read(Object* specifications);
    // From one dict.
    Fallible<void> read_one(Object* specification);
    // From the bytes a container stores; options are malloc'ed by liblzma.
    Fallible<void> decode(lzma_vli id, std::string_view properties);
    lzma_filter* filters() { return filters_; }

  private:
    Fallible<void> append(Object* specification);
    lzma_filter filters_[LZMA_FILTERS_MAX + 1];
    int count_ = 0;
};
// A filter as the dict that describes it.
Fallible<Ref<>> describe_filter(const lzma_filter& filter);

}  // namespace py::lzma
