// What weak references and weak proxies share; the rest stands in module.h.
#pragma once

#include "interp/objects/module.h"

namespace py {

void weakref_dealloc(Object* object);
int weakref_traverse_slot(Object* object, Visit visit, void* arg);
int weakref_clear_slot(Object* object);
Object* weakref_vectorcall(Object* self, Object* const* args, size_t nargsf, Object* kwnames);
extern Type weakproxy_type asm("_PyWeakref_ProxyType");
extern Type weakcallableproxy_type asm("_PyWeakref_CallableProxyType");
inline bool is_weak_proxy(const Object* object) { return object->type == &weakproxy_type || object->type == &weakcallableproxy_type; }
Fallible<Ref<>> weak_proxy_new(Object* object, Object* callback_or_null);

}  // namespace py
