// Checks that code words form a program which the matcher can run without leaving it: every skip lands where the
// construct ends, groups and categories exist, parts end with SUCCESS.
#include "interp/modules/sre.h"
#include "interp/objects/errors.h"
#include "interp/objects/stack_check.h"

namespace py::sre {

namespace {

class Validator {
  public:
    Validator(const uint32_t* code, ssize_t groups) : code_(code), groups_(groups) {}

    // The instructions of [pc, end).
    bool sequence(const uint32_t* pc, const uint32_t* end) {
        is_too_deep_ = is_too_deep_ || stack_is_low();
        if (is_too_deep_) return false;
        while (pc < end) {
            const uint32_t* next = instruction(pc, end);
            if (!next || next > end) return false;
            pc = next;
        }
        return pc == end;
    }
    // The stack was not large enough to tell.
    bool is_too_deep() const { return is_too_deep_; }

  private:
    // The place behind the skip word at `at`, or null when it lies beyond end.
    static const uint32_t* target(const uint32_t* at, const uint32_t* end) {
        if (at >= end || *at < 1 || ssize_t(*at) > end - at) return nullptr;
        return at + *at;
    }
    const uint32_t* instruction(const uint32_t* pc, const uint32_t* end) {
        ssize_t left = end - pc;
        switch (*pc) {
            case kMark: return left > 1 && ssize_t(pc[1]) < 2 * groups_ ? pc + 2 : nullptr;
            case kLiteral:
            case kNotLiteral:
            case kLiteralIgnore:
            case kNotLiteralIgnore:
            case kLiteralUnicodeIgnore:
            case kNotLiteralUnicodeIgnore:
            case kLiteralLocaleIgnore:
            case kNotLiteralLocaleIgnore: return left > 1 ? pc + 2 : nullptr;
            case kSuccess:
            case kFailure:
            case kAny:
            case kAnyAll: return pc + 1;
            case kAt: return left > 1 && pc[1] < kPositionCount ? pc + 2 : nullptr;
            case kCategory: return left > 1 && pc[1] < kCategoryCount ? pc + 2 : nullptr;
            case kIn:
            case kInIgnore:
            case kInUnicodeIgnore:
            case kInLocaleIgnore: {
                const uint32_t* behind = target(pc + 1, end);
                return behind && set(pc + 2, behind) ? behind : nullptr;
            }
            case kInfo: return info(pc, end);
            case kBranch: return branch(pc + 1, end);
            case kRepeatOne:
            case kMinRepeatOne:
            case kPossessiveRepeatOne: return repeat_one(pc, end);
            case kRepeat:
            case kPossessiveRepeat: return repeat(pc, end);
            case kAtomicGroup: return part(pc + 1, pc + 2, end);
            case kAssert:
            case kAssertNot: return left > 2 && pc[2] < 0x80000000u ? part(pc + 1, pc + 3, end) : nullptr;
            case kGroupRef:
            case kGroupRefIgnore:
            case kGroupRefUnicodeIgnore:
            case kGroupRefLocaleIgnore: return left > 1 && ssize_t(pc[1]) < groups_ ? pc + 2 : nullptr;
            case kGroupRefExists: return group_exists(pc, end);
            default: return nullptr;
        }
    }
    // A set that ends with FAILURE as its last word.
    bool set(const uint32_t* pc, const uint32_t* end) {
        while (pc < end) {
            ssize_t left = end - pc;
            switch (*pc) {
                case kFailure: return left == 1;
                case kNegate: ++pc; break;
                case kLiteral:
                    if (left < 2) return false;
                    pc += 2;
                    break;
                case kRange:
                case kRangeUnicodeIgnore:
                    if (left < 3) return false;
                    pc += 3;
                    break;
                case kCategory:
                    if (left < 2 || pc[1] >= kCategoryCount) return false;
                    pc += 2;
                    break;
                case kCharset:
                    if (left < 9) return false;
                    pc += 9;
                    break;
                case kBigCharset: {
                    if (left < 66 || pc[1] > 256 || left < ssize_t(66 + pc[1] * 8)) return false;
                    auto* blocks = reinterpret_cast<const uint8_t*>(pc + 2);
                    for (int i = 0; i < 256; ++i)
                        if (blocks[i] >= pc[1]) return false;
                    pc += 66 + pc[1] * 8;
                    break;
                }
                default: return false;
            }
        }
        return false;
    }
    const uint32_t* info(const uint32_t* pc, const uint32_t* end) {
        const uint32_t* behind = target(pc + 1, end);
        if (!behind || behind - pc < 5 || pc != code_) return nullptr;
        uint32_t flags = pc[2];
        if (flags & ~uint32_t(kInfoPrefix | kInfoLiteral | kInfoCharset)) return nullptr;
        if ((flags & kInfoPrefix) && (flags & kInfoCharset)) return nullptr;
        if ((flags & kInfoLiteral) && !(flags & kInfoPrefix)) return nullptr;
        if (flags & kInfoPrefix) {
            if (behind - pc < 8) return nullptr;
            uint32_t length = pc[5], skip = pc[6];
            if (length < 1 || skip > length || ssize_t(length) * 2 + 7 != behind - pc) return nullptr;
            // The skipped characters must be literals at the front of the program.
            for (uint32_t i = 0; i < skip; ++i)
                if (end - behind < ssize_t(2 * i + 2) || behind[2 * i] != kLiteral) return nullptr;
        }
        if ((flags & kInfoCharset) && !set(pc + 5, behind)) return nullptr;
        return behind;
    }
    const uint32_t* branch(const uint32_t* pc, const uint32_t* end) {
        const uint32_t* join = nullptr;
        while (pc < end && *pc) {
            const uint32_t* next = target(pc, end);
            if (!next || next - pc < 3 || next[-2] != kJump) return nullptr;
            if (!sequence(pc + 1, next - 2)) return nullptr;
            const uint32_t* landing = target(next - 1, end + 1);
            if (!landing || landing > end || (join && landing != join)) return nullptr;
            join = landing;
            pc = next;
        }
        if (pc >= end) return nullptr;
        return !join || join == pc + 1 ? pc + 1 : nullptr;
    }
    bool repeat_bounds(const uint32_t* pc, const uint32_t* end) { return end - pc > 4 && pc[2] <= pc[3]; }
    const uint32_t* repeat_one(const uint32_t* pc, const uint32_t* end) {
        if (!repeat_bounds(pc, end)) return nullptr;
        const uint32_t* behind = target(pc + 1, end);
        if (!behind || behind - pc < 6 || behind[-1] != kSuccess) return nullptr;
        return sequence(pc + 4, behind - 1) ? behind : nullptr;
    }
    const uint32_t* repeat(const uint32_t* pc, const uint32_t* end) {
        if (!repeat_bounds(pc, end)) return nullptr;
        const uint32_t* until = target(pc + 1, end);
        if (!until || until - pc < 4 || until >= end) return nullptr;
        bool closed = *pc == kPossessiveRepeat ? *until == kSuccess : *until == kMaxUntil || *until == kMinUntil;
        return closed && sequence(pc + 4, until) ? until + 1 : nullptr;
    }
    const uint32_t* part(const uint32_t* skip, const uint32_t* body, const uint32_t* end) {
        const uint32_t* behind = target(skip, end);
        if (!behind || behind - body < 1 || behind[-1] != kSuccess) return nullptr;
        return sequence(body, behind - 1) ? behind : nullptr;
    }
    // GROUPREF_EXISTS group skip yes… [JUMP skip no…]
    const uint32_t* group_exists(const uint32_t* pc, const uint32_t* end) {
        if (end - pc < 3 || ssize_t(pc[1]) >= groups_ || pc[2] < 2 || ssize_t(pc[2]) > end - pc - 1) return nullptr;
        const uint32_t* otherwise = pc + 1 + pc[2];
        if (otherwise - pc >= 5 && otherwise[-2] == kJump) {
            const uint32_t* behind = target(otherwise - 1, end + 1);
            if (behind && behind <= end && behind >= otherwise && sequence(pc + 3, otherwise - 2) &&
                sequence(otherwise, behind))
                return behind;
        }
        return sequence(pc + 3, otherwise) ? otherwise : nullptr;
    }

    const uint32_t* code_;
    ssize_t groups_;
    bool is_too_deep_ = false;
};

}  // namespace

Fallible<void> validate(const Pattern* pattern) {
    const uint32_t* end = pattern->code + pattern->size;
    Validator validator(pattern->code, pattern->groups);
    bool valid = pattern->groups >= 0 && pattern->groups <= kMaxGroups && pattern->size > 0 && end[-1] == kSuccess &&
                 validator.sequence(pattern->code, end - 1);
    if (validator.is_too_deep()) return raise_stack_exhausted("");
    if (!valid) return raise(exc::RuntimeError, "invalid SRE code");
    return {};
}

}  // namespace py::sre
