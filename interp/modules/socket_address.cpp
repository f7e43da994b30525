// Socket addresses: Python tuples to sockaddr structures and back, for every family of Linux.
#include <arpa/inet.h>
#include <linux/can.h>
#include <linux/if_alg.h>
#include <linux/netlink.h>
#include <linux/qrtr.h>
#include <linux/tipc.h>
#include <linux/vm_sockets.h>
#include <net/if.h>
#include <netpacket/packet.h>
#include <sys/ioctl.h>

#include <algorithm>
#include <climits>
#include <cstdio>
#include <cstring>

#include "interp/modules/posix.h"
#include "interp/modules/socket.h"
#include "interp/modules/socket_bluetooth.h"
#include "interp/objects/abstract.h"
#include "interp/objects/containers.h"
#include "interp/objects/int.h"

namespace py {

namespace {

// The items of an address tuple, converted one by one. A wrong number of items raises TypeError with the form's text.
class AddressItems {
  public:
    AddressItems(Object* object, const char* function) : object_(object), function_(function) {}

    Fallible<void> open(const char* family, const char* form, ssize_t min, ssize_t max) {
        if (!is_tuple(object_)) return raise(exc::TypeError, "%s(): %s address must be tuple, not %T", function_, family, object_);
        if (count() < min || count() > max) return raise(exc::TypeError, "%s", form);
        return {};
    }
    ssize_t count() const { return as_tuple(object_)->size; }
    Object* at(ssize_t index) const { return as_tuple(object_)->items[index]; }
    Fallible<unsigned> masked(ssize_t index) {
        if (index >= count()) return 0u;
        return unsigned(as_uint64_masked(TRY(py::index(at(index))).get()));
    }
    Fallible<int> number(ssize_t index) {
        if (index >= count()) return 0;
        return as_c_int(at(index));
    }
    // A number that in_range() looks at later; an int that is no C int counts as out of range at once.
    Fallible<int> port(ssize_t index, const char* what) {
        auto value = as_c_int(at(index));
        if (!value.ok() && clear_error_if(exc::OverflowError)) return out_of_range(what);
        return value;
    }
    Fallible<uint16_t> in_range(int value, const char* what) {
        if (value < 0 || value > 0xffff) return out_of_range(what);
        return uint16_t(value);
    }
    Raised out_of_range(const char* what) { return raise(exc::OverflowError, "%s(): %s must be 0-65535.", function_, what); }
    // A name with a terminator, kept alive here.
    Fallible<const char*> name(ssize_t index) {
        name_ = TRY(path_to_bytes(at(index)));
        return static_cast<const char*>(name_->data);
    }
    const char* function() const { return function_; }

