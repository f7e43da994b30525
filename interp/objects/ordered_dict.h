// collections.OrderedDict: a dict with a linked list of its keys. Internal to objects/ordered_dict*.cpp.
#pragma once

#include "interp/objects/dict_table.h"

namespace py {

struct OrderedNode {
    Object* key;
    Hash hash;
    OrderedNode *next, *previous;
};
struct OrderedDict : Dict {
    OrderedNode** nodes;  // by entry number of the dict's table
    ssize_t nodes_size;
    DictKeys* nodes_of;  // the table `nodes` belongs to
    size_t state;        // changes with every change of order
    OrderedNode *first, *last;
    Dict* instance_dict;
    Object* weaklist;
};
extern Type ordered_dict_type asm("PyODict_Type");
inline OrderedDict* as_ordered(Object* object) {
    return static_cast<OrderedDict*>(object);
}
inline bool is_ordered_dict(Object* object) {
    return is_instance_of(object, ordered_dict_type);
}

// The key's node; null when absent or (with the exception pending) when __hash__ or __eq__ raised.
OrderedNode* ordered_find(OrderedDict* dict, Object* key);
Object* ordered_iter(Object* dict);
Fallible<Ref<>> ordered_reversed(Object* dict);
Fallible<Ref<>> ordered_keys(Object* dict);
Fallible<Ref<>> ordered_values(Object* dict);
Fallible<Ref<>> ordered_items(Object* dict);

}  // namespace py
