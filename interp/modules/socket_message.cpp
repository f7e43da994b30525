// _socket.socket: sendmsg() and recvmsg(), which carry ancillary data (RFC 3542) and several buffers.
#include <linux/if_alg.h>
#include <sys/uio.h>
#include <unistd.h>

#include <algorithm>
#include <climits>
#include <cstring>
#include <memory>

#include "interp/modules/posix.h"
#include "interp/modules/socket.h"
#include "interp/objects/abstract.h"
#include "interp/objects/containers.h"
#include "interp/objects/int.h"
#include "interp/runtime/audit.h"

namespace py {

namespace {

// The buffers of a sequence of objects, as the system call takes them.
class Vectors {
  public:
    Fallible<void> open(Object* iterable, bool writable, const char* not_iterable, const char* too_long) {
        Ref<> items = TRY(fast_sequence(iterable, not_iterable));
        count_ = fast_sequence_size(items.get());
        if (count_ > INT_MAX) return raise(exc::OSError, "%s", too_long);
        views_.reset(new (std::nothrow) BufferView[size_t(count_)]);
        vectors_.reset(new (std::nothrow) iovec[size_t(count_)]);
        if (!views_ || !vectors_) return raise_memory_error();
        for (ssize_t i = 0; i < count_; ++i) {
            // An exporter may change the list.
            if (i >= fast_sequence_size(items.get())) return raise(exc::RuntimeError, "sequence changed size during iteration");
            Ref<> item = share(fast_sequence_items(items.get())[i]);
            if (!writable) {
                TRY(views_[i].open(item.get()));
            } else if (!views_[i].open_writable(item.get()).ok()) {
                clear_error();
                return raise(exc::TypeError, "recvmsg_into() argument 1 must be an iterable of single-segment read-write buffers");
            }
            vectors_[i] = {views_[i].writable_data(), size_t(views_[i].size())};
        }
        return {};
    }
    void put_into(msghdr& message) const {
        message.msg_iov = vectors_.get();
        message.msg_iovlen = size_t(count_);
    }

