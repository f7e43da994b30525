// A fuzz input read as a row of small decisions. Behind its end come zeros.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string_view>

namespace fuzz {

class Input {
  public:
    explicit Input(std::string_view data) : data_(data) {}
    bool at_end() const { return position_ >= data_.size(); }
    uint8_t byte() { return at_end() ? 0 : static_cast<uint8_t>(data_[position_++]); }
    // 0 to count - 1.
    size_t below(size_t count) { return byte() % count; }
    // True for one byte of `many`; false at the end.
    bool rarely(unsigned many) { return byte() % many == many - 1; }
    std::string_view take(size_t length) {
        std::string_view part = data_.substr(position_, length);
        position_ += part.size();
        return part;
    }
    std::string_view rest() { return take(data_.size()); }

  private:
    std::string_view data_;
    size_t position_ = 0;
};

}  // namespace fuzz
