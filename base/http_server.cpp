// The accept loop and the connection's life: read a request, answer it, again.
#include "base/http_server.h"

#include <fcntl.h>
#include <netdb.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <sys/eventfd.h>
#include <sys/sendfile.h>
#include <sys/socket.h>
#include <unistd.h>

#include <cerrno>
#include <csignal>
#include <cstdlib>
#include <cstring>
#include <list>
#include <thread>

#include "base/clock.h"
#include "base/fs.h"
#include "base/url.h"

namespace base {

static constexpr size_t kHeadLimit = 64 << 10;
static constexpr int kSilence = 60;  // seconds without a byte in either direction

static std::string lowered(std::string_view text) {
    std::string out(text);
    for (char& c : out) {
        if (c >= 'A' && c <= 'Z') c += 32;
    }
    return out;
}
static std::string_view trimmed(std::string_view text) {
    while (!text.empty() && (text.front() == ' ' || text.front() == '\t'))
        text.remove_prefix(1);
    while (!text.empty() && (text.back() == ' ' || text.back() == '\t' || text.back() == '\r'))
        text.remove_suffix(1);
    return text;
}

std::string_view HttpIncoming::header(std::string_view name) const {
    for (const auto& [key, value] : headers) {
        if (key == name) return value;
    }
    return {};
}
HttpOutgoing HttpOutgoing::text(int status, std::string line) {
    return {status, {{"Content-Type", "text/plain; charset=utf-8"}}, std::move(line) + "\n"};
}

static const char* reason_of(int status) {
    static constexpr std::pair<int, const char*> kReasons[] = {{200, "OK"},
                                                               {201, "Created"},
                                                               {204, "No Content"},
                                                               {206, "Partial Content"},
                                                               {301, "Moved Permanently"},
                                                               {302, "Found"},
                                                               {304, "Not Modified"},
                                                               {400, "Bad Request"},
                                                               {401, "Unauthorized"},
                                                               {403, "Forbidden"},
                                                               {404, "Not Found"},
                                                               {405, "Method Not Allowed"},
                                                               {406, "Not Acceptable"},
                                                               {409, "Conflict"},
                                                               {411, "Length Required"},
                                                               {413, "Content Too Large"},
                                                               {416, "Range Not Satisfiable"},
                                                               {429, "Too Many Requests"},
                                                               {500, "Internal Server Error"},
                                                               {501, "Not Implemented"},
                                                               {503, "Service Unavailable"},
                                                               {505, "HTTP Version Not Supported"}};
    for (auto [code, reason] : kReasons) {
        if (code == status) return reason;
    }
    return "Status";
}

// Is `option` (in lower case) in a list with commas?
static bool has_option(std::string_view list, std::string_view option) {
    for (;;) {
        size_t comma = list.find(',');
        if (lowered(trimmed(list.substr(0, comma))) == option) return true;
        if (comma == std::string_view::npos) return false;
        list.remove_prefix(comma + 1);
    }
}

struct HttpServer::Connection {
    // Of a body.
    struct Span {
        uint64_t first, count;
    };
    int socket;
    HttpServer& server;
    std::string buffer;
    std::atomic<bool> done = false;
    std::thread thread;
    bool http_1_0 = false;  // the request being answered

    Connection(int client, HttpServer& owner) : socket(client), server(owner) {}

    // Waits for more bytes; false at the end, on a stop, or after kSilence.
    bool fill() {
        pollfd set[2] = {{socket, POLLIN, 0}, {server.wake_, POLLIN, 0}};
        int ready = poll(set, 2, kSilence * 1000);
        if (ready <= 0 || set[1].revents) return false;
        char block[65536];
        ssize_t got = recv(socket, block, sizeof block, 0);
        if (got <= 0) return false;
        buffer.append(block, (size_t)got);
        return true;
    }
    bool send_all(std::string_view bytes, int flags = 0) {
        while (!bytes.empty()) {
            ssize_t put = ::send(socket, bytes.data(), bytes.size(), MSG_NOSIGNAL | flags);
            if (put < 0 && errno == EINTR) continue;
            if (put <= 0) return false;
            bytes.remove_prefix((size_t)put);
        }
        return true;
    }
    bool send_file(int file, Span span) {
        off_t at = (off_t)span.first;
        for (uint64_t left = span.count; left > 0;) {
            ssize_t put = sendfile(socket, file, &at, (size_t)std::min<uint64_t>(left, 1 << 30));
            if (put < 0 && errno == EINTR) continue;
            // A file that got shorter: the client sees that bytes are missing.
            if (put <= 0) return false;
            left -= (uint64_t)put;
        }
        return true;
    }

