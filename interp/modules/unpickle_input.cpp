// _pickle.Unpickler: bytes from the data at hand or from a file, read ahead where the file can be peeked at; and the stack.
#include <cstdlib>
#include <cstring>

#include "interp/modules/pickle.h"

namespace py::pickle {

namespace {

constexpr ssize_t kPrefetch = 128 * 1024;

Fallible<void> set_input(Unpickler* self, Object* data) {
    drop_input(self);
    TRY(buffer_get(data, &self->input, kBufferSimple));
    self->position = 0;
    return {};
}
// Puts `rest`, which was read but not used, in front of what the file gives next.
Fallible<Ref<>> with_rest(std::string_view rest, Ref<> data) {
    if (rest.empty() || !is_bytes(data.get())) return data;
    Ref<Bytes> joined = TRY(bytes_new(ssize_t(rest.size()) + as_bytes(data.get())->size));
    std::memcpy(joined->data, rest.data(), rest.size());
    std::memcpy(joined->data + rest.size(), as_bytes(data.get())->data, size_t(as_bytes(data.get())->size));
    return joined;
}
// Has `count` bytes more at hand, or as many as there are.
Fallible<void> refill(Unpickler* self, ssize_t count) {
    TRY(skip_consumed(self));
    std::string_view rest;
    if (self->data() && self->prefetched < 0) rest = {self->data() + self->position, size_t(self->input.length - self->position)};
    if (self->peek && rest.empty() && count < kPrefetch) {
        Ref<Int> size = TRY(int_from(kPrefetch));
        auto peeked = call(self->peek, static_cast<Object*>(size.get()));
        if (!peeked.ok()) {
            if (!clear_error_if(exc::NotImplementedError)) return raised;
            clear_slot(self->peek);
        } else {
            TRY(set_input(self, peeked.take().get()));
            self->prefetched = 0;
            if (self->input.length >= count) return {};
        }
    }
    Ref<Int> size = TRY(int_from(count - ssize_t(rest.size())));
    Ref<> data = TRY(call(self->read, static_cast<Object*>(size.get())));
    data = TRY(with_rest(rest, std::move(data)));
    return set_input(self, data.get());
}

}  // namespace

Raised raise_truncated() {
    return raise(unpickling_error(), "pickle data was truncated");
}
void drop_input(Unpickler* self) {
    buffer_release(&self->input);
    self->input = {};
    self->position = 0;
    self->prefetched = -1;
}
// What was used of data that was only peeked at is read from the file now.
Fallible<void> skip_consumed(Unpickler* self) {
    if (self->prefetched < 0) return {};
    ssize_t used = self->position - self->prefetched;
    self->prefetched = self->position;
    bool again = used > 0;
    if (again) {
        Ref<Int> size = TRY(int_from(used));
        TRY(call(self->read, static_cast<Object*>(size.get())));
    }
    drop_input(self);
    return {};
}
Fallible<std::string_view> read_bytes(Unpickler* self, ssize_t count) {
    if (count > self->input.length - self->position) {
        if (!self->read) return raise_truncated();
        TRY(refill(self, count));
        if (count > self->input.length) return raise_truncated();
    }
    std::string_view bytes{self->data() + self->position, size_t(count)};
    self->position += count;
    return bytes;
}
Fallible<void> read_into(Unpickler* self, char* to, ssize_t count) {
    ssize_t at_hand = self->input.length - self->position;
    if (at_hand > count) at_hand = count;
    if (at_hand > 0) {
        std::memcpy(to, self->data() + self->position, size_t(at_hand));
        self->position += at_hand;
        to += at_hand;
        count -= at_hand;
    }
    if (count == 0) return {};
    if (!self->read) return raise_truncated();
    TRY(skip_consumed(self));
    if (!self->readinto) {
        Ref<Int> size = TRY(int_from(count));
        Ref<> data = TRY(call(self->read, static_cast<Object*>(size.get())));
        if (!is_bytes(data.get())) return raise(exc::ValueError, "read() returned non-bytes object (%T)", data.get());
        if (as_bytes(data.get())->size < count) return raise_truncated();
        std::memcpy(to, as_bytes(data.get())->data, size_t(count));
        return {};
    }
    Ref<> view = TRY(memoryview_from_memory(to, count, true));
    Ref<> read = TRY(call(self->readinto, view.get()));
    ssize_t size = TRY(as_ssize(read.get()));
    if (size < 0) return raise(exc::ValueError, "readinto() returned negative size");
    if (size < count) return raise_truncated();
    return {};
}
Fallible<std::string_view> read_line(Unpickler* self) {
    auto start = self->data() + self->position;
    ssize_t left = self->input.length - self->position;
    auto end = left ? static_cast<const char*>(std::memchr(start, '\n', size_t(left))) : nullptr;
    if (!end && self->read) {
        std::string_view rest;
        if (self->prefetched < 0) rest = {start, size_t(left)};
        else TRY(skip_consumed(self));
        Ref<> line = TRY(call(self->readline));
        line = TRY(with_rest(rest, std::move(line)));
        TRY(set_input(self, line.get()));
        start = self->data();
        if (self->input.length > 0 && start[self->input.length - 1] == '\n') end = start + self->input.length - 1;
    }
    if (!end) return raise_truncated();
    self->position = end + 1 - self->data();
    self->line_capacity = end + 1 - start + 1;
    return std::string_view(start, size_t(end - start));
}

Fallible<std::string_view> read_filled_line(Unpickler* self) {
    std::string_view line = TRY(read_line(self));
    if (line.empty()) return raise_truncated();
    return line;
}

Raised Stack::underflow() {
    return raise(unpickling_error(), mark_count_ ? "unexpected MARK found" : "unpickling stack underflow");
}
Fallible<void> Stack::push(Ref<> object) {
    if (size_ == allocated_) {
        ssize_t capacity = allocated_ + (allocated_ >> 3) + 6;
        if (capacity < 8) capacity = 8;
        auto items = static_cast<Object**>(std::realloc(items_, size_t(capacity) * sizeof(Object*)));
        if (!items) return raise_memory_error();
        items_ = items;
        allocated_ = capacity;
    }
    items_[size_++] = object.release();
    return {};
}
Fallible<Ref<>> Stack::pop() {
    if (size_ <= fence()) return underflow();
    return steal(items_[--size_]);
}
Fallible<Object*> Stack::top(ssize_t depth) {
    if (size_ - depth <= fence()) return underflow();
    return items_[size_ - depth - 1];
}
Fallible<void> Stack::mark() {
    if (mark_count_ == marks_allocated_) {
        ssize_t capacity = (mark_count_ << 1) + 20;
        auto marks = static_cast<ssize_t*>(std::realloc(marks_, size_t(capacity) * sizeof(ssize_t)));
        if (!marks) return raise_memory_error();
        marks_ = marks;
        marks_allocated_ = capacity;
    }
    marks_[mark_count_++] = size_;
    return {};
}
Fallible<ssize_t> Stack::pop_mark() {
    if (mark_count_ == 0) return raise(unpickling_error(), "could not find MARK");
    return marks_[--mark_count_];
}
void Stack::truncate(ssize_t size) {
    while (size_ > size) decref(items_[--size_]);
}
Fallible<Ref<Tuple>> Stack::take_tuple(ssize_t start) {
    if (start < fence()) return underflow();
    Ref<Tuple> tuple = TRY(tuple_new(size_ - start));
    for (ssize_t i = start; i < size_; ++i) tuple->items[i - start] = items_[i];
    size_ = start;
    return tuple;
}
Fallible<Ref<List>> Stack::take_list(ssize_t start) {
    if (start < fence()) return underflow();
    Ref<List> list = TRY(list_new(size_ - start));
    for (ssize_t i = start; i < size_; ++i) list->items[i - start] = items_[i];
    size_ = start;
    return list;
}
void Stack::clear() {
    mark_count_ = 0;
    truncate(0);
    std::free(std::exchange(items_, nullptr));
    allocated_ = 0;
}
void Stack::free_marks() {
    std::free(std::exchange(marks_, nullptr));
    marks_allocated_ = 0;
}

}  // namespace py::pickle
