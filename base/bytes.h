// Binary records for files of our own (caches): fixed-width little-endian integers, lengths as LEB128, and a reader that never
// leaves its bytes.
#pragma once

#include <cstdint>
#include <cstring>
#include <string>
#include <string_view>

namespace base {

class ByteWriter {
  public:
    void u8(uint8_t value) { out_ += static_cast<char>(value); }
    void u32(uint32_t value) { raw(&value, sizeof value); }
    void u64(uint64_t value) { raw(&value, sizeof value); }
    void count(uint64_t value) {
        for (; value >= 0x80; value >>= 7) u8(static_cast<uint8_t>(value) | 0x80);
        u8(static_cast<uint8_t>(value));
    }
    void text(std::string_view value) {
        count(value.size());
        out_.append(value);
    }
    size_t size() const { return out_.size(); }
    std::string take() { return std::move(out_); }

  private:
    void raw(const void* value, size_t size) { out_.append(static_cast<const char*>(value), size); }
    std::string out_;
};

// Reads what ByteWriter wrote. Past the end, and after any wrong length, everything read is zero or empty and ok() is false.
class ByteReader {
  public:
    explicit ByteReader(std::string_view bytes) : bytes_(bytes) {}
    bool ok() const { return ok_; }
    size_t left() const { return bytes_.size(); }
    uint8_t u8() { return fixed<uint8_t>(); }
    uint32_t u32() { return fixed<uint32_t>(); }
    uint64_t u64() { return fixed<uint64_t>(); }
    uint64_t count() {
        uint64_t value = 0;
        for (int shift = 0; shift < 64; shift += 7) {
            uint8_t byte = u8();
            value |= uint64_t{byte & 0x7Fu} << shift;
            if (byte < 0x80) return value;
        }
        fail();
        return 0;
    }
    // A count of things that take at least one byte each: never more than what is left, so that it can size a vector.
    size_t items() {
        uint64_t value = count();
        if (value > left()) return fail(), 0;
        return static_cast<size_t>(value);
    }
    // The view is of the bytes read from.
    std::string_view text() {
        size_t size = items();
        std::string_view value = bytes_.substr(0, size);
        bytes_.remove_prefix(size);
        return value;
    }

  private:
    template <class T>
    T fixed() {
        T value = 0;
        if (left() < sizeof value) return fail(), value;
        memcpy(&value, bytes_.data(), sizeof value);
        bytes_.remove_prefix(sizeof value);
        return value;
    }
    void fail() {
        ok_ = false;
        bytes_ = {};
    }
    std::string_view bytes_;
    bool ok_ = true;
};

}  // namespace base