    // Reads the head into `request`; 0, or the status to refuse with; -1 when the connection ended.
    int read_head(HttpIncoming& request) {
        size_t end;
        while ((end = buffer.find("\r\n\r\n")) == std::string::npos) {
            if (buffer.size() > kHeadLimit) return 413;
            if (!fill()) return -1;
        }
        std::string head = buffer.substr(0, end + 2);
        buffer.erase(0, end + 4);
        size_t line_end = head.find("\r\n");
        std::string_view line = std::string_view(head).substr(0, line_end);
        size_t first = line.find(' '), last = line.rfind(' ');
        if (first == std::string_view::npos || first == last) return 400;
        if (!line.substr(last + 1).starts_with("HTTP/1.")) return 505;
        http_1_0 = line.substr(last + 1) == "HTTP/1.0";
        request.method = line.substr(0, first);
        request.target = line.substr(first + 1, last - first - 1);
        size_t question = request.target.find('?');
        request.path = percent_decode(std::string_view(request.target).substr(0, question));
        if (question != std::string::npos) request.query = request.target.substr(question + 1);
        for (size_t at = line_end + 2; at < head.size();) {
            size_t stop = head.find("\r\n", at);
            std::string_view field = std::string_view(head).substr(at, stop - at);
            size_t colon = field.find(':');
            if (colon == std::string_view::npos || colon == 0 || field.front() == ' ') return 400;
            request.headers.emplace_back(lowered(field.substr(0, colon)), trimmed(field.substr(colon + 1)));
            at = stop + 2;
        }
        return 0;
    }

    int read_chunks(HttpIncoming& request) {
        for (;;) {
            size_t end;
            while ((end = buffer.find("\r\n")) == std::string::npos) {
                if (buffer.size() > kHeadLimit) return 400;
                if (!fill()) return -1;
            }
            char* stop = nullptr;
            unsigned long long size = strtoull(buffer.c_str(), &stop, 16);
            if (stop == buffer.c_str()) return 400;
            if (size > server.body_limit || request.body.size() + size > server.body_limit) return 413;
            buffer.erase(0, end + 2);
            while (buffer.size() < size + 2) {
                if (!fill()) return -1;
            }
            if (buffer.compare(size, 2, "\r\n") != 0) return 400;  // NOTE: trailers are not accepted
            request.body.append(buffer, 0, size);
            buffer.erase(0, size + 2);
            if (size == 0) return 0;
        }
    }

    int read_body(HttpIncoming& request) {
        std::string_view length = request.header("content-length"), coding = request.header("transfer-encoding");
        if (!length.empty() && !coding.empty()) return 400;  // RFC 9112 §6.3: the sign of request smuggling
        if ((!length.empty() || !coding.empty()) && lowered(request.header("expect")) == "100-continue") {
            if (!send_all("HTTP/1.1 100 Continue\r\n\r\n")) return -1;
        }
        if (!coding.empty()) return lowered(coding) == "chunked" ? read_chunks(request) : 501;
        if (length.empty()) return 0;
        if (length.find_first_not_of("0123456789") != std::string_view::npos || length.size() > 18) return 400;
        uint64_t size = strtoull(std::string(length).c_str(), nullptr, 10);
        if (size > server.body_limit) return 413;
        while (buffer.size() < size) {
            if (!fill()) return -1;
        }
        request.body = buffer.substr(0, size);
        buffer.erase(0, size);
        return 0;
    }

    // RFC 9112 §9.3: connections last by default since HTTP/1.1.
    bool wants_to_stay(const HttpIncoming& request) const {
        std::string_view options = request.header("connection");
        return http_1_0 ? has_option(options, "keep-alive") : !has_option(options, "close");
    }

    void serve() {
        // sendfile() cannot be told MSG_NOSIGNAL.
        sigset_t broken_pipe;
        sigemptyset(&broken_pipe);
        sigaddset(&broken_pipe, SIGPIPE);
        pthread_sigmask(SIG_BLOCK, &broken_pipe, nullptr);
        for (bool keep = true; keep && !server.stopping_;) {
            HttpIncoming request;
            int refused = read_head(request);
            if (!refused) refused = read_body(request);
            if (refused < 0) break;
            keep = !refused && wants_to_stay(request);
            HttpOutgoing response =
                refused ? HttpOutgoing::text(refused, reason_of(refused)) : server.handler_.handle(request);
            if (!answer(request, response, keep)) break;
        }
        shutdown(socket, SHUT_RDWR);
        close(socket);
        done = true;
    }

