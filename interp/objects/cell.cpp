// cell: a variable that closures share.
#include "interp/objects/abstract.h"
#include "interp/objects/containers.h"
#include "interp/objects/dict.h"
#include "interp/objects/errors.h"
#include "interp/objects/member_slots.h"
#include "interp/objects/memory.h"
#include "interp/objects/str.h"
#include "interp/objects/types.h"

namespace py {
namespace {

inline Cell* as_cell(Object* object) { return static_cast<Cell*>(object); }

void cell_dealloc(Object* object) {
    gc_untrack(object);
    xdecref(as_cell(object)->value);
    gc_object_free(object);
}
Fallible<Ref<>> cell_repr(Object* object) {
    Object* value = as_cell(object)->value;
    if (!value) return format_str("<cell at %p: empty>", object);
    return format_str("<cell at %p: %.80s object at %p>", object, value->type->name, value);
}
// By content; an empty cell comes before all others.
Object* cell_richcompare(Object* a, Object* b, int op) {
    if (a->type != &cell_type || b->type != &cell_type) return new_reference(not_implemented());
    Object *left = as_cell(a)->value, *right = as_cell(b)->value;
    if (left && right) {
        Ref<> held_left = share(left), held_right = share(right);
        return rich_compare(left, right, CompareOp(op)).release();
    }
    return compare_outcome(int(right == nullptr) - int(left == nullptr), op);
}
Fallible<Ref<>> get_contents(Object* object) {
    Object* value = as_cell(object)->value;
    if (!value) return raise(exc::ValueError, "Cell is empty");
    return share(value);
}
Fallible<void> set_contents(Object* object, Object* value) {
    xincref(value);
    replace_slot(as_cell(object)->value, value);
    return {};
}
// cell([contents])
Object* cell_construct(Type*, Object* args, Object* kwargs) {
    TRY(check_no_keywords("cell", kwargs));
    TRY(check_positional("cell", as_tuple(args)->size, 0, 1));
    return cell_new(as_tuple(args)->size ? as_tuple(args)->items[0] : nullptr).release();
}
GetSetDef cell_getset[] = {GETTER_SETTER("cell_contents", get_contents, set_contents, nullptr), END_ROW};

}  // namespace

Fallible<Ref<Cell>> cell_new(Object* value) {
    Ref<Cell> cell = TRY(Fallible<Ref<Cell>>(make_gc<Cell>(cell_type)));
    cell->value = value;
    xincref(value);
    gc_track(cell.get());
    return cell;
}

constinit Type cell_type = static_type({
    .name = "cell",
    .basic_size = sizeof(Cell),
    .flags = type_flag::kHaveGc,
    .doc = "cell([contents])\n--\n\nA new cell object.\n\n  contents\n    what the cell holds; without it the cell is empty",
    .dealloc = cell_dealloc,
    .traverse = traverse_members<&Cell::value>,
    .clear = clear_members<&Cell::value>,
    .repr = slot1<cell_repr>,
    .richcompare = cell_richcompare,
    .getattro = generic_getattro_slot,
    .getset = cell_getset,
    .new_ = cell_construct,
});

}  // namespace py
