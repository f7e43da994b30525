// list.sort: a stable, adaptive merge sort (Peters' timsort, as described in CPython's listsort.txt; merge order by
// powers, Munro & Wild 2018), with comparisons specialised to the keys' type where all keys share one.
#include "interp/objects/abstract.h"
#include "interp/objects/call.h"
#include "interp/objects/containers.h"
#include "interp/objects/errors.h"
#include "interp/objects/float.h"
#include "interp/objects/int.h"
#include "interp/objects/memory.h"
#include "interp/objects/str.h"

#include <cstring>

namespace py {

namespace {

// a < b: 1, 0, or -1 when it raised.
struct Sorter;
using Less = int (*)(Object* a, Object* b, Sorter& sorter);

// Keys with the values that move along (null: the keys are the items).
struct Span {
    Object** keys;
    Object** values;
    Span operator+(ssize_t n) const { return {keys + n, values ? values + n : nullptr}; }
    void set(ssize_t i, Span from, ssize_t j) const {
        keys[i] = from.keys[j];
        if (values) values[i] = from.values[j];
    }
    void copy(Span from, ssize_t n) const {
        std::memcpy(keys, from.keys, size_t(n) * sizeof(Object*));
        if (values) std::memcpy(values, from.values, size_t(n) * sizeof(Object*));
    }
    void move(Span from, ssize_t n) const {
        std::memmove(keys, from.keys, size_t(n) * sizeof(Object*));
        if (values) std::memmove(values, from.values, size_t(n) * sizeof(Object*));
    }
};

struct Run {
    Span start;
    ssize_t length;
    int power;  // of the boundary to the next run
};

constexpr int kMaxPending = 85, kMinGallop = 7;
constexpr ssize_t kInlineTemporary = 256;

struct Sorter {
    Less less;
    Less tuple_item_less = nullptr;
    RichCompareSlot key_compare = nullptr;
    ssize_t min_gallop = kMinGallop;
    bool has_values = false;
    Span base{};
    ssize_t total = 0;
    int pending_count = 0;
    Run pending[kMaxPending];
    Object* inline_temporary[kInlineTemporary];
    Object** temporary = inline_temporary;
    ssize_t temporary_capacity = kInlineTemporary;

