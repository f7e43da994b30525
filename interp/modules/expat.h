// pyexpat: the parser object, shared by its files.
#pragma once

#include <expat.h>

#include "interp/objects/dict.h"
#include "interp/objects/errors.h"
#include "interp/objects/str.h"

namespace py::expat {

enum Handler : int {
#define HANDLER(attribute, event, setter, function) k##attribute,
#include "interp/modules/expat_handlers.def"
#undef HANDLER
    kHandlerCount
};

// pyexpat.xmlparser
struct Parser : Object {
    XML_Parser parser;
    char ordered_attributes, specified_attributes, namespace_prefixes;
    bool in_character_data;  // CharacterDataHandler is running
    // Character data that waits to be joined with what follows; null when texts are given out as they come.
    char* buffer;
    int buffer_size, buffer_used;
    Dict* intern;     // name → name, or null
    Object* parent;   // of a parser of an external entity: shares memory with this one
    Object* handlers[kHandlerCount];
};
inline Parser* as_parser(Object* object) { return static_cast<Parser*>(object); }
extern Type parser_type;
extern Object* error_type;  // ExpatError

// Gives out the buffered character data. Runs Python.
Fallible<void> flush_buffer(Parser* parser);
// Tells Expat to call for this kind of event, or not to.
void enable_handler(Parser* parser, Handler handler, bool on);
// Drops all handlers, so that nothing more is called while Expat runs on.
void drop_handlers(Parser* parser);
int unknown_encoding(void* data, const XML_Char* name, XML_Encoding* encoding);
// str of what Expat gives, None for null.
Fallible<Ref<>> text(const XML_Char* utf8);
// Raises ExpatError for a code, with the parser's place.
[[gnu::cold]] Raised raise_error(Parser* parser, XML_Error code);

// An encoding's first 256 characters for Expat's table; false with an exception when it is no single-byte encoding.
Fallible<void> fill_encoding(const XML_Char* name, XML_Encoding* encoding);

Fallible<void> add_error_modules(Module* module);

}  // namespace py::expat