  private:
    std::unique_ptr<BufferView[]> views_;
    std::unique_ptr<iovec[]> vectors_;
    ssize_t count_ = 0;
};

// How much of the message's data lies in what the kernel filled; less than cmsg_len says when it was cut off.
Fallible<size_t> control_data_size(const msghdr& message, const cmsghdr* control) {
    size_t before = size_t(reinterpret_cast<const char*>(CMSG_DATA(control)) - static_cast<const char*>(message.msg_control));
    if (control->cmsg_len < CMSG_LEN(0) || before > message.msg_controllen)
        return raise(exc::RuntimeError, "received malformed or improperly-truncated ancillary data");
    return std::min<size_t>(control->cmsg_len - CMSG_LEN(0), message.msg_controllen - before);
}
Fallible<Ref<List>> control_objects(msghdr& message) {
    Ref<List> result = TRY(list_new(0));
    if (!message.msg_controllen) return result;
    for (cmsghdr* each = CMSG_FIRSTHDR(&message); each; each = CMSG_NXTHDR(&message, each)) {
        size_t size = TRY(control_data_size(message, each));
        bool whole = size == each->cmsg_len - CMSG_LEN(0);
        Ref<Int> level = TRY(int_from(each->cmsg_level));
        Ref<Int> type = TRY(int_from(each->cmsg_type));
        Ref<Bytes> data = TRY(bytes_from({reinterpret_cast<const char*>(CMSG_DATA(each)), size}));
        TRY(list_append_steal(result.get(), TRY(tuple_pack(level.get(), type.get(), data.get()))));
        if (!whole) {
            TRY(warn(exc::RuntimeWarning, 1, "received malformed or improperly-truncated ancillary data"));
            break;
        }
    }
    return result;
}
// Nobody will know of descriptors that came with a message which cannot be returned.
void close_passed_descriptors(msghdr& message) {
    for (cmsghdr* each = CMSG_FIRSTHDR(&message); each; each = CMSG_NXTHDR(&message, each)) {
        if (each->cmsg_level != SOL_SOCKET || each->cmsg_type != SCM_RIGHTS || each->cmsg_len < CMSG_LEN(0)) continue;
        for (size_t i = 0; i < (each->cmsg_len - CMSG_LEN(0)) / sizeof(int); ++i)
            ::close(reinterpret_cast<int*>(CMSG_DATA(each))[i]);
    }
}

Fallible<Ref<>> message_object(Ref<> data, Socket* self, msghdr& message, SocketAddress& from) {
    Ref<List> controls = TRY(control_objects(message));
    Ref<Int> flags = TRY(int_from(message.msg_flags));
    Ref<> address = TRY(address_object(&from.base, std::min<socklen_t>(message.msg_namelen, sizeof from.storage), self->protocol));
    return TRY(tuple_pack(data.get(), controls.get(), flags.get(), address.get()));
}

Fallible<ssize_t> control_size_argument(Object* const* args, ssize_t nargs) {
    ssize_t size = nargs > 1 ? TRY(size_argument(args[1])) : 0;
    if (size < 0 || size > INT_MAX) return raise(exc::ValueError, "invalid ancillary data buffer length");
    return size;
}

// Receives one message into message's vectors; `finish(count)` makes the data item of the result.
template <class F>
Fallible<Ref<>> receive_message(Socket* self, msghdr& message, ssize_t control_size, int flags, F&& finish) {
    SocketAddress from;
    std::unique_ptr<char[]> control(control_size ? new (std::nothrow) char[size_t(control_size)] : nullptr);
    if (control_size && !control) return raise_memory_error();
    message.msg_name = &from.storage;
    message.msg_control = control.get();
    ssize_t count = TRY(socket_operation(self, Waiting::Read, socket_deadline(self), [&] {
        message.msg_namelen = sizeof from.storage;
        message.msg_controllen = size_t(control_size);
        return ::recvmsg(self->descriptor, &message, flags);
    }));
    auto result = [&]() -> Fallible<Ref<>> { return message_object(TRY(finish(count)), self, message, from); }();
    if (!result.ok()) close_passed_descriptors(message);
    return result;
}

// socket.recvmsg(bufsize, ancbufsize=0, flags=0, /)
Fallible<Ref<>> socket_recvmsg(Object* object, Object* const* args, ssize_t nargs) {
    TRY(check_parsed_count("recvmsg", nargs, 1, 3));
    ssize_t size = TRY(size_argument(args[0]));
    ssize_t control_size = TRY(control_size_argument(args, nargs));
    int flags = nargs > 2 ? TRY(as_c_int(args[2])) : 0;
    if (size < 0) return raise(exc::ValueError, "negative buffer size in recvmsg()");
    char byte = 0;  // bytes of length 1 may be shared with others
    Ref<Bytes> data = TRY(bytes_new(size));
    iovec vector{size > 1 ? data->data : &byte, size_t(size)};
    msghdr message{};
    message.msg_iov = &vector;
    message.msg_iovlen = 1;
    return receive_message(as_socket(object), message, control_size, flags, [&](ssize_t count) -> Fallible<Ref<>> {
        if (count > size) count = size;
        if (size <= 1) return TRY(bytes_from({&byte, size_t(count)}));
        return TRY(bytes_resize(std::move(data), count));
    });
}
// socket.recvmsg_into(buffers, ancbufsize=0, flags=0, /)
Fallible<Ref<>> socket_recvmsg_into(Object* object, Object* const* args, ssize_t nargs) {
    TRY(check_parsed_count("recvmsg_into", nargs, 1, 3));
    ssize_t control_size = TRY(control_size_argument(args, nargs));
    int flags = nargs > 2 ? TRY(as_c_int(args[2])) : 0;
    Vectors vectors;
    TRY(vectors.open(args[0], true, "recvmsg_into() argument 1 must be an iterable", "recvmsg_into() argument 1 is too long"));
    msghdr message{};
    vectors.put_into(message);
    return receive_message(as_socket(object), message, control_size, flags, [](ssize_t count) -> Fallible<Ref<>> { return TRY(int_from(count)); });
}

// Ancillary data to send: (level, type, data) items laid out as the kernel wants them.
class Controls {
  public:
    Fallible<void> open(Object* iterable) {
        Ref<> items = TRY(fast_sequence(iterable, "sendmsg() argument 2 must be an iterable"));
        ssize_t count = fast_sequence_size(items.get());
        entries_.reset(new (std::nothrow) Entry[size_t(count)]);
        if (!entries_) return raise_memory_error();
        for (count_ = 0; count_ < count && count_ < fast_sequence_size(items.get()); ++count_) {
            Ref<> item = share(fast_sequence_items(items.get())[count_]);
            TRY(read(item.get(), entries_[count_]));
            size_t space = CMSG_SPACE(size_t(entries_[count_].data.size()));
            if (entries_[count_].data.size() > INT_MAX || space > INT_MAX) return raise(exc::OSError, "ancillary data item too large");
            size_ += space;
            if (size_ > INT_MAX) return raise(exc::OSError, "too much ancillary data");
        }
        return {};
    }
    Fallible<void> put_into(msghdr& message) {
        if (!size_) return {};
        buffer_.reset(new (std::nothrow) char[size_]());
        if (!buffer_) return raise_memory_error();
        message.msg_control = buffer_.get();
        message.msg_controllen = size_;
        cmsghdr* to = CMSG_FIRSTHDR(&message);
        for (ssize_t i = 0; i < count_; ++i, to = CMSG_NXTHDR(&message, to)) {
            const Entry& from = entries_[i];
            to->cmsg_level = from.level;
            to->cmsg_type = from.type;
            to->cmsg_len = CMSG_LEN(size_t(from.data.size()));
            std::memcpy(CMSG_DATA(to), from.data.data(), size_t(from.data.size()));
        }
        return {};
    }

