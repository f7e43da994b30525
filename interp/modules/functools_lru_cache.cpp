// functools.lru_cache's wrapper: the cache is a dict from argument keys to links of a ring, least recently used first.
#include "interp/modules/functools.h"

namespace py::functools {

namespace {

struct Link : Object {
    Link *previous, *next;  // not owned: the dict owns the links
    Hash hash;
    Object *key, *result;
};
struct LruCache : Object {
    Link *oldest, *newest;
    ssize_t maxsize;  // -1: unbounded
    Object* function;
    bool typed;
    Dict* cache;
    ssize_t hits, misses;
    Object* cache_info_type;
    Dict* dict;
    Object* weaklist;
};
LruCache* as_cache(Object* object) {
    return static_cast<LruCache*>(object);
}

// Stands between positional and keyword arguments in a key.
constinit Object keyword_mark = {kImmortalRefcount, &object_type};

void unlink(LruCache* self, Link* link) {
    (link->previous ? link->previous->next : self->oldest) = link->next;
    (link->next ? link->next->previous : self->newest) = link->previous;
}
void link_newest(LruCache* self, Link* link) {
    link->previous = self->newest;
    link->next = nullptr;
    (self->newest ? self->newest->next : self->oldest) = link;
    self->newest = link;
}

// What tells calls apart: one int or str itself, else a tuple of the arguments, keywords behind the mark, then the
// types.
Fallible<Ref<>> make_key(LruCache* self, Tuple* args, Dict* kwargs) {
    ssize_t keywords = kwargs ? kwargs->used : 0;
    if (!self->typed && keywords == 0) {
        if (args->size == 1 && (is_str_exact(args->items[0]) || is_int_exact(args->items[0])))
            return share(args->items[0]);
        return share(args);
    }
    ssize_t size = args->size + (keywords ? 2 * keywords + 1 : 0) + (self->typed ? args->size + keywords : 0);
    Ref<Tuple> key = TRY(tuple_new(size));
    ssize_t i = 0, position = 0;
    auto put = [&](Object* item) { key->items[i++] = new_reference(item); };
    for (ssize_t j = 0; j < args->size; ++j)
        put(args->items[j]);
    Object *name, *value;
    if (keywords) {
        put(&keyword_mark);
        while (dict_next(kwargs, &position, &name, &value))
            put(name), put(value);
    }
    if (self->typed) {
        for (ssize_t j = 0; j < args->size; ++j)
            put(args->items[j]->type);
        position = 0;
        while (keywords && dict_next(kwargs, &position, &name, &value))
            put(value->type);
    }
    return key;
}

Fallible<Ref<>> call_uncached(LruCache* self, Tuple* args, Dict* kwargs) {
    ++self->misses;
    return call_tuple(self->function, args, kwargs);
}

Fallible<Ref<>> call_unbounded(LruCache* self, Tuple* args, Dict* kwargs) {
    Ref<> key = TRY(make_key(self, args, kwargs));
    Hash key_hash = TRY(hash(key.get()));
    Ref<> found = TRY(dict_get_known_hash(self->cache, key.get(), key_hash));
    if (found) {
        ++self->hits;
        return found;
    }
    ++self->misses;
    Ref<> result = TRY(call_tuple(self->function, args, kwargs));
    TRY(dict_set_known_hash(self->cache, key.get(), key_hash, result.get()));
    return result;
}

Fallible<void> insert_new(LruCache* self, Ref<> key, Hash key_hash, Object* result) {
    auto link = static_cast<Link*>(gc_object_new(&lru_link_type, sizeof(Link)));
    if (!link) return raised;
    link->previous = link->next = nullptr;
    link->hash = key_hash;
    link->key = key.release();
    link->result = new_reference(result);
    gc_track(link);
    Ref<Link> held = steal(link);
    TRY(dict_set_known_hash(self->cache, link->key, key_hash, link));
    link_newest(self, link);
    return {};
}

// The cache is full: the oldest link gets the new key and result.
Fallible<void> replace_oldest(LruCache* self, Ref<> key, Hash key_hash, Object* result) {
    Link* link = self->oldest;
    if (!link) return {};  // emptied by the function itself
    unlink(self, link);
    Ref<Link> held = share(link);
    Ref<> popped = TRY(dict_pop_known_hash(self->cache, link->key, link->hash));
    if (!popped) return {};  // another thread, or the function, has removed it: nothing is cached
    Ref<> old_key = steal(std::exchange(link->key, key.release()));
    Ref<> old_result = steal(std::exchange(link->result, new_reference(result)));
    link->hash = key_hash;
    TRY(dict_set_known_hash(self->cache, link->key, key_hash, link));
    link_newest(self, link);
    return {};
}

Fallible<Ref<>> call_bounded(LruCache* self, Tuple* args, Dict* kwargs) {
    Ref<> key = TRY(make_key(self, args, kwargs));
    Hash key_hash = TRY(hash(key.get()));
    Ref<> found = TRY(dict_get_known_hash(self->cache, key.get(), key_hash));
    if (found) {
        Link* link = static_cast<Link*>(found.get());
        unlink(self, link);
        link_newest(self, link);
        ++self->hits;
        return share(link->result);
    }
    ++self->misses;
    Ref<> result = TRY(call_tuple(self->function, args, kwargs));
    // A recursive call may have put the same key in.
    found = TRY(dict_get_known_hash(self->cache, key.get(), key_hash));
    if (found) return result;
    if (self->cache->used < self->maxsize)
        TRY(insert_new(self, std::move(key), key_hash, result.get()));
    else
        TRY(replace_oldest(self, std::move(key), key_hash, result.get()));
    return result;
}

Object* lru_call(Object* object, Object* args, Object* kwargs) {
    LruCache* self = as_cache(object);
    auto names = static_cast<Dict*>(kwargs);
    if (self->maxsize < 0) return call_unbounded(self, as_tuple(args), names).release();
    if (self->maxsize == 0) return call_uncached(self, as_tuple(args), names).release();
    return call_bounded(self, as_tuple(args), names).release();
}

// functools._lru_cache_wrapper(user_function, maxsize, typed, cache_info_type)
Fallible<Ref<>> lru_new(Type* type, Object* const* bound) {
    if (!is_callable(bound[0])) return raise(exc::TypeError, "the first argument must be callable");
    ssize_t maxsize = -1;
    if (!is_none(bound[1])) {
        if (!is_index(bound[1])) return raise(exc::TypeError, "maxsize should be integer or None");
        maxsize = TRY(index_as_ssize(bound[1], exc::OverflowError));
        if (maxsize < 0) maxsize = 0;
    }
    bool typed = TRY(is_true(bound[2]));
    Ref<Dict> cache = TRY(dict_new());
    Ref<LruCache> self = TRY(instance_new<LruCache>(type));
    self->maxsize = maxsize;
    self->typed = typed;
    self->cache = cache.release();
    self->function = new_reference(bound[0]);
    self->cache_info_type = new_reference(bound[3]);
    return self;
}

Object* lru_descr_get(Object* self, Object* instance, Object*) {
    if (!instance || is_none(instance)) return new_reference(self);
    return method_new(self, instance).release();
}

void forget_links(LruCache* self) {
    self->oldest = self->newest = nullptr;
    dict_clear(self->cache);
}
// functools._lru_cache_wrapper.cache_info()
Fallible<Ref<>> lru_cache_info(Object* object) {
    LruCache* self = as_cache(object);
    Ref<> maxsize = self->maxsize < 0 ? share(none()) : Ref<>(TRY(int_from(self->maxsize)));
    Ref<Int> hits = TRY(int_from(self->hits))
    , misses = TRY(int_from(self->misses))
    , used = TRY(int_from(self->cache->used));
    return call(self->cache_info_type, hits.get(), misses.get(), maxsize.get(), used.get());
}
// functools._lru_cache_wrapper.cache_clear()
Fallible<Ref<>> lru_cache_clear(Object* object) {
    as_cache(object)->hits = as_cache(object)->misses = 0;
    forget_links(as_cache(object));
    return share(none());
}
// functools._lru_cache_wrapper.__reduce__()
Fallible<Ref<>> lru_reduce(Object* object) {
    return get_attr(object, "__qualname__"_name);
}
// functools._lru_cache_wrapper.__copy__() and __deepcopy__(), which ignore arguments
Fallible<Ref<>> lru_copy(Object* object, Object* const*, ssize_t) {
    return share(object);
}

int lru_clear_slot(Object* object) {
    LruCache* self = as_cache(object);
    self->oldest = self->newest = nullptr;
    clear_slot(self->function);
    clear_slot(self->cache);
    clear_slot(self->cache_info_type);
    clear_slot(self->dict);
    return 0;
}
void lru_dealloc(Object* object) {
    gc_untrack(object);
    if (as_cache(object)->weaklist) clear_weakrefs(object);
    lru_clear_slot(object);
    object_memory_free(object);
}

MethodDef lru_methods[] = {
    METHOD_NOARGS("cache_info", lru_cache_info, "($self, /)", "Report cache statistics"),
    METHOD_NOARGS("cache_clear", lru_cache_clear, "($self, /)", "Clear the cache and cache statistics"),
    {"__reduce__", (CFunction)wrap_no_args<lru_reduce>, kNoArgs, nullptr},
    METHOD_FAST_UNSIGNED("__copy__", lru_copy, nullptr),
    METHOD_FAST_UNSIGNED("__deepcopy__", lru_copy, nullptr),
    END_ROW,
};
GetSetDef lru_getset[] = {GETTER_SETTER("__dict__", generic_get_dict, generic_set_dict, nullptr), END_ROW};

}  // namespace

constinit Type lru_link_type = static_type({
    .name = "functools._lru_list_elem",
    .basic_size = sizeof(Link),
    .flags = type_flag::kHaveGc | type_flag::kDisallowInstantiation,
    .dealloc = dealloc_members<&Link::key, &Link::result>,
    .traverse = traverse_members<&Link::key, &Link::result>,
});
constinit Type lru_cache_type = static_type({
    .name = "functools._lru_cache_wrapper",
    .basic_size = sizeof(LruCache),
    .flags = type_flag::kHaveGc | type_flag::kBase | type_flag::kMethodDescriptor,
    .doc = "A function with a cache of its results. The cache holds at most maxsize results, the least recently used "
           "goes first;\n"
           "typed tells arguments of different types apart; cache_info_type makes what cache_info returns.",
    .dealloc = lru_dealloc,
    .traverse = traverse_members<&LruCache::function, &LruCache::cache, &LruCache::cache_info_type, &LruCache::dict>,
    .clear = lru_clear_slot,
    .call = lru_call,
    .methods = lru_methods,
    .getset = lru_getset,
    .descr_get = lru_descr_get,
    .dict_offset = offsetof(LruCache, dict),
    .weaklist_offset = offsetof(LruCache, weaklist),
    .new_ = Bound<lru_new, "lru_cache", "(user_function, maxsize, typed, cache_info_type)">::new_,
});

}  // namespace py::functools
