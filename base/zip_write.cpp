// Deflate in both directions, and the deterministic ZIP writer.
#include <libdeflate.h>
#include <zlib.h>

#include <algorithm>
#include <cstring>
#include <ctime>

#include "base/zip.h"

namespace base {

std::string deflate_raw(std::string_view bytes, int level) {
    z_stream stream = {};
    CHECK(deflateInit2(&stream, level, Z_DEFLATED, -15, 8, Z_DEFAULT_STRATEGY) == Z_OK);
    std::string out(deflateBound(&stream, bytes.size()), 0);
    stream.next_in = reinterpret_cast<Bytef*>(const_cast<char*>(bytes.data()));
    size_t left = bytes.size(), made = 0;
    int status = Z_OK;
    while (status != Z_STREAM_END) {
        uInt in = (uInt)(left < (1u << 30) ? left : 1u << 30);
        uInt room = (uInt)(out.size() - made < (1u << 30) ? out.size() - made : 1u << 30);
        stream.avail_in = in;
        stream.next_out = reinterpret_cast<Bytef*>(out.data() + made);
        stream.avail_out = room;
        status = deflate(&stream, left <= in ? Z_FINISH : Z_NO_FLUSH);
        left -= in - stream.avail_in;
        made += room - stream.avail_out;
        if (made == out.size() && status != Z_STREAM_END) out.resize(out.size() + 65536);
    }
    deflateEnd(&stream);
    out.resize(made);
    return out;
}

Inflater::Inflater() : state_(libdeflate_alloc_decompressor()) {
    CHECK(state_);
}
Inflater::Inflater(Inflater&& other) noexcept
    : state_(std::exchange(other.state_, nullptr)), buffer_(std::move(other.buffer_)), room_(std::exchange(other.room_, 0)) {}
Inflater::~Inflater() {
    libdeflate_free_decompressor(state_);
}

// FAST: libdeflate decodes quickly as long as it is some bytes away from the ends of what it reads and writes, and bit by
// bit behind that, which for a file of one KiB is most of it. So it gets a little more than there is on either side, and what
// it used and made is held to the sizes afterwards.
static constexpr uint64_t kBehindIn = 32, kBehindOut = 320;

Result<std::string_view> Inflater::inflate(std::string_view bytes, uint64_t size, uint64_t behind) {
    // A deflate stream cannot expand more than 1032 times: a size beyond that is a lie, not a reason to allocate.
    if (size / 1040 > bytes.size() + 1) return Error(ErrorKind::Integrity, "its data is shorter than it says");
    if (size + kBehindOut > room_) {
        room_ = size + kBehindOut;
        buffer_.reset(new char[room_]);
    }
    size_t used = 0, made = 0;
    libdeflate_result result =
        libdeflate_deflate_decompress_ex(state_, bytes.data(), bytes.size() + std::min(behind, kBehindIn), buffer_.get(),
                                         size + kBehindOut, &used, &made);
    bool longer = result == LIBDEFLATE_SUCCESS && made > size;
    if (result == LIBDEFLATE_INSUFFICIENT_SPACE || longer)
        return Error(ErrorKind::Integrity, "its size differs from the one announced");
    if (result != LIBDEFLATE_SUCCESS || used > bytes.size())
        return Error(ErrorKind::Integrity, "its compressed data is damaged");
    if (used != bytes.size()) return Error(ErrorKind::Integrity, "its compressed data ends before its length");
    if (made != size) return Error(ErrorKind::Integrity, "its size differs from the one announced");
    return std::string_view(buffer_.get(), size);
}

Result<std::string> inflate_raw(std::string_view bytes, uint64_t size) {
    Inflater inflater;
    return std::string(TRY(inflater.inflate(bytes, size)));
}

std::string gzip_compress(std::string_view bytes, int level) {
    std::string out("\x1f\x8b\x08\x00\x00\x00\x00\x00", 8);
    out += level == 9 ? '\x02' : level == 1 ? '\x04' : '\x00';
    out += '\xff';
    out += deflate_raw(bytes, level);
    uint32_t trailer[2] = {(uint32_t)crc32_z(0, reinterpret_cast<const Bytef*>(bytes.data()), bytes.size()),
                           (uint32_t)bytes.size()};
    out.append(reinterpret_cast<char*>(trailer), 8);
    return out;
}

Result<std::string> gzip_decompress(std::string_view bytes, uint64_t limit) {
    z_stream stream = {};
    CHECK(inflateInit2(&stream, 15 + 16) == Z_OK);
    stream.next_in = reinterpret_cast<Bytef*>(const_cast<char*>(bytes.data()));
    stream.avail_in = (uInt)bytes.size();
    std::string out;
    int status = bytes.size() > 0xffffffff ? Z_DATA_ERROR : Z_OK;
    std::string block(1 << 18, 0);
    while (status == Z_OK && out.size() <= limit) {
        stream.next_out = reinterpret_cast<Bytef*>(block.data());
        stream.avail_out = (uInt)block.size();
        status = inflate(&stream, Z_NO_FLUSH);
        out.append(block.data(), block.size() - stream.avail_out);
        // RFC 1952 §2.2: a file may be several members one after the other.
        if (status == Z_STREAM_END && stream.avail_in) status = inflateReset(&stream);
    }
    inflateEnd(&stream);
    if (out.size() > limit) return Error(ErrorKind::Integrity, "it expands to more than the limit");
    if (status != Z_STREAM_END)
        return Error(ErrorKind::Integrity, "its gzip data is damaged, cut off or followed by something else");
    return out;
}

static void put16(std::string& out, uint16_t value) {
    out.append(reinterpret_cast<char*>(&value), 2);
}
static void put32(std::string& out, uint32_t value) {
    out.append(reinterpret_cast<char*>(&value), 4);
}

ZipWriter::ZipWriter(int64_t unix_time) : time_(0), date_(0x21) {
    time_t moment = unix_time < 315532800 ? 315532800 : unix_time;
    struct tm parts;
    gmtime_r(&moment, &parts);
    int year = parts.tm_year - 80 > 127 ? 127 : parts.tm_year - 80;
    date_ = (uint16_t)(year << 9 | (parts.tm_mon + 1) << 5 | parts.tm_mday);
    time_ = (uint16_t)(parts.tm_hour << 11 | parts.tm_min << 5 | parts.tm_sec / 2);
}

void ZipWriter::add(std::string_view name, std::string_view bytes, uint16_t permissions) {
    std::string packed = deflate_raw(bytes, 9);
    uint16_t flags = 0;
    for (char c : name) {
        if ((unsigned char)c >= 128) flags = 0x800;
    }
    std::string shared;  // the 26 bytes that both headers have
    put16(shared, 20);
    put16(shared, flags);
    put16(shared, 8);
    put16(shared, time_);
    put16(shared, date_);
    put32(shared, (uint32_t)crc32_z(0, reinterpret_cast<const Bytef*>(bytes.data()), bytes.size()));
    put32(shared, (uint32_t)packed.size());
    put32(shared, (uint32_t)bytes.size());
    put16(shared, (uint16_t)name.size());
    put16(shared, 0);
    put32(directory_, 0x02014b50);
    put16(directory_, 3 << 8 | 20);
    directory_ += shared;
    put16(directory_, 0);
    put16(directory_, 0);
    put16(directory_, 0);
    put32(directory_, (uint32_t)(0100000 | permissions) << 16);
    put32(directory_, (uint32_t)out_.size());
    directory_ += name;
    put32(out_, 0x04034b50);
    out_ += shared;
    out_ += name;
    out_ += packed;
    count_++;
}

std::string ZipWriter::finish() {
    // Builds of several gigabytes or 65,535 files are beyond what a wheel of ours can be; refuse rather than lie.
    CHECK(out_.size() < 0xffffffff && count_ < 0xffff);
    uint32_t offset = (uint32_t)out_.size(), size = (uint32_t)directory_.size();
    out_ += directory_;
    put32(out_, 0x06054b50);
    put32(out_, 0);
    put16(out_, (uint16_t)count_);
    put16(out_, (uint16_t)count_);
    put32(out_, size);
    put32(out_, offset);
    put16(out_, 0);
    return std::move(out_);
}

}  // namespace base
