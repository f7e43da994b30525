// The transfer loop over curl's multi interface.
#include "base/http.h"

#include <curl/curl.h>
#include <dlfcn.h>
#include <fcntl.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstdlib>
#include <deque>
#include <unordered_map>

#include "base/fs.h"
#include "base/http_rules.h"
#include "base/netrc.h"
#include "base/terminal.h"
#include "base/text.h"
#include "base/url.h"

namespace base {

namespace {

constexpr int kMostRedirects = 10;
constexpr int kMostRefusals = 4;
constexpr int64_t kLongestPause = 60;  // seconds; a server that asks for more is not waited for
// FAST: curl looks at every transfer it has whenever one of them moves, so the rest waits here.
constexpr size_t kMostRunning = 64;
constexpr size_t kMostInBackground = 4;       // of those, while others are waited for
constexpr uint64_t kMostReserved = 64 << 20;  // a server may say any Content-Length

struct Curl {
#define CURL_FUNCTION(name) decltype(&::name) name;
#include "base/http_curl.def"
#undef CURL_FUNCTION
};

// curl's type-checking macros would wrap the members' names.
#undef curl_easy_setopt
#undef curl_easy_getinfo
#undef curl_multi_setopt

Result<const Curl*> load_curl() {
    static Curl curl;
    static bool loaded = false;
    if (loaded) return &curl;
    void* library = nullptr;
    for (const char* name : {"libcurl.so.4", "libcurl-gnutls.so.4"}) {
        if (!library) library = dlopen(name, RTLD_NOW | RTLD_LOCAL);
    }
    Error missing = Error(ErrorKind::Network, "libcurl was not found: it is needed for every network access")
                        .with_hint(
                            "install it (Debian and Ubuntu: `apt install libcurl4`), or use --find-links with a "
                            "directory");
    if (!library) return missing;
#define CURL_FUNCTION(name)                                                 \
    curl.name = reinterpret_cast<decltype(&::name)>(dlsym(library, #name)); \
    if (!curl.name) return missing;
#include "base/http_curl.def"
#undef CURL_FUNCTION
    curl.curl_global_init(CURL_GLOBAL_DEFAULT);
    loaded = true;
    return &curl;
}

struct Transfer {
    HttpClient::Ticket ticket = 0;
    HttpRequest request;
    Url url;  // where it is now: redirects change it
    int redirects = 0;
    bool storable = true;  // as the redirects say: HttpResponse
    int64_t usable_for = INT64_MAX;
    std::string user, password;  // sent to `url`
    int refusals = 0;  // of this origin
    int64_t started = 0;         // monotonic ms
    HttpResponse response;
    CURL* handle = nullptr;
    curl_slist* headers = nullptr;
    curl_mime* form = nullptr;
    Fd file;
    bool created = false;  // the file of `save_to`, by us
    uint64_t received = 0;
    int attempts = 0;
    int64_t not_before = 0;  // monotonic ms, while waiting for the next attempt
    bool running = false, finished = false;
    Error failure{ErrorKind::Network, ""};
    bool failed = false;
    int file_error = 0;
    bool too_long = false;
    char message[CURL_ERROR_SIZE] = {};
};

size_t on_header(char* data, size_t size, size_t count, void* user) {
    Transfer& transfer = *static_cast<Transfer*>(user);
    std::string_view line(data, size * count);
    if (line.starts_with("HTTP/")) {
        transfer.response.headers.clear();
        transfer.response.body.clear();
        size_t blank = line.find(' ');
        transfer.response.status =
            blank == std::string_view::npos ? 0 : atoi(std::string(line.substr(blank + 1)).c_str());
        blank = blank == std::string_view::npos ? blank : line.find(' ', blank + 1);
        transfer.response.reason = blank == std::string_view::npos ? "" : http_trim(line.substr(blank + 1));
    } else if (size_t colon = line.find(':'); colon != std::string_view::npos) {
        transfer.response.headers.emplace_back(http_lower(line.substr(0, colon)),
                                               http_trim(line.substr(colon + 1)));
    }
    return size * count;
}

size_t on_body(char* data, size_t size, size_t count, void* user) {
    Transfer& transfer = *static_cast<Transfer*>(user);
    size_t length = size * count;
    transfer.received += length;
    if (transfer.received > transfer.request.limit) {
        transfer.too_long = true;
        return 0;
    }
    if (transfer.request.save_to.empty() || transfer.response.status != 200) {
        std::string& body = transfer.response.body;
        uint64_t whole = 0;
        if (body.empty() && parse_u64(transfer.response.header("content-length"), whole))
            body.reserve((size_t)std::min({whole, transfer.request.limit, kMostReserved}));
        body.append(data, length);
        return length;
    }
    if (!transfer.file.valid()) {
        transfer.file = Fd(open(transfer.request.save_to.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0644));
        transfer.created = transfer.file.valid();
    }
    for (size_t done = 0; done < length;) {
        ssize_t put = transfer.file.valid() ? write(transfer.file.get(), data + done, length - done) : -1;
        if (put < 0) {
            transfer.file_error = errno;
            return 0;
        }
        done += (size_t)put;
    }
    return length;
}

// The server's own faults may pass, those of proxies and networks before it (520…) as well; 501 and 505 say never.
bool retryable_status(int status) {
    return status == 408 || status == 429 || (status >= 500 && status != 501 && status != 505);
}

bool retryable_failure(CURLcode code) {
    switch (code) {
        case CURLE_COULDNT_CONNECT:
        case CURLE_PARTIAL_FILE:
        case CURLE_OPERATION_TIMEDOUT:
        case CURLE_GOT_NOTHING:
        case CURLE_SEND_ERROR:
        case CURLE_RECV_ERROR:
        case CURLE_HTTP2:
        case CURLE_HTTP2_STREAM:
        case CURLE_SSL_CONNECT_ERROR:
        case CURLE_WEIRD_SERVER_REPLY: return true;
        default: return false;
    }
}

}  // namespace

struct HttpClient::State {
    HttpSettings settings;
    const Curl* curl = nullptr;
    CURLM* multi = nullptr;
    std::unordered_map<Ticket, std::unique_ptr<Transfer>> transfers;
    std::deque<Transfer*> urgent, background;  // not begun
    std::vector<Transfer*> pausing;            // until their not_before
    size_t running = 0, running_in_background = 0;
    size_t open = 0, open_in_background = 0;  // begun or not
    uint64_t ended = 0;
    std::deque<Ticket> done;        // background requests that have ended
    bool hurried = false;
    std::vector<CURL*> idle;
    Ticket next = 1;
    uint64_t requests = 0;
    uint64_t random = 0x9e3779b97f4a7c15;
    bool netrc_read = false;
    std::vector<NetrcEntry> netrc;

    ~State() {
        for (auto& [ticket, transfer] : transfers)
            release(*transfer);
        for (CURL* handle : idle)
            curl->curl_easy_cleanup(handle);
        if (multi) curl->curl_multi_cleanup(multi);
    }

    Result<void> prepare() {
        if (multi) return {};
        curl = TRY(load_curl());
        multi = curl->curl_multi_init();
        curl->curl_multi_setopt(multi, CURLMOPT_MAX_TOTAL_CONNECTIONS, (long)settings.connections);
        curl->curl_multi_setopt(multi, CURLMOPT_MAX_HOST_CONNECTIONS, 8L);
        curl->curl_multi_setopt(multi, CURLMOPT_PIPELINING, (long)CURLPIPE_MULTIPLEX);
        random ^= (uint64_t)settings.clock->monotonic_ms() * 2654435761u ^ (uint64_t)getpid();
        return {};
    }

    template <class T>
    void set(CURL* handle, CURLoption option, T value) {
        curl->curl_easy_setopt(handle, option, value);
    }

    void release(Transfer& transfer) {
        if (transfer.running) {
            curl->curl_multi_remove_handle(multi, transfer.handle);
            running--;
            running_in_background -= transfer.request.background;
            transfer.running = false;
        }
        if (transfer.handle) idle.push_back(transfer.handle);
        transfer.handle = nullptr;
        if (transfer.headers) curl->curl_slist_free_all(transfer.headers);
        if (transfer.form) curl->curl_mime_free(transfer.form);
        transfer.headers = nullptr;
        transfer.form = nullptr;
        transfer.file.close();
    }

    // Credentials of the origin the transfer is at: the request's own (for its first origin), the URL's, those that the
    // program knows, the .netrc file's, which is also asked for the password of a user whose name alone is known.
    void identify(Transfer& transfer) {
        const Url& url = transfer.url;
        transfer.user.clear();
        transfer.password.clear();
        if (transfer.redirects == 0 && !(transfer.request.user + transfer.request.password).empty()) {
            transfer.user = transfer.request.user;
            transfer.password = transfer.request.password;
        } else if (url.has_user) {
            transfer.user = url.user;
            transfer.password = url.password;
        } else if (settings.identities) {
            // Nobody leaves both empty.
            (void)settings.identities->find(url, transfer.user, transfer.password);
        }
        if (transfer.password.empty()) ask_netrc(transfer);
    }

    void ask_netrc(Transfer& transfer) {
        if (!netrc_read) {
            netrc_read = true;
            // A file that is not there says nothing.
            Result<std::string> text = read_file(settings.netrc_file.empty() ? default_netrc_file() : settings.netrc_file);
            if (text.ok()) netrc = parse_netrc(*text);
        }
        const NetrcEntry* entry = find_netrc(netrc, transfer.url.host, transfer.user);
        if (!entry) return;
        if (transfer.user.empty()) transfer.user = entry->login;
        transfer.password = entry->password;
    }

    void set_identity(CURL* handle, const Transfer& transfer) {
        if (transfer.user.empty() && transfer.password.empty()) return;
        set(handle, CURLOPT_HTTPAUTH, (long)CURLAUTH_BASIC);
        set(handle, CURLOPT_USERNAME, transfer.user.c_str());
        set(handle, CURLOPT_PASSWORD, transfer.password.c_str());
    }

    void set_security(CURL* handle, const Url& url) {
        if (!settings.ca_file.empty())
            set(handle, is_directory(settings.ca_file) ? CURLOPT_CAPATH : CURLOPT_CAINFO, settings.ca_file.c_str());
        if (!settings.client_certificate.empty()) set(handle, CURLOPT_SSLCERT, settings.client_certificate.c_str());
        for (const std::string& host : settings.trusted_hosts) {
            if (host == url.host || host == url.host + ":" + url.port) {
                set(handle, CURLOPT_SSL_VERIFYPEER, 0L);
                set(handle, CURLOPT_SSL_VERIFYHOST, 0L);
            }
        }
    }

    void set_body(Transfer& transfer) {
        CURL* handle = transfer.handle;
        const HttpRequest& request = transfer.request;
        if (!request.form.empty()) {
            transfer.form = curl->curl_mime_init(handle);
            for (const HttpPart& part : request.form) {
                curl_mimepart* field = curl->curl_mime_addpart(transfer.form);
                curl->curl_mime_name(field, part.name.c_str());
                curl->curl_mime_data(field, part.value.data(), part.value.size());
                if (!part.file_name.empty()) curl->curl_mime_filename(field, part.file_name.c_str());
                if (!part.content_type.empty()) curl->curl_mime_type(field, part.content_type.c_str());
            }
            set(handle, CURLOPT_MIMEPOST, transfer.form);
        } else if (request.method == "POST") {
            set(handle, CURLOPT_POSTFIELDSIZE_LARGE, (curl_off_t)request.body.size());
            set(handle, CURLOPT_POSTFIELDS, request.body.data());
        } else if (request.method == "HEAD") {
            set(handle, CURLOPT_NOBODY, 1L);
        } else if (request.method != "GET") {
            set(handle, CURLOPT_CUSTOMREQUEST, request.method.c_str());
        }
    }

    CURL* take_handle() {
        if (idle.empty()) return curl->curl_easy_init();
        CURL* handle = idle.back();
        idle.pop_back();
        curl->curl_easy_reset(handle);
        return handle;
    }

    // The first request of a transfer; false where its URL cannot be asked.
    bool settle_url(Transfer& transfer) {
        if (transfer.attempts || transfer.redirects) return true;
        Result<Url> parsed = parse_url(transfer.request.url);
        if (parsed.ok() && parsed->scheme != "http" && parsed->scheme != "https")
            parsed = Error(ErrorKind::Usage, "`" + redact_url(transfer.request.url) + "` is neither http nor https");
        if (!parsed.ok()) {
            fail(transfer, std::move(parsed).error());
            return false;
        }
        transfer.url = std::move(parsed).value();
        identify(transfer);
        return true;
    }

    void begin(Transfer& transfer) {
        if (!settle_url(transfer)) return;
        transfer.attempts++;
        requests++;
        transfer.response = {};
        transfer.received = 0;
        transfer.message[0] = 0;
        transfer.started = settings.clock->monotonic_ms();
        CURL* handle = transfer.handle = take_handle();
        std::string plain = transfer.url.text(false), proxy = http_proxy(transfer.url, settings.proxy);
        set(handle, CURLOPT_URL, plain.c_str());
        set(handle, CURLOPT_NOSIGNAL, 1L);
        set(handle, CURLOPT_ERRORBUFFER, transfer.message);
        set(handle, CURLOPT_USERAGENT, settings.user_agent.c_str());
        set(handle, CURLOPT_CONNECTTIMEOUT, (long)settings.connect_timeout_s);
        set(handle, CURLOPT_LOW_SPEED_LIMIT, 1L);
        set(handle, CURLOPT_LOW_SPEED_TIME, (long)settings.stall_timeout_s);
        set(handle, CURLOPT_HTTP_VERSION, (long)CURL_HTTP_VERSION_2TLS);
        // One connection carries many requests where the server speaks HTTP/2: wait for it and see.
        if (transfer.url.scheme == "https") set(handle, CURLOPT_PIPEWAIT, 1L);
        set(handle, CURLOPT_PROXY, proxy.c_str());
        set(handle, CURLOPT_HEADERFUNCTION, &on_header);
        set(handle, CURLOPT_HEADERDATA, &transfer);
        set(handle, CURLOPT_WRITEFUNCTION, &on_body);
        set(handle, CURLOPT_WRITEDATA, &transfer);
        set(handle, CURLOPT_PRIVATE, &transfer);
        // Bodies that are hashed must arrive as they are stored; only pages and metadata may be compressed.
        bool ranged = false;
        for (const auto& [name, value] : transfer.request.headers) {
            ranged |= http_lower(name) == "range";
            transfer.headers = curl->curl_slist_append(transfer.headers, (name + ": " + value).c_str());
        }
        if (!ranged && transfer.request.save_to.empty() && !transfer.request.as_sent) set(handle, CURLOPT_ACCEPT_ENCODING, "");
        // An upload is small enough to send at once; `Expect: 100-continue` would only wait.
        transfer.headers = curl->curl_slist_append(transfer.headers, "Expect:");
        set(handle, CURLOPT_HTTPHEADER, transfer.headers);
        set_identity(handle, transfer);
        set_security(handle, transfer.url);
        set_body(transfer);
        transfer.running = true;
        running++;
        running_in_background += transfer.request.background;
        curl->curl_multi_add_handle(multi, handle);
    }

    void drop_file(Transfer& transfer) {
        if (transfer.created) unlink(transfer.request.save_to.c_str());
        transfer.created = false;
    }

    void fail(Transfer& transfer, Error error) {
        if (transfer.handle) release(transfer);
        transfer.failure = std::move(error);
        transfer.failed = true;
        end(transfer);
        drop_file(transfer);
    }
    void end(Transfer& transfer) {
        transfer.finished = true;
        open--;
        ended++;
        if (!transfer.request.background) return;
        done.push_back(transfer.ticket);
        if (--open_in_background == 0) hurried = false;
    }

    // What the server asks to wait for, in seconds; -1 when it asks for nothing.
    int64_t wanted_pause(const Transfer& transfer) {
        std::string_view wanted = transfer.response.header("retry-after");
        if (wanted.empty()) return -1;
        if (auto date = parse_http_date(wanted)) return std::max<int64_t>(0, *date - settings.clock->unix_seconds());
        return std::max<int64_t>(0, atoll(std::string(wanted).c_str()));
    }
    // Twice as long each time, with up to a half more at random, so that clients do not come back together.
    int64_t pause_ms(const Transfer& transfer) {
        random ^= random << 13;
        random ^= random >> 7;
        random ^= random << 17;
        int64_t pause = 200ll << (transfer.attempts - 1);
        pause += (int64_t)(random % (uint64_t)(pause / 2));
        return std::max(pause, wanted_pause(transfer) * 1000);
    }

    bool should_retry(const Transfer& transfer, CURLcode code) {
        if (!transfer.request.may_retry || transfer.attempts > settings.retries) return false;
        if (code != CURLE_OK) return retryable_failure(code);
        return retryable_status(transfer.response.status) && wanted_pause(transfer) <= kLongestPause;
    }

    // Lets the transfer begin again, after `pause` milliseconds.
    void again(Transfer& transfer, int64_t pause) {
        release(transfer);
        drop_file(transfer);
        transfer.not_before = settings.clock->monotonic_ms() + pause;
        pausing.push_back(&transfer);
    }

    // The answer behind a redirect is kept under the URL before it, so for no longer than the redirect itself may be: one
    // that is not called permanent only for as long as it says (RFC 9111 §4.2.2).
    void bound_use(Transfer& transfer) {
        int64_t now = settings.clock->unix_seconds();
        HttpFreshness redirect = http_freshness(transfer.response, now);
        bool permanent = transfer.response.status == 301 || transfer.response.status == 308;
        transfer.storable &= redirect.storable;
        if (redirect.stated || !permanent)
            transfer.usable_for = std::min(transfer.usable_for, std::max<int64_t>(0, redirect.fresh_until - now));
    }

    // True when the answer was a redirect, which is now followed or has become an error.
    bool redirect(Transfer& transfer) {
        static constexpr int kRedirects[] = {301, 302, 303, 307, 308};
        const HttpResponse& response = transfer.response;
        bool safe = transfer.request.method == "GET" || transfer.request.method == "HEAD";
        std::string_view location = response.header("location");
        if (!safe || location.empty() ||
            std::find(std::begin(kRedirects), std::end(kRedirects), response.status) == std::end(kRedirects))
            return false;
        std::string shown = "`" + redact_url(transfer.request.url) + "`";
        Result<Url> target = parse_url(resolve_url(transfer.url.text(false), location));
        auto refuse = [&](const std::string& why) {
            fail(transfer, Error(ErrorKind::Network, "cannot fetch " + shown + ": " + why));
            return true;
        };
        if (!target.ok()) return refuse("it redirects to what is no URL");
        std::string to = "`" + target->text(false) + "`";
        if (target->scheme != "https" && target->scheme != "http") return refuse("it redirects to " + to);
        if (transfer.url.scheme == "https" && target->scheme == "http")
            return refuse("it redirects from an encrypted connection to " + to);
        if (++transfer.redirects > kMostRedirects)
            return refuse("it redirects more than " + std::to_string(kMostRedirects) + " times, at last to " + to);
        if (target->origin() != transfer.url.origin()) transfer.refusals = 0;
        bound_use(transfer);
        transfer.url = std::move(target).value();
        transfer.attempts = 0;
        identify(transfer);
        again(transfer, 0);
        return true;
    }

    // True when the server wants other credentials and there are some to try.
    bool identify_again(Transfer& transfer) {
        if (transfer.response.status != 401 || transfer.refusals++ >= kMostRefusals || !settings.identities) return false;
        if (!settings.identities->refused(transfer.url, transfer.user, transfer.password)) return false;
        again(transfer, 0);
        return true;
    }

    void log(const Transfer& transfer, CURLcode code) {
        if (settings.log < 0) return;
        int64_t took = settings.clock->monotonic_ms() - transfer.started;
        std::string line = transfer.request.method + " " + redact_url(transfer.url.text(false)) + ": ";
        line += code == CURLE_OK ? std::to_string(transfer.response.status) : std::string(curl->curl_easy_strerror(code));
        long version = 0;
        curl->curl_easy_getinfo(transfer.handle, CURLINFO_HTTP_VERSION, &version);
        if (version == CURL_HTTP_VERSION_2_0) line += " (HTTP/2)";
        line += ", " + std::to_string(transfer.received) + " bytes, " + std::to_string(took) + " ms\n";
        line = for_terminal(line);
        // A log that cannot be written is no reason to stop.
        (void)!write(settings.log, line.data(), line.size());
    }

    // What the proxy refuses is no answer of the server: with an encrypted one curl could not even ask it.
    bool refused_by_proxy(const Transfer& transfer, CURLcode code, const std::string& proxy) {
        long connected = 0;
        curl->curl_easy_getinfo(transfer.handle, CURLINFO_HTTP_CONNECTCODE, &connected);
        return !proxy.empty() && (connected == 407 || (code == CURLE_OK && transfer.response.status == 407));
    }

    void finish(Transfer& transfer, CURLcode code) {
        transfer.response.url = transfer.url.text(false);
        transfer.response.storable = transfer.storable;
        transfer.response.usable_for = transfer.usable_for;
        log(transfer, code);
        std::string shown = redact_url(transfer.request.url);
        if (transfer.file_error)
            return fail(transfer, io_error("write", transfer.request.save_to, transfer.file_error));
        if (transfer.too_long)
            return fail(transfer, Error(ErrorKind::Network, "`" + shown + "` sent more than the " +
                                                                std::to_string(transfer.request.limit) +
                                                                " bytes that are accepted"));
        std::string proxy = http_proxy(transfer.url, settings.proxy);
        if (refused_by_proxy(transfer, code, proxy))
            return fail(transfer, Error(ErrorKind::Network, "cannot fetch `" + shown + "`: the proxy `" + redact_url(proxy) +
                                                                "` answered 407 Proxy Authentication Required")
                                      .with_hint("give user and password in the proxy's URL: http://user:password@host:port"));
        if (should_retry(transfer, code)) return again(transfer, pause_ms(transfer));
        if (code == CURLE_OK && (redirect(transfer) || identify_again(transfer))) return;
        if (code != CURLE_OK) {
            std::string why = transfer.message[0] ? transfer.message : curl->curl_easy_strerror(code);
            // curl quotes a proxy it cannot use as it was given.
            if (!proxy.empty()) why = replace_all(why, proxy, redact_url(proxy));
            if (transfer.attempts > 1) why += " (tried " + std::to_string(transfer.attempts) + " times)";
            Error error(ErrorKind::Network, "cannot fetch `" + shown + "`: " + why);
            if (code == CURLE_PEER_FAILED_VERIFICATION)
                error.hint = "name the certificate to trust with --cert FILE, or the host with --trusted-host";
            return fail(transfer, std::move(error));
        }
        release(transfer);
        end(transfer);
    }

    std::unique_ptr<Transfer> take_out(std::unordered_map<Ticket, std::unique_ptr<Transfer>>::iterator found) {
        std::unique_ptr<Transfer> taken = std::move(found->second);
        if (taken->request.background) std::erase(done, taken->ticket);
        transfers.erase(found);
        return taken;
    }

    void queue(Transfer& transfer) { (transfer.request.background && !hurried ? background : urgent).push_back(&transfer); }

    // Begins what may begin now; the milliseconds until the next pause ends.
    int64_t begin_next() {
        int64_t pause = INT64_MAX;
        for (size_t i = 0; i < pausing.size();) {
            int64_t left = pausing[i]->not_before - settings.clock->monotonic_ms();
            if (left > 0) {
                pause = std::min(pause, left);
                i++;
                continue;
            }
            queue(*pausing[i]);
            pausing.erase(pausing.begin() + (ptrdiff_t)i);
        }
        auto begin_from = [&](std::deque<Transfer*>& waiting) {
            Transfer& transfer = *waiting.front();
            waiting.pop_front();
            begin(transfer);
        };
        while (running < kMostRunning && !urgent.empty()) begin_from(urgent);
        while (running < kMostRunning && running_in_background < kMostInBackground && !background.empty()) begin_from(background);
        return pause;
    }

    // Moves every transfer on, waiting at most `wait_ms` for something to happen.
    void step(int wait_ms) {
        int64_t next_start = begin_next();
        int active = 0;
        curl->curl_multi_perform(multi, &active);
        // What has ended makes room for what waits.
        if (collect() || wait_ms == 0) return;
        if (active == 0) {
            if (next_start != INT64_MAX) settings.clock->sleep_ms(std::min<int64_t>(next_start, wait_ms));
            return;
        }
        curl->curl_multi_poll(multi, nullptr, 0, (int)std::min<int64_t>(next_start, wait_ms), nullptr);
        curl->curl_multi_perform(multi, &active);
        collect();
    }
    bool collect() {
        int left = 0;
        bool any = false;
        while (CURLMsg* message = curl->curl_multi_info_read(multi, &left)) {
            if (message->msg != CURLMSG_DONE) continue;
            Transfer* transfer = nullptr;
            curl->curl_easy_getinfo(message->easy_handle, CURLINFO_PRIVATE, &transfer);
            finish(*transfer, message->data.result);
            any = true;
        }
        return any;
    }
};

HttpClient::HttpClient(HttpSettings settings) : state_(std::make_unique<State>()) {
    state_->settings = std::move(settings);
}
HttpClient::HttpClient(HttpClient&&) noexcept = default;
HttpClient::~HttpClient() = default;

HttpClient::Ticket HttpClient::start(HttpRequest request) {
    State& state = *state_;
    Ticket ticket = state.next++;
    Transfer& transfer = *state.transfers.emplace(ticket, std::make_unique<Transfer>()).first->second;
    transfer.ticket = ticket;
    transfer.request = std::move(request);
    state.open++;
    state.open_in_background += transfer.request.background;
    Result<void> ready = state.prepare();
    if (!ready.ok()) {
        state.fail(transfer, std::move(ready).error());
        return ticket;
    }
    state.queue(transfer);
    state.begin_next();
    if (transfer.running) state.step(0);
    return ticket;
}

bool HttpClient::done(Ticket ticket) const {
    auto found = state_->transfers.find(ticket);
    CHECK(found != state_->transfers.end());
    return found->second->finished;
}

Result<HttpResponse> HttpClient::wait(Ticket ticket) {
    State& state = *state_;
    auto found = state.transfers.find(ticket);
    CHECK(found != state.transfers.end());
    Transfer& transfer = *found->second;
    // Now somebody waits for it.
    if (std::erase(state.background, &transfer)) state.urgent.push_front(&transfer);
    while (!transfer.finished)
        state.step(1000);
    std::unique_ptr<Transfer> taken = state.take_out(found);
    if (taken->failed) return std::move(taken->failure);
    return std::move(taken->response);
}

void HttpClient::forget(Ticket ticket) {
    State& state = *state_;
    auto found = state.transfers.find(ticket);
    CHECK(found != state.transfers.end());
    Transfer& transfer = *found->second;
    std::erase(state.urgent, &transfer);
    std::erase(state.background, &transfer);
    std::erase(state.pausing, &transfer);
    if (!transfer.finished) state.fail(transfer, Error(ErrorKind::Network, "nobody wants it"));
    state.take_out(found);
}

uint64_t HttpClient::answers() const { return state_->ended; }
bool HttpClient::wait_for_answer(uint64_t known) {
    State& state = *state_;
    while (state.ended == known && state.open)
        state.step(1000);
    return state.ended != known;
}

HttpClient::Ticket HttpClient::next_done(bool wait) {
    State& state = *state_;
    while (wait && state.done.empty() && state.open_in_background)
        state.step(1000);
    if (state.done.empty()) return 0;
    Ticket ticket = state.done.front();
    state.done.pop_front();
    return ticket;
}

void HttpClient::hurry() {
    State& state = *state_;
    state.hurried = state.open_in_background > 0;
    state.urgent.insert(state.urgent.end(), state.background.begin(), state.background.end());
    state.background.clear();
}

Result<HttpResponse> HttpClient::perform(HttpRequest request) {
    return wait(start(std::move(request)));
}
uint64_t HttpClient::requests_made() const {
    return state_->requests;
}

}  // namespace base