    static Span apply_conditions(const HttpIncoming& request, HttpOutgoing& response, uint64_t size);
    bool answer(const HttpIncoming& request, HttpOutgoing& response, bool keep) {
        Fd file;
        uint64_t size = response.body.size();
        if (!response.file.empty()) {
            FileStatus status = file_status(response.file);
            file = Fd(status.type == FileType::Regular ? open(response.file.c_str(), O_RDONLY | O_CLOEXEC) : -1);
            size = status.size;
            if (!file.valid()) {
                response = HttpOutgoing::text(404, "the file cannot be read");
                size = response.body.size();
            }
        }
        Span span = apply_conditions(request, response, size);
        std::string head = "HTTP/1.1 " + std::to_string(response.status) + " " + reason_of(response.status) + "\r\n";
        for (const auto& [name, value] : response.headers)
            head += name + ": " + value + "\r\n";
        head += "Date: " + format_http_date(system_clock().unix_seconds()) + "\r\n";
        if (response.status != 304) head += "Content-Length: " + std::to_string(span.count) + "\r\n";
        if (!keep || http_1_0) head += keep ? "Connection: keep-alive\r\n" : "Connection: close\r\n";
        head += "\r\n";
        if (request.method == "HEAD" || span.count == 0) return send_all(head);
        if (file.valid()) return send_all(head, MSG_MORE) && send_file(file.get(), span);
        std::string_view body = std::string_view(response.body).substr(span.first, span.count);
        if (body.size() < 65536) return send_all(head.append(body));
        return send_all(head, MSG_MORE) && send_all(body);
    }
};

// RFC 9110 §13.1.2 If-None-Match and §14.2 single byte ranges, for any 200 answer to GET or HEAD. `size`: of the body;
// returns what of it is sent.
HttpServer::Connection::Span HttpServer::Connection::apply_conditions(const HttpIncoming& request, HttpOutgoing& response,
                                                                      uint64_t size) {
    Span whole = {0, size};
    if (response.status != 200 || (request.method != "GET" && request.method != "HEAD")) return whole;
    std::string_view asked = request.header("if-none-match");
    for (const auto& [name, value] : response.headers) {
        if (name == "ETag" && !asked.empty() && (asked == "*" || asked.find(value) != std::string_view::npos)) {
            response.status = 304;
            return {0, 0};
        }
    }
    std::string_view range = request.header("range");
    if (!range.starts_with("bytes=") || range.find(',') != std::string_view::npos) return whole;
    range.remove_prefix(6);
    size_t dash = range.find('-');
    if (dash == std::string_view::npos) return whole;
    std::string from(range.substr(0, dash)), to(range.substr(dash + 1));
    if ((from + to).find_first_not_of("0123456789") != std::string::npos || (from + to).empty()) return whole;
    uint64_t first = 0, last = size ? size - 1 : 0;
    if (from.empty()) {
        uint64_t count = strtoull(to.c_str(), nullptr, 10);
        first = count < size ? size - count : 0;
    } else {
        first = strtoull(from.c_str(), nullptr, 10);
        if (!to.empty()) last = std::min<uint64_t>(last, strtoull(to.c_str(), nullptr, 10));
    }
    if (first > last || first >= size) {
        response = {416, {{"Content-Range", "bytes */" + std::to_string(size)}}, ""};
        return {0, 0};
    }
    response.status = 206;
    response.headers.emplace_back(
        "Content-Range", "bytes " + std::to_string(first) + "-" + std::to_string(last) + "/" + std::to_string(size));
    return {first, last - first + 1};
}

Result<std::unique_ptr<HttpServer>> HttpServer::listen(const std::string& host, int port, HttpHandler& handler) {
    std::string place = host + (host.find(':') == std::string::npos ? ":" : " port ") + std::to_string(port);
    addrinfo hints = {}, *found = nullptr;
    hints.ai_socktype = SOCK_STREAM;
    hints.ai_flags = AI_PASSIVE | AI_NUMERICSERV;
    int code = getaddrinfo(host.c_str(), std::to_string(port).c_str(), &hints, &found);
    if (code) return Error(ErrorKind::Network, "cannot listen on `" + place + "`: " + gai_strerror(code));
    int fd = socket(found->ai_family, SOCK_STREAM | SOCK_CLOEXEC, 0), on = 1;
    setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &on, sizeof on);
    bool bound = fd >= 0 && !bind(fd, found->ai_addr, found->ai_addrlen) && !::listen(fd, 128);
    int failure = errno;
    freeaddrinfo(found);
    if (!bound) {
        if (fd >= 0) close(fd);
        return Error(ErrorKind::Network, "cannot listen on `" + place + "`: " + std::strerror(failure));
    }
    sockaddr_storage address = {};
    socklen_t size = sizeof address;
    getsockname(fd, reinterpret_cast<sockaddr*>(&address), &size);
    int real = ntohs(address.ss_family == AF_INET6 ? reinterpret_cast<sockaddr_in6*>(&address)->sin6_port
                                                   : reinterpret_cast<sockaddr_in*>(&address)->sin_port);
    return std::unique_ptr<HttpServer>(new HttpServer(fd, eventfd(0, EFD_CLOEXEC), real, handler));
}