  private:
    Object* object_;
    const char* function_;
    Ref<Bytes> name_;
};

template <class T>
T& address_as(SocketAddress& address) {
    address.length = sizeof(T);
    return *reinterpret_cast<T*>(&address.storage);
}

Fallible<void> fill_inet(AddressItems& items, SocketAddress& address) {
    TRY(items.open("AF_INET", "AF_INET address must be a pair (host, port)", 2, 2));
    Ref<Bytes> host = TRY(host_bytes(items.at(0)));
    int port = TRY(items.port(1, "port"));
    address = TRY(resolve_host(host->data, AF_INET));
    address.in.sin_port = htons(TRY(items.in_range(port, "port")));
    address.length = sizeof(sockaddr_in);
    return {};
}

Fallible<void> fill_inet6(AddressItems& items, SocketAddress& address) {
    TRY(items.open("AF_INET6", "AF_INET6 address must be a tuple (host, port[, flowinfo[, scopeid]])", 2, 4));
    Ref<Bytes> host = TRY(host_bytes(items.at(0)));
    int port = TRY(items.port(1, "port"));
    unsigned flow = TRY(items.masked(2));
    unsigned scope = TRY(items.masked(3));
    address = TRY(resolve_host(host->data, AF_INET6));
    uint16_t checked_port = TRY(items.in_range(port, "port"));
    if (flow > 0xfffff) return raise(exc::OverflowError, "%s(): flowinfo must be 0-1048575.", items.function());
    address.in6.sin6_family = AF_INET6;
    address.in6.sin6_port = htons(checked_port);
    address.in6.sin6_flowinfo = htonl(flow);
    address.in6.sin6_scope_id = scope;
    address.length = sizeof(sockaddr_in6);
    return {};
}

// Names in the abstract name space begin with a zero byte; the empty name asks for one of the kernel's choice.
Fallible<void> fill_unix(Object* object, SocketAddress& address) {
    Ref<Bytes> text;
    BufferView view;
    std::string_view path;
    if (is_str(object)) {
        text = TRY(fs_encode(as_str(object)));
        path = text->view();
    } else {
        TRY(view.open(object));
        path = view.view();
    }
    sockaddr_un& un = address.un;
    bool is_abstract = path.empty() || path[0] == 0;
    if (path.size() > sizeof un.sun_path - (is_abstract ? 0 : 1)) return raise(exc::OSError, "AF_UNIX path too long");
    un.sun_family = AF_UNIX;
    std::memcpy(un.sun_path, path.data(), path.size());
    address.length = socklen_t(offsetof(sockaddr_un, sun_path) + path.size() + (is_abstract ? 0 : 1));
    return {};
}

Fallible<void> fill_netlink(AddressItems& items, SocketAddress& address) {
    TRY(items.open("AF_NETLINK", "AF_NETLINK address must be a pair (pid, groups)", 2, 2));
    auto& target = address_as<sockaddr_nl>(address);
    target.nl_family = AF_NETLINK;
    target.nl_pid = TRY(items.masked(0));
    target.nl_groups = TRY(items.masked(1));
    return {};
}
Fallible<void> fill_qrtr(AddressItems& items, SocketAddress& address) {
    TRY(items.open("AF_QIPCRTR", "AF_QIPCRTR address must be a pair (node, port)", 2, 2));
    auto& target = address_as<sockaddr_qrtr>(address);
    target.sq_family = AF_QIPCRTR;
    target.sq_node = TRY(items.masked(0));
    target.sq_port = TRY(items.masked(1));
    return {};
}
Fallible<void> fill_vsock(AddressItems& items, SocketAddress& address) {
    TRY(items.open("AF_VSOCK", "AF_VSOCK address must be a pair (CID, port)", 2, 2));
    auto& target = address_as<sockaddr_vm>(address);
    target.svm_family = AF_VSOCK;
    target.svm_cid = TRY(items.masked(0));
    target.svm_port = TRY(items.masked(1));
    return {};
}

Fallible<int> interface_index(int descriptor, const char* name) {
    ifreq request{};
    std::strncpy(request.ifr_name, name, sizeof request.ifr_name - 1);
    if (without_gil([&] { return ::ioctl(descriptor, SIOCGIFINDEX, &request); }) < 0) return raise_os_error(errno);
    return request.ifr_ifindex;
}

Fallible<void> fill_packet(int descriptor, AddressItems& items, SocketAddress& address) {
    TRY(items.open("AF_PACKET", "AF_PACKET address must be a tuple of two to five elements", 2, 5));
    const char* name = TRY(items.name(0));
    uint16_t protocol = TRY(items.in_range(TRY(items.port(1, "proto")), "proto"));
    int kind = TRY(items.number(2));
    int hardware_type = TRY(items.number(3));
    auto& target = address_as<sockaddr_ll>(address);
    if (items.count() > 4) {
        BufferView hardware;
        TRY(hardware.open(items.at(4)));
        if (hardware.size() > 8) return raise(exc::ValueError, "Hardware address must be 8 bytes or less");
        std::memcpy(target.sll_addr, hardware.data(), size_t(hardware.size()));
        target.sll_halen = static_cast<unsigned char>(hardware.size());
    }
    target.sll_family = AF_PACKET;
    target.sll_protocol = htons(protocol);
    target.sll_ifindex = TRY(interface_index(descriptor, name));
    target.sll_pkttype = static_cast<unsigned char>(kind);
    target.sll_hatype = static_cast<unsigned short>(hardware_type);
    return {};
}

Fallible<void> fill_tipc(AddressItems& items, SocketAddress& address) {
    TRY(items.open("AF_TIPC", "AF_TIPC address must be a tuple (addr_type, v1, v2, v3[, scope])", 4, 5));
    unsigned kind = TRY(items.masked(0)), v1 = TRY(items.masked(1)), v2 = TRY(items.masked(2)), v3 = TRY(items.masked(3));
    unsigned scope = items.count() > 4 ? TRY(items.masked(4)) : unsigned(TIPC_CLUSTER_SCOPE);
    auto& target = address_as<sockaddr_tipc>(address);
    target.family = AF_TIPC;
    target.scope = static_cast<signed char>(scope);
    target.addrtype = static_cast<unsigned char>(kind);
    if (kind == TIPC_ADDR_NAMESEQ) {
        target.addr.nameseq = {v1, v2, v3};
    } else if (kind == TIPC_ADDR_NAME) {
        target.addr.name.name = {v1, v2};
    } else if (kind == TIPC_ADDR_ID) {
        target.addr.id = {v1, v2};
    } else {
        return raise(exc::TypeError, "Invalid address type");
    }
    return {};
}

// "" is every interface; others must fit.
Fallible<int> can_interface(Socket* socket, AddressItems& items) {
    const char* name = TRY(items.name(0));
    if (!*name) return 0;
    if (std::strlen(name) >= IFNAMSIZ) return raise(exc::OSError, "AF_CAN interface name too long");
    return interface_index(socket->descriptor, name);
}
Fallible<void> fill_can(Socket* socket, AddressItems& items, SocketAddress& address) {
    auto& target = address_as<sockaddr_can>(address);
    target.can_family = AF_CAN;
    switch (socket->protocol) {
        case CAN_RAW: case CAN_BCM:
            TRY(items.open("AF_CAN", "AF_CAN address must be a tuple (interface, )", 1, 1));
            break;
        case CAN_ISOTP:
            TRY(items.open("AF_CAN", "AF_CAN address must be a tuple (interface, rx_id, tx_id)", 3, 3));
            target.can_addr.tp.rx_id = TRY(items.masked(1));
            target.can_addr.tp.tx_id = TRY(items.masked(2));
            break;
        case CAN_J1939:
            TRY(items.open("AF_CAN", "AF_CAN address must be a tuple (interface, name, pgn, addr)", 4, 4));
            target.can_addr.j1939.name = as_uint64_masked(TRY(index(items.at(1))).get());
            target.can_addr.j1939.pgn = TRY(items.masked(2));
            target.can_addr.j1939.addr = uint8_t(TRY(items.masked(3)));
            break;
        default:
            return raise(exc::OSError, "%s(): unsupported CAN protocol", items.function());
    }
    target.can_ifindex = TRY(can_interface(socket, items));
    return {};
}

Fallible<void> fill_alg(AddressItems& items, SocketAddress& address) {
    TRY(items.open("AF_ALG", "AF_ALG address must be a tuple (type, name [, feat[, mask]])", 2, 4));
    auto& target = address_as<sockaddr_alg>(address);
    target.salg_family = AF_ALG;
    target.salg_feat = uint16_t(TRY(items.masked(2)));
    target.salg_mask = uint16_t(TRY(items.masked(3)));
    auto copy = [&](ssize_t item, unsigned char* to, size_t size, const char* what) -> Fallible<void> {
        const char* text = TRY(items.name(item));
        if (std::strlen(text) >= size) return raise(exc::ValueError, "AF_ALG %s too long.", what);
        std::strcpy(reinterpret_cast<char*>(to), text);
        return {};
    };
    TRY(copy(0, target.salg_type, sizeof target.salg_type, "type"));
    return copy(1, target.salg_name, sizeof target.salg_name, "name");
}

Fallible<void> bluetooth_address(const char* text, BluetoothAddress& address) {
    unsigned parts[6];
    char rest;
    if (std::sscanf(text, "%x:%x:%x:%x:%x:%x%c", &parts[5], &parts[4], &parts[3], &parts[2], &parts[1], &parts[0], &rest) != 6)
        return raise(exc::OSError, "bad bluetooth address");
    for (int i = 0; i < 6; ++i) {
        if (parts[i] > 255) return raise(exc::OSError, "bad bluetooth address");
        address.bytes[i] = uint8_t(parts[i]);
    }
    return {};
}
Fallible<void> fill_bluetooth(Socket* socket, Object* object, AddressItems& items, SocketAddress& address) {
    const char* function = items.function();
    switch (socket->protocol) {
        case kBluetoothL2cap: {
            auto& target = address_as<BluetoothL2cap>(address);
            target.family = AF_BLUETOOTH;
            if (!is_tuple(object) || items.count() != 2) return raise(exc::OSError, "%s(): wrong format", function);
            TRY(bluetooth_address(TRY(items.name(0)), target.address));
            target.psm = uint16_t(TRY(items.number(1)));
            return {};
        }
        case kBluetoothRfcomm: {
            auto& target = address_as<BluetoothRfcomm>(address);
            target.family = AF_BLUETOOTH;
            if (!is_tuple(object) || items.count() != 2) return raise(exc::OSError, "%s(): wrong format", function);
            TRY(bluetooth_address(TRY(items.name(0)), target.address));
            target.channel = uint8_t(TRY(items.number(1)));
            return {};
        }
        case kBluetoothHci: {
            auto& target = address_as<BluetoothHci>(address);
            target.family = AF_BLUETOOTH;
            if (!is_tuple(object) || items.count() < 1) return raise(exc::OSError, "%s(): wrong format", function);
            target.device = uint16_t(TRY(items.number(0)));
            if (items.count() > 1) target.channel = uint16_t(TRY(items.number(1)));
            return {};
        }
        case kBluetoothSco: {
            auto& target = address_as<BluetoothSco>(address);
            target.family = AF_BLUETOOTH;
            if (!is_bytes(object)) return raise(exc::OSError, "%s(): wrong format", function);
            return bluetooth_address(as_bytes(object)->data, target.address);
        }
        default:
            return raise(exc::OSError, "%s(): unknown Bluetooth protocol", function);
    }
}

}  // namespace

Fallible<SocketAddress> address_from_object(Socket* socket, Object* object, const char* function) {
    SocketAddress address;
    AddressItems items(object, function);
    switch (socket->family) {
        case AF_INET: TRY(fill_inet(items, address)); break;
        case AF_INET6: TRY(fill_inet6(items, address)); break;
        case AF_UNIX: TRY(fill_unix(object, address)); break;
        case AF_NETLINK: TRY(fill_netlink(items, address)); break;
        case AF_QIPCRTR: TRY(fill_qrtr(items, address)); break;
        case AF_VSOCK: TRY(fill_vsock(items, address)); break;
        case AF_PACKET: TRY(fill_packet(socket->descriptor, items, address)); break;
        case AF_TIPC: TRY(fill_tipc(items, address)); break;
        case AF_CAN: TRY(fill_can(socket, items, address)); break;
        case AF_ALG: TRY(fill_alg(items, address)); break;
        case AF_BLUETOOTH: TRY(fill_bluetooth(socket, object, items, address)); break;
        default: return raise(exc::OSError, "%s(): bad family", function);
    }
    return address;
}

Fallible<Ref<>> ipv4_text(const sockaddr_in& address) {
    char text[INET_ADDRSTRLEN];
    if (!::inet_ntop(AF_INET, &address.sin_addr, text, sizeof text)) return raise_os_error(errno);
    return TRY(str_from_ascii(text));
}
Fallible<Ref<>> ipv6_text(const sockaddr_in6& address) {
    char text[INET6_ADDRSTRLEN];
    if (!::inet_ntop(AF_INET6, &address.sin6_addr, text, sizeof text)) return raise_os_error(errno);
    return TRY(str_from_ascii(text));
}

namespace {

// A tuple of a first item and numbers.
template <class... Numbers>
Fallible<Ref<>> address_tuple(Fallible<Ref<>> first, Numbers... numbers) {
    Ref<> head = TRY(std::move(first));
    Ref<Tuple> result = TRY(tuple_new(1 + ssize_t(sizeof...(numbers))));
    result->items[0] = head.release();
    ssize_t i = 1;
    for (int64_t number : {int64_t(numbers)..., int64_t(0)})
        if (i < result->size) result->items[i++] = TRY(int_from(number)).release();
    return result;
}
Fallible<Ref<>> number_object(int64_t value) { return TRY(int_from(value)); }

// The interface's name, "" when it has none.
Fallible<Ref<>> interface_name(int index) {
    char name[IF_NAMESIZE] = {};
    if (index) ::if_indextoname(unsigned(index), name);
    return TRY(str_from_fs(name));
}

Fallible<Ref<>> unix_object(const sockaddr_un& address, socklen_t length) {
    size_t size = length > offsetof(sockaddr_un, sun_path) ? length - offsetof(sockaddr_un, sun_path) : 0;
    if (size && address.sun_path[0] == 0) return TRY(bytes_from({address.sun_path, size}));
    return TRY(str_from_fs({address.sun_path, ::strnlen(address.sun_path, size)}));
}

Fallible<Ref<>> packet_object(const sockaddr_ll& address) {
    Ref<> name = TRY(interface_name(address.sll_ifindex));
    Ref<Int> protocol = TRY(int_from(ntohs(address.sll_protocol)));
    Ref<Int> kind = TRY(int_from(address.sll_pkttype));
    Ref<Int> hardware_type = TRY(int_from(address.sll_hatype));
    size_t size = std::min<size_t>(address.sll_halen, sizeof address.sll_addr);
    Ref<Bytes> hardware = TRY(bytes_from({reinterpret_cast<const char*>(address.sll_addr), size}));
    return TRY(tuple_pack(name.get(), protocol.get(), kind.get(), hardware_type.get(), hardware.get()));
}

Fallible<Ref<>> tipc_object(const sockaddr_tipc& address) {
    Fallible<Ref<>> kind = number_object(address.addrtype);
    switch (address.addrtype) {
        case TIPC_ADDR_NAMESEQ:
            return address_tuple(std::move(kind), address.addr.nameseq.type, address.addr.nameseq.lower, address.addr.nameseq.upper, address.scope);
        case TIPC_ADDR_NAME:
            return address_tuple(std::move(kind), address.addr.name.name.type, address.addr.name.name.instance,
                                 address.addr.name.name.instance, address.scope);
        case TIPC_ADDR_ID:
            return address_tuple(std::move(kind), address.addr.id.node, address.addr.id.ref, 0, address.scope);
        default: return raise(exc::ValueError, "Invalid address type");
    }
}

Fallible<Ref<>> can_object(const sockaddr_can& address, int protocol) {
    Fallible<Ref<>> name = interface_name(address.can_ifindex);
    if (protocol == CAN_ISOTP) return address_tuple(std::move(name), address.can_addr.tp.rx_id, address.can_addr.tp.tx_id);
    if (protocol != CAN_J1939) return address_tuple(std::move(name));
    Ref<> first = TRY(std::move(name));
    Ref<Int> own = TRY(int_from_unsigned(address.can_addr.j1939.name));
    Ref<Int> group = TRY(int_from(address.can_addr.j1939.pgn));
    Ref<Int> node = TRY(int_from(address.can_addr.j1939.addr));
    return TRY(tuple_pack(first.get(), own.get(), group.get(), node.get()));
}

Fallible<Ref<>> bluetooth_text(const BluetoothAddress& address) {
    const uint8_t* b = address.bytes;
    char text[18];
    std::snprintf(text, sizeof text, "%02X:%02X:%02X:%02X:%02X:%02X", b[5], b[4], b[3], b[2], b[1], b[0]);
    return TRY(str_from_ascii(text));
}
Fallible<Ref<>> bluetooth_object(const sockaddr* address, int protocol) {
    switch (protocol) {
        case kBluetoothL2cap: {
            auto& source = *reinterpret_cast<const BluetoothL2cap*>(address);
            return address_tuple(bluetooth_text(source.address), source.psm);
        }
        case kBluetoothRfcomm: {
            auto& source = *reinterpret_cast<const BluetoothRfcomm*>(address);
            return address_tuple(bluetooth_text(source.address), source.channel);
        }
        case kBluetoothHci: return address_tuple(number_object(reinterpret_cast<const BluetoothHci*>(address)->device));
        case kBluetoothSco: return bluetooth_text(reinterpret_cast<const BluetoothSco*>(address)->address);
        default: return raise(exc::ValueError, "Unknown Bluetooth protocol");
    }
}

Fallible<Ref<>> alg_object(const sockaddr_alg& address) {
    auto text = [](const unsigned char* bytes, size_t size) {
        auto* chars = reinterpret_cast<const char*>(bytes);
        return str_from_fs({chars, ::strnlen(chars, size)});
    };
    Ref<Str> kind = TRY(text(address.salg_type, sizeof address.salg_type));
    Ref<Str> name = TRY(text(address.salg_name, sizeof address.salg_name));
    return TRY(tuple_pack(kind.get(), name.get()));
}

}  // namespace

Fallible<Ref<>> address_object(const sockaddr* address, socklen_t length, int protocol) {
    if (length == 0) return share(none());
    switch (address->sa_family) {
        case AF_INET: {
            auto& source = *reinterpret_cast<const sockaddr_in*>(address);
            return address_tuple(ipv4_text(source), ntohs(source.sin_port));
        }
        case AF_INET6: {
            auto& source = *reinterpret_cast<const sockaddr_in6*>(address);
            return address_tuple(ipv6_text(source), ntohs(source.sin6_port), ntohl(source.sin6_flowinfo), source.sin6_scope_id);
        }
        case AF_UNIX: return unix_object(*reinterpret_cast<const sockaddr_un*>(address), length);
        case AF_NETLINK: {
            auto& source = *reinterpret_cast<const sockaddr_nl*>(address);
            return address_tuple(number_object(source.nl_pid), source.nl_groups);
        }
        case AF_QIPCRTR: {
            auto& source = *reinterpret_cast<const sockaddr_qrtr*>(address);
            return address_tuple(number_object(source.sq_node), source.sq_port);
        }
        case AF_VSOCK: {
            auto& source = *reinterpret_cast<const sockaddr_vm*>(address);
            return address_tuple(number_object(source.svm_cid), source.svm_port);
        }
        case AF_PACKET: return packet_object(*reinterpret_cast<const sockaddr_ll*>(address));
        case AF_TIPC: return tipc_object(*reinterpret_cast<const sockaddr_tipc*>(address));
        case AF_CAN: return can_object(*reinterpret_cast<const sockaddr_can*>(address), protocol);
        case AF_BLUETOOTH: return bluetooth_object(address, protocol);
        case AF_ALG: return alg_object(*reinterpret_cast<const sockaddr_alg*>(address));
        default: {
            // A family nobody here knows: its number and the bytes as they are.
            Ref<Int> family = TRY(int_from(address->sa_family));
            Ref<Bytes> data = TRY(bytes_from({address->sa_data, sizeof address->sa_data}));
            return TRY(tuple_pack(family.get(), data.get()));
        }
    }
}

}  // namespace py
