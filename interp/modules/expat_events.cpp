// pyexpat: what Expat calls, passed on to the handlers.
#include <climits>
#include <cstring>

#include "interp/modules/expat.h"
#include "interp/objects/call.h"
#include "interp/objects/containers.h"
#include "interp/objects/exception.h"
#include "interp/objects/int.h"
#include "interp/objects/memory.h"
#include "interp/objects/stack_check.h"

namespace py::expat {

namespace {

// An exception is pending that ends the parse: no handler is called any more, and external entities fail.
void stop(Parser* self) {
    drop_handlers(self);
    XML_SetExternalEntityRefHandler(self->parser, [](XML_Parser, const XML_Char*, const XML_Char*, const XML_Char*, const XML_Char*) { return 0; });
}

Fallible<Ref<>> call_handler(Parser* self, Handler handler, const char* event, Tuple* arguments) {
    Ref<> function = share(self->handlers[handler]);
    bool outer = self->in_character_data;
    self->in_character_data = handler == kCharacterDataHandler;
    auto result = call_tuple(function.get(), arguments, nullptr);
    self->in_character_data = outer;
    if (!result.ok()) traceback_add(event, "pyexpat.c", __LINE__);
    return result;
}
// Calls a handler with the arguments that `make` gives, after the character data before it. Null: it was not called or raised.
template <class Make>
Ref<> fire(void* data, Handler handler, const char* event, Make make) {
    auto self = static_cast<Parser*>(data);
    Ref<> alive = share(static_cast<Object*>(self));
    if (!self->handlers[handler] || error_occurred()) return {};
    auto run = [&]() -> Fallible<Ref<>> {
        TRY(flush_buffer(self));
        if (!self->handlers[handler]) return share(none());
        Ref<Tuple> arguments = TRY(make(self));
        return call_handler(self, handler, event, arguments.get());
    };
    auto result = run();
    if (!result.ok()) {
        stop(self);
        return {};
    }
    return result.take();
}

// A name that comes again and again: the same object each time.
Fallible<Ref<>> name(Parser* self, const XML_Char* utf8) {
    Ref<> made = TRY(text(utf8));
    if (!self->intern || !utf8) return made;
    Ref<> known = TRY(dict_get(self->intern, made.get()));
    if (known) return known;
    TRY(dict_set(self->intern, made.get(), made.get()));
    return made;
}
Fallible<Ref<>> number(int value) {
    return int_from(value);
}
// Packs arguments in order.
template <class... Arguments>
Fallible<Ref<Tuple>> pack(Fallible<Arguments>... arguments) {
    bool ok = (arguments.ok() && ...);
    Ref<> items[] = {Ref<>(arguments.take())...};
    if (!ok) return raised;
    Ref<Tuple> tuple = TRY(tuple_new(sizeof...(arguments)));
    for (size_t i = 0; i < sizeof...(arguments); ++i) tuple->items[i] = items[i].release();
    return tuple;
}

Fallible<Ref<>> attribute_container(Parser* self, const XML_Char** attributes) {
    int count = 0;
    if (self->specified_attributes)
        count = XML_GetSpecifiedAttributeCount(self->parser);
    else
        while (attributes[count]) count += 2;
    Ref<> container = self->ordered_attributes ? Ref<>(TRY(list_new(0))) : Ref<>(TRY(dict_new()));
    for (int i = 0; i < count; i += 2) {
        Ref<> key = TRY(name(self, attributes[i])), value = TRY(text(attributes[i + 1]));
        if (self->ordered_attributes) {
            TRY(list_append(as_list(container.get()), key.get()));
            TRY(list_append(as_list(container.get()), value.get()));
        } else {
            TRY(dict_set(as_dict(container.get()), key.get(), value.get()));
        }
    }
    return container;
}
// (kind, quantifier, name, (children…))
Fallible<Ref<>> content_model(const XML_Content* model) {
    RecursionGuard guard(" while converting a content model");
    if (!guard.ok()) return raised;
    Ref<Tuple> children = TRY(tuple_new(model->numchildren));
    for (unsigned i = 0; i < model->numchildren; ++i) children->items[i] = TRY(content_model(&model->children[i])).release();
    return TRY(pack(number(int(model->type)), number(int(model->quant)), text(model->name), Fallible<Ref<>>(Ref<>(std::move(children)))));
}

// One function for each row of expat_handlers.def.
void start_element(void* data, const XML_Char* tag, const XML_Char** attributes) {
    (void)fire(data, kStartElementHandler, "StartElement", [&](Parser* self) { return pack(name(self, tag), attribute_container(self, attributes)); });
}
void end_element(void* data, const XML_Char* tag) {
    (void)fire(data, kEndElementHandler, "EndElement", [&](Parser* self) { return pack(name(self, tag)); });
}
void processing_instruction(void* data, const XML_Char* target, const XML_Char* content) {
    (void)fire(data, kProcessingInstructionHandler, "ProcessingInstruction", [&](Parser* self) { return pack(name(self, target), text(content)); });
}
Fallible<void> give_character_data(Parser* self, std::string_view data) {
    if (!self->handlers[kCharacterDataHandler]) return {};
    Ref<Str> piece = TRY(str_from_utf8(data));
    Ref<Tuple> arguments = TRY(tuple_pack(piece.get()));
    TRY(call_handler(self, kCharacterDataHandler, "CharacterData", arguments.get()));
    return {};
}
Fallible<void> take_character_data(Parser* self, std::string_view data) {
    if (!self->buffer) return give_character_data(self, data);
    if (size_t(self->buffer_used) + data.size() > size_t(self->buffer_size)) {
        TRY(flush_buffer(self));
        if (!self->handlers[kCharacterDataHandler]) return {};
    }
    if (data.size() > size_t(self->buffer_size)) return give_character_data(self, data);
    std::memcpy(self->buffer + self->buffer_used, data.data(), data.size());
    self->buffer_used += int(data.size());
    return {};
}
void character_data(void* data, const XML_Char* content, int length) {
    auto self = static_cast<Parser*>(data);
    Ref<> alive = share(static_cast<Object*>(self));
    if (error_occurred()) return;
    if (!take_character_data(self, {content, size_t(length)}).ok()) stop(self);
}
void unparsed_entity_decl(void* data, const XML_Char* entity, const XML_Char* base, const XML_Char* system, const XML_Char* public_id,
                          const XML_Char* notation) {
    (void)fire(data, kUnparsedEntityDeclHandler, "UnparsedEntityDecl", [&](Parser* self) {
        return pack(name(self, entity), name(self, base), name(self, system), name(self, public_id), name(self, notation));
    });
}
void notation_decl(void* data, const XML_Char* notation, const XML_Char* base, const XML_Char* system, const XML_Char* public_id) {
    (void)fire(data, kNotationDeclHandler, "NotationDecl",
               [&](Parser* self) { return pack(name(self, notation), name(self, base), name(self, system), name(self, public_id)); });
}
void start_namespace_decl(void* data, const XML_Char* prefix, const XML_Char* uri) {
    (void)fire(data, kStartNamespaceDeclHandler, "StartNamespaceDecl", [&](Parser* self) { return pack(name(self, prefix), name(self, uri)); });
}
void end_namespace_decl(void* data, const XML_Char* prefix) {
    (void)fire(data, kEndNamespaceDeclHandler, "EndNamespaceDecl", [&](Parser* self) { return pack(name(self, prefix)); });
}
void comment(void* data, const XML_Char* content) {
    (void)fire(data, kCommentHandler, "Comment", [&](Parser*) { return pack(text(content)); });
}
Fallible<Ref<Tuple>> no_arguments(Parser*) {
    return tuple_empty();
}
void start_cdata_section(void* data) {
    (void)fire(data, kStartCdataSectionHandler, "StartCdataSection", no_arguments);
}
void end_cdata_section(void* data) {
    (void)fire(data, kEndCdataSectionHandler, "EndCdataSection", no_arguments);
}
Fallible<Ref<Tuple>> one_text(const XML_Char* content, int length) {
    Ref<Str> piece = TRY(str_from_utf8({content, size_t(length)}));
    return tuple_pack(piece.get());
}
void default_data(void* data, const XML_Char* content, int length) {
    (void)fire(data, kDefaultHandler, "Default", [&](Parser*) { return one_text(content, length); });
}
void default_data_expand(void* data, const XML_Char* content, int length) {
    (void)fire(data, kDefaultHandlerExpand, "DefaultHandlerExpand", [&](Parser*) { return one_text(content, length); });
}
// The number a handler answered; 0, which stops the parse, when there is none.
int answer(Parser* self, Ref<> result) {
    if (!result) return 0;
    auto value = as_c_int(result.get());
    if (value.ok()) return value.take();
    stop(self);
    return 0;
}
int not_standalone(void* data) {
    return answer(static_cast<Parser*>(data), fire(data, kNotStandaloneHandler, "NotStandalone", no_arguments));
}
int external_entity_ref(XML_Parser parser, const XML_Char* context, const XML_Char* base, const XML_Char* system, const XML_Char* public_id) {
    auto data = static_cast<Parser*>(XML_GetUserData(parser));
    return answer(data, fire(data, kExternalEntityRefHandler, "ExternalEntityRef", [&](Parser* self) {
                      return pack(text(context), name(self, base), name(self, system), name(self, public_id));
                  }));
}
void start_doctype_decl(void* data, const XML_Char* doctype, const XML_Char* system, const XML_Char* public_id, int has_internal_subset) {
    (void)fire(data, kStartDoctypeDeclHandler, "StartDoctypeDecl", [&](Parser* self) {
        return pack(name(self, doctype), name(self, system), name(self, public_id), number(has_internal_subset));
    });
}
void end_doctype_decl(void* data) {
    (void)fire(data, kEndDoctypeDeclHandler, "EndDoctypeDecl", no_arguments);
}
void entity_decl(void* data, const XML_Char* entity, int is_parameter, const XML_Char* value, int length, const XML_Char* base,
                 const XML_Char* system, const XML_Char* public_id, const XML_Char* notation) {
    (void)fire(data, kEntityDeclHandler, "EntityDecl", [&](Parser* self) -> Fallible<Ref<Tuple>> {
        Ref<> content = value ? Ref<>(TRY(str_from_utf8({value, size_t(length)}))) : share(none());
        return pack(name(self, entity), number(is_parameter), Fallible<Ref<>>(std::move(content)), name(self, base), name(self, system),
                    name(self, public_id), name(self, notation));
    });
}
void xml_decl(void* data, const XML_Char* version, const XML_Char* encoding, int standalone) {
    (void)fire(data, kXmlDeclHandler, "XmlDecl", [&](Parser*) { return pack(text(version), text(encoding), number(standalone)); });
}
void element_decl(void* data, const XML_Char* element, XML_Content* model) {
    (void)fire(data, kElementDeclHandler, "ElementDecl", [&](Parser* self) { return pack(name(self, element), content_model(model)); });
    XML_FreeContentModel(static_cast<Parser*>(data)->parser, model);
}
void attlist_decl(void* data, const XML_Char* element, const XML_Char* attribute, const XML_Char* type, const XML_Char* default_value,
                  int is_required) {
    (void)fire(data, kAttlistDeclHandler, "AttlistDecl", [&](Parser* self) {
        return pack(name(self, element), name(self, attribute), text(type), text(default_value), number(is_required));
    });
}
void skipped_entity(void* data, const XML_Char* entity, int is_parameter) {
    (void)fire(data, kSkippedEntityHandler, "SkippedEntity", [&](Parser* self) { return pack(name(self, entity), number(is_parameter)); });
}

}  // namespace

Fallible<Ref<>> text(const XML_Char* utf8) {
    if (!utf8) return share(none());
    return str_from_utf8(utf8);
}
Fallible<void> flush_buffer(Parser* self) {
    if (!self->buffer || self->buffer_used == 0) return {};
    int used = std::exchange(self->buffer_used, 0);
    return give_character_data(self, {self->buffer, size_t(used)});
}
void enable_handler(Parser* self, Handler handler, bool on) {
    switch (handler) {
#define HANDLER(attribute, event, setter, function) \
    case k##attribute: setter(self->parser, on ? function : nullptr); break;
#include "interp/modules/expat_handlers.def"
#undef HANDLER
        case kHandlerCount: break;
    }
}
void drop_handlers(Parser* self) {
    for (int i = 0; i < kHandlerCount; ++i) {
        if (!self->handlers[i]) continue;
        enable_handler(self, Handler(i), false);
        clear_slot(self->handlers[i]);
    }
}

Fallible<void> fill_encoding(const XML_Char* encoding_name, XML_Encoding* encoding) {
    char bytes[256];
    for (int i = 0; i < 256; ++i) bytes[i] = char(i);
    Ref<Str> characters = TRY(bytes_decode({bytes, sizeof bytes}, encoding_name, "replace"));
    if (characters->length != 256) return raise(exc::ValueError, "multi-byte encodings are not supported");
    for (int i = 0; i < 256; ++i) {
        uint32_t c = characters->at(i);
        encoding->map[i] = c == 0xfffd ? -1 : int(c);
    }
    encoding->data = nullptr;
    encoding->convert = nullptr;
    encoding->release = nullptr;
    return {};
}
int unknown_encoding(void*, const XML_Char* encoding_name, XML_Encoding* encoding) {
    if (error_occurred()) return XML_STATUS_ERROR;
    return fill_encoding(encoding_name, encoding).ok() ? XML_STATUS_OK : XML_STATUS_ERROR;
}

}  // namespace py::expat
