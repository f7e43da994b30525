// "Did you mean": the closest of the names that could have been meant, by a weighted edit distance.
#include <algorithm>
#include <cstring>

#include "interp/objects/abstract.h"
#include "interp/objects/code.h"
#include "interp/objects/containers.h"
#include "interp/objects/errors.h"
#include "interp/runtime/exception_text.h"
#include "interp/vm/frame.h"

namespace py {

namespace {

constexpr ssize_t kMaxCandidates = 750;
constexpr size_t kMaxLength = 40;  // of what is left of a name when the common ends are cut off
constexpr size_t kMoveCost = 2, kCaseCost = 1;

char lower(char ch) {
    return ch >= 'A' && ch <= 'Z' ? char(ch | 0x20) : ch;
}

size_t substitution_cost(char a, char b) {
    if (a == b) return 0;
    return lower(a) == lower(b) ? kCaseCost : kMoveCost;
}

// Levenshtein's distance; anything above `limit` for distances above it.
size_t distance(std::string_view a, std::string_view b, size_t limit) {
    while (!a.empty() && !b.empty() && a.front() == b.front())
        a.remove_prefix(1), b.remove_prefix(1);
    while (!a.empty() && !b.empty() && a.back() == b.back())
        a.remove_suffix(1), b.remove_suffix(1);
    if (a.empty() || b.empty()) return (a.size() + b.size()) * kMoveCost;
    if (a.size() > kMaxLength || b.size() > kMaxLength) return limit + 1;
    if (b.size() < a.size()) std::swap(a, b);
    if ((b.size() - a.size()) * kMoveCost > limit) return limit + 1;
    size_t row[kMaxLength];  // the distances of a's prefixes to the part of b seen so far
    for (size_t i = 0; i < a.size(); ++i)
        row[i] = (i + 1) * kMoveCost;
    size_t result = 0;
    for (size_t j = 0; j < b.size(); ++j) {
        size_t diagonal = j * kMoveCost;
        result = diagonal + kMoveCost;
        size_t least = SIZE_MAX;
        for (size_t i = 0; i < a.size(); ++i) {
            size_t substituted = diagonal + substitution_cost(b[j], a[i]);
            diagonal = row[i];
            result = row[i] = std::min(substituted, std::min(result, diagonal) + kMoveCost);
            least = std::min(least, result);
        }
        if (least > limit) return limit + 1;
    }
    return result;
}

// Null with or without an exception: nothing is close.
Fallible<Ref<>> closest(List* candidates, Str* name) {
    if (candidates->size >= kMaxCandidates) return share(none());
    std::string_view wanted = TRY(str_utf8(name));
    Ref<> best = share(none());
    size_t best_distance = SIZE_MAX;
    for (ssize_t i = 0; i < candidates->size; ++i) {
        Object* candidate = candidates->items[i];
        if (!is_str(candidate)) return raise(exc::TypeError, "bad argument type for built-in operation");
        if (str_equals(as_str(candidate), name)) continue;
        std::string_view text = TRY(str_utf8(as_str(candidate)));
        // At most a third of the characters may be wrong, and only better ones than the best so far are looked for.
        size_t limit = std::min((wanted.size() + text.size() + 3) * kMoveCost / 6, best_distance - 1);
        size_t found = distance(wanted, text, limit);
        if (found > limit) continue;
        best = share(candidate);
        best_distance = found;
    }
    return best;
}

Fallible<Ref<>> closest_attribute(AttributeErrorException* error) {
    if (!error->name || !error->object || !is_str(error->name)) return share(none());
    Ref<Str> name = share(as_str(error->name));
    Ref<> object = share(error->object);
    Ref<> names = TRY(dir(object.get()));
    Ref<List> list = TRY(list_of(names.get()));
    return closest(list.get(), name.get());
}

Fallible<Ref<>> closest_name(NameErrorException* error) {
    if (!error->name || !is_str(error->name) || !error->traceback || !is_exact(error->traceback, traceback_type))
        return share(none());
    Ref<Str> name = share(as_str(error->name));
    auto* last = static_cast<Traceback*>(error->traceback);
    while (last->next)
        last = last->next;
    Ref<Frame> frame = share(last->frame);
    Ref<Tuple> variables = TRY(code_varnames(frame->frame->code));
    for (Object* space : {static_cast<Object*>(variables.get()), frame->frame->globals, frame->frame->builtins}) {
        Ref<List> names = TRY(list_of(space));
        Ref<> found = TRY(closest(names.get(), name.get()));
        if (!is_none(found.get())) return found;
    }
    return share(none());
}

}  // namespace

Ref<Str> suggestion_for(Object* exception) {
    SavedError saved;
    auto found = is_exact(exception, *exc::AttributeError)
                     ? closest_attribute(static_cast<AttributeErrorException*>(exception))
                 : is_exact(exception, *exc::NameError) ? closest_name(static_cast<NameErrorException*>(exception))
                                                        : Fallible<Ref<>>(share(none()));
    Ref<> suggestion = found.ok() ? found.take() : Ref<>();
    if (!suggestion || !is_str(suggestion.get())) return nullptr;
    return std::move(suggestion).cast<Str>();
}

}  // namespace py
