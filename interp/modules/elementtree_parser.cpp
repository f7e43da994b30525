// _elementtree.XMLParser: Expat's events for a target, which is a TreeBuilder as a rule; and the module.
#include <climits>
#include <cstring>

#include "interp/modules/elementtree.h"
#include "interp/modules/expat.h"
#include "interp/objects/bytes.h"
#include "interp/objects/int.h"
#include "interp/objects/memory.h"
#include "interp/runtime/state.h"

namespace py::etree {

ModuleState state;

namespace {

// Methods of a target that is no exact TreeBuilder; null where it has none.
enum Event : int { kStart, kData, kEnd, kStartNs, kEndNs, kComment, kPi, kClose, kDoctype, kEventCount };
constexpr const char* kEventMethods[] = {"start", "data", "end", "start_ns", "end_ns", "comment", "pi", "close", "doctype"};

struct XmlParser : Object {
    XML_Parser parser;  // null: __init__ was not called
    Object *target, *entity;
    Dict* names;  // of elements and attributes: Expat's form → "{namespace}name"
    Object* methods[kEventCount];
};
XmlParser* as_parser(Object* object) {
    return static_cast<XmlParser*>(object);
}
// The builder, when events can go to it directly.
Builder* direct(XmlParser* self) {
    return self->target && self->target->type == &builder_type ? as_builder(self->target) : nullptr;
}

Raised raise_parse_error(XML_Error code, XML_Size line, XML_Size column, const char* message) {
    Ref<Str> text = TRY(format_str("%s: line %zu, column %zu", message ? message : XML_ErrorString(code), size_t(line), size_t(column)));
    Ref<> error = TRY(call(state.parse_error, text.get()));
    Ref<Int> number = TRY(int_from(code)), line_number = TRY(int_from(int64_t(line))), column_number = TRY(int_from(int64_t(column)));
    Ref<Tuple> position = TRY(tuple_pack(line_number.get(), column_number.get()));
    TRY(set_attr(error.get(), "code"_name, number.get()));
    TRY(set_attr(error.get(), "position"_name, position.get()));
    return raise_object(static_cast<Type*>(state.parse_error), error.get());
}

// "uri}name", as Expat writes it, to "{uri}name".
Fallible<Ref<>> universal_name(XmlParser* self, const XML_Char* name) {
    size_t length = std::strlen(name);
    Ref<Bytes> key = TRY(bytes_from({name, length}));
    Ref<> known = TRY(dict_get(self->names, key.get()));
    if (known) return known;
    Ref<> made = std::memchr(name, '}', length) ? Ref<>(TRY(format_str("{%s", name))) : Ref<>(TRY(str_from_utf8({name, length})));
    TRY(dict_set(self->names, key.get(), made.get()));
    return made;
}
Fallible<Ref<>> text_of(const XML_Char* text) {
    return str_from_utf8(text ? text : "");
}
// A method of the target with arguments; nothing when it has no such method.
template <class... Arguments>
Fallible<void> tell(XmlParser* self, Event event, Arguments*... arguments) {
    Ref<> method = share(self->methods[event]);
    if (method) TRY(call(method.get(), static_cast<Object*>(arguments)...));
    return {};
}
// Runs what handles an event, unless an exception is pending already.
template <class Handle>
void handle(void* data, Handle function) {
    auto self = static_cast<XmlParser*>(data);
    if (error_occurred() || !self->names) return;
    Ref<> alive = share(static_cast<Object*>(self));
    Fallible<void> done = function(self);
    (void)done.ok();  // the parse ends when Expat comes back: the exception is pending
}

void on_start(void* data, const XML_Char* tag, const XML_Char** attributes) {
    handle(data, [&](XmlParser* self) -> Fallible<void> {
        Ref<> name = TRY(universal_name(self, tag));
        Ref<Dict> dict;
        if (attributes[0]) dict = TRY(dict_new());
        for (int i = 0; attributes[i]; i += 2) {
            Ref<> key = TRY(universal_name(self, attributes[i])), value = TRY(text_of(attributes[i + 1]));
            TRY(dict_set(dict.get(), key.get(), value.get()));
        }
        if (Builder* builder = direct(self)) {
            TRY(builder_start(builder, name.get(), dict.get()));
            return {};
        }
        if (!dict) dict = TRY(dict_new());
        return tell(self, kStart, name.get(), dict.get());
    });
}
Fallible<void> give_data(XmlParser* self, Object* data) {
    if (Builder* builder = direct(self)) {
        TRY(builder_data(builder, data));
        return {};
    }
    return tell(self, kData, data);
}
void on_data(void* data, const XML_Char* text, int length) {
    handle(data, [&](XmlParser* self) -> Fallible<void> {
        Ref<> piece = TRY(str_from_utf8({text, size_t(length)}));
        return give_data(self, piece.get());
    });
}
void on_end(void* data, const XML_Char* tag) {
    handle(data, [&](XmlParser* self) -> Fallible<void> {
        if (Builder* builder = direct(self)) {
            // The builder knows which element is open; Expat has checked the tag.
            TRY(builder_end(builder, none()));
            return {};
        }
        if (!self->methods[kEnd]) return {};
        Ref<> name = TRY(universal_name(self, tag));
        return tell(self, kEnd, name.get());
    });
}
void on_start_ns(void* data, const XML_Char* prefix, const XML_Char* uri) {
    handle(data, [&](XmlParser* self) -> Fallible<void> {
        Builder* builder = direct(self);
        if (!builder && !self->methods[kStartNs]) return {};
        Ref<> prefix_text = TRY(text_of(prefix)), uri_text = TRY(text_of(uri));
        if (builder) return builder_start_ns(builder, prefix_text.get(), uri_text.get());
        return tell(self, kStartNs, prefix_text.get(), uri_text.get());
    });
}
void on_end_ns(void* data, const XML_Char* prefix) {
    handle(data, [&](XmlParser* self) -> Fallible<void> {
        if (Builder* builder = direct(self)) return builder_end_ns(builder, none());
        if (!self->methods[kEndNs]) return {};
        Ref<> prefix_text = TRY(text_of(prefix));
        return tell(self, kEndNs, prefix_text.get());
    });
}
void on_comment(void* data, const XML_Char* content) {
    handle(data, [&](XmlParser* self) -> Fallible<void> {
        Builder* builder = direct(self);
        if (!builder && !self->methods[kComment]) return {};
        Ref<> text = TRY(text_of(content));
        if (!builder) return tell(self, kComment, text.get());
        TRY(builder_comment(builder, text.get()));
        return {};
    });
}
void on_pi(void* data, const XML_Char* target, const XML_Char* content) {
    handle(data, [&](XmlParser* self) -> Fallible<void> {
        Builder* builder = direct(self);
        if (!builder && !self->methods[kPi]) return {};
        Ref<> name = TRY(text_of(target)), text = TRY(text_of(content));
        if (!builder) return tell(self, kPi, name.get(), text.get());
        TRY(builder_pi(builder, name.get(), text.get()));
        return {};
    });
}
void on_doctype(void* data, const XML_Char* name, const XML_Char* system, const XML_Char* public_id, int) {
    handle(data, [&](XmlParser* self) -> Fallible<void> {
        Ref<> name_text = TRY(text_of(name));
        Ref<> system_text = system ? TRY(text_of(system)) : share(none()), public_text = public_id ? TRY(text_of(public_id)) : share(none());
        if (self->methods[kDoctype]) return tell(self, kDoctype, name_text.get(), public_text.get(), system_text.get());
        if (!TRY(has_attr(self, "doctype"_name))) return {};
        return warn(exc::RuntimeWarning, 1,
                    "The doctype() method of XMLParser is ignored.  Define doctype() method on the TreeBuilder target.");
    });
}
// Everything that has no handler comes here: references to entities among it.
void on_default(void* data, const XML_Char* text, int length) {
    if (length < 2 || text[0] != '&') return;
    handle(data, [&](XmlParser* self) -> Fallible<void> {
        Ref<Str> key = TRY(str_from_utf8({text + 1, size_t(length) - 2}));
        Ref<> value = TRY(dict_get(as_dict(self->entity), key.get()));
        if (value) return give_data(self, value.get());
        char message[128];
        std::snprintf(message, sizeof message, "undefined entity &%.100s;", TRY(str_utf8(key.get())).data());
        return raise_parse_error(XML_ERROR_UNDEFINED_ENTITY, XML_GetErrorLineNumber(self->parser), XML_GetErrorColumnNumber(self->parser),
                                 message);
    });
}

Object* parser_make(Type* type, Object*, Object*) {
    return instance_new<XmlParser>(type).release();
}
void drop_fields(XmlParser* self) {
    if (XML_Parser parser = std::exchange(self->parser, nullptr)) XML_ParserFree(parser);
    clear_slot(self->target);
    clear_slot(self->entity);
    clear_slot(self->names);
    for (Object*& method : self->methods) clear_slot(method);
}
void set_handlers(XmlParser* self, bool builds) {
    XML_Parser parser = self->parser;
    XML_SetUserData(parser, self);
    XML_SetDefaultHandlerExpand(parser, on_default);
    XML_SetElementHandler(parser, on_start, on_end);
    XML_SetCharacterDataHandler(parser, on_data);
    XML_SetStartDoctypeDeclHandler(parser, on_doctype);
    XML_SetUnknownEncodingHandler(parser, expat::unknown_encoding, nullptr);
    if (builds || self->methods[kStartNs] || self->methods[kEndNs])
        XML_SetNamespaceDeclHandler(parser, builds || self->methods[kStartNs] ? on_start_ns : nullptr,
                                    builds || self->methods[kEndNs] ? on_end_ns : nullptr);
    if (self->methods[kComment]) XML_SetCommentHandler(parser, on_comment);
    if (self->methods[kPi]) XML_SetProcessingInstructionHandler(parser, on_pi);
}
// XMLParser(*, target=None, encoding=None)
Fallible<void> parser_init(Object* object, Object* const* a) {
    XmlParser* self = as_parser(object);
    const char* encoding = nullptr;
    if (a[1] && !is_none(a[1])) {
        if (!is_str(a[1])) return raise(exc::TypeError, "XMLParser() argument 'encoding' must be str or None, not %N", a[1]);
        encoding = TRY(str_utf8(as_str(a[1]))).data();
    }
    drop_fields(self);
    self->entity = TRY(dict_new()).release();
    self->names = TRY(dict_new()).release();
    self->parser = XML_ParserCreate_MM(encoding, nullptr, "}");
    if (!self->parser) return raise_memory_error();
    auto salt = static_cast<unsigned long>(runtime().siphash_key[0]);
    XML_SetHashSalt(self->parser, salt ? salt : 1);
    self->target = a[0] && !is_none(a[0]) ? new_reference(a[0]) : TRY(call(&builder_type)).release();
    for (int i = 0; i < kEventCount; ++i) {
        Ref<Str> name = TRY(str_from_ascii(kEventMethods[i]));
        self->methods[i] = TRY(lookup_attr(self->target, name.get())).release();
    }
    set_handlers(self, direct(self));
    return {};
}
int parser_traverse(Object* object, Visit visit, void* arg) {
    XmlParser* self = as_parser(object);
    VISIT(self->target);
    VISIT(self->entity);
    VISIT(self->names);
    for (Object* method : self->methods) VISIT(method);
    return 0;
}
int parser_clear(Object* object) {
    drop_fields(as_parser(object));
    return 0;
}
void parser_dealloc(Object* object) {
    gc_untrack(object);
    drop_fields(as_parser(object));
    object_memory_free(object);
}
Fallible<void> check_initialised(XmlParser* self) {
    if (!self->parser) return raise(exc::ValueError, "XMLParser.__init__() wasn't called");
    return {};
}
Fallible<void> parse(XmlParser* self, std::string_view data, bool last) {
    if (data.size() > INT_MAX) return raise(exc::OverflowError, "size does not fit in an int");
    int status = XML_Parse(self->parser, data.data(), int(data.size()), last);
    if (error_occurred()) return raised;
    if (status == XML_STATUS_ERROR)
        return raise_parse_error(XML_GetErrorCode(self->parser), XML_GetErrorLineNumber(self->parser),
                                 XML_GetErrorColumnNumber(self->parser), nullptr);
    return {};
}
// XMLParser.feed(data, /)
Fallible<Ref<>> parser_feed(Object* object, Object* data) {
    XmlParser* self = as_parser(object);
    TRY(check_initialised(self));
    if (is_str(data)) {
        std::string_view text = TRY(str_utf8(as_str(data)));
        if (text.size() > INT_MAX) return raise(exc::OverflowError, "size does not fit in an int");
        (void)XML_SetEncoding(self->parser, "utf-8");
        TRY(parse(self, text, false));
        return share(none());
    }
    BufferView view;
    TRY(view.open(data));
    TRY(parse(self, view.view(), false));
    return share(none());
}
// XMLParser.close()
Fallible<Ref<>> parser_close(Object* object) {
    XmlParser* self = as_parser(object);
    TRY(check_initialised(self));
    TRY(parse(self, "", true));
    if (Builder* builder = direct(self)) return builder_result(builder);
    Ref<> close = share(self->methods[kClose]);
    if (close) return call(close.get());
    return share(none());
}
// XMLParser._parse_whole(file, /)
Fallible<Ref<>> parser_parse_whole(Object* object, Object* file) {
    XmlParser* self = as_parser(object);
    TRY(check_initialised(self));
    Ref<> read = TRY(get_attr(file, "read"_name));
    Ref<Int> size = TRY(int_from(64 * 1024));
    for (;;) {
        Ref<> data = TRY(call(read.get(), size.get()));
        if (is_str(data.get())) {
            if (as_str(data.get())->length == 0) break;
            data = TRY(str_encode(as_str(data.get()), "utf-8", "surrogatepass"));
        } else if (!is_bytes_exact(data.get()) || as_bytes(data.get())->size == 0) {
            break;
        }
        TRY(parse(self, as_bytes(data.get())->view(), false));
    }
    TRY(parse(self, "", true));
    if (Builder* builder = direct(self)) return builder_result(builder);
    return share(none());
}

// Which events the builder puts into a queue.
struct EventName {
    const char* name;
    Object* Builder::*member;
};
constexpr EventName kEventNames[] = {
    {"start", &Builder::start_event},       {"end", &Builder::end_event},         {"start-ns", &Builder::start_ns_event},
    {"end-ns", &Builder::end_ns_event},     {"comment", &Builder::comment_event}, {"pi", &Builder::pi_event},
};
Fallible<void> want_event(XmlParser* self, Builder* builder, Object* event) {
    Ref<Str> name;
    if (is_str(event))
        name = share(as_str(event));
    else if (is_bytes(event))
        name = TRY(str_from_latin1(as_bytes(event)->view()));
    else
        return raise(exc::ValueError, "invalid events sequence");
    for (const EventName& each : kEventNames) {
        if (!str_equals(name.get(), each.name)) continue;
        replace_slot(builder->*each.member, new_reference(event));
        if (each.member == &Builder::comment_event) XML_SetCommentHandler(self->parser, on_comment);
        if (each.member == &Builder::pi_event) XML_SetProcessingInstructionHandler(self->parser, on_pi);
        return {};
    }
    return raise(exc::ValueError, "unknown event '%S'", name.get());
}
// XMLParser._setevents(events_queue, events_to_report=None, /)
Fallible<Ref<>> parser_setevents(Object* object, Object* const* args, ssize_t count) {
    XmlParser* self = as_parser(object);
    TRY(check_positional("_setevents", count, 1, 2));
    TRY(check_initialised(self));
    Builder* builder = direct(self);
    if (!builder) return raise(exc::TypeError, "event handling only supported for ElementTree.TreeBuilder targets");
    replace_slot(builder->append_event, TRY(get_attr(args[0], "append"_name)).release());
    for (const EventName& each : kEventNames) clear_slot(builder->*each.member);
    if (count < 2 || is_none(args[1])) {
        builder->end_event = TRY(str_from_ascii("end")).release();
        return share(none());
    }
    Ref<> events = TRY(fast_sequence(args[1], "events must be a sequence"));
    for (ssize_t i = 0; i < fast_sequence_size(events.get()); ++i) TRY(want_event(self, builder, fast_sequence_items(events.get())[i]));
    return share(none());
}
Fallible<Ref<>> parser_get_version(Object*) {
    return format_str("Expat %d.%d.%d", XML_MAJOR_VERSION, XML_MINOR_VERSION, XML_MICRO_VERSION);
}
MethodDef parser_methods[] = {
    METHOD_O("feed", parser_feed, "($self, data, /)", "Parses a piece of a document."),
    METHOD_NOARGS("close", parser_close, "($self, /)", "Ends the document; what the target makes of it."),
    METHOD_O("_parse_whole", parser_parse_whole, "($self, file, /)", "Parses a whole file."),
    METHOD_FAST("_setevents", parser_setevents, "($self, events_queue, events_to_report=None, /)", "Says which events go to a queue."),
    END_ROW,
};
MemberDef parser_members[] = {
    {"entity", kObjectOrNone, offsetof(XmlParser, entity), kReadOnly, nullptr},
    {"target", kObjectOrNone, offsetof(XmlParser, target), kReadOnly, nullptr},
    END_ROW,
};
GetSetDef parser_getset[] = {GETTER("version", parser_get_version, nullptr), END_ROW};

// _elementtree._set_factories(comment_factory, pi_factory, /)
Fallible<Ref<>> set_factories(Object*, Object* const* args, ssize_t count) {
    TRY(check_positional("_set_factories", count, 2, 2));
    const char* const kinds[] = {"Comment", "PI"};
    Object** const places[] = {&state.comment_factory, &state.pi_factory};
    for (int i = 0; i < 2; ++i)
        if (!is_none(args[i]) && !is_callable(args[i])) return raise(exc::TypeError, "%s factory must be callable, not %T", kinds[i], args[i]);
    Ref<Tuple> old = TRY(tuple_new(2));
    for (int i = 0; i < 2; ++i) {
        old->items[i] = new_reference(*places[i] ? *places[i] : none());
        replace_slot(*places[i], is_none(args[i]) ? nullptr : new_reference(args[i]));
    }
    return old;
}

}  // namespace

Object* subelement(Object* module, Object* args, Object* keywords);

namespace {

MethodDef functions[] = {
    {"SubElement", (CFunction)(void*)subelement, kVarargs | kKeywords, nullptr},
    METHOD_FAST("_set_factories", set_factories, "($module, comment_factory, pi_factory, /)",
                "Sets what makes comments and processing instructions; what did so far."),
    END_ROW,
};

Fallible<Ref<>> imported(const char* module, const char* attribute) {
    Ref<Str> name = TRY(str_from_ascii(module));
    Ref<> importer = TRY(builtin_attr("__import__")), leaf = TRY(tuple_pack(name.get()));
    Ref<> none_globals = share(none());
    Ref<> found = TRY(call(importer.get(), static_cast<Object*>(name.get()), none_globals.get(), none_globals.get(), leaf.get()));
    if (!attribute) return found;
    Ref<Str> key = TRY(str_from_ascii(attribute));
    return get_attr(found.get(), key.get());
}
Fallible<void> execute(Module* module) {
    if (!state.deepcopy) state.deepcopy = TRY(imported("copy", "deepcopy")).release();
    if (!state.element_path) state.element_path = TRY(imported("xml.etree.ElementPath", nullptr)).release();
    if (!state.parse_error)
        state.parse_error =
            TRY(exception_type_new("xml.etree.ElementTree.ParseError", static_cast<Object*>(exc::SyntaxError), nullptr)).release();
    TRY(type_ready(&element_iterator_type));
    TRY(module_add_type(module, &element_type));
    TRY(module_add_type(module, &builder_type));
    TRY(module_add_type(module, &parser_type));
    return module_add(module, "ParseError", share(state.parse_error));
}

}  // namespace

constinit Type parser_type = static_type({
    .name = "xml.etree.ElementTree.XMLParser",
    .basic_size = sizeof(XmlParser),
    .flags = type_flag::kBase | type_flag::kHaveGc,
    .dealloc = parser_dealloc,
    .traverse = parser_traverse,
    .clear = parser_clear,
    .methods = parser_methods,
    .members = parser_members,
    .getset = parser_getset,
    .init = Bound<parser_init, "XMLParser", "(*, target=None, encoding=None)">::init,
    .new_ = parser_make,
});

}  // namespace py::etree

namespace py {

extern const NativeModule elementtree_module;
const NativeModule elementtree_module = {"_elementtree", nullptr, etree::functions, etree::execute};

}  // namespace py
