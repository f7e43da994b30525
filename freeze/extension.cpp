// Reading ELF files (System V ABI, gABI chapters 4 and 5). Every offset is checked against the file.
#include "freeze/extension.h"

#include <elf.h>

#include <algorithm>
#include <cstring>

#include "base/text.h"

namespace freeze {

namespace {

class Elf {
  public:
    explicit Elf(std::string_view bytes) : bytes_(bytes) {}

    template <class T>
    bool read(uint64_t offset, T& out) const {
        if (offset > bytes_.size() || sizeof(T) > bytes_.size() - offset) return false;
        std::memcpy(&out, bytes_.data() + offset, sizeof(T));
        return true;
    }
    bool is_library() const {
        Elf64_Ehdr header;
        return read(0, header) && std::memcmp(header.e_ident, ELFMAG, SELFMAG) == 0 &&
               header.e_ident[EI_CLASS] == ELFCLASS64 && header.e_ident[EI_DATA] == ELFDATA2LSB &&
               header.e_type == ET_DYN && header.e_machine == EM_X86_64;
    }
    // DT_NEEDED entries. False: the dynamic section is damaged.
    bool needed(std::vector<std::string>& out) const {
        Elf64_Ehdr header;
        if (!read(0, header)) return false;
        for (unsigned i = 0; i < header.e_phnum; ++i) {
            Elf64_Phdr segment;
            if (!read(header.e_phoff + uint64_t(i) * sizeof segment, segment)) return false;
            if (segment.p_type == PT_DYNAMIC) return read_dynamic(header, segment, out);
        }
        return false;
    }

  private:
    bool read_dynamic(const Elf64_Ehdr& header, const Elf64_Phdr& segment, std::vector<std::string>& out) const {
        std::vector<uint64_t> names;
        uint64_t strings = 0;
        for (uint64_t at = 0; at + sizeof(Elf64_Dyn) <= segment.p_filesz; at += sizeof(Elf64_Dyn)) {
            Elf64_Dyn entry;
            if (!read(segment.p_offset + at, entry)) return false;
            if (entry.d_tag == DT_NULL) break;
            if (entry.d_tag == DT_NEEDED) names.push_back(entry.d_un.d_val);
            if (entry.d_tag == DT_STRTAB && !file_offset(header, entry.d_un.d_ptr, strings)) return false;
        }
        for (uint64_t name : names) {
            if (strings > bytes_.size() || name >= bytes_.size() - strings) return false;
            std::string_view rest = bytes_.substr(strings + name);
            size_t end = rest.find('\0');
            if (end == std::string_view::npos) return false;
            out.emplace_back(rest.substr(0, end));
        }
        return true;
    }
    // Where the loaded address lies in the file.
    bool file_offset(const Elf64_Ehdr& header, uint64_t address, uint64_t& offset) const {
        for (unsigned i = 0; i < header.e_phnum; ++i) {
            Elf64_Phdr segment;
            if (!read(header.e_phoff + uint64_t(i) * sizeof segment, segment)) return false;
            bool inside =
                segment.p_type == PT_LOAD && address >= segment.p_vaddr && address - segment.p_vaddr < segment.p_filesz;
            if (inside) {
                offset = segment.p_offset + (address - segment.p_vaddr);
                return true;
            }
        }
        return false;
    }

    std::string_view bytes_;
};

bool is_name_character(char c) {
    return base::is_alnum(c) || c == '_' || c == '.';
}

// Texts between zero bytes that read like names of modules.
std::vector<std::string> words_in(std::string_view bytes) {
    std::vector<std::string> out;
    for (size_t start = 0; start < bytes.size();) {
        size_t end = std::min(bytes.find('\0', start), bytes.size());
        std::string_view text = bytes.substr(start, end - start);
        bool fits = text.size() >= 2 && text.size() <= 120 && (base::is_alpha(text[0]) || text[0] == '_') &&
                    text.back() != '.' && std::all_of(text.begin(), text.end(), is_name_character);
        if (fits) out.emplace_back(text);
        start = end + 1;
    }
    std::sort(out.begin(), out.end());
    out.erase(std::unique(out.begin(), out.end()), out.end());
    return out;
}

}  // namespace

ExtensionScan scan_extension(std::string_view bytes) {
    ExtensionScan out;
    Elf elf(bytes);
    if (!elf.is_library() || !elf.needed(out.needed)) {
        out.problem = "it is no shared library for x86-64";
        return out;
    }
    out.words = words_in(bytes);
    return out;
}

}  // namespace freeze