  private:
    struct Entry {
        int level, type;
        BufferView data;
    };
    static Fallible<void> read(Object* item, Entry& entry) {
        bool is_sequence = is_tuple(item) || (item->type->as_sequence && item->type->as_sequence->item && !is_str(item) && !is_bytes(item));
        if (!is_sequence)
            return raise(exc::TypeError, "[sendmsg() ancillary data items]() argument must be 3-item sequence, not %N", item);
        Ref<> parts = TRY(fast_sequence(item, "[sendmsg() ancillary data items] argument must be a sequence"));
        ssize_t size = fast_sequence_size(parts.get());
        if (size != 3) return raise(exc::TypeError, "[sendmsg() ancillary data items]() argument must be sequence of length 3, not %zd", size);
        Object** fields = fast_sequence_items(parts.get());
        entry.level = TRY(as_c_int(fields[0]));
        entry.type = TRY(as_c_int(fields[1]));
        return entry.data.open(fields[2]);
    }
    std::unique_ptr<Entry[]> entries_;
    ssize_t count_ = 0;
    size_t size_ = 0;
    std::unique_ptr<char[]> buffer_;
};

Fallible<Ref<>> send_message(Socket* self, const msghdr& message, int flags) {
    return TRY(int_from(TRY(socket_operation(self, Waiting::Write, socket_deadline(self), [&] { return ::sendmsg(self->descriptor, &message, flags); }))));
}

// socket.sendmsg(buffers, ancdata=(), flags=0, address=None, /)
Fallible<Ref<>> socket_sendmsg(Object* object, Object* const* args, ssize_t nargs) {
    TRY(check_parsed_count("sendmsg", nargs, 1, 4));
    Socket* self = as_socket(object);
    int flags = nargs > 2 ? TRY(as_c_int(args[2])) : 0;
    msghdr message{};
    SocketAddress target;
    if (nargs > 3 && !is_none(args[3])) {
        target = TRY(address_from_object(self, args[3], "sendmsg"));
        TRY(audit("socket.sendmsg", "OO", object, args[3]));
        message.msg_name = &target.storage;
        message.msg_namelen = target.length;
    } else {
        TRY(audit("socket.sendmsg", "OO", object, none()));
    }
    Vectors vectors;
    TRY(vectors.open(args[0], false, "sendmsg() argument 1 must be an iterable", "sendmsg() argument 1 is too long"));
    vectors.put_into(message);
    Controls controls;
    if (nargs > 1) TRY(controls.open(args[1]));
    TRY(controls.put_into(message));
    return send_message(self, message, flags);
}

// socket.sendmsg_afalg(msg=(), *, op, iv=None, assoclen=None, flags=0)
Fallible<Ref<>> socket_sendmsg_afalg(Object* object, Object* const* a) {
    Socket* self = as_socket(object);
    if (self->family != AF_ALG) return raise(exc::OSError, "algset is only supported for AF_ALG");
    int operation = a[1] ? TRY(as_c_int(a[1])) : -1;
    int flags = a[4] ? TRY(as_c_int(a[4])) : 0;
    if (operation < 0) return raise(exc::ValueError, "Invalid or missing argument 'op'");
    bool has_length = a[3] && !is_none(a[3]);
    int associated = has_length ? TRY(as_c_int(a[3])) : 0;
    if (associated < 0) return raise(exc::TypeError, "assoclen must be positive");
    BufferView iv;
    bool has_iv = a[2] && !is_none(a[2]);
    if (has_iv) TRY(iv.open(a[2]));
    if (has_iv && iv.size() > INT_MAX / 2) return raise(exc::OverflowError, "iv is too long");

    size_t iv_size = has_iv ? sizeof(af_alg_iv) + size_t(iv.size()) : 0;
    size_t control_size = CMSG_SPACE(sizeof(int)) + (has_iv ? CMSG_SPACE(iv_size) : 0) + (has_length ? CMSG_SPACE(sizeof(int)) : 0);
    std::unique_ptr<char[]> control(new (std::nothrow) char[control_size]());
    if (!control) return raise_memory_error();
    Vectors vectors;
    msghdr message{};
    if (a[0]) {
        TRY(vectors.open(a[0], false, "sendmsg() argument 1 must be an iterable", "sendmsg() argument 1 is too long"));
        vectors.put_into(message);
    }
    message.msg_control = control.get();
    message.msg_controllen = control_size;
    cmsghdr* next = CMSG_FIRSTHDR(&message);
    auto start = [&](int type, size_t size) {
        next->cmsg_level = SOL_ALG;
        next->cmsg_type = type;
        next->cmsg_len = CMSG_LEN(size);
        unsigned char* data = CMSG_DATA(next);
        next = CMSG_NXTHDR(&message, next);
        return data;
    };
    std::memcpy(start(ALG_SET_OP, sizeof operation), &operation, sizeof operation);
    if (has_iv) {
        unsigned char* data = start(ALG_SET_IV, iv_size);
        auto length = uint32_t(iv.size());
        std::memcpy(data, &length, sizeof length);
        std::memcpy(data + sizeof(af_alg_iv), iv.data(), size_t(iv.size()));
    }
    if (has_length) std::memcpy(start(ALG_SET_AEAD_ASSOCLEN, sizeof associated), &associated, sizeof associated);
    return send_message(self, message, flags);
}

}  // namespace

MethodDef socket_message_methods[] = {
    METHOD_FAST_UNSIGNED("recvmsg", socket_recvmsg,
                         "recvmsg(bufsize[, ancbufsize[, flags]])\n\nReceive data with ancillary data: (data, ancdata, msg_flags, address)."),
    METHOD_FAST_UNSIGNED("recvmsg_into", socket_recvmsg_into,
                         "recvmsg_into(buffers[, ancbufsize[, flags]])\n\nReceive into buffers: (nbytes, ancdata, msg_flags, address)."),
    METHOD_FAST_UNSIGNED("sendmsg", socket_sendmsg,
                         "sendmsg(buffers[, ancdata[, flags[, address]]])\n\nSend the joined buffers with ancillary data; the count of bytes sent."),
    METHOD("sendmsg_afalg", socket_sendmsg_afalg, "($self, /, msg=(), *, op=None, iv=None, assoclen=None, flags=0)",
           "Send data to a socket of the kernel's crypto interface."),
    END_ROW,
};

}  // namespace py
