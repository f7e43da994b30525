// Specialised forms of attribute access: what kind of attribute `name` is on the owner's type decides.
#include "interp/objects/abstract.h"
#include "interp/objects/dict.h"
#include "interp/objects/function.h"
#include "interp/objects/module.h"
#include "interp/objects/str.h"
#include "interp/objects/types.h"
#include "interp/vm/specialize.h"

namespace py {

namespace {

enum class Kind { InstanceDict, Slot, DunderClass, Method, NonDescriptor, Other };

// Whether the type of a class attribute may become a descriptor later: a class that Python code can change.
bool may_become_descriptor(Type* type) { return !type->has(type_flag::kImmutable); }

// The type's attribute `name` as generic_get_attr would treat it.
Kind classify(Type* type, Str* name, Object** descriptor) {
    *descriptor = type_lookup(type, name);
    if (!*descriptor) return Kind::InstanceDict;
    Type* kind = (*descriptor)->type;
    if (may_become_descriptor(kind)) return Kind::Other;
    if (kind == &member_descriptor_type) {
        MemberDef* definition = static_cast<MemberDescriptor*>(*descriptor)->definition;
        if (definition->type == kObject && !(definition->flags & kReadOnly) &&
            is_subtype(type, static_cast<MemberDescriptor*>(*descriptor)->owner))
            return Kind::Slot;
        return Kind::Other;
    }
    if (str_equals(name, "__class__") && *descriptor == type_lookup(&object_type, name)) return Kind::DunderClass;
    if (kind->descr_set) return Kind::Other;
    if (kind->has(type_flag::kMethodDescriptor)) return Kind::Method;
    if (kind->descr_get) return Kind::Other;
    return Kind::NonDescriptor;
}

bool plain_getattr(Type* type) { return type->getattro == generic_getattro_slot; }

bool specialize_module(Object* owner, CodeUnit* instruction, Str* name, bool method) {
    auto* module = static_cast<Module*>(owner);
    DictKeys* keys = module->dict->keys;
    if (keys->kind != kStrKeys || type_lookup(&module_type, name)) return false;
    ssize_t index = dict_keys_index(keys, name);
    uint32_t version = dict_keys_version(keys);
    if (index < 0 || index > UINT16_MAX || !version) return false;
    if (method) {
        auto* cache = reinterpret_cast<MethodCache*>(instruction + 1);
        write32(cache->keys_version, version);
        cache->dict_offset = uint16_t(index);
        instruction->opcode = LOAD_METHOD_MODULE;
    } else {
        auto* cache = reinterpret_cast<AttributeCache*>(instruction + 1);
        write32(cache->version, version);
        cache->index = uint16_t(index);
        instruction->opcode = LOAD_ATTR_MODULE;
    }
    return true;
}

// Index of `name` among the shared keys of the owner's inline values, -1: not there.
ssize_t inline_index(Object* owner, Str* name) {
    Type* type = owner->type;
    if (!type->has(type_flag::kManagedDict) || !managed_values(owner)) return -1;
    ssize_t index = dict_keys_index(static_cast<HeapType*>(type)->ht_cached_keys, name);
    return index > UINT16_MAX ? -1 : index;
}

// The type's own place in the object is read as any slot.
void use_class(CodeUnit* instruction, AttributeCache* cache) {
    cache->index = offsetof(Object, type);
    instruction->opcode = LOAD_ATTR_SLOT;
}
void use_slot(Object* descriptor, CodeUnit* instruction, uint8_t form, AttributeCache* cache) {
    ssize_t offset = static_cast<MemberDescriptor*>(descriptor)->definition->offset;
    if (offset > UINT16_MAX) return;
    cache->index = uint16_t(offset);
    instruction->opcode = form;
}

}  // namespace

void specialize_load_attr(Object* owner, CodeUnit* instruction, Str* name) {
    auto* cache = reinterpret_cast<AttributeCache*>(instruction + 1);
    cache->counter = kBackoff;
    if (owner->type == &module_type) {
        specialize_module(owner, instruction, name, false);
        return;
    }
    Type* type = owner->type;
    if (!plain_getattr(type) || !type_assign_version(type)) return;
    Object* descriptor;
    Kind kind = classify(type, name, &descriptor);
    write32(cache->version, type->version_tag);
    if (kind == Kind::Slot) {
        use_slot(descriptor, instruction, LOAD_ATTR_SLOT, cache);
        return;
    }
    if (kind == Kind::DunderClass) {
        use_class(instruction, cache);
        return;
    }
    if (kind == Kind::Other) return;
    ssize_t index = inline_index(owner, name);
    if (index >= 0) {
        cache->index = uint16_t(index);
        instruction->opcode = LOAD_ATTR_INSTANCE_VALUE;
        return;
    }
    if (!type->has(type_flag::kManagedDict) || kind != Kind::InstanceDict) return;
    Dict* dict = managed_dict(owner);
    if (!dict || dict->keys->kind == kGeneralKeys) return;
    index = dict_keys_index(dict->keys, name);
    if (index < 0 || index > UINT16_MAX) return;
    cache->index = uint16_t(index);
    instruction->opcode = LOAD_ATTR_WITH_HINT;
}

void specialize_store_attr(Object* owner, CodeUnit* instruction, Str* name) {
    auto* cache = reinterpret_cast<AttributeCache*>(instruction + 1);
    cache->counter = kBackoff;
    Type* type = owner->type;
    if (type->setattro != generic_setattro_slot || !type_assign_version(type)) return;
    Object* descriptor;
    Kind kind = classify(type, name, &descriptor);
    write32(cache->version, type->version_tag);
    if (kind == Kind::Slot) {
        use_slot(descriptor, instruction, STORE_ATTR_SLOT, cache);
        return;
    }
    if (kind == Kind::Other || kind == Kind::DunderClass) return;
    ssize_t index = inline_index(owner, name);
    if (index < 0) return;
    cache->index = uint16_t(index);
    instruction->opcode = STORE_ATTR_INSTANCE_VALUE;
}

static void specialize_class_method(Object* owner, CodeUnit* instruction, Str* name) {
    auto* cache = reinterpret_cast<MethodCache*>(instruction + 1);
    auto* type = static_cast<Type*>(static_cast<VarObject*>(owner));
    // Metaclass attributes that are data descriptors would win.
    if (owner->type != &type_type || type_lookup(owner->type, name)) return;
    Object* found = type_lookup(type, name);
    if (!found || may_become_descriptor(found->type) || !type_assign_version(type)) return;
    if (found->type->descr_get && !is_function(found) && found->type != &method_descriptor_type) return;
    write32(cache->type_version, type->version_tag);
    write_object(cache->descriptor, found);
    instruction->opcode = LOAD_METHOD_CLASS;
}

// No keys ever get this version.
static constexpr uint32_t kNoKeysVersion = UINT32_MAX;

void specialize_load_method(Object* owner, CodeUnit* instruction, Str* name) {
    auto* cache = reinterpret_cast<MethodCache*>(instruction + 1);
    cache->counter = kBackoff;
    if (owner->type == &module_type) {
        specialize_module(owner, instruction, name, true);
        return;
    }
    if (owner->type->has(type_flag::kTypeSubclass)) {
        specialize_class_method(owner, instruction, name);
        return;
    }
    Type* type = owner->type;
    if (!plain_getattr(type) || !type_assign_version(type)) return;
    Object* descriptor;
    if (classify(type, name, &descriptor) != Kind::Method) return;
    write32(cache->type_version, type->version_tag);
    write_object(cache->descriptor, descriptor);
    if (type->has(type_flag::kManagedDict)) {
        DictKeys* keys;
        uint8_t form;
        if (managed_values(owner)) {
            keys = static_cast<HeapType*>(type)->ht_cached_keys;
            form = LOAD_METHOD_WITH_VALUES;
        } else if (Dict* dict = managed_dict(owner)) {
            keys = dict->keys;
            form = LOAD_METHOD_WITH_DICT;
        } else {
            return;
        }
        if (keys->kind == kGeneralKeys || dict_keys_index(keys, name) >= 0) return;
        uint32_t version = dict_keys_version(keys);
        if (!version) return;
        write32(cache->keys_version, version);
        instruction->opcode = form;
    } else if (type->dict_offset > 0) {
        auto* dict = *reinterpret_cast<Dict**>(reinterpret_cast<char*>(owner) + type->dict_offset);
        uint32_t version = kNoKeysVersion;
        if (dict) {
            if (dict->keys->kind == kGeneralKeys || dict_keys_index(dict->keys, name) >= 0) return;
            version = dict_keys_version(dict->keys);
            if (!version) return;
        }
        write32(cache->keys_version, version);
        instruction->opcode = LOAD_METHOD_WITH_DICT;
    } else if (!type->dict_offset) {
        instruction->opcode = LOAD_METHOD_NO_DICT;
    }
}

}  // namespace py
