// Constants: from the tree's values to objects, and the equality by which code objects share them.
#include "interp/compiler/constant.h"

#include <cmath>
#include <cstring>

#include "interp/objects/abstract.h"
#include "interp/objects/bytes.h"
#include "interp/objects/code.h"
#include "interp/objects/containers.h"
#include "interp/objects/errors.h"
#include "interp/objects/float.h"
#include "interp/objects/int.h"
#include "interp/objects/stack_check.h"
#include "interp/objects/str.h"
#include "interp/objects/types.h"

namespace py::compiler {

ObjectPool::~ObjectPool() {
    for (ast::Identifier name : names_)
        name->object = nullptr;
    for (Object* object : objects_)
        decref(object);
}

Object* ObjectPool::keep(Ref<> object) {
    objects_.push(object.get());
    return object.release();
}

Fallible<Str*> ObjectPool::str_of(ast::Identifier name) {
    if (name->object == nullptr) {
        Ref<Str> text = intern(TRY(str_from_utf8_surrogatepass(name->view())));
        names_.push(name);
        name->object = keep(std::move(text));
    }
    return static_cast<Str*>(name->object);
}

Fallible<Str*> ObjectPool::code_name(ast::Identifier name) {
    static Str* names[6];  // <module>, <lambda> and the four comprehensions: made once, for good
    if (name->view()[0] != '<') return str_of(name);
    for (Str*& each : names) {
        if (!each) each = TRY(str_from_ascii(name->view())).release();
        if (str_equals(each, name->view())) return each;
    }
    return str_of(name);
}

namespace {

Fallible<Ref<>> make_object(const ast::ConstantValue& value) {
    switch (value.kind) {
        case ast::ConstantKind::None: return share(none());
        case ast::ConstantKind::True: return share(py_true());
        case ast::ConstantKind::False: return share(py_false());
        case ast::ConstantKind::Ellipsis: return share(ellipsis());
        case ast::ConstantKind::Int: return int_from_text(value.text, value.base);
        case ast::ConstantKind::Float: return float_from(value.number);
        case ast::ConstantKind::Imaginary: return complex_from(0.0, value.number);
        case ast::ConstantKind::Str: return str_from_utf8_surrogatepass(value.text);
        case ast::ConstantKind::Bytes: return bytes_from(value.text);
        case ast::ConstantKind::Object: break;
    }
    return share(static_cast<Object*>(value.object));
}

bool same_double(double a, double b) {
    return a == b && std::signbit(a) == std::signbit(b);
}

Hash combine(Hash a, Hash b) {
    return Hash((size_t(a) ^ size_t(b)) * 1099511628211u);
}

Fallible<bool> tuples_equal(Tuple* a, Tuple* b) {
    if (a->size != b->size) return false;
    for (ssize_t i = 0; i < a->size; i++)
        if (!TRY(constants_equal(a->items[i], b->items[i]))) return false;
    return true;
}

Fallible<bool> frozensets_equal(Set* a, Set* b) {
    if (a->used != b->used) return false;
    ConstantTable table;
    ssize_t position = 0;
    Object* key;
    while (set_next(a, &position, &key, nullptr))
        TRY(table.add(key));
    position = 0;
    while (set_next(b, &position, &key, nullptr))
        if (TRY(table.find(key, TRY(constant_hash(key)))) < 0) return false;
    return true;
}

}  // namespace

Fallible<Object*> ObjectPool::object_of(ast::ConstantValue& value) {
    if (value.object == nullptr) value.object = keep(TRY(make_object(value)));
    return static_cast<Object*>(value.object);
}

Fallible<bool> constants_equal(Object* a, Object* b) {
    if (a == b) return true;
    TRY(check_stack(" in comparison"));
    if (a->type != b->type) return false;
    if (is_int_exact(a)) return int_compare(as_int(a), as_int(b)) == 0;
    if (is_str_exact(a)) return str_equals(as_str(a), as_str(b));
    if (is_bytes_exact(a)) return as_bytes(a)->view() == as_bytes(b)->view();
    if (is_float_exact(a)) return same_double(float_value(a), float_value(b));
    if (a->type == &complex_type) {
        auto *x = static_cast<Complex*>(a), *y = static_cast<Complex*>(b);
        return same_double(x->real, y->real) && same_double(x->imaginary, y->imaginary);
    }
    if (is_tuple_exact(a)) return tuples_equal(as_tuple(a), as_tuple(b));
    if (a->type == &frozenset_type) return frozensets_equal(as_set(a), as_set(b));
    if (is_code(a)) return equals(a, b);
    return false;
}

Fallible<Hash> constant_hash(Object* object) {
    TRY(check_stack(""));
    if (is_tuple_exact(object)) {
        Hash result = 1000003;
        for (ssize_t i = 0; i < as_tuple(object)->size; i++)
            result = combine(result, TRY(constant_hash(as_tuple(object)->items[i])));
        return result;
    }
    if (object->type == &frozenset_type) {
        Hash result = 7;
        ssize_t position = 0;
        Object* key;
        while (set_next(as_set(object), &position, &key, nullptr))
            result += TRY(constant_hash(key));
        return result;
    }
    if (is_int_exact(object)) return int_hash(as_int(object));
    if (is_str_exact(object)) return str_hash(as_str(object));
    if (is_float_exact(object) || object->type == &complex_type || is_bytes_exact(object))
        return combine(TRY(hash(object)), Hash(reinterpret_cast<uintptr_t>(object->type)));
    if (is_code(object)) return hash(object);
    TRY(hash(object));  // other types are told apart by identity, but must be hashable
    return Hash(reinterpret_cast<uintptr_t>(object) >> 4);
}

ConstantTable::~ConstantTable() {
    __builtin_free(slots_);
}

void ConstantTable::place(uint32_t entry) {
    size_t at = size_t(entries_[entry].hash);
    while (slots_[at & (slot_count_ - 1)] != 0)
        at++;
    slots_[at & (slot_count_ - 1)] = entry + 1;
}

Fallible<int> ConstantTable::find(Object* object, Hash hash) const {
    if (slot_count_ == 0) return -1;
    for (size_t at = size_t(hash);; at++) {
        uint32_t slot = slots_[at & (slot_count_ - 1)];
        if (slot == 0) return -1;
        const Entry& entry = entries_[slot - 1];
        if (entry.hash == hash && TRY(constants_equal(entry.object, object))) return int(slot - 1);
    }
}

int ConstantTable::find_identical(Object* object) const {
    for (uint32_t i = 0; i < entries_.size(); i++)
        if (entries_[i].object == object) return int(i);
    return -1;
}

int ConstantTable::append(Object* object, Hash hash) {
    entries_.push({object, hash});
    if (entries_.size() * 2 > slot_count_) {
        uint32_t count = slot_count_ == 0 ? 16 : slot_count_ * 4;
        auto* slots = ast::zeroed_array<uint32_t>(count);
        __builtin_free(slots_);
        slots_ = slots;
        slot_count_ = count;
        for (uint32_t i = 0; i < entries_.size(); i++)
            place(i);
    } else {
        place(entries_.size() - 1);
    }
    return int(entries_.size() - 1);
}

Fallible<int> ConstantTable::add(Object* object) {
    Hash hash = TRY(constant_hash(object));
    int found = TRY(find(object, hash));
    return found >= 0 ? found : append(object, hash);
}

Fallible<Object*> ConstantCache::merge_shallow(Object* object) {
    Hash hash = TRY(constant_hash(object));
    int found = TRY(table_.find(object, hash));
    if (found >= 0) return merged_[size_t(found)];
    table_.append(object, hash);
    merged_.push(object);
    return object;
}

Fallible<Object*> ConstantCache::merge(Object* object) {
    TRY(check_stack(" during compilation"));
    if (is_none(object) || object == ellipsis()) return object;
    Hash hash = TRY(constant_hash(object));
    int found = TRY(table_.find(object, hash));
    if (found >= 0) return merged_[size_t(found)];
    int number = table_.append(object, hash);
    merged_.push(object);
    if (is_tuple_exact(object)) {
        Tuple* tuple = as_tuple(object);
        for (ssize_t i = 0; i < tuple->size; i++) {
            Object* item = TRY(merge(tuple->items[i]));
            if (item != tuple->items[i]) replace_slot(tuple->items[i], new_reference(item));
        }
    } else if (object->type == &frozenset_type && as_set(object)->used > 0) {
        // The set is built anew in iteration order: its own table may come out differently from the one that was
        // merged.
        Ref<Tuple> items = TRY(tuple_new(as_set(object)->used));
        ssize_t position = 0, count = 0;
        Object* key;
        while (set_next(as_set(object), &position, &key, nullptr))
            items->items[count++] = new_reference(TRY(merge(key)));
        merged_[size_t(number)] = pool_.keep(TRY(frozenset_new(items.get())));
    }
    return merged_[size_t(number)];
}

}  // namespace py::compiler
