// _ssl: the exceptions of module ssl, from OpenSSL's error queue and from the outcome of operations.
#include <openssl/err.h>
#include <openssl/x509v3.h>

#include <cerrno>
#include <cstring>

#include "interp/modules/ssl.h"
#include "interp/objects/abstract.h"
#include "interp/objects/call.h"
#include "interp/objects/containers.h"
#include "interp/objects/function.h"

namespace py::ssl {

Object *error_type, *certificate_error_type, *zero_return_error_type, *want_read_error_type, *want_write_error_type,
    *syscall_error_type, *eof_error_type;

namespace {

Dict *names_of_reasons, *names_of_libraries;  // (library, reason) → name; library → name

Fallible<Ref<>> reason_name(int library, int reason) {
    Ref<Int> first = TRY(int_from(library)), second = TRY(int_from(reason));
    Ref<Tuple> key = TRY(tuple_pack(first.get(), second.get()));
    Ref<> found = TRY(dict_get(names_of_reasons, key.get()));
    return found ? std::move(found) : share(none());
}
Fallible<Ref<>> library_name(int library) {
    Ref<Int> key = TRY(int_from(library));
    Ref<> found = TRY(dict_get(names_of_libraries, key.get()));
    return found ? std::move(found) : share(none());
}

// Why a certificate was refused.
Fallible<Ref<>> verify_message(Connection* connection, long code) {
    if (code == X509_V_ERR_HOSTNAME_MISMATCH || code == X509_V_ERR_IP_ADDRESS_MISMATCH) {
        Object* name = connection->server_hostname ? connection->server_hostname : none();
        return format_str("%s mismatch, certificate is not valid for '%S'.",
                          code == X509_V_ERR_HOSTNAME_MISMATCH ? "Hostname" : "IP address", name);
    }
    return text_or_none(X509_verify_cert_error_string(code));
}

struct Failure {
    Object* type;
    int number;           // first argument of the exception
    const char* message;  // null: the library's words
    unsigned long code;   // of the error queue, or 0
    Connection* connection = nullptr;
};
Fallible<Ref<>> make_error(const Failure& failure, int line) {
    Ref<> reason = share(none()), library = share(none()), verify_code, verify_text;
    const char* message = failure.message;
    if (failure.code) {
        reason = TRY(reason_name(ERR_GET_LIB(failure.code), ERR_GET_REASON(failure.code)));
        library = TRY(library_name(ERR_GET_LIB(failure.code)));
        if (!message) message = ERR_reason_error_string(failure.code);
    }
    if (!message) message = "unknown error";
    if (failure.type == certificate_error_type && failure.connection) {
        long code = SSL_get_verify_result(failure.connection->connection);
        verify_code = TRY(int_from(code));
        verify_text = TRY(verify_message(failure.connection, code));
    }
    Ref<Str> text;
    if (verify_text && !is_none(reason.get()) && !is_none(library.get()))
        text = TRY(format_str("[%S: %S] %s: %S (_ssl.c:%d)", library.get(), reason.get(), message, verify_text.get(), line));
    else if (!is_none(reason.get()) && !is_none(library.get()))
        text = TRY(format_str("[%S: %S] %s (_ssl.c:%d)", library.get(), reason.get(), message, line));
    else if (!is_none(library.get()))
        text = TRY(format_str("[%S] %s (_ssl.c:%d)", library.get(), message, line));
    else
        text = TRY(format_str("%s (_ssl.c:%d)", message, line));
    Ref<Int> number = TRY(int_from(failure.number));
    Ref<> exception = TRY(call(failure.type, static_cast<Object*>(number.get()), static_cast<Object*>(text.get())));
    TRY(set_attr(exception.get(), "reason"_name, reason.get()));
    TRY(set_attr(exception.get(), "library"_name, library.get()));
    if (verify_text) {
        TRY(set_attr(exception.get(), "verify_code"_name, verify_code.get()));
        TRY(set_attr(exception.get(), "verify_message"_name, verify_text.get()));
    }
    return exception;
}
Raised raise_failure(const Failure& failure, int line) {
    ERR_clear_error();
    auto exception = make_error(failure, line);
    if (!exception.ok()) return raised;
    Ref<> instance = exception.take();
    return raise_instance(instance.get());
}

// The exception for SSL_ERROR_SYSCALL: the socket's errno, an end of file, or an error that the queue explains.
Raised raise_system(Connection* connection, const Outcome& outcome, int line) {
    unsigned long code = ERR_peek_last_error();
    if (code) return raise_failure({error_type, kErrorSyscall, nullptr, code}, line);
    Ref<> socket = connection->socket ? weakref_get(connection->socket) : Ref<>();
    if (outcome.result == 0 || (connection->socket && !socket))
        return raise_failure({eof_error_type, kErrorEof, "EOF occurred in violation of protocol", 0}, line);
    if (socket && outcome.system != 0) {
        ERR_clear_error();
        return raise_os_error(outcome.system);
    }
    if (socket) return raise_failure({eof_error_type, kErrorEof, "EOF occurred in violation of protocol", 0}, line);
    return raise_failure({syscall_error_type, kErrorSyscall, "Some I/O error occurred", 0}, line);
}
Raised raise_protocol(Connection* connection, int line) {
    unsigned long code = ERR_peek_last_error();
    if (!code) return raise_failure({error_type, kErrorSsl, "A failure in the SSL library occurred", 0}, line);
    if (ERR_GET_LIB(code) == ERR_LIB_SSL && ERR_GET_REASON(code) == SSL_R_CERTIFICATE_VERIFY_FAILED)
        return raise_failure({certificate_error_type, kErrorSsl, nullptr, code, connection}, line);
    if (ERR_GET_LIB(code) == ERR_LIB_SSL && ERR_GET_REASON(code) == SSL_R_UNEXPECTED_EOF_WHILE_READING)
        return raise_failure({eof_error_type, kErrorEof, "EOF occurred in violation of protocol", code}, line);
    return raise_failure({error_type, kErrorSsl, nullptr, code}, line);
}

}  // namespace

Raised raise_queued(const char* message, int line) {
    unsigned long code = ERR_peek_last_error();
    return raise_failure({error_type, ERR_GET_REASON(code), message, code}, line);
}
Raised raise_plain(const char* message, int line) {
    return raise_failure({error_type, 0, message, 0}, line);
}
Raised raise_message(const char* message) {
    ERR_clear_error();
    return raise(static_cast<Type*>(error_type), "%s", message);
}
Raised raise_file_or_queued(int system_error, int line) {
    if (system_error == 0) return raise_queued(nullptr, line);
    ERR_clear_error();
    return raise_os_error(system_error);
}
Raised raise_for(Connection* connection, const Outcome& outcome, int line) {
    if (connection->callback_error) {
        ERR_clear_error();
        Ref<> error = steal(std::exchange(connection->callback_error, nullptr));
        return raise_instance(error.get());
    }
    switch (outcome.ssl) {
        case SSL_ERROR_ZERO_RETURN:
            return raise_failure({zero_return_error_type, kErrorZeroReturn, "TLS/SSL connection has been closed (EOF)", 0}, line);
        case SSL_ERROR_WANT_READ:
            return raise_failure({want_read_error_type, kErrorWantRead, "The operation did not complete (read)", 0}, line);
        case SSL_ERROR_WANT_WRITE:
            return raise_failure({want_write_error_type, kErrorWantWrite, "The operation did not complete (write)", 0}, line);
        case SSL_ERROR_WANT_X509_LOOKUP:
            return raise_failure({error_type, kErrorWantX509Lookup, "The operation did not complete (X509 lookup)", 0}, line);
        case SSL_ERROR_WANT_CONNECT:
            return raise_failure({error_type, kErrorWantConnect, "The operation did not complete (connect)", 0}, line);
        case SSL_ERROR_SYSCALL: return raise_system(connection, outcome, line);
        case SSL_ERROR_SSL: return raise_protocol(connection, line);
        default: return raise_failure({error_type, kErrorInvalid, "Invalid error code", 0}, line);
    }
}

namespace {

// SSLError.__str__(): the message alone where there is one.
Fallible<Ref<>> error_str(Object* self) {
    Object* strerror = static_cast<OsErrorException*>(self)->strerror;
    if (strerror && is_str(strerror)) return share(strerror);
    return str(static_cast<BaseException*>(self)->args);
}
MethodDef error_methods[] = {METHOD_NOARGS("__str__", error_str, "($self, /)", "Return str(self)."), END_ROW};

Fallible<Ref<>> new_error(Module* module, const char* name, Object* bases, const char* doc) {
    char qualified[64];
    std::snprintf(qualified, sizeof qualified, "ssl.%s", name);
    Ref<> type = TRY(exception_type_new(qualified, bases, doc));
    TRY(module_add(module, name, share(type.get())));
    return type;
}
Fallible<void> add_reason(Dict* codes_to_names, Dict* names_to_codes, int library, int reason, const char* name) {
    Ref<Int> first = TRY(int_from(library)), second = TRY(int_from(reason));
    Ref<Tuple> key = TRY(tuple_pack(first.get(), second.get()));
    Ref<Str> text = TRY(str_from_ascii(name));
    TRY(dict_set(codes_to_names, key.get(), text.get()));
    return dict_set(names_to_codes, text.get(), key.get());
}
Fallible<void> add_reasons(Module* module) {
    constexpr struct {
        int library, reason;
        const char* name;
    } kReasons[] = {
#define LIBRARY(number, name)
#define REASON(library, number, name) {library, number, name},
#include "interp/modules/openssl_reasons.inc"
#undef LIBRARY
#undef REASON
    };
    constexpr struct {
        int number;
        const char* name;
    } kLibraries[] = {
#define LIBRARY(number, name) {number, name},
#define REASON(library, number, name)
#include "interp/modules/openssl_reasons.inc"
#undef LIBRARY
#undef REASON
    };
    Ref<Dict> names_to_codes = TRY(dict_new());
    names_of_reasons = TRY(dict_new()).release();
    names_of_libraries = TRY(dict_new()).release();
    for (auto& each : kReasons) TRY(add_reason(names_of_reasons, names_to_codes.get(), each.library, each.reason, each.name));
    for (auto& each : kLibraries) {
        Ref<Int> key = TRY(int_from(each.number));
        Ref<Str> text = TRY(str_from_ascii(each.name));
        TRY(dict_set(names_of_libraries, key.get(), text.get()));
    }
    TRY(module_add(module, "err_codes_to_names", share(static_cast<Object*>(names_of_reasons))));
    TRY(module_add(module, "lib_codes_to_names", share(static_cast<Object*>(names_of_libraries))));
    return module_add(module, "err_names_to_codes", Ref<>(std::move(names_to_codes)));
}

}  // namespace

Fallible<void> add_errors(Module* module) {
    error_type = TRY(new_error(module, "SSLError", exc::OSError, "An error occurred in the SSL implementation.")).release();
    Ref<> method = TRY(method_descriptor_new(static_cast<Type*>(error_type), &error_methods[0]));
    TRY(set_attr(error_type, "__str__"_name, method.get()));
    static_cast<Type*>(error_type)->flags |= type_flag::kImmutable;
    Ref<Tuple> bases = TRY(tuple_pack(error_type, static_cast<Object*>(exc::ValueError)));
    certificate_error_type =
        TRY(new_error(module, "SSLCertVerificationError", bases.get(), "A certificate could not be verified.")).release();
    zero_return_error_type =
        TRY(new_error(module, "SSLZeroReturnError", error_type, "SSL/TLS session closed cleanly.")).release();
    want_write_error_type = TRY(new_error(module, "SSLWantWriteError", error_type,
                                          "Non-blocking SSL socket needs to write more data\n"
                                          "before the requested operation can be completed."))
                                .release();
    want_read_error_type = TRY(new_error(module, "SSLWantReadError", error_type,
                                         "Non-blocking SSL socket needs to read more data\n"
                                         "before the requested operation can be completed."))
                               .release();
    syscall_error_type =
        TRY(new_error(module, "SSLSyscallError", error_type, "System error when attempting SSL operation.")).release();
    eof_error_type = TRY(new_error(module, "SSLEOFError", error_type, "SSL/TLS connection terminated abruptly.")).release();
    return add_reasons(module);
}

}  // namespace py::ssl
