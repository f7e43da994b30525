// _ssl: certificates as getpeercert() shows them, and the Certificate type.
#include <openssl/err.h>
#include <openssl/pem.h>
#include <openssl/x509v3.h>

#include <cstring>

#include "interp/modules/ssl.h"
#include "interp/objects/abstract.h"
#include "interp/objects/containers.h"

namespace py::ssl {

namespace {

// A memory BIO for a scope, for what OpenSSL prints.
class PrintBio {
  public:
    PrintBio() : bio_(BIO_new(BIO_s_mem())) {}
    ~PrintBio() { BIO_free(bio_); }
    PrintBio(const PrintBio&) = delete;
    PrintBio& operator=(const PrintBio&) = delete;
    BIO* get() { return bio_; }
    std::string_view text() {
        char* data = nullptr;
        long size = BIO_get_mem_data(bio_, &data);
        return {data, size > 0 ? size_t(size) : 0};
    }

  private:
    BIO* bio_;
};

Fallible<Ref<Str>> object_name(const ASN1_OBJECT* object, bool digits) {
    char buffer[256];
    int length = OBJ_obj2txt(buffer, sizeof buffer, object, digits);
    if (length < 0) return raise_queued();
    return str_from_utf8({buffer, size_t(length) < sizeof buffer ? size_t(length) : sizeof buffer - 1});
}
Fallible<Ref<>> string_value(const ASN1_STRING* string) {
    // Bit strings are no text.
    if (ASN1_STRING_type(string) == V_ASN1_BIT_STRING)
        return bytes_from({reinterpret_cast<const char*>(ASN1_STRING_get0_data(string)), size_t(ASN1_STRING_length(string))});
    unsigned char* text = nullptr;
    int length = ASN1_STRING_to_UTF8(&text, string);
    if (length < 0) return raise_queued();
    auto result = str_from_utf8({reinterpret_cast<char*>(text), size_t(length)});
    OPENSSL_free(text);
    return result;
}
// A name: a tuple of relative names, each a tuple of (attribute, value).
Fallible<Ref<Tuple>> name_tuple(const X509_NAME* name) {
    Ref<List> whole = TRY(list_new(0)), relative = TRY(list_new(0));
    int level = -1;
    for (int i = 0; i < X509_NAME_entry_count(name); ++i) {
        X509_NAME_ENTRY* entry = X509_NAME_get_entry(name, i);
        if (level >= 0 && level != X509_NAME_ENTRY_set(entry)) {
            TRY(list_append_steal(whole.get(), TRY(list_as_tuple(relative.get()))));
            relative = TRY(list_new(0));
        }
        level = X509_NAME_ENTRY_set(entry);
        Ref<> key = TRY(object_name(X509_NAME_ENTRY_get_object(entry), false));
        Ref<> value = TRY(string_value(X509_NAME_ENTRY_get_data(entry)));
        TRY(list_append_steal(relative.get(), TRY(tuple_pack(key.get(), value.get()))));
    }
    if (relative->size) TRY(list_append_steal(whole.get(), TRY(list_as_tuple(relative.get()))));
    return list_as_tuple(whole.get());
}

Fallible<Ref<Tuple>> named(const char* name, Ref<> value) {
    Ref<Str> key = TRY(str_from_ascii(name));
    return tuple_pack(key.get(), value.get());
}
Fallible<Ref<>> address_text(const ASN1_OCTET_STRING* address) {
    const unsigned char* bytes = ASN1_STRING_get0_data(address);
    char text[48];
    switch (ASN1_STRING_length(address)) {
        case 4: std::snprintf(text, sizeof text, "%d.%d.%d.%d", bytes[0], bytes[1], bytes[2], bytes[3]); break;
        case 16: {
            size_t used = 0;
            for (int i = 0; i < 16; i += 2)
                used += size_t(std::snprintf(text + used, sizeof text - used, i ? ":%X" : "%X", bytes[i] << 8 | bytes[i + 1]));
            break;
        }
        default: std::strcpy(text, "<invalid>");
    }
    return str_from_ascii(text);
}
Fallible<Ref<>> text_name(const ASN1_STRING* string) {
    return str_from_utf8({reinterpret_cast<const char*>(ASN1_STRING_get0_data(string)), size_t(ASN1_STRING_length(string))});
}
// Kinds that have no form of their own: as OpenSSL prints them, "kind:value".
Fallible<Ref<Tuple>> printed_name(GENERAL_NAME* name) {
    switch (name->type) {
        case GEN_OTHERNAME:
        case GEN_X400:
        case GEN_EDIPARTY:
        case GEN_RID: break;
        default: TRY(warn(exc::RuntimeWarning, 1, "Unknown general name type %d", name->type));
    }
    PrintBio bio;
    GENERAL_NAME_print(bio.get(), name);
    std::string_view text = bio.text();
    size_t colon = text.find(':');
    if (colon == std::string_view::npos) {
        Ref<> whole = TRY(str_from_utf8(text));
        return raise(exc::ValueError, "Invalid value %S", whole.get());
    }
    Ref<> kind = TRY(str_from_utf8(text.substr(0, colon))), value = TRY(str_from_utf8(text.substr(colon + 1)));
    return tuple_pack(kind.get(), value.get());
}
Fallible<Ref<Tuple>> general_name(GENERAL_NAME* name) {
    switch (name->type) {
        case GEN_DIRNAME: return named("DirName", TRY(name_tuple(name->d.directoryName)));
        case GEN_EMAIL: return named("email", TRY(text_name(name->d.rfc822Name)));
        case GEN_DNS: return named("DNS", TRY(text_name(name->d.dNSName)));
        case GEN_URI: return named("URI", TRY(text_name(name->d.uniformResourceIdentifier)));
        case GEN_IPADD: return named("IP Address", TRY(address_text(name->d.iPAddress)));
        case GEN_RID: {
            char text[2048];
            int length = i2t_ASN1_OBJECT(text, sizeof text - 1, name->d.rid);
            if (length <= 0 || size_t(length) >= sizeof text - 1) return named("Registered ID", TRY(str_from_ascii("<INVALID>")));
            return named("Registered ID", TRY(str_from_utf8({text, size_t(length)})));
        }
        default: return printed_name(name);
    }
}
// The tuple of alternative names, or null when there are none.
Lookup<> alternative_names(X509* certificate) {
    auto names = static_cast<GENERAL_NAMES*>(X509_get_ext_d2i(certificate, NID_subject_alt_name, nullptr, nullptr));
    if (!names) return nullptr;
    Ref<List> list = TRY(list_new(0));
    bool failed = false;
    for (int i = 0; i < sk_GENERAL_NAME_num(names) && !failed; ++i) {
        auto entry = general_name(sk_GENERAL_NAME_value(names, i));
        failed = !entry.ok() || !list_append_steal(list.get(), entry.take()).ok();
    }
    GENERAL_NAMES_free(names);
    if (failed) return raised;
    if (list->size == 0) return nullptr;
    return Ref<>(TRY(list_as_tuple(list.get())));
}
// Where to ask about the certificate: the URIs of one method, or null.
Lookup<> information_access(X509* certificate, int method) {
    auto infos = static_cast<AUTHORITY_INFO_ACCESS*>(X509_get_ext_d2i(certificate, NID_info_access, nullptr, nullptr));
    if (!infos) return nullptr;
    Ref<List> list = TRY(list_new(0));
    bool failed = false;
    for (int i = 0; i < sk_ACCESS_DESCRIPTION_num(infos) && !failed; ++i) {
        ACCESS_DESCRIPTION* each = sk_ACCESS_DESCRIPTION_value(infos, i);
        if (OBJ_obj2nid(each->method) != method || each->location->type != GEN_URI) continue;
        auto text = text_name(each->location->d.uniformResourceIdentifier);
        failed = !text.ok() || !list_append_steal(list.get(), text.take()).ok();
    }
    AUTHORITY_INFO_ACCESS_free(infos);
    if (failed) return raised;
    if (list->size == 0) return nullptr;
    return Ref<>(TRY(list_as_tuple(list.get())));
}
Fallible<void> append_uris(List* list, const DIST_POINT* point) {
    if (!point->distpoint || point->distpoint->type != 0) return {};  // only full names are places
    GENERAL_NAMES* names = point->distpoint->name.fullname;
    for (int i = 0; i < sk_GENERAL_NAME_num(names); ++i) {
        GENERAL_NAME* name = sk_GENERAL_NAME_value(names, i);
        if (name->type == GEN_URI) TRY(list_append_steal(list, TRY(text_name(name->d.uniformResourceIdentifier))));
    }
    return {};
}
Lookup<> revocation_points(X509* certificate) {
    auto points = static_cast<CRL_DIST_POINTS*>(X509_get_ext_d2i(certificate, NID_crl_distribution_points, nullptr, nullptr));
    if (!points) return nullptr;
    Ref<List> list = TRY(list_new(0));
    bool failed = false;
    for (int i = 0; i < sk_DIST_POINT_num(points) && !failed; ++i)
        failed = !append_uris(list.get(), sk_DIST_POINT_value(points, i)).ok();
    CRL_DIST_POINTS_free(points);
    if (failed) return raised;
    if (list->size == 0) return nullptr;
    return Ref<>(TRY(list_as_tuple(list.get())));
}

Fallible<void> add_if(Dict* dict, const char* key, Ref<> value) {
    if (!value) return {};
    return dict_set(dict, key, value.get());
}
Fallible<void> add_printed(Dict* dict, const char* key, PrintBio& bio) {
    Ref<> text = TRY(str_from_utf8(bio.text()));
    return dict_set(dict, key, text.get());
}

}  // namespace

Fallible<Ref<>> decode_certificate(X509* certificate) {
    Ref<Dict> dict = TRY(dict_new());
    TRY(add_if(dict.get(), "subject", TRY(name_tuple(X509_get_subject_name(certificate)))));
    TRY(add_if(dict.get(), "issuer", TRY(name_tuple(X509_get_issuer_name(certificate)))));
    TRY(add_if(dict.get(), "version", TRY(int_from(X509_get_version(certificate) + 1))));
    PrintBio serial, before, after;
    i2a_ASN1_INTEGER(serial.get(), X509_get0_serialNumber(certificate));
    TRY(add_printed(dict.get(), "serialNumber", serial));
    ASN1_TIME_print(before.get(), X509_get0_notBefore(certificate));
    TRY(add_printed(dict.get(), "notBefore", before));
    ASN1_TIME_print(after.get(), X509_get0_notAfter(certificate));
    TRY(add_printed(dict.get(), "notAfter", after));
    TRY(add_if(dict.get(), "subjectAltName", TRY(alternative_names(certificate))));
    TRY(add_if(dict.get(), "OCSP", TRY(information_access(certificate, NID_ad_OCSP))));
    TRY(add_if(dict.get(), "caIssuers", TRY(information_access(certificate, NID_ad_ca_issuers))));
    TRY(add_if(dict.get(), "crlDistributionPoints", TRY(revocation_points(certificate))));
    ERR_clear_error();
    return dict;
}
Fallible<Ref<Bytes>> certificate_der(X509* certificate) {
    unsigned char* data = nullptr;
    int size = i2d_X509(certificate, &data);
    if (size < 0) return raise_queued();
    auto result = bytes_from({reinterpret_cast<char*>(data), size_t(size)});
    OPENSSL_free(data);
    return result;
}

namespace {

Certificate* as_certificate(Object* object) {
    return static_cast<Certificate*>(object);
}
void certificate_dealloc(Object* self) {
    X509_free(as_certificate(self)->certificate);
    object_memory_free(self);
}
// Certificate.public_bytes(format=Encoding.PEM)
Fallible<Ref<>> certificate_public_bytes(Object* self, Object* const* a) {
    int format = a[0] ? TRY(as_c_int(a[0])) : kEncodingPem;
    if (format == kEncodingDer) return certificate_der(as_certificate(self)->certificate);
    if (format != kEncodingPem) return raise(exc::ValueError, "Unsupported format");
    PrintBio bio;
    if (!PEM_write_bio_X509(bio.get(), as_certificate(self)->certificate)) return raise_queued();
    return str_from_utf8(bio.text());
}
// Certificate.get_info()
Fallible<Ref<>> certificate_get_info(Object* self) {
    return decode_certificate(as_certificate(self)->certificate);
}
Fallible<Ref<>> certificate_repr(Object* self) {
    PrintBio bio;
    X509_NAME_print_ex(bio.get(), X509_get_subject_name(as_certificate(self)->certificate), 0, XN_FLAG_RFC2253 & ~ASN1_STRFLGS_ESC_MSB);
    Ref<> subject = TRY(str_from_utf8(bio.text()));
    return format_str("<%s '%U'>", self->type->name, subject.get());
}
Hash certificate_hash(Object* self) {
    Certificate* certificate = as_certificate(self);
    if (certificate->hash_value == -1) {
        certificate->hash_value = Hash(X509_subject_name_hash(certificate->certificate));
        if (certificate->hash_value == -1) certificate->hash_value = -2;
    }
    return certificate->hash_value;
}
Object* certificate_richcompare(Object* a, Object* b, int op) {
    if (b->type != &certificate_type || (op != kEqual && op != kNotEqual)) return new_reference(not_implemented());
    bool equal = X509_cmp(as_certificate(a)->certificate, as_certificate(b)->certificate) == 0;
    return compare_result(equal == (op == kEqual));
}
MethodDef certificate_methods[] = {
    METHOD("public_bytes", certificate_public_bytes, "($self, /, format=Encoding.PEM)", "The certificate in PEM or DER."),
    METHOD_NOARGS("get_info", certificate_get_info, "($self, /)", "The certificate as a dict."),
    END_ROW,
};

}  // namespace

constinit Type certificate_type = static_type({
    .name = "_ssl.Certificate",
    .basic_size = sizeof(Certificate),
    .flags = type_flag::kDisallowInstantiation,
    .dealloc = certificate_dealloc,
    .repr = slot1<certificate_repr>,
    .hash = certificate_hash,
    .richcompare = certificate_richcompare,
    .methods = certificate_methods,
});

Fallible<Ref<>> certificate_new(X509* certificate) {
    Ref<Certificate> self = make<Certificate>(certificate_type);
    if (!self) return raised;
    X509_up_ref(certificate);
    self->certificate = certificate;
    self->hash_value = -1;
    return self;
}
Fallible<Ref<>> certificate_list(STACK_OF(X509) * stack, X509* first) {
    Ref<List> list = TRY(list_new(0));
    if (first) TRY(list_append_steal(list.get(), TRY(certificate_new(first))));
    for (int i = 0; i < sk_X509_num(stack); ++i)
        TRY(list_append_steal(list.get(), TRY(certificate_new(sk_X509_value(stack, i)))));
    return list;
}

}  // namespace py::ssl
