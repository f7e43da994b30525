// The types of _collections.
#pragma once

#include "interp/objects/abstract.h"
#include "interp/objects/call.h"
#include "interp/objects/containers.h"
#include "interp/objects/dict.h"
#include "interp/objects/errors.h"
#include "interp/objects/int.h"
#include "interp/objects/member_slots.h"
#include "interp/objects/method_def.h"
#include "interp/objects/module.h"
#include "interp/objects/str.h"
#include "interp/objects/types.h"

namespace py::collections {

extern Type deque_type, deque_iterator_type, deque_reverse_iterator_type, defaultdict_type, tuplegetter_type;

// Items stand in a doubly linked list of blocks; the ends are never empty of room on the inner side.
constexpr ssize_t kBlockLength = 64, kBlockCenter = (kBlockLength - 1) / 2;
struct DequeBlock {
    DequeBlock* left;
    Object* items[kBlockLength];
    DequeBlock* right;
};
constexpr int kFreeBlocksMax = 16;
struct Deque : VarObject {
    DequeBlock *left_block, *right_block;
    ssize_t left_index, right_index;  // of the first and the last item; when empty left == right + 1
    size_t state;                     // changes with every change of the items
    ssize_t max_length;               // -1: none
    ssize_t free_count;
    DequeBlock* free_blocks[kFreeBlocksMax];
    Object* weaklist;
};
inline Deque* as_deque(Object* object) {
    return static_cast<Deque*>(object);
}
Fallible<void> deque_append(Deque* deque, Ref<> item);
Fallible<void> deque_append_left(Deque* deque, Ref<> item);
Fallible<Ref<>> deque_pop(Deque* deque);
Fallible<Ref<>> deque_pop_left(Deque* deque);
Fallible<void> deque_rotate(Deque* deque, ssize_t steps);
Fallible<void> deque_extend(Deque* deque, Object* iterable);
void deque_clear(Deque* deque);
Object** deque_slot(Deque* deque, ssize_t index);  // 0 <= index < size
Fallible<Ref<>> deque_copy(Object* deque);
Object* deque_iter(Object* deque);
// Walks the items from the left.
struct DequeWalk {
    DequeBlock* block;
    ssize_t index;
    explicit DequeWalk(Deque* deque) : block(deque->left_block), index(deque->left_index) {}
    Object*& item() const { return block->items[index]; }
    void advance() {
        if (++index == kBlockLength) {
            block = block->right;
            index = 0;
        }
    }
};
extern MethodDef deque_methods[];
extern SequenceMethods deque_sequence;
Object* deque_richcompare(Object* a, Object* b, int op);

}  // namespace py::collections
