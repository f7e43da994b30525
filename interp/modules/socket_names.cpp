// _socket: names of hosts, services, protocols and interfaces, and the text forms of addresses.
#include <arpa/inet.h>
#include <net/if.h>
#include <netdb.h>
#include <unistd.h>

#include <climits>
#include <cstdio>
#include <cstring>

#include "interp/modules/posix.h"
#include "interp/modules/socket.h"
#include "interp/objects/abstract.h"
#include "interp/objects/call.h"
#include "interp/objects/containers.h"
#include "interp/objects/int.h"
#include "interp/objects/parsed_methods.h"
#include "interp/runtime/audit.h"

namespace py {

Object *gai_error, *host_error;

namespace {

// Holds what getaddrinfo() found.
struct AddressList {
    addrinfo* first = nullptr;
    AddressList() = default;
    AddressList(const AddressList&) = delete;
    AddressList& operator=(const AddressList&) = delete;
    ~AddressList() {
        if (first) ::freeaddrinfo(first);
    }
    Fallible<void> find(const char* host, const char* service, const addrinfo& hints) {
        int error = without_gil([&] { return ::getaddrinfo(host, service, &hints, &first); });
        if (error) {
            first = nullptr;
            return raise_gai_error(error);
        }
        return {};
    }
};

Fallible<Ref<>> text_object(const char* text) { return TRY(str_from_fs(text)); }

Raised raise_pair(Object* type, int code, const char* text) {
    Ref<Int> number = TRY(int_from(code));
    Ref<Str> message = TRY(str_from_fs(text));
    Ref<> error = TRY(call(type, static_cast<Object*>(number.get()), static_cast<Object*>(message.get())));
    return raise_instance(error.get());
}
Raised raise_host_error(int code) { return raise_pair(host_error, code, ::hstrerror(code)); }

Fallible<SocketAddress> wildcard(int family) {
    addrinfo hints{};
    hints.ai_family = family;
    hints.ai_socktype = SOCK_DGRAM;
    hints.ai_flags = AI_PASSIVE;
    AddressList list;
    TRY(list.find(nullptr, "0", hints));
    if (list.first->ai_next) return raise(exc::OSError, "wildcard resolved to multiple address");
    SocketAddress address;
    std::memcpy(&address.storage, list.first->ai_addr, list.first->ai_addrlen);
    address.length = list.first->ai_addrlen;
    return address;
}

// As argument errors name a value's type.
const char* type_word(Object* object) { return is_none(object) ? "None" : object->type->name; }

}  // namespace

Raised raise_gai_error(int error) {
    if (error == EAI_SYSTEM) return raise_os_error(errno);
    return raise_pair(gai_error, error, ::gai_strerror(error));
}

Fallible<Ref<Bytes>> host_bytes(Object* object, const char* function) {
    Ref<Bytes> result;
    if (is_str(object)) {
        Str* text = as_str(object);
        if (text->ascii) {
            result = TRY(bytes_from(text->ascii_view()));
        } else {
            auto encoded = str_encode(text, "idna", nullptr);
            if (!encoded.ok()) {
                clear_error();
                return raise(exc::TypeError, "encoding of hostname failed");
            }
            result = encoded.take();
        }
    } else if (is_bytes(object)) {
        result = share(as_bytes(object));
    } else if (is_bytearray(object)) {
        result = TRY(bytes_from(static_cast<ByteArray*>(object)->view()));
    } else {
        if (!function) return raise(exc::TypeError, "str, bytes or bytearray expected, not %T", object);
        return raise(exc::TypeError, "%s() argument 1 must be str, bytes or bytearray, not %s", function, type_word(object));
    }
    if (result->view().find('\0') != std::string_view::npos)
        return raise(exc::TypeError, "host name must not contain null character");
    return result;
}

Fallible<SocketAddress> resolve_host(const char* name, int family) {
    if (!*name) return wildcard(family);
    SocketAddress address;
    if (!std::strcmp(name, "<broadcast>") || !std::strcmp(name, "255.255.255.255")) {
        if (family != AF_INET && family != AF_UNSPEC) return raise(exc::OSError, "address family mismatched");
        address.in.sin_family = AF_INET;
        address.in.sin_addr.s_addr = INADDR_BROADCAST;
        address.length = sizeof(sockaddr_in);
        return address;
    }
    // Numeric addresses need no resolver. Those of IPv6 with a scope do.
    if (family != AF_INET6 && ::inet_pton(AF_INET, name, &address.in.sin_addr) > 0) {
        address.in.sin_family = AF_INET;
        address.length = sizeof(sockaddr_in);
        return address;
    }
    if (family != AF_INET && !std::strchr(name, '%') && ::inet_pton(AF_INET6, name, &address.in6.sin6_addr) > 0) {
        address.in6.sin6_family = AF_INET6;
        address.length = sizeof(sockaddr_in6);
        return address;
    }
    addrinfo hints{};
    hints.ai_family = family;
    AddressList list;
    TRY(list.find(name, nullptr, hints));
    size_t size = std::min(size_t(list.first->ai_addrlen), sizeof address.storage);
    std::memcpy(&address.storage, list.first->ai_addr, size);
    address.length = socklen_t(size);
    return address;
}

namespace {

Fallible<Ref<>> host_text(const SocketAddress& address) {
    return address.base.sa_family == AF_INET6 ? ipv6_text(address.in6) : ipv4_text(address.in);
}

// _socket.gethostname()
Fallible<Ref<>> socket_gethostname(Object*) {
    TRY(audit("socket.gethostname", ""));
    char name[1024];
    if (without_gil([&] { return ::gethostname(name, sizeof name - 1); }) < 0) return raise_os_error(errno);
    name[sizeof name - 1] = 0;
    return text_object(name);
}
// _socket.sethostname(name)
Fallible<Ref<>> socket_sethostname(Object*, Object* name) {
    Ref<Bytes> text;
    if (!is_bytes(name)) {
        if (!is_str(name)) return raise(exc::TypeError, "sethostname() argument 1 must be str, not %N", name);
        text = TRY(fs_encode(as_str(name)));
    } else {
        text = share(as_bytes(name));
    }
    TRY(audit("socket.sethostname", "O", name));
    return posix_none_or_error(::sethostname(text->data, size_t(text->size)));
}
// _socket.gethostbyname(host)
Fallible<Ref<>> socket_gethostbyname(Object*, Object* host) {
    Ref<Bytes> name = TRY(host_bytes(host, "gethostbyname"));
    TRY(audit("socket.gethostbyname", "O", host));
    SocketAddress address = TRY(resolve_host(name->data, AF_INET));
    return host_text(address);
}

// (name, aliases, addresses)
Fallible<Ref<>> host_entry_object(const hostent& entry, int family) {
    if (entry.h_addrtype != family) return raise_os_error(EAFNOSUPPORT);
    Ref<List> aliases = TRY(list_new(0));
    for (char** alias = entry.h_aliases; alias && *alias; ++alias)
        TRY(list_append_steal(aliases.get(), TRY(text_object(*alias))));
    Ref<List> addresses = TRY(list_new(0));
    for (char** each = entry.h_addr_list; each && *each; ++each) {
        char text[INET6_ADDRSTRLEN];
        if (!::inet_ntop(family, *each, text, sizeof text)) return raise_os_error(errno);
        TRY(list_append_steal(addresses.get(), TRY(text_object(text))));
    }
    Ref<> name = TRY(text_object(entry.h_name));
    return TRY(tuple_pack(name.get(), aliases.get(), addresses.get()));
}
constexpr size_t kHostBuffer = 16384;

// _socket.gethostbyname_ex(host)
Fallible<Ref<>> socket_gethostbyname_ex(Object*, Object* host) {
    Ref<Bytes> name = TRY(host_bytes(host, "gethostbyname_ex"));
    TRY(audit("socket.gethostbyname", "O", host));
    SocketAddress address = TRY(resolve_host(name->data, AF_INET));
    hostent entry{}, *found = nullptr;
    char buffer[kHostBuffer];
    int code = 0;
    without_gil([&] { return ::gethostbyname_r(name->data, &entry, buffer, sizeof buffer, &found, &code); });
    if (!found) return raise_host_error(code);
    return host_entry_object(*found, address.base.sa_family);
}
// _socket.gethostbyaddr(host)
Fallible<Ref<>> socket_gethostbyaddr(Object*, Object* host) {
    Ref<Bytes> name = TRY(host_bytes(host, "gethostbyaddr"));
    TRY(audit("socket.gethostbyaddr", "O", host));
    SocketAddress address = TRY(resolve_host(name->data, AF_UNSPEC));
    int family = address.base.sa_family;
    const void* raw = family == AF_INET ? static_cast<const void*>(&address.in.sin_addr) : &address.in6.sin6_addr;
    socklen_t size = family == AF_INET ? sizeof(in_addr) : sizeof(in6_addr);
    if (family != AF_INET && family != AF_INET6) return raise(exc::OSError, "unsupported address family");
    hostent entry{}, *found = nullptr;
    char buffer[kHostBuffer];
    int code = 0;
    without_gil([&] { return ::gethostbyaddr_r(raw, size, family, &entry, buffer, sizeof buffer, &found, &code); });
    if (!found) return raise_host_error(code);
    return host_entry_object(*found, family);
}

// A str argument as text without null characters.
Fallible<Ref<Bytes>> text_argument(const char* function, int number, Object* object) {
    if (!is_str(object)) return raise(exc::TypeError, "%s() argument %d must be str, not %s", function, number, type_word(object));
    Ref<Bytes> text = TRY(str_as_utf8_bytes(as_str(object)));
    if (text->view().find('\0') != std::string_view::npos) return raise(exc::ValueError, "embedded null character");
    return text;
}

// _socket.getservbyname(servicename, protocolname=…, /)
Fallible<Ref<>> socket_getservbyname(Object*, Object* const* args, ssize_t nargs) {
    TRY(check_parsed_count("getservbyname", nargs, 1, 2));
    Ref<Bytes> name = TRY(text_argument("getservbyname", 1, args[0])), protocol;
    if (nargs > 1) protocol = TRY(text_argument("getservbyname", 2, args[1]));
    TRY(audit("socket.getservbyname", "ss", static_cast<const char*>(name->data), protocol ? static_cast<const char*>(protocol->data) : nullptr));
    servent* entry = without_gil([&] { return ::getservbyname(name->data, protocol ? protocol->data : nullptr); });
    if (!entry) return raise(exc::OSError, "service/proto not found");
    return TRY(int_from(ntohs(uint16_t(entry->s_port))));
}
// _socket.getservbyport(port, protocolname=…, /)
Fallible<Ref<>> socket_getservbyport(Object*, Object* const* args, ssize_t nargs) {
    TRY(check_parsed_count("getservbyport", nargs, 1, 2));
    int port = TRY(as_c_int(args[0]));
    Ref<Bytes> protocol;
    if (nargs > 1) protocol = TRY(text_argument("getservbyport", 2, args[1]));
    if (port < 0 || port > 0xffff) return raise(exc::OverflowError, "getservbyport: port must be 0-65535.");
    TRY(audit("socket.getservbyport", "is", port, protocol ? static_cast<const char*>(protocol->data) : nullptr));
    servent* entry = without_gil([&] { return ::getservbyport(htons(uint16_t(port)), protocol ? protocol->data : nullptr); });
    if (!entry) return raise(exc::OSError, "port/proto not found");
    return text_object(entry->s_name);
}
// _socket.getprotobyname(name, /)
Fallible<Ref<>> socket_getprotobyname(Object*, Object* object) {
    Ref<Bytes> name = TRY(text_argument("getprotobyname", 1, object));
    protoent* entry = without_gil([&] { return ::getprotobyname(name->data); });
    if (!entry) return raise(exc::OSError, "protocol not found");
    return TRY(int_from(entry->p_proto));
}

// The service argument of getaddrinfo(): null for None.
Fallible<Ref<Bytes>> service_bytes(Object* port) {
    if (is_int(port)) {
        char digits[24];
        std::snprintf(digits, sizeof digits, "%ld", long(TRY(as_int64(port))));
        return TRY(bytes_from(digits));
    }
    if (is_str(port)) return TRY(str_as_utf8_bytes(as_str(port)));
    if (is_bytes(port)) return share(as_bytes(port));
    return raise(exc::OSError, "Int or String expected");
}

Fallible<Ref<>> address_entry(const addrinfo& entry) {
    Ref<> address = TRY(address_object(entry.ai_addr, entry.ai_addrlen, -1));
    Ref<Int> family = TRY(int_from(entry.ai_family));
    Ref<Int> type = TRY(int_from(entry.ai_socktype));
    Ref<Int> protocol = TRY(int_from(entry.ai_protocol));
    Ref<> name = TRY(text_object(entry.ai_canonname ? entry.ai_canonname : ""));
    return TRY(tuple_pack(family.get(), type.get(), protocol.get(), name.get(), address.get()));
}

// _socket.getaddrinfo(host, port, family=0, type=0, proto=0, flags=0)
Fallible<Ref<>> socket_getaddrinfo(Object*, Object* const* a) {
    addrinfo hints{};
    hints.ai_family = a[2] ? TRY(as_c_int(a[2])) : AF_UNSPEC;
    hints.ai_socktype = a[3] ? TRY(as_c_int(a[3])) : 0;
    hints.ai_protocol = a[4] ? TRY(as_c_int(a[4])) : 0;
    hints.ai_flags = a[5] ? TRY(as_c_int(a[5])) : 0;
    Ref<Bytes> host, service;
    if (is_str(a[0]))
        host = TRY(str_encode(as_str(a[0]), "idna", nullptr));
    else if (is_bytes(a[0]))
        host = share(as_bytes(a[0]));
    else if (!is_none(a[0]))
        return raise(exc::TypeError, "getaddrinfo() argument 1 must be string or None");
    if (!is_none(a[1])) service = TRY(service_bytes(a[1]));
    TRY(audit("socket.getaddrinfo", "OOiii", a[0], a[1], hints.ai_family, hints.ai_socktype, hints.ai_protocol));
    AddressList list;
    TRY(list.find(host ? host->data : nullptr, service ? service->data : nullptr, hints));
    Ref<List> result = TRY(list_new(0));
    for (const addrinfo* each = list.first; each; each = each->ai_next)
        TRY(list_append_steal(result.get(), TRY(address_entry(*each))));
    return result;
}

// _socket.getnameinfo(sockaddr, flags, /)
Fallible<Ref<>> socket_getnameinfo(Object*, Object* const* args, ssize_t nargs) {
    TRY(check_parsed_count("getnameinfo", nargs, 2, 2));
    int flags = TRY(as_c_int(args[1]));
    if (!is_tuple(args[0])) return raise(exc::TypeError, "getnameinfo() argument 1 must be a tuple");
    Tuple* parts = as_tuple(args[0]);
    if (parts->size < 2 || parts->size > 4 || !is_str(parts->items[0]))
        return raise(exc::TypeError, "getnameinfo(): illegal sockaddr argument");
    Ref<Bytes> host = TRY(str_as_utf8_bytes(as_str(parts->items[0])));
    int port = TRY(as_c_int(parts->items[1]));
    uint64_t flow = parts->size > 2 ? as_uint64_masked(TRY(index(parts->items[2])).get()) : 0;
    uint64_t scope = parts->size > 3 ? as_uint64_masked(TRY(index(parts->items[3])).get()) : 0;
    if (uint32_t(flow) > 0xfffff) return raise(exc::OverflowError, "getnameinfo(): flowinfo must be 0-1048575.");
    TRY(audit("socket.getnameinfo", "(O)", args[0]));
    char service[24];
    std::snprintf(service, sizeof service, "%d", port);
    addrinfo hints{};
    hints.ai_socktype = SOCK_DGRAM;  // one entry an address
    hints.ai_flags = AI_NUMERICHOST;
    AddressList list;
    TRY(list.find(host->data, service, hints));
    if (list.first->ai_next) return raise(exc::OSError, "sockaddr resolved to multiple addresses");
    if (list.first->ai_family == AF_INET) {
        if (parts->size != 2) return raise(exc::OSError, "IPv4 sockaddr must be 2 tuple");
    } else if (list.first->ai_family == AF_INET6) {
        auto* address = reinterpret_cast<sockaddr_in6*>(list.first->ai_addr);
        address->sin6_flowinfo = htonl(uint32_t(flow));
        address->sin6_scope_id = uint32_t(scope);
    }
    char host_name[NI_MAXHOST], service_name[NI_MAXSERV];
    int error = without_gil([&] {
        return ::getnameinfo(list.first->ai_addr, list.first->ai_addrlen, host_name, sizeof host_name, service_name, sizeof service_name, flags);
    });
    if (error) return raise_gai_error(error);
    Ref<> first = TRY(text_object(host_name));
    Ref<> second = TRY(text_object(service_name));
    return TRY(tuple_pack(first.get(), second.get()));
}

// _socket.inet_aton(string, /)
Fallible<Ref<>> socket_inet_aton(Object*, Object* object) {
    Ref<Bytes> text = TRY(text_argument("inet_aton", 1, object));
    in_addr address;
    if (!::inet_aton(text->data, &address)) return raise(exc::OSError, "illegal IP address string passed to inet_aton");
    return TRY(bytes_from({reinterpret_cast<const char*>(&address), sizeof address}));
}
// _socket.inet_ntoa(packed_ip, /)
Fallible<Ref<>> socket_inet_ntoa(Object*, Object* object) {
    BufferView packed;
    TRY(packed.open(object));
    if (packed.size() != 4) return raise(exc::OSError, "packed IP wrong length");
    char text[INET_ADDRSTRLEN];
    ::inet_ntop(AF_INET, packed.data(), text, sizeof text);
    return text_object(text);
}
// _socket.inet_pton(af, ip, /)
Fallible<Ref<>> socket_inet_pton(Object*, Object* const* args, ssize_t nargs) {
    TRY(check_parsed_count("inet_pton", nargs, 2, 2));
    int family = TRY(as_c_int(args[0]));
    Ref<Bytes> text = TRY(text_argument("inet_pton", 2, args[1]));
    char packed[sizeof(in6_addr)];
    int status = ::inet_pton(family, text->data, packed);
    if (status < 0) return raise_os_error(errno);
    if (status == 0) return raise(exc::OSError, "illegal IP address string passed to inet_pton");
    if (family != AF_INET && family != AF_INET6) return raise(exc::OSError, "unknown address family");
    return TRY(bytes_from({packed, family == AF_INET ? sizeof(in_addr) : sizeof(in6_addr)}));
}
// _socket.inet_ntop(af, packed_ip, /)
Fallible<Ref<>> socket_inet_ntop(Object*, Object* const* args, ssize_t nargs) {
    TRY(check_parsed_count("inet_ntop", nargs, 2, 2));
    int family = TRY(as_c_int(args[0]));
    BufferView packed;
    TRY(packed.open(args[1]));
    if (family != AF_INET && family != AF_INET6) return raise(exc::ValueError, "unknown address family %d", family);
    if (packed.size() != ssize_t(family == AF_INET ? sizeof(in_addr) : sizeof(in6_addr)))
        return raise(exc::ValueError, "invalid length of packed IP address string");
    char text[INET6_ADDRSTRLEN];
    if (!::inet_ntop(family, packed.data(), text, sizeof text)) return raise_os_error(errno);
    return text_object(text);
}

// _socket.if_nameindex()
Fallible<Ref<>> socket_if_nameindex(Object*) {
    struct InterfaceList {
        struct if_nameindex* first = ::if_nameindex();
        ~InterfaceList() {
            if (first) ::if_freenameindex(first);
        }
    } interfaces;
    if (!interfaces.first) return raise_os_error(errno);
    Ref<List> result = TRY(list_new(0));
    for (auto* each = interfaces.first; each->if_index && each->if_name; ++each) {
        Ref<Int> number = TRY(int_from(each->if_index));
        Ref<> name = TRY(text_object(each->if_name));
        TRY(list_append_steal(result.get(), TRY(tuple_pack(number.get(), name.get()))));
    }
    return result;
}
// _socket.if_nametoindex(if_name, /)
Fallible<Ref<>> socket_if_nametoindex(Object*, Object* object) {
    Ref<Bytes> name = TRY(path_to_bytes(object));
    unsigned number = ::if_nametoindex(name->data);
    if (!number) return raise(exc::OSError, "no interface with this name");
    return TRY(int_from(number));
}
// _socket.if_indextoname(if_index, /)
Fallible<Ref<>> socket_if_indextoname(Object*, Object* object) {
    TRY(require_int(object));
    uint64_t number = TRY(as_uint64(object));
    if (number > UINT_MAX) return raise(exc::OverflowError, "Python int too large to convert to C unsigned int");
    char name[IF_NAMESIZE + 1];
    if (!::if_indextoname(unsigned(number), name)) return raise_os_error(errno);
    return text_object(name);
}

}  // namespace

MethodDef socket_name_functions[] = {
    METHOD("getaddrinfo", socket_getaddrinfo, "($module, /, host, port, family=0, type=0, proto=0, flags=0)",
           "The addresses that a host and a service have: (family, type, proto, canonname, sockaddr) tuples."),
    METHOD_PARSED_ONE("gethostbyaddr", socket_gethostbyaddr, "gethostbyaddr(host)\n\nThe name, aliases and addresses of the host with an address."),
    METHOD_PARSED_ONE("gethostbyname", socket_gethostbyname, "gethostbyname(host)\n\nA host's IPv4 address."),
    METHOD_PARSED_ONE("gethostbyname_ex", socket_gethostbyname_ex, "gethostbyname_ex(host)\n\nA host's name, aliases and IPv4 addresses."),
    METHOD_NOARGS_UNSIGNED("gethostname", socket_gethostname, "gethostname()\n\nThis host's name."),
    METHOD_FAST_UNSIGNED("getnameinfo", socket_getnameinfo, "getnameinfo(sockaddr, flags)\n\nThe host and service of an address."),
    METHOD_PARSED_ONE("getprotobyname", socket_getprotobyname, "getprotobyname(name)\n\nA protocol's number."),
    METHOD_FAST_UNSIGNED("getservbyname", socket_getservbyname, "getservbyname(servicename[, protocolname])\n\nA service's port."),
    METHOD_FAST_UNSIGNED("getservbyport", socket_getservbyport, "getservbyport(port[, protocolname])\n\nThe service on a port."),
    METHOD_O_UNSIGNED("if_indextoname", socket_if_indextoname, "if_indextoname(if_index)\n\nThe name of the network interface with a number."),
    METHOD_NOARGS_UNSIGNED("if_nameindex", socket_if_nameindex, "if_nameindex()\n\nNumbers and names of the network interfaces."),
    METHOD_PARSED_ONE("if_nametoindex", socket_if_nametoindex, "if_nametoindex(if_name)\n\nThe number of the network interface with a name."),
    METHOD_PARSED_ONE("inet_aton", socket_inet_aton, "inet_aton(string)\n\nAn IPv4 address as four bytes."),
    METHOD_PARSED_ONE("inet_ntoa", socket_inet_ntoa, "inet_ntoa(packed_ip)\n\nFour bytes as an IPv4 address."),
    METHOD_FAST_UNSIGNED("inet_ntop", socket_inet_ntop, "inet_ntop(af, packed_ip)\n\nThe text of a packed address."),
    METHOD_FAST_UNSIGNED("inet_pton", socket_inet_pton, "inet_pton(af, ip)\n\nAn address as packed bytes."),
    METHOD_PARSED_ONE("sethostname", socket_sethostname, "sethostname(name)\n\nChange this host's name."),
    END_ROW,
};

}  // namespace py
