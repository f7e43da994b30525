// pyexpat: the parser type and the module. Events are passed on in expat_events.cpp, error names stand in expat_errors.def.
#include "interp/modules/expat.h"

#include <climits>
#include <cstdlib>
#include <cstring>

#include "interp/objects/abstract.h"
#include "interp/objects/bytes.h"
#include "interp/objects/call.h"
#include "interp/objects/containers.h"
#include "interp/objects/int.h"
#include "interp/objects/member_slots.h"
#include "interp/objects/module.h"
#include "interp/objects/parsed_methods.h"
#include "interp/runtime/state.h"

namespace py::expat {

Object* error_type = nullptr;

namespace {

constexpr int kDefaultBufferSize = 8192;

unsigned long hash_salt() {
    auto salt = static_cast<unsigned long>(runtime().siphash_key[0]);
    return salt ? salt : 1;  // 0 means "choose one yourself", which reads the clock
}
Fallible<void> allocate_buffer(Parser* self, int size) {
    char* buffer = static_cast<char*>(std::malloc(size_t(size)));
    if (!buffer) return raise_memory_error();
    std::free(std::exchange(self->buffer, buffer));
    self->buffer_size = size;
    self->buffer_used = 0;
    return {};
}
Fallible<Ref<>> parser_new(const char* encoding, const char* separator, Dict* intern) {
    Ref<Parser> self = TRY(instance_new<Parser>(&parser_type));
    self->buffer_size = kDefaultBufferSize;
    self->parser = XML_ParserCreate_MM(encoding, nullptr, separator);
    if (!self->parser) return raise(exc::RuntimeError, "XML_ParserCreate failed");
    xincref(intern);
    self->intern = intern;
    XML_SetHashSalt(self->parser, hash_salt());
    XML_SetUserData(self->parser, self.get());
    XML_SetUnknownEncodingHandler(self->parser, unknown_encoding, nullptr);
    return self;
}
int parser_traverse(Object* object, Visit visit, void* arg) {
    Parser* self = as_parser(object);
    for (Object* handler : self->handlers) VISIT(handler);
    VISIT(self->intern);
    VISIT(self->parent);
    return 0;
}
int parser_clear(Object* object) {
    if (as_parser(object)->parser) drop_handlers(as_parser(object));
    clear_slot(as_parser(object)->intern);
    return 0;
}
void parser_dealloc(Object* object) {
    Parser* self = as_parser(object);
    gc_untrack(self);
    parser_clear(self);
    if (self->parser) XML_ParserFree(self->parser);
    std::free(self->buffer);
    clear_slot(self->parent);
    object_memory_free(self);
}

// What an XML_Parse or XML_ParseBuffer came to.
Fallible<Ref<>> parse_result(Parser* self, int status) {
    if (error_occurred()) return raised;
    if (status == XML_STATUS_ERROR) return raise_error(self, XML_GetErrorCode(self->parser));
    TRY(flush_buffer(self));
    return int_from(status);
}
// xmlparser.Parse(data, isfinal=False, /)
Fallible<Ref<>> parser_parse(Object* object, Object* const* a) {
    Parser* self = as_parser(object);
    bool is_final = a[1] && TRY(is_true(a[1]));
    BufferView view;
    std::string_view data;
    if (is_str(a[0])) {
        data = TRY(str_utf8(as_str(a[0])));
        (void)XML_SetEncoding(self->parser, "utf-8");
    } else {
        TRY(view.open(a[0]));
        data = view.view();
    }
    constexpr size_t kPiece = 1 << 20;
    while (data.size() > kPiece) {
        int status = XML_Parse(self->parser, data.data(), kPiece, 0);
        if (status == XML_STATUS_ERROR || error_occurred()) return parse_result(self, status);
        data.remove_prefix(kPiece);
    }
    return parse_result(self, XML_Parse(self->parser, data.data(), int(data.size()), is_final));
}
// One read of a file into Expat's buffer: the number of bytes.
Fallible<int> read_piece(Parser* self, Object* read) {
    constexpr int kPiece = 2048;
    void* buffer = XML_GetBuffer(self->parser, kPiece);
    if (!buffer) {
        TRY(parse_result(self, XML_STATUS_ERROR));
        return raise_memory_error();
    }
    Ref<Int> size = TRY(int_from(kPiece));
    Ref<> data = TRY(call(read, size.get()));
    std::string_view content;
    if (is_bytes(data.get()))
        content = as_bytes(data.get())->view();
    else if (is_bytearray(data.get()))
        content = static_cast<ByteArray*>(data.get())->view();
    else
        return raise(exc::TypeError, "read() did not return a bytes object (type=%T)", data.get());
    if (content.size() > kPiece)
        return raise(exc::ValueError, "read() returned too much data: %i bytes requested, %zd returned", kPiece, ssize_t(content.size()));
    std::memcpy(buffer, content.data(), content.size());
    return int(content.size());
}
// xmlparser.ParseFile(file, /)
Fallible<Ref<>> parser_parse_file(Object* object, Object* file) {
    Parser* self = as_parser(object);
    Ref<> read = TRY(lookup_attr(file, "read"_name));
    if (!read) return raise(exc::TypeError, "argument must have 'read' attribute");
    for (;;) {
        int size = TRY(read_piece(self, read.get()));
        int status = XML_ParseBuffer(self->parser, size, size == 0);
        if (status == XML_STATUS_ERROR || size == 0 || error_occurred()) return parse_result(self, status);
    }
}
// xmlparser.SetBase(base, /)
Fallible<Ref<>> parser_set_base(Object* self, Object* base) {
    if (!is_str(base)) return raise(exc::TypeError, "SetBase() argument must be str, not %N", base);
    std::string_view text = TRY(str_utf8(as_str(base)));
    if (!XML_SetBase(as_parser(self)->parser, text.data())) return raise_memory_error();
    return share(none());
}
// xmlparser.GetBase()
Fallible<Ref<>> parser_get_base(Object* self) {
    return text(XML_GetBase(as_parser(self)->parser));
}
// xmlparser.GetInputContext()
Fallible<Ref<>> parser_get_input_context(Object* self) {
    int offset = 0, size = 0;
    const char* buffer = XML_GetInputContext(as_parser(self)->parser, &offset, &size);
    if (!buffer) return share(none());
    return bytes_from({buffer + offset, size_t(size - offset)});
}
// xmlparser.ExternalEntityParserCreate(context, encoding=<unrepresentable>, /)
Fallible<Ref<>> parser_external_entity_parser_create(Object* object, Object* const* a) {
    Parser* self = as_parser(object);
    if (!is_none(a[0]) && !is_str(a[0]))
        return raise(exc::TypeError, "ExternalEntityParserCreate() argument 1 must be str or None, not %N", a[0]);
    if (a[1] && !is_str(a[1])) return raise(exc::TypeError, "ExternalEntityParserCreate() argument 2 must be str, not %N", a[1]);
    const char* context = is_none(a[0]) ? nullptr : TRY(str_utf8(as_str(a[0]))).data();
    const char* encoding = a[1] ? TRY(str_utf8(as_str(a[1]))).data() : nullptr;
    Ref<Parser> child = TRY(instance_new<Parser>(&parser_type));
    child->parser = XML_ExternalEntityParserCreate(self->parser, context, encoding);
    if (!child->parser) return raise_memory_error();
    child->parent = new_reference(object);
    child->ordered_attributes = self->ordered_attributes;
    child->specified_attributes = self->specified_attributes;
    child->namespace_prefixes = self->namespace_prefixes;
    child->buffer_size = self->buffer_size;
    if (self->buffer) TRY(allocate_buffer(child.get(), self->buffer_size));
    xincref(self->intern);
    child->intern = self->intern;
    XML_SetUserData(child->parser, child.get());
    for (int i = 0; i < kHandlerCount; ++i) {
        if (!self->handlers[i]) continue;
        child->handlers[i] = new_reference(self->handlers[i]);
        enable_handler(child.get(), Handler(i), true);
    }
    return child;
}
// xmlparser.SetParamEntityParsing(flag, /)
Fallible<Ref<>> parser_set_param_entity_parsing(Object* self, Object* flag) {
    int value = TRY(as_c_int(flag));
    return int_from(XML_SetParamEntityParsing(as_parser(self)->parser, XML_ParamEntityParsing(value)));
}
// xmlparser.UseForeignDTD(flag=True, /)
Fallible<Ref<>> parser_use_foreign_dtd(Object* self, Object* const* a) {
    bool flag = !a[0] || TRY(is_true(a[0]));
    XML_Error code = XML_UseForeignDTD(as_parser(self)->parser, flag ? XML_TRUE : XML_FALSE);
    if (code != XML_ERROR_NONE) return raise_error(as_parser(self), code);
    return share(none());
}

template <auto Function>
Fallible<Ref<>> get_position(Object* self) {
    return int_from(int64_t(Function(as_parser(self)->parser)));
}
Fallible<Ref<>> get_buffer_size(Object* self) {
    return int_from(as_parser(self)->buffer_size);
}
Fallible<void> check_not_deleted(Object* value) {
    if (!value) return raise(exc::RuntimeError, "Cannot delete attribute");
    return {};
}
Fallible<void> set_buffer_size(Object* object, Object* value) {
    Parser* self = as_parser(object);
    TRY(check_not_deleted(value));
    if (!is_int(value)) return raise(exc::TypeError, "buffer_size must be an integer");
    int64_t size = TRY(as_int64(value));
    if (size <= 0) return raise(exc::ValueError, "buffer_size must be greater than zero");
    if (size > INT_MAX) return raise(exc::ValueError, "buffer_size must not be greater than %i", INT_MAX);
    if (size == self->buffer_size) return {};
    if (!self->buffer) {
        self->buffer_size = int(size);
        return {};
    }
    TRY(flush_buffer(self));
    return allocate_buffer(self, int(size));
}
Fallible<Ref<>> get_buffer_text(Object* self) {
    return bool_from(as_parser(self)->buffer);
}
Fallible<void> set_buffer_text(Object* object, Object* value) {
    Parser* self = as_parser(object);
    TRY(check_not_deleted(value));
    bool on = TRY(is_true(value));
    if (on) return self->buffer ? Fallible<void>() : allocate_buffer(self, self->buffer_size);
    TRY(flush_buffer(self));
    std::free(std::exchange(self->buffer, nullptr));
    return {};
}
Fallible<Ref<>> get_buffer_used(Object* self) {
    return int_from(as_parser(self)->buffer_used);
}
template <auto Member>
Fallible<Ref<>> get_flag(Object* self) {
    return bool_from(as_parser(self)->*Member);
}
template <auto Member>
Fallible<void> set_flag(Object* self, Object* value) {
    TRY(check_not_deleted(value));
    as_parser(self)->*Member = TRY(is_true(value));
    if constexpr (Member == &Parser::namespace_prefixes) XML_SetReturnNSTriplet(as_parser(self)->parser, as_parser(self)->*Member);
    return {};
}
template <Handler H>
Fallible<Ref<>> get_handler(Object* self) {
    Object* handler = as_parser(self)->handlers[H];
    return share(handler ? handler : none());
}
template <Handler H>
Fallible<void> set_handler(Object* object, Object* value) {
    Parser* self = as_parser(object);
    TRY(check_not_deleted(value));
    if (H == kCharacterDataHandler) TRY(flush_buffer(self));
    if (is_none(value)) {
        // While Expat gives out character data it must not lose the function it calls for the next piece: ours looks itself.
        if (H != kCharacterDataHandler || !self->in_character_data) enable_handler(self, H, false);
        clear_slot(self->handlers[H]);
        return {};
    }
    replace_slot(self->handlers[H], new_reference(value));
    enable_handler(self, H, true);
    return {};
}

MethodDef parser_methods[] = {
    METHOD_UNPACKED("Parse", parser_parse, "($self, data, isfinal=False, /)", "Parses a piece of a document."),
    METHOD_UNPACKED_O("ParseFile", parser_parse_file, "($self, file, /)", "Parses a whole document from a file-like object."),
    METHOD_O("SetBase", parser_set_base, "($self, base, /)", "Sets the base URL."),
    METHOD_NOARGS("GetBase", parser_get_base, "($self, /)", "The base URL."),
    METHOD_NOARGS("GetInputContext", parser_get_input_context, "($self, /)", "The text that caused the current event, undecoded."),
    METHOD_UNPACKED("ExternalEntityParserCreate", parser_external_entity_parser_create,
           "($self, context, encoding=<unrepresentable>,\n                           /)", "A parser for an external entity."),
    METHOD_O("SetParamEntityParsing", parser_set_param_entity_parsing, "($self, flag, /)",
             "Says which parameter entities are parsed; true if that could be set."),
    METHOD_UNPACKED("UseForeignDTD", parser_use_foreign_dtd, "($self, flag=True, /)", "Lets the application give an external subset of the DTD."),
    END_ROW,
};
MemberDef parser_members[] = {
    {"intern", kObjectOrNone, offsetof(Parser, intern), kReadOnly, nullptr},
    END_ROW,
};
GetSetDef parser_getset[] = {
    GETTER("ErrorCode", get_position<XML_GetErrorCode>, nullptr),
    GETTER("ErrorLineNumber", get_position<XML_GetCurrentLineNumber>, nullptr),
    GETTER("ErrorColumnNumber", get_position<XML_GetCurrentColumnNumber>, nullptr),
    GETTER("ErrorByteIndex", get_position<XML_GetCurrentByteIndex>, nullptr),
    GETTER("CurrentLineNumber", get_position<XML_GetCurrentLineNumber>, nullptr),
    GETTER("CurrentColumnNumber", get_position<XML_GetCurrentColumnNumber>, nullptr),
    GETTER("CurrentByteIndex", get_position<XML_GetCurrentByteIndex>, nullptr),
    GETTER_SETTER("buffer_size", get_buffer_size, set_buffer_size, nullptr),
    GETTER_SETTER("buffer_text", get_buffer_text, set_buffer_text, nullptr),
    GETTER("buffer_used", get_buffer_used, nullptr),
    GETTER_SETTER("namespace_prefixes", get_flag<&Parser::namespace_prefixes>, set_flag<&Parser::namespace_prefixes>, nullptr),
    GETTER_SETTER("ordered_attributes", get_flag<&Parser::ordered_attributes>, set_flag<&Parser::ordered_attributes>, nullptr),
    GETTER_SETTER("specified_attributes", get_flag<&Parser::specified_attributes>, set_flag<&Parser::specified_attributes>, nullptr),
#define HANDLER(attribute, event, setter, function) GETTER_SETTER(#attribute, get_handler<k##attribute>, set_handler<k##attribute>, nullptr),
#include "interp/modules/expat_handlers.def"
#undef HANDLER
    END_ROW,
};

Fallible<const char*> text_argument(const char* name, Object* value) {
    if (!value || is_none(value)) return nullptr;
    if (!is_str(value)) return raise(exc::TypeError, "ParserCreate() argument '%s' must be str or None, not %N", name, value);
    return TRY(str_utf8(as_str(value))).data();
}
// pyexpat.ParserCreate(encoding=None, namespace_separator=None, intern=<unrepresentable>)
Fallible<Ref<>> parser_create(Object*, Object* const* a) {
    const char* encoding = TRY(text_argument("encoding", a[0]));
    const char* separator = TRY(text_argument("namespace_separator", a[1]));
    if (separator && std::strlen(separator) > 1)
        return raise(exc::ValueError, "namespace_separator must be at most one character, omitted, or None");
    if (a[2] && is_none(a[2])) return parser_new(encoding, separator, nullptr);
    if (a[2] && !is_dict(a[2])) return raise(exc::TypeError, "intern must be a dictionary");
    Ref<Dict> intern = a[2] ? share(as_dict(a[2])) : TRY(dict_new());
    return parser_new(encoding, separator, intern.get());
}
// pyexpat.ErrorString(code, /)
Fallible<Ref<>> error_string(Object*, Object* code) {
    return text(XML_ErrorString(XML_Error(TRY(as_int64(code)))));
}
MethodDef expat_functions[] = {
    METHOD("ParserCreate", parser_create, "($module, /, encoding=None, namespace_separator=None,\n             intern=<unrepresentable>)",
           "A new XML parser."),
    METHOD_O("ErrorString", error_string, "($module, code, /)", "What an error number means."),
    END_ROW,
};

Fallible<Ref<>> feature_list() {
    Ref<List> list = TRY(list_new(0));
    for (const XML_Feature* each = XML_GetFeatureList(); each->feature != XML_FEATURE_END; ++each) {
        Ref<> name = TRY(text(each->name));
        Ref<Int> value = TRY(int_from(each->value));
        TRY(list_append_steal(list.get(), TRY(tuple_pack(name.get(), static_cast<Object*>(value.get())))));
    }
    return list;
}
Fallible<void> add_version(Module* module) {
    TRY(module_add_str(module, "EXPAT_VERSION", XML_ExpatVersion()));
    XML_Expat_Version version = XML_ExpatVersionInfo();
    const int parts[] = {version.major, version.minor, version.micro};
    Ref<Tuple> tuple = TRY(tuple_new(3));
    for (int i = 0; i < 3; ++i) tuple->items[i] = TRY(int_from(parts[i])).release();
    TRY(module_add(module, "version_info", Ref<>(std::move(tuple))));
    TRY(module_add_str(module, "native_encoding", "UTF-8"));
    return module_add(module, "features", TRY(feature_list()));
}
Fallible<void> execute(Module* module) {
    TRY(type_ready(&parser_type));
    TRY(module_add(module, "XMLParserType", share(static_cast<Object*>(&parser_type))));
    if (!error_type) error_type = TRY(exception_type_new("xml.parsers.expat.ExpatError", static_cast<Object*>(exc::Exception), nullptr)).release();
    TRY(module_add(module, "error", share(error_type)));
    TRY(module_add(module, "ExpatError", share(error_type)));
    TRY(add_version(module));
    TRY(module_add_int(module, "XML_PARAM_ENTITY_PARSING_NEVER", XML_PARAM_ENTITY_PARSING_NEVER));
    TRY(module_add_int(module, "XML_PARAM_ENTITY_PARSING_UNLESS_STANDALONE", XML_PARAM_ENTITY_PARSING_UNLESS_STANDALONE));
    TRY(module_add_int(module, "XML_PARAM_ENTITY_PARSING_ALWAYS", XML_PARAM_ENTITY_PARSING_ALWAYS));
    return add_error_modules(module);
}

}  // namespace

Raised raise_error(Parser* parser, XML_Error code) {
    XML_Size line = XML_GetErrorLineNumber(parser->parser), column = XML_GetErrorColumnNumber(parser->parser);
    Ref<Str> message = TRY(format_str("%s: line %zu, column %zu", XML_ErrorString(code), size_t(line), size_t(column)));
    Ref<> error = TRY(call(error_type, message.get()));
    const struct {
        Str* name;
        int64_t value;
    } attributes[] = {{"code"_name, code}, {"offset"_name, int64_t(column)}, {"lineno"_name, int64_t(line)}};
    for (auto& each : attributes) {
        Ref<Int> value = TRY(int_from(each.value));
        TRY(set_attr(error.get(), each.name, value.get()));
    }
    return raise_object(static_cast<Type*>(error_type), error.get());
}

constinit Type parser_type = static_type({
    .name = "pyexpat.xmlparser",
    .basic_size = sizeof(Parser),
    .flags = type_flag::kHaveGc | type_flag::kDisallowInstantiation,
    .doc = "XML parser",
    .dealloc = parser_dealloc,
    .traverse = parser_traverse,
    .clear = parser_clear,
    .methods = parser_methods,
    .members = parser_members,
    .getset = parser_getset,
});

}  // namespace py::expat

namespace py {

extern const NativeModule expat_module;
const NativeModule expat_module = {"pyexpat", "Python wrapper for Expat parser.", expat::expat_functions, expat::execute};

}  // namespace py
