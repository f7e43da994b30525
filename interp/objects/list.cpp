// list: growth, slices, methods and the type object. Sorting is in list_sort.cpp, the iterators in list_iterator.cpp.
#include "interp/objects/abstract.h"
#include "interp/objects/call.h"
#include "interp/objects/containers.h"
#include "interp/objects/dict.h"
#include "interp/objects/errors.h"
#include "interp/objects/int.h"
#include "interp/objects/list_iterator.h"
#include "interp/objects/memory.h"
#include "interp/objects/memory_trace.h"
#include "interp/objects/method_def.h"
#include "interp/objects/module.h"
#include "interp/objects/quick_equal.h"
#include "interp/objects/str.h"
#include "interp/objects/types.h"

#include <cstring>

namespace py {

namespace {

constexpr int kFreeListsMax = 80;
List* free_lists[kFreeListsMax];
int free_lists_count = 0;
int free_lists_limit = kFreeListsMax;
constexpr ssize_t kMaxItems = PTRDIFF_MAX / ssize_t(sizeof(Object*));

void copy_references(Object** to, Object* const* from, ssize_t count) {
    for (ssize_t i = 0; i < count; ++i)
        to[i] = new_reference(from[i]);
}

// An empty list, tracked.
List* list_allocate() {
    List* list;
    if (free_lists_count > 0) {
        list = free_lists[--free_lists_count];
        start_refcount(list);
    } else {
        list = static_cast<List*>(gc_object_new(&list_type, sizeof(List)));
        if (!list) return nullptr;
    }
    list->size = 0;
    list->items = nullptr;
    list->allocated = 0;
    gc_track(list);
    return list;
}

// Sets the size, growing by an eighth and a bit more so that appends cost constant time; shrinks below half, which cannot fail.
Fallible<void> list_resize(List* list, ssize_t size) {
    if (list->allocated >= size && size >= list->allocated / 2) {
        list->size = size;
        return {};
    }
    if (size > kMaxItems) return raise_memory_error();
    size_t capacity = (size_t(size) + (size_t(size) >> 3) + 6) & ~size_t(3);
    // Growth far beyond the present size is not over-allocated beyond rounding.
    if (size - list->size > ssize_t(capacity) - size) capacity = (size_t(size) + 3) & ~size_t(3);
    if (size == 0) capacity = 0;
    Object** items = nullptr;
    if (capacity == 0) {
        deallocate(list->items);
    } else {
        items = static_cast<Object**>(reallocate(list->items, capacity * sizeof(Object*)));
        if (!items && list->allocated < size) return raise_memory_error();
        if (!items) {  // what shrinks has room where it is
            items = list->items;
            capacity = size_t(list->allocated);
        }
    }
    list->items = items;
    list->size = size;
    list->allocated = ssize_t(capacity);
    return {};
}

// First storage of an empty list; exact up to an even count.
Fallible<void> list_reserve_exact(List* list, ssize_t size) {
    if (size > kMaxItems) return raise_memory_error();
    ssize_t capacity = (size + 1) & ~ssize_t(1);
    list->items = static_cast<Object**>(allocate(size_t(capacity) * sizeof(Object*)));
    if (!list->items) return raise_memory_error();
    list->allocated = capacity;
    return {};
}

void list_clear_items(List* list) {
    Object** items = list->items;
    if (!items) return;
    ssize_t size = list->size;
    list->size = 0;
    list->items = nullptr;
    list->allocated = 0;
    while (--size >= 0)
        xdecref(items[size]);
    deallocate(items);
}

}  // namespace

Fallible<Ref<List>> list_with_capacity(ssize_t capacity) {
    if (capacity > kMaxItems) return raise_memory_error();
    Ref<List> list = steal(list_allocate());
    if (!list) return raised;
    if (capacity > 0) {
        list->items = static_cast<Object**>(allocate(size_t(capacity) * sizeof(Object*)));
        if (!list->items) return raise_memory_error();
        list->allocated = capacity;
    }
    return list;
}

int list_free_list_count() { return free_lists_count; }
void list_keep_dead_ones(bool keep) {
    free_lists_limit = keep ? kFreeListsMax : 0;
    if (!keep) list_clear_free_list();
}
void list_clear_free_list() {
    while (free_lists_count > 0)
        gc_object_free(free_lists[--free_lists_count]);
}

Fallible<Ref<List>> list_new(ssize_t size) {
    Ref<List> list = TRY(list_with_capacity(size));
    if (size > 0) std::memset(list->items, 0, size_t(size) * sizeof(Object*));
    list->size = size;
    return list;
}

Fallible<Ref<List>> list_from_array(Object* const* items, ssize_t count) {
    Ref<List> list = TRY(list_with_capacity(count));
    copy_references(list->items, items, count);
    list->size = count;
    return list;
}

Fallible<Ref<List>> list_steal_array(Object** items, ssize_t count) {
    auto made = list_with_capacity(count);
    if (!made.ok()) {
        for (ssize_t i = 0; i < count; ++i)
            decref(items[i]);
        return raised;
    }
    Ref<List> list = made.take();
    if (count > 0) std::memcpy(list->items, items, size_t(count) * sizeof(Object*));
    list->size = count;
    return list;
}

Fallible<void> list_append(List* list, Object* item) {
    ssize_t size = list->size;
    if (size < list->allocated) [[likely]] {
        list->items[size] = new_reference(item);
        list->size = size + 1;
        return {};
    }
    TRY(list_resize(list, size + 1));
    list->items[size] = new_reference(item);
    return {};
}

Fallible<void> list_append_steal(List* list, Ref<> item) {
    ssize_t size = list->size;
    if (size < list->allocated)
        list->size = size + 1;
    else
        TRY(list_resize(list, size + 1));
    list->items[size] = item.release();
    return {};
}

Fallible<void> list_insert(List* list, ssize_t index, Object* item) {
    ssize_t size = list->size;
    TRY(list_resize(list, size + 1));
    if (index < 0 && (index += size) < 0) index = 0;
    if (index > size) index = size;
    std::memmove(list->items + index + 1, list->items + index, size_t(size - index) * sizeof(Object*));
    list->items[index] = new_reference(item);
    return {};
}

Fallible<Ref<List>> list_get_slice(List* list, ssize_t start, ssize_t end) {
    if (start < 0) start = 0;
    if (start > list->size) start = list->size;
    if (end < start) end = start;
    if (end > list->size) end = list->size;
    return list_from_array(list->items + start, end - start);
}

namespace {

Fallible<void> extend_from_array(List* list, Object* source) {
    ssize_t size = list->size, added = fast_sequence_size(source);
    if (added == 0) return {};
    if (size > kMaxItems - added) return raise_memory_error();
    TRY(list_resize(list, size + added));
    // The source may be the list itself: its items are asked for after the resize.
    copy_references(list->items + size, fast_sequence_items(source), added);
    return {};
}

Fallible<void> extend_from_iterator(List* list, Object* iterable) {
    Ref<> iterator = TRY(iter(iterable));
    ssize_t expected = TRY(length_hint(iterable, 8));
    ssize_t size = list->size;
    if (!list->items && expected > 0) {
        TRY(list_reserve_exact(list, expected));
    } else if (size <= PTRDIFF_MAX - expected && expected > 0) {
        TRY(list_resize(list, size + expected));
        list->size = size;
    }
    UnarySlot next_slot = iterator->type->iternext;
    for (;;) {
        Object* item = next_slot(iterator.get());
        if (!item) {
            if (error_occurred() && !clear_error_if(exc::StopIteration)) return raised;
            break;
        }
        if (list->size < list->allocated)
            list->items[list->size++] = item;
        else
            TRY(list_append_steal(list, steal(item)));
    }
    // Gives back what the length hint promised too much.
    if (list->size < list->allocated) TRY(list_resize(list, list->size));
    return {};
}

}  // namespace

Fallible<void> list_extend(List* list, Object* iterable) {
    if (is_list_exact(iterable) || is_tuple_exact(iterable) || iterable == list) {
        ssize_t added = fast_sequence_size(iterable);
        if (!list->items && added > 0) {
            TRY(list_reserve_exact(list, added));
            copy_references(list->items, fast_sequence_items(iterable), added);
            list->size = added;
            return {};
        }
        return extend_from_array(list, iterable);
    }
    return extend_from_iterator(list, iterable);
}

Fallible<void> list_set_slice(List* list, ssize_t start, ssize_t end, Object* iterable) {
    if (iterable == list) {
        Ref<List> copy = TRY(list_get_slice(list, 0, list->size));
        return list_set_slice(list, start, end, copy.get());
    }
    Ref<> source;
    ssize_t inserted = 0;
    if (iterable) {
        source = TRY(fast_sequence(iterable, "can only assign an iterable"));
        inserted = fast_sequence_size(source.get());
    }
    if (start < 0) start = 0;
    if (start > list->size) start = list->size;
    if (end < start) end = start;
    if (end > list->size) end = list->size;
    ssize_t removed = end - start, growth = inserted - removed, size = list->size;
    if (size + growth == 0) {
        list_clear_items(list);
        return {};
    }
    // The removed items die last, when the list is whole again.
    Object* few[8];
    Object** garbage = few;
    if (removed > 8) {
        garbage = static_cast<Object**>(allocate(size_t(removed) * sizeof(Object*)));
        if (!garbage) return raise_memory_error();
    }
    if (removed > 0) std::memcpy(garbage, list->items + start, size_t(removed) * sizeof(Object*));
    Fallible<void> resized;
    if (growth < 0) {
        std::memmove(list->items + end + growth, list->items + end, size_t(size - end) * sizeof(Object*));
        resized = list_resize(list, size + growth);
    } else if (growth > 0) {
        resized = list_resize(list, size + growth);
        if (resized.ok())
            std::memmove(list->items + end + growth, list->items + end, size_t(size - end) * sizeof(Object*));
    }
    if (resized.ok()) {
        if (inserted > 0) copy_references(list->items + start, fast_sequence_items(source.get()), inserted);
        for (ssize_t i = removed; --i >= 0;)
            xdecref(garbage[i]);
    }
    if (garbage != few) deallocate(garbage);
    return resized;
}

Fallible<void> list_reverse(List* list) {
    for (ssize_t i = 0, j = list->size - 1; i < j; ++i, --j)
        std::swap(list->items[i], list->items[j]);
    return {};
}

namespace {

void list_dealloc(Object* object) {
    List* list = as_list(object);
    gc_untrack(list);
    DeallocGuard guard(list);
    if (!guard.entered()) return;
    if (list->items) {
        for (ssize_t i = list->size; --i >= 0;)
            xdecref(list->items[i]);
        deallocate(list->items);
    }
    if (is_list_exact(list) && free_lists_count < free_lists_limit)
        free_lists[free_lists_count++] = list;
    else
        object_memory_free(list);
}

int list_traverse(Object* object, Visit visit, void* arg) {
    List* list = as_list(object);
    for (ssize_t i = list->size; --i >= 0;)
        VISIT(list->items[i]);
    return 0;
}

int list_clear_slot(Object* object) {
    list_clear_items(as_list(object));
    return 0;
}

ssize_t list_length(Object* object) {
    return as_list(object)->size;
}

Object* list_item(Object* object, ssize_t index) {
    List* list = as_list(object);
    if (size_t(index) >= size_t(list->size)) return raise(exc::IndexError, "list index out of range");
    return new_reference(list->items[index]);
}

int list_store_item(Object* object, ssize_t index, Object* value) {
    List* list = as_list(object);
    if (size_t(index) >= size_t(list->size)) return raise(exc::IndexError, "list assignment index out of range");
    if (!value) return list_set_slice(list, index, index + 1, nullptr).release();
    replace_slot(list->items[index], new_reference(value));
    return 0;
}

int list_contains(Object* object, Object* item) {
    List* list = as_list(object);
    for (ssize_t i = 0; i < list->size; ++i) {
        Object* candidate = list->items[i];
        int quick = quick_equal(candidate, item);
        if (quick > 0) return 1;
        if (quick == 0) continue;
        Ref<> held = share(candidate);
        if (TRY(rich_compare_bool(candidate, item, kEqual))) return 1;
    }
    return 0;
}

Object* list_concat(Object* a, Object* b) {
    if (!is_list(b)) return raise(exc::TypeError, "can only concatenate list (not \"%.200s\") to list", b->type->name);
    List *left = as_list(a), *right = as_list(b);
    if (left->size > kMaxItems - right->size) return raise_memory_error();
    Ref<List> result = TRY(list_with_capacity(left->size + right->size));
    copy_references(result->items, left->items, left->size);
    copy_references(result->items + left->size, right->items, right->size);
    result->size = left->size + right->size;
    return result.release();
}

// Fills `size` items with copies of the first `count`, which are there already; counts are right afterwards.
void repeat_items(Object** items, ssize_t count, ssize_t size, ssize_t added_references) {
    for (ssize_t i = 0; i < count; ++i)
        incref_times(items[i], added_references);
    if (count == 1) {
        for (ssize_t i = 1; i < size; ++i)
            items[i] = items[0];
        return;
    }
    for (ssize_t i = count; i < size; i += count)
        std::memcpy(items + i, items, size_t(count) * sizeof(Object*));
}

Object* list_repeat(Object* object, ssize_t count) {
    List* list = as_list(object);
    if (count <= 0 || list->size == 0) return list_new(0).release();
    if (list->size > kMaxItems / count) return raise_memory_error();
    ssize_t size = list->size * count;
    Ref<List> result = TRY(list_with_capacity(size));
    std::memcpy(result->items, list->items, size_t(list->size) * sizeof(Object*));
    repeat_items(result->items, list->size, size, count);
    result->size = size;
    return result.release();
}

Object* list_inplace_repeat(Object* object, ssize_t count) {
    List* list = as_list(object);
    ssize_t old = list->size;
    if (old == 0 || count == 1) return new_reference(list);
    if (count < 1) {
        list_clear_items(list);
        return new_reference(list);
    }
    if (old > kMaxItems / count) return raise_memory_error();
    TRY(list_resize(list, old * count));
    repeat_items(list->items, old, old * count, count - 1);
    return new_reference(list);
}

Object* list_inplace_concat(Object* object, Object* other) {
    TRY(list_extend(as_list(object), other));
    return new_reference(object);
}

Object* list_subscript(Object* object, Object* key) {
    List* list = as_list(object);
    if (is_index(key)) {
        ssize_t index = TRY(index_as_ssize(key, exc::IndexError));
        if (index < 0) index += list->size;
        return list_item(list, index);
    }
    if (key->type != &slice_type)
        return raise(exc::TypeError, "list indices must be integers or slices, not %.200s", key->type->name);
    ssize_t start, stop, step;
    TRY(slice_unpack(static_cast<Slice*>(key), &start, &stop, &step));
    ssize_t count = slice_adjust(list->size, &start, &stop, step);
    if (count <= 0) return list_new(0).release();
    if (step == 1) return list_get_slice(list, start, stop).release();
    Ref<List> result = TRY(list_with_capacity(count));
    for (ssize_t i = 0; i < count; ++i, start += step)
        result->items[i] = new_reference(list->items[start]);
    result->size = count;
    return result.release();
}

// del list[start:stop:step] with |step| > 1.
Fallible<void> delete_stepped(List* list, ssize_t start, ssize_t stop, ssize_t step, ssize_t count) {
    if (count <= 0) return {};
    if (step < 0) {
        stop = start + 1;
        start = stop + step * (count - 1) - 1;
        step = -step;
    }
    auto garbage = static_cast<Object**>(allocate(size_t(count) * sizeof(Object*)));
    if (!garbage) return raise_memory_error();
    ssize_t to = start, from = start, size = list->size;
    for (ssize_t i = 0; i < count; ++i) {
        garbage[i] = list->items[from++];
        ssize_t kept = i + 1 < count ? step - 1 : size - from;
        std::memmove(list->items + to, list->items + from, size_t(kept) * sizeof(Object*));
        to += kept;
        from += kept;
    }
    list->size = to;
    Fallible<void> resized = list_resize(list, to);
    for (ssize_t i = 0; i < count; ++i)
        decref(garbage[i]);
    deallocate(garbage);
    return resized;
}

Fallible<void> assign_stepped(List* list, ssize_t start, ssize_t step, ssize_t count, Object* value) {
    Ref<> source;
    if (value == list)
        source = TRY(list_get_slice(list, 0, list->size));
    else
        source = TRY(fast_sequence(value, "must assign iterable to extended slice"));
    if (fast_sequence_size(source.get()) != count)
        return raise(exc::ValueError, "attempt to assign sequence of size %zd to extended slice of size %zd",
                     fast_sequence_size(source.get()), count);
    if (count <= 0) return {};
    auto garbage = static_cast<Object**>(allocate(size_t(count) * sizeof(Object*)));
    if (!garbage) return raise_memory_error();
    Object** items = fast_sequence_items(source.get());
    for (ssize_t i = 0; i < count; ++i, start += step)
        garbage[i] = std::exchange(list->items[start], new_reference(items[i]));
    for (ssize_t i = 0; i < count; ++i)
        decref(garbage[i]);
    deallocate(garbage);
    return {};
}

int list_store_subscript(Object* object, Object* key, Object* value) {
    List* list = as_list(object);
    if (is_index(key)) {
        ssize_t index = TRY(index_as_ssize(key, exc::IndexError));
        if (index < 0) index += list->size;
        return list_store_item(list, index, value);
    }
    if (key->type != &slice_type)
        return raise(exc::TypeError, "list indices must be integers or slices, not %.200s", key->type->name);
    ssize_t start, stop, step;
    TRY(slice_unpack(static_cast<Slice*>(key), &start, &stop, &step));
    ssize_t count = slice_adjust(list->size, &start, &stop, step);
    if (step == 1) return list_set_slice(list, start, stop, value).release();
    // An empty slice inserts at start even where stop lies before it.
    if ((step < 0 && start < stop) || (step > 0 && start > stop)) stop = start;
    if (!value) return delete_stepped(list, start, stop, step, count).release();
    return assign_stepped(list, start, step, count, value).release();
}

Fallible<Ref<>> list_repr(Object* object) {
    List* list = as_list(object);
    if (list->size == 0) return str_from_ascii("[]");
    ReprGuard guard(object);
    if (!guard.ok()) return raised;
    if (guard.is_shown_already()) return str_from_ascii("[...]");
    StrBuilder text;
    TRY(text.append_ascii("["));
    for (ssize_t i = 0; i < list->size; ++i) {
        if (i > 0) TRY(text.append_ascii(", "));
        Ref<> item = share(list->items[i]);
        TRY(text.append(TRY(repr(item.get())).get()));
    }
    TRY(text.append_ascii("]"));
    return text.finish();
}

Object* list_richcompare(Object* a, Object* b, int op) {
    if (!is_list(a) || !is_list(b)) return new_reference(not_implemented());
    List *left = as_list(a), *right = as_list(b);
    // FAST: lists of different length are not equal.
    if (left->size != right->size && (op == kEqual || op == kNotEqual)) return compare_result(op == kNotEqual);
    ssize_t i = 0;
    for (; i < left->size && i < right->size; ++i) {
        int quick = quick_equal(left->items[i], right->items[i]);
        if (quick > 0) continue;
        if (quick == 0) break;
        Ref<> x = share(left->items[i]), y = share(right->items[i]);
        if (!TRY(rich_compare_bool(x.get(), y.get(), kEqual))) break;
    }
    if (i >= left->size || i >= right->size)
        return compare_outcome(left->size < right->size ? -1 : left->size > right->size, op);
    if (op == kEqual) return compare_result(false);
    if (op == kNotEqual) return compare_result(true);
    Ref<> x = share(left->items[i]), y = share(right->items[i]);
    return rich_compare(x.get(), y.get(), CompareOp(op)).release();
}

// list(iterable=(), /)
int list_tp_init(Object* self, Object* args, Object* kwargs) {
    List* list = as_list(self);
    if (self->type == &list_type || self->type->new_ == list_type.new_) TRY(check_no_keywords("list", kwargs));
    TRY(check_positional("list", as_tuple(args)->size, 0, 1));
    if (list->items) list_clear_items(list);
    if (as_tuple(args)->size) TRY(list_extend(list, as_tuple(args)->items[0]));
    return 0;
}

Object* list_vectorcall(Object* type, Object* const* args, size_t nargsf, Object* kwnames) {
    TRY(check_no_keywords("list", kwnames));
    ssize_t nargs = vectorcall_nargs(nargsf);
    TRY(check_positional("list", nargs, 0, 1));
    Ref<List> list = TRY(list_new(0));
    if (nargs) TRY(list_extend(list.get(), args[0]));
    return list.release();
}

// list.insert(index, object, /)
Fallible<Ref<>> list_insert_method(Object* self, Object* const* args, ssize_t nargs) {
    TRY(check_positional("insert", nargs, 2, 2));
    TRY(list_insert(as_list(self), TRY(as_ssize(args[0])), args[1]));
    return share(none());
}
// list.clear()
Fallible<Ref<>> list_clear_method(Object* self) {
    list_clear_items(as_list(self));
    return share(none());
}
// list.copy()
Fallible<Ref<>> list_copy(Object* self) {
    return list_from_array(as_list(self)->items, as_list(self)->size);
}
// list.append(object, /)
Fallible<Ref<>> list_append_method(Object* self, Object* item) {
    TRY(list_append(as_list(self), item));
    return share(none());
}
// list.extend(iterable, /)
Fallible<Ref<>> list_extend_method(Object* self, Object* iterable) {
    TRY(list_extend(as_list(self), iterable));
    return share(none());
}
// list.pop(index=-1, /)
Fallible<Ref<>> list_pop(Object* self, Object* const* args, ssize_t nargs) {
    TRY(check_positional("pop", nargs, 0, 1));
    List* list = as_list(self);
    ssize_t index = -1;
    if (nargs) index = TRY(as_ssize(args[0]));
    if (list->size == 0) return raise(exc::IndexError, "pop from empty list");
    if (index < 0) index += list->size;
    if (size_t(index) >= size_t(list->size)) return raise(exc::IndexError, "pop index out of range");
    Ref<> item = steal(list->items[index]);
    ssize_t size = list->size - 1;
    std::memmove(list->items + index, list->items + index + 1, size_t(size - index) * sizeof(Object*));
    TRY(list_resize(list, size));
    return item;
}
// list.reverse()
Fallible<Ref<>> list_reverse_method(Object* self) {
    TRY(list_reverse(as_list(self)));
    return share(none());
}
// list.index(value, start=0, stop=sys.maxsize, /)
Fallible<Ref<>> list_index(Object* self, Object* const* args, ssize_t nargs) {
    TRY(check_positional("index", nargs, 1, 3));
    List* list = as_list(self);
    ssize_t start = 0, stop = PTRDIFF_MAX;
    if (nargs > 1) TRY(slice_bound(args[1], &start));
    if (nargs > 2) TRY(slice_bound(args[2], &stop));
    if (start < 0 && (start += list->size) < 0) start = 0;
    if (stop < 0 && (stop += list->size) < 0) stop = 0;
    for (ssize_t i = start; i < stop && i < list->size; ++i) {
        Ref<> candidate = share(list->items[i]);
        if (TRY(container_equal(candidate.get(), args[0]))) return int_from(i);
    }
    return raise(exc::ValueError, "%R is not in list", args[0]);
}
// list.count(value, /)
Fallible<Ref<>> list_count(Object* self, Object* value) {
    List* list = as_list(self);
    ssize_t count = 0;
    for (ssize_t i = 0; i < list->size; ++i) {
        Ref<> candidate = share(list->items[i]);
        count += TRY(container_equal(candidate.get(), value));
    }
    return int_from(count);
}
// list.remove(value, /)
Fallible<Ref<>> list_remove(Object* self, Object* value) {
    List* list = as_list(self);
    for (ssize_t i = 0; i < list->size; ++i) {
        Ref<> candidate = share(list->items[i]);
        if (!TRY(container_equal(candidate.get(), value))) continue;
        TRY(list_set_slice(list, i, i + 1, nullptr));
        return share(none());
    }
    return raise(exc::ValueError, "list.remove(x): x not in list");
}
// list.sort(*, key=None, reverse=False)
Fallible<Ref<>> list_sort_method(Object* self, Object* const* bound) {
    bool reverse = bound[1] && TRY(as_c_int(bound[1]))
    != 0;
    TRY(list_sort(as_list(self), unless_none(bound[0]), reverse));
    return share(none());
}
// list.__sizeof__()
Fallible<Ref<>> list_sizeof(Object* self) {
    return int_from(self->type->basic_size + as_list(self)->allocated * ssize_t(sizeof(Object*)));
}
// list.__getitem__(index, /)
Fallible<Ref<>> list_getitem(Object* self, Object* key) {
    return Fallible<Ref<>>::from_slot(list_subscript(self, key));
}

MethodDef list_methods[] = {
    {"__getitem__", (CFunction)wrap_o<list_getitem>, kO | kCoexist, "x.__getitem__(y) <==> x[y]"},
    METHOD_NOARGS("__reversed__", list_reversed, "($self, /)", "Iterates over the list backwards."),
    METHOD_NOARGS("__sizeof__", list_sizeof, "($self, /)", "Bytes in memory, room for growth included."),
    METHOD_NOARGS("clear", list_clear_method, "($self, /)", "Takes out every item."),
    METHOD_NOARGS("copy", list_copy, "($self, /)", "A shallow copy."),
    METHOD_O("append", list_append_method, "($self, object, /)", "Adds an item at the end."),
    METHOD_FAST("insert", list_insert_method, "($self, index, object, /)", "Puts an item in before the index."),
    METHOD_O("extend", list_extend_method, "($self, iterable, /)", "Adds the iterable's items at the end."),
    METHOD_FAST("pop", list_pop, "($self, index=-1, /)", "Takes out and returns the item at the index (the last one)."),
    METHOD_O("remove", list_remove, "($self, value, /)",
             "Takes out the first item equal to the value; ValueError if none is."),
    METHOD_FAST("index", list_index, "($self, value, start=0, stop=sys.maxsize, /)",
                "The first index of the value; ValueError where it is absent."),
    METHOD_O("count", list_count, "($self, value, /)", "How often the value occurs."),
    METHOD_NOARGS("reverse", list_reverse_method, "($self, /)", "Turns the list round, in place."),
    METHOD("sort", list_sort_method, "($self, /, *, key=None, reverse=False)",
           "Sorts in place, stably, in ascending order; by key(item) where a key is given, descending with reverse."),
    CLASS_GETITEM_ROW,
    END_ROW,
};
SequenceMethods list_sequence = {.length = list_length,
                                 .concat = list_concat,
                                 .repeat = list_repeat,
                                 .item = list_item,
                                 .store_item = list_store_item,
                                 .contains = list_contains,
                                 .inplace_concat = list_inplace_concat,
                                 .inplace_repeat = list_inplace_repeat};
MappingMethods list_mapping = {
    .length = list_length, .subscript = list_subscript, .store_subscript = list_store_subscript};

}  // namespace

constinit Type list_type = static_type({
    .name = "list",
    .basic_size = sizeof(List),
    .flags =
        type_flag::kHaveGc | type_flag::kBase | type_flag::kListSubclass | type_flag::kMatchSelf | type_flag::kSequence,
    .doc = "list(iterable=(), /)\n--\n\nA mutable sequence, filled with the iterable's items.",
    .dealloc = list_dealloc,
    .traverse = list_traverse,
    .clear = list_clear_slot,
    .repr = slot1<list_repr>,
    .hash = hash_not_implemented,
    .richcompare = list_richcompare,
    .vectorcall = list_vectorcall,
    .getattro = generic_getattro_slot,
    .iter = list_iter,
    .sequence = &list_sequence,
    .mapping = &list_mapping,
    .methods = list_methods,
    .init = list_tp_init,
    .new_ = generic_new,
});

}  // namespace py