    ~Sorter() {
        if (temporary != inline_temporary) deallocate(temporary);
    }
    // Room for n keys (and values); what was there is lost.
    Fallible<Span> reserve(ssize_t n) {
        ssize_t needed = has_values ? 2 * n : n;
        if (needed > temporary_capacity) {
            if (temporary != inline_temporary) deallocate(temporary);
            temporary = static_cast<Object**>(allocate(size_t(needed) * sizeof(Object*)));
            if (!temporary) {
                temporary = inline_temporary;
                temporary_capacity = kInlineTemporary;
                return raise_memory_error();
            }
            temporary_capacity = needed;
        }
        return Span{temporary, has_values ? temporary + n : nullptr};
    }
};

int less_any(Object* a, Object* b, Sorter&) {
    return TRY(rich_compare_bool(a, b, kLess));
}

// All keys of one type with this comparison slot; a NotImplemented falls back to the full protocol.
int less_slot(Object* a, Object* b, Sorter& sorter) {
    if (a->type->richcompare != sorter.key_compare) return less_any(a, b, sorter);
    Object* result = sorter.key_compare(a, b, kLess);
    if (!result) return -1;
    if (result == not_implemented()) {
        decref(result);
        return less_any(a, b, sorter);
    }
    Ref<> held = steal(result);
    if (is_bool(result)) return result == py_true();
    return TRY(is_true(result));
}
// FAST: strings of one-byte characters compare as bytes.
int less_latin1(Object* a, Object* b, Sorter&) {
    Str *x = as_str(a), *y = as_str(b);
    ssize_t common = x->length < y->length ? x->length : y->length;
    int order = std::memcmp(x->data(), y->data(), size_t(common));
    return order != 0 ? order < 0 : x->length < y->length;
}
// FAST: ints of at most one digit, and of at most two.
int less_small_int(Object* a, Object* b, Sorter&) {
    return as_int(a)->compact_value() < as_int(b)->compact_value();
}
int64_t word_value(const Int* value) {
    switch (value->size) {
        case 0: return 0;
        case 1: return value->digits[0];
        case -1: return -int64_t(value->digits[0]);
        case 2: return int64_t(value->digits[1]) << kDigitBits | value->digits[0];
        default: return -(int64_t(value->digits[1]) << kDigitBits | value->digits[0]);
    }
}
int less_word_int(Object* a, Object* b, Sorter&) {
    return word_value(as_int(a)) < word_value(as_int(b));
}
int less_float(Object* a, Object* b, Sorter&) {
    return float_value(a) < float_value(b);
}

// FAST: tuples of size > 0 whose first items share a type: equality of the leading items is asked first, as the tuple's
// own comparison does.
int less_tuple(Object* a, Object* b, Sorter& sorter) {
    Tuple *x = as_tuple(a), *y = as_tuple(b);
    ssize_t i = 0, common = x->size < y->size ? x->size : y->size;
    for (; i < common; ++i) {
        int equal = TRY(rich_compare_bool(x->items[i], y->items[i], kEqual));
        if (!equal) break;
    }
    if (i >= common) return x->size < y->size;
    if (i == 0) return sorter.tuple_item_less(x->items[0], y->items[0], sorter);
    return less_any(x->items[i], y->items[i], sorter);
}

// What all keys have in common decides the comparison.
struct KeyTraits {
    bool same_type = true, latin1 = true, small_ints = true, word_ints = true;
    Type* type;
    void look(Object* key) {
        if (key->type != type) same_type = false;
        if (!same_type) return;
        if (type == &int_type && !as_int(key)->is_compact()) {
            small_ints = false;
            if (as_int(key)->size > 2 || as_int(key)->size < -2) word_ints = false;
        }
        if (type == &str_type && latin1 && as_str(key)->kind != 1) latin1 = false;
    }
    Less choose(Sorter& sorter) const {
        if (!same_type) return less_any;
        if (type == &str_type && latin1) return less_latin1;
        if (type == &int_type && small_ints) return less_small_int;
        if (type == &int_type && word_ints) return less_word_int;
        if (type == &float_type) return less_float;
        if (!type->richcompare) return less_any;
        sorter.key_compare = type->richcompare;
        return less_slot;
    }
};

void choose_comparison(Sorter& sorter, Object** keys, ssize_t count) {
    bool tuples = keys[0]->type == &tuple_type && as_tuple(keys[0])->size > 0;
    for (ssize_t i = 0; tuples && i < count; ++i)
        tuples = keys[i]->type == &tuple_type && as_tuple(keys[i])->size > 0;
    auto key_of = [=](ssize_t i) { return tuples ? as_tuple(keys[i])->items[0] : keys[i]; };
    KeyTraits traits;
    traits.type = key_of(0)->type;
    for (ssize_t i = 0; i < count && traits.same_type; ++i)
        traits.look(key_of(i));
    sorter.less = traits.choose(sorter);
    if (!tuples) return;
    // A tuple inside a tuple is compared the general way.
    sorter.tuple_item_less = traits.type == &tuple_type ? less_any : sorter.less;
    sorter.less = less_tuple;
}

#define LESS(a, b)                                    \
    ({                                                \
        int less_result_ = sorter.less(a, b, sorter); \
        if (less_result_ < 0) return ::py::raised;    \
        less_result_ > 0;                             \
    })

// Sorts span[0, count) where [0, sorted) is sorted already.
Fallible<void> binary_insertion_sort(Sorter& sorter, Span span, ssize_t count, ssize_t sorted) {
    if (sorted == 0) sorted = 1;
    for (; sorted < count; ++sorted) {
        ssize_t low = 0, high = sorted;
        Object *key = span.keys[sorted], *value = span.values ? span.values[sorted] : nullptr;
        while (low < high) {
            ssize_t middle = low + ((high - low) >> 1);
            if (LESS(key, span.keys[middle]))
                high = middle;
            else
                low = middle + 1;
        }
        std::memmove(span.keys + low + 1, span.keys + low, size_t(sorted - low) * sizeof(Object*));
        span.keys[low] = key;
        if (!span.values) continue;
        std::memmove(span.values + low + 1, span.values + low, size_t(sorted - low) * sizeof(Object*));
        span.values[low] = value;
    }
    return {};
}

void reverse_span(Object** items, ssize_t count) {
    for (ssize_t i = 0, j = count - 1; i < j; ++i, --j)
        std::swap(items[i], items[j]);
}

// Length of the run that starts the span; a strictly descending one is to be reversed.
Fallible<ssize_t> count_run(Sorter& sorter, Object** keys, ssize_t count, bool* descending) {
    *descending = false;
    if (count == 1) return ssize_t(1);
    ssize_t n = 2;
    if (LESS(keys[1], keys[0])) {
        *descending = true;
        while (n < count && LESS(keys[n], keys[n - 1]))
            ++n;
    } else {
        while (n < count && !LESS(keys[n], keys[n - 1]))
            ++n;
    }
    return n;
}

// Where key belongs in the sorted items[0, count), left of equals; the search starts at `hint` with doubling steps.
Fallible<ssize_t> gallop_left(Sorter& sorter, Object* key, Object** items, ssize_t count, ssize_t hint) {
    ssize_t last = 0, offset = 1;
    items += hint;
    if (LESS(*items, key)) {
        ssize_t limit = count - hint;
        while (offset < limit && LESS(items[offset], key)) {
            last = offset;
            offset = (offset << 1) + 1;
        }
        if (offset > limit) offset = limit;
        last += hint;
        offset += hint;
    } else {
        ssize_t limit = hint + 1;
        while (offset < limit && !LESS(items[-offset], key)) {
            last = offset;
            offset = (offset << 1) + 1;
        }
        if (offset > limit) offset = limit;
        ssize_t swapped = last;
        last = hint - offset;
        offset = hint - swapped;
    }
    items -= hint;
    for (++last; last < offset;) {
        ssize_t middle = last + ((offset - last) >> 1);
        if (LESS(items[middle], key))
            last = middle + 1;
        else
            offset = middle;
    }
    return offset;
}

// The same, right of equals.
Fallible<ssize_t> gallop_right(Sorter& sorter, Object* key, Object** items, ssize_t count, ssize_t hint) {
    ssize_t last = 0, offset = 1;
    items += hint;
    if (LESS(key, *items)) {
        ssize_t limit = hint + 1;
        while (offset < limit && LESS(key, items[-offset])) {
            last = offset;
            offset = (offset << 1) + 1;
        }
        if (offset > limit) offset = limit;
        ssize_t swapped = last;
        last = hint - offset;
        offset = hint - swapped;
    } else {
        ssize_t limit = count - hint;
        while (offset < limit && !LESS(key, items[offset])) {
            last = offset;
            offset = (offset << 1) + 1;
        }
        if (offset > limit) offset = limit;
        last += hint;
        offset += hint;
    }
    items -= hint;
    for (++last; last < offset;) {
        ssize_t middle = last + ((offset - last) >> 1);
        if (LESS(key, items[middle]))
            offset = middle;
        else
            last = middle + 1;
    }
    return offset;
}

// Merges a (na items, left) with b (nb items, directly behind it); na <= nb, so a goes to the temporary array. On every
// way out, a's rest is put back, so that the list stays a permutation of itself.
Fallible<void> merge_low(Sorter& sorter, Span a, ssize_t na, Span b, ssize_t nb) {
    Span temporary = TRY(sorter.reserve(na));
    temporary.copy(a, na);
    Span to = a, left = temporary;
    struct PutBack {
        Span &to, &left;
        ssize_t& count;
        ~PutBack() {
            if (count > 0) to.copy(left, count);
        }
    } put_back{to, left, na};
    auto take_right = [&] { to.set(0, b, 0), to = to + 1, b = b + 1, --nb; };
    auto take_left = [&] { to.set(0, left, 0), to = to + 1, left = left + 1, --na; };
    // b's rest stands where it belongs once a is one item: that item goes behind it.
    auto last_left = [&] {
        to.move(b, nb);
        to = to + nb;
    };
    take_right();
    if (nb == 0) return {};
    if (na == 1) return last_left(), Fallible<void>();
    ssize_t min_gallop = sorter.min_gallop;
    for (;;) {
        ssize_t left_wins = 0, right_wins = 0;
        while (left_wins < min_gallop && right_wins < min_gallop) {
            if (LESS(b.keys[0], left.keys[0])) {
                take_right();
                ++right_wins, left_wins = 0;
                if (nb == 0) return {};
            } else {
                take_left();
                ++left_wins, right_wins = 0;
                if (na == 1) return last_left(), Fallible<void>();
            }
        }
        ++min_gallop;
        do {
            min_gallop -= min_gallop > 1;
            sorter.min_gallop = min_gallop;
            ssize_t k = left_wins = TRY(gallop_right(sorter, b.keys[0], left.keys, na, 0));
            if (k) {
                to.copy(left, k);
                to = to + k, left = left + k, na -= k;
                if (na == 1) return last_left(), Fallible<void>();
                if (na == 0) return {};  // only with an inconsistent comparison
            }
            take_right();
            if (nb == 0) return {};
            k = right_wins = TRY(gallop_left(sorter, left.keys[0], b.keys, nb, 0));
            if (k) {
                to.move(b, k);
                to = to + k, b = b + k, nb -= k;
                if (nb == 0) return {};
            }
            take_left();
            if (na == 1) return last_left(), Fallible<void>();
        } while (left_wins >= kMinGallop || right_wins >= kMinGallop);
        sorter.min_gallop = ++min_gallop;  // leaving gallop mode costs
    }
}

// The mirror image: na >= nb, b goes to the temporary array and the merge runs from the right.
Fallible<void> merge_high(Sorter& sorter, Span a, ssize_t na, Span b, ssize_t nb) {
    Span temporary = TRY(sorter.reserve(nb));
    temporary.copy(b, nb);
    Span start = a, right = temporary;
    Span to = b + (nb - 1), left = a + (na - 1);
    struct PutBack {
        Span &to, &right;
        ssize_t& count;
        ~PutBack() {
            if (count > 0) (to + -(count - 1)).copy(right, count);
        }
    } put_back{to, right, nb};
    auto take_left = [&] { to.set(0, left, 0), to = to + -1, left = left + -1, --na; };
    auto take_right = [&] { to.set(0, right, nb - 1), to = to + -1, --nb; };
    auto last_right = [&] {
        (to + -(na - 1)).move(left + -(na - 1), na);
        to = to + -na;
    };
    take_left();
    if (na == 0) return {};
    if (nb == 1) return last_right(), Fallible<void>();
    ssize_t min_gallop = sorter.min_gallop;
    for (;;) {
        ssize_t left_wins = 0, right_wins = 0;
        while (left_wins < min_gallop && right_wins < min_gallop) {
            if (LESS(right.keys[nb - 1], left.keys[0])) {
                take_left();
                ++left_wins, right_wins = 0;
                if (na == 0) return {};
            } else {
                take_right();
                ++right_wins, left_wins = 0;
                if (nb == 1) return last_right(), Fallible<void>();
            }
        }
        ++min_gallop;
        do {
            min_gallop -= min_gallop > 1;
            sorter.min_gallop = min_gallop;
            ssize_t k = left_wins = na - TRY(gallop_right(sorter, right.keys[nb - 1], start.keys, na, na - 1));
            if (k) {
                to = to + -k, left = left + -k;
                (to + 1).move(left + 1, k);
                na -= k;
                if (na == 0) return {};
            }
            take_right();
            if (nb == 1) return last_right(), Fallible<void>();
            k = right_wins = nb - TRY(gallop_left(sorter, left.keys[0], right.keys, nb, nb - 1));
            if (k) {
                to = to + -k;
                (to + 1).copy(right + (nb - k), k);
                nb -= k;
                if (nb == 1) return last_right(), Fallible<void>();
                if (nb == 0) return {};  // only with an inconsistent comparison
            }
            take_left();
            if (na == 0) return {};
        } while (left_wins >= kMinGallop || right_wins >= kMinGallop);
        sorter.min_gallop = ++min_gallop;
    }
}

// Merges pending runs i and i + 1.
Fallible<void> merge_at(Sorter& sorter, int i) {
    Span a = sorter.pending[i].start, b = sorter.pending[i + 1].start;
    ssize_t na = sorter.pending[i].length, nb = sorter.pending[i + 1].length;
    sorter.pending[i].length = na + nb;
    if (i == sorter.pending_count - 3) sorter.pending[i + 1] = sorter.pending[i + 2];
    --sorter.pending_count;
    // What is in place at both ends need not take part.
    ssize_t skipped = TRY(gallop_right(sorter, b.keys[0], a.keys, na, 0));
    a = a + skipped;
    na -= skipped;
    if (na == 0) return {};
    nb = TRY(gallop_left(sorter, a.keys[na - 1], b.keys, nb, nb - 1));
    if (nb <= 0) return {};
    return na <= nb ? merge_low(sorter, a, na, b, nb) : merge_high(sorter, a, na, b, nb);
}

// The power of the boundary between a run at `start` of length n1 and the next of length n2: the first bit in which the
// midpoints, as fractions of the whole, differ.
int boundary_power(ssize_t start, ssize_t n1, ssize_t n2, ssize_t total) {
    ssize_t a = 2 * start + n1, b = a + n1 + n2;
    for (int result = 0;;) {
        ++result;
        if (a >= total) {
            a -= total;
            b -= total;
        } else if (b >= total) {
            return result;
        }
        a <<= 1;
        b <<= 1;
    }
}

Fallible<void> found_run(Sorter& sorter, ssize_t next_length) {
    if (sorter.pending_count == 0) return {};
    Run& top = sorter.pending[sorter.pending_count - 1];
    int power = boundary_power(top.start.keys - sorter.base.keys, top.length, next_length, sorter.total);
    while (sorter.pending_count > 1 && sorter.pending[sorter.pending_count - 2].power > power)
        TRY(merge_at(sorter, sorter.pending_count - 2));
    sorter.pending[sorter.pending_count - 1].power = power;
    return {};
}

Fallible<void> collapse_all(Sorter& sorter) {
    while (sorter.pending_count > 1) {
        int i = sorter.pending_count - 2;
        if (i > 0 && sorter.pending[i - 1].length < sorter.pending[i + 1].length) --i;
        TRY(merge_at(sorter, i));
    }
    return {};
}

// Runs shorter than this are filled up by insertion; total / min_run is a power of two or a bit less.
ssize_t min_run_length(ssize_t total) {
    ssize_t remainder = 0;
    while (total >= 64) {
        remainder |= total & 1;
        total >>= 1;
    }
    return total + remainder;
}

Fallible<void> sort_span(Sorter& sorter, Span span, ssize_t total) {
    sorter.base = span;
    sorter.total = total;
    ssize_t min_run = min_run_length(total), left = total;
    while (left > 0) {
        bool descending;
        ssize_t length = TRY(count_run(sorter, span.keys, left, &descending));
        if (descending) {
            reverse_span(span.keys, length);
            if (span.values) reverse_span(span.values, length);
        }
        if (length < min_run) {
            ssize_t forced = left <= min_run ? left : min_run;
            TRY(binary_insertion_sort(sorter, span, forced, length));
            length = forced;
        }
        TRY(found_run(sorter, length));
        sorter.pending[sorter.pending_count++] = {span, length, 0};
        span = span + length;
        left -= length;
    }
    return collapse_all(sorter);
}

// Holds the items while the list looks empty to the code that comparisons run.
struct DetachedItems {
    List* list;
    Object** items;
    ssize_t size, allocated;
    explicit DetachedItems(List* l) : list(l), items(l->items), size(l->size), allocated(l->allocated) {
        l->items = nullptr;
        l->size = 0;
        l->allocated = -1;  // any change of the list gives it another value
    }
    bool was_modified() const { return list->allocated != -1 || list->items; }
    void put_back() {
        Object** meanwhile = list->items;
        ssize_t count = list->size;
        list->items = items;
        list->size = size;
        list->allocated = allocated;
        if (!meanwhile) return;
        while (--count >= 0)
            xdecref(meanwhile[count]);
        deallocate(meanwhile);
    }
};

Fallible<void> make_keys(Object* function, Object** items, ssize_t count, Object** keys) {
    for (ssize_t i = 0; i < count; ++i) {
        auto key = call(function, items[i]);
        if (!key.ok()) {
            while (--i >= 0)
                decref(keys[i]);
            return raised;
        }
        keys[i] = key.release();
    }
    return {};
}

Fallible<void> sort_items(Object** items, ssize_t count, Object** keys, bool reverse) {
    if (count < 2) return {};
    Sorter sorter;
    Span span{keys ? keys : items, keys ? items : nullptr};
    sorter.has_values = keys != nullptr;
    choose_comparison(sorter, span.keys, count);
    // Reversing before and after keeps equal items in their order.
    auto turn = [&] {
        if (!reverse) return;
        reverse_span(span.keys, count);
        if (span.values) reverse_span(span.values, count);
    };
    turn();
    auto sorted = sort_span(sorter, span, count);
    turn();
    return sorted;
}

Fallible<void> sort_detached(Object** items, ssize_t count, Object* key_function, bool reverse) {
    if (!key_function) return sort_items(items, count, nullptr, reverse);
    if (count == 0) return {};
    auto keys = static_cast<Object**>(allocate(size_t(count) * sizeof(Object*)));
    if (!keys) return raise_memory_error();
    Fallible<void> result = make_keys(key_function, items, count, keys);
    if (result.ok()) {
        result = sort_items(items, count, keys, reverse);
        for (ssize_t i = 0; i < count; ++i)
            decref(keys[i]);
    }
    deallocate(keys);
    return result;
}

}  // namespace

Fallible<void> list_sort(List* list, Object* key_function, bool reverse) {
    Ref<List> alive = share(list);
    DetachedItems detached(list);
    auto sorted = sort_detached(detached.items, detached.size, key_function, reverse);
    if (detached.was_modified() && sorted.ok()) sorted = raise(exc::ValueError, "list modified during sort");
    detached.put_back();
    return sorted;
}

}  // namespace py