HttpServer::~HttpServer() {
    close(socket_);
    close(wake_);
}
void HttpServer::stop() {
    stopping_ = true;
    uint64_t one = 1;
    // The counter cannot overflow and nobody reads it: the write always succeeds.
    if (write(wake_, &one, sizeof one) < 0) return;
}

void HttpServer::run() {
    std::list<Connection> connections;
    while (!stopping_) {
        pollfd set[2] = {{socket_, POLLIN, 0}, {wake_, POLLIN, 0}};
        if (poll(set, 2, -1) < 0 && errno != EINTR) break;
        for (auto it = connections.begin(); it != connections.end();) {
            if (!it->done) {
                ++it;
                continue;
            }
            it->thread.join();
            it = connections.erase(it);
        }
        if (!(set[0].revents & POLLIN)) continue;
        int client = accept4(socket_, nullptr, nullptr, SOCK_CLOEXEC), on = 1;
        if (client < 0) continue;
        setsockopt(client, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
        timeval silence = {kSilence, 0};
        setsockopt(client, SOL_SOCKET, SO_SNDTIMEO, &silence, sizeof silence);
        Connection& connection = connections.emplace_back(client, *this);
        connection.thread = std::thread([&connection] { connection.serve(); });
    }
    for (Connection& connection : connections)
        connection.thread.join();
}

// The value of parameter `name` in a header such as `form-data; name="x"`.
static bool parameter(std::string_view header, std::string_view name, std::string& out) {
    size_t at = header.find(';');
    while (at != std::string_view::npos) {
        std::string_view rest = trimmed(header.substr(at + 1));
        size_t equals = rest.find('=');
        if (equals == std::string_view::npos) return false;
        std::string key = lowered(trimmed(rest.substr(0, equals)));
        rest.remove_prefix(equals + 1);
        std::string value;
        size_t used = 0;
        if (rest.starts_with('"')) {
            for (used = 1; used < rest.size() && rest[used] != '"'; used++) {
                if (rest[used] == '\\' && used + 1 < rest.size()) used++;
                value += rest[used];
            }
        } else {
            used = std::min(rest.find(';'), rest.size());
            value = trimmed(rest.substr(0, used));
        }
        if (key == name) {
            out = value;
            return true;
        }
        at = rest.find(';', used);
        header = rest;
    }
    return false;
}

Result<std::vector<HttpFormPart>> parse_multipart(std::string_view content_type, std::string_view body) {
    auto wrong = [](const char* why) { return Error(ErrorKind::Usage, std::string("malformed form: ") + why); };
    std::string boundary;
    if (!lowered(content_type).starts_with("multipart/form-data")) return wrong("it is not multipart/form-data");
    if (!parameter(content_type, "boundary", boundary) || boundary.empty()) return wrong("no boundary");
    std::string opening = "--" + boundary, divider = "\r\n" + opening;
    if (!body.starts_with(opening)) return wrong("it does not begin with its boundary");
    std::vector<HttpFormPart> out;
    for (size_t at = opening.size(); body.substr(at, 2) != "--";) {
        if (body.substr(at, 2) != "\r\n") return wrong("a boundary is not followed by a line end");
        size_t head_end = body.find("\r\n\r\n", at), end = body.find(divider, head_end);
        if (head_end == std::string_view::npos || end == std::string_view::npos) return wrong("a part is cut off");
        HttpFormPart part;
        std::string_view head = body.substr(at + 2, head_end - at);
        while (!head.empty()) {
            size_t stop = std::min(head.find("\r\n"), head.size());
            std::string_view line = head.substr(0, stop);
            size_t colon = std::min(line.find(':'), line.size());
            std::string name = lowered(line.substr(0, colon));
            if (name == "content-disposition") {
                if (!parameter(line, "name", part.name)) return wrong("a part has no name");
                part.has_file_name = parameter(line, "filename", part.file_name);
            } else if (name == "content-type" && colon < line.size()) {
                part.content_type = trimmed(line.substr(colon + 1));
            }
            head.remove_prefix(std::min(stop + 2, head.size()));
        }
        part.value = body.substr(head_end + 4, end - head_end - 4);
        out.push_back(std::move(part));
        at = end + divider.size();
    }
    return out;
}

}  // namespace base
