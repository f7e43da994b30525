// _string: the format-string parsers that string.Formatter is built on.
#include "interp/objects/abstract.h"
#include "interp/objects/containers.h"
#include "interp/objects/errors.h"
#include "interp/objects/int.h"
#include "interp/objects/memory.h"
#include "interp/objects/module.h"
#include "interp/objects/str_format.h"
#include "interp/objects/str_methods.h"

namespace py {

namespace {

struct ParserIterator : Object {
    Str* text;
    FormatParser parser;
};
struct FieldIterator : Object {
    Str* text;
    FieldNameParser parser;
};
template <class T>
void iterator_dealloc(Object* self) {
    xdecref(static_cast<T*>(self)->text);
    object_free(self);
}
Fallible<Ref<>> part(Str* text, TextRange range) {
    if (range.empty()) return str_empty();
    return str_substring(text, range.start, range.end);
}

// (literal, field_name, format_spec, conversion); the last three None without a field.
Fallible<Ref<>> next_piece(ParserIterator* it) {
    FormatPiece piece = TRY(it->parser.next());
    Ref<> literal = TRY(part(it->text, piece.literal));
    Ref<> name = share(none()), spec = share(none()), conversion = share(none());
    if (piece.has_field) {
        name = TRY(part(it->text, piece.name));
        spec = TRY(part(it->text, piece.spec));
        if (piece.conversion) conversion = TRY(str_from_char(piece.conversion));
    }
    return TRY(tuple_pack(literal.get(), name.get(), spec.get(), conversion.get()));
}
Object* parser_next(Object* self) {
    auto* it = static_cast<ParserIterator*>(self);
    if (it->parser.done()) return nullptr;
    return next_piece(it).release();
}
// (is_attribute, name or index)
Fallible<Ref<>> next_accessor(FieldIterator* it) {
    FieldAccessor accessor = TRY(it->parser.next());
    Ref<> flag = TRY(bool_from(accessor.is_attribute));
    Ref<> key = accessor.index >= 0 ? Ref<>(TRY(int_from(accessor.index))) : TRY(part(it->text, accessor.name));
    return TRY(tuple_pack(flag.get(), key.get()));
}
Object* field_next(Object* self) {
    auto* it = static_cast<FieldIterator*>(self);
    if (it->parser.done()) return nullptr;
    return next_accessor(it).release();
}
constinit Type parser_iterator_type = static_type({
    .name = "formatteriterator",
    .basic_size = sizeof(ParserIterator),
    .dealloc = iterator_dealloc<ParserIterator>,
    .getattro = generic_getattro_slot,
    .iter = self_iter,
    .iternext = parser_next,
});
constinit Type field_iterator_type = static_type({
    .name = "fieldnameiterator",
    .basic_size = sizeof(FieldIterator),
    .dealloc = iterator_dealloc<FieldIterator>,
    .getattro = generic_getattro_slot,
    .iter = self_iter,
    .iternext = field_next,
});

// _string.formatter_parser(format_string)
Fallible<Ref<>> formatter_parser(Object*, Object* text) {
    if (!is_str(text)) return raise(exc::TypeError, "expected str, got %s", text->type->name);
    Ref<ParserIterator> it = make<ParserIterator>(parser_iterator_type);
    if (!it) return raised;
    it->text = new_reference(as_str(text));
    it->parser = FormatParser(it->text, {0, it->text->length});
    return it;
}
// _string.formatter_field_name_split(field_name)
Fallible<Ref<>> formatter_field_name_split(Object*, Object* text) {
    if (!is_str(text)) return raise(exc::TypeError, "expected str, got %s", text->type->name);
    Ref<FieldIterator> it = make<FieldIterator>(field_iterator_type);
    if (!it) return raised;
    it->text = new_reference(as_str(text));
    it->parser = FieldNameParser(it->text, {0, it->text->length});
    ssize_t index;
    TextRange name = TRY(it->parser.first(&index));
    Ref<> first = index >= 0 ? Ref<>(TRY(int_from(index))) : TRY(part(it->text, name));
    return TRY(tuple_pack(first.get(), it.get()));
}
MethodDef string_methods[] = {
    METHOD_O_UNSIGNED("formatter_field_name_split", formatter_field_name_split,
                      "The first part of a field name, and an iterator over the rest."),
    METHOD_O_UNSIGNED("formatter_parser", formatter_parser,
                      "An iterator over the literal texts and fields of a format string."),
    END_ROW,
};
Fallible<void> string_execute(Module*) {
    TRY(type_ready(&parser_iterator_type));
    return type_ready(&field_iterator_type);
}

}  // namespace

extern const NativeModule string_module;
const NativeModule string_module = {"_string", "Helpers of the string module.", string_methods, string_execute};

}  // namespace py
