// adder index serve
#include <csignal>

#include "base/http_server.h"
#include "base/path.h"
#include "cli/commands.h"
#include "cli/pages.h"
#include "pkg/registry/registry.h"

namespace cli {

// The server that a signal stops; signals know no other argument.
static base::HttpServer* running_server = nullptr;
static void stop_running_server(int) {
    if (running_server) running_server->stop();
}

// adder index serve DIR [--port N] [--token TOKEN] [--max-age SECONDS]
base::Result<int> cmd_index_serve(Context& context, const Arguments& arguments) {
    std::string directory, host = "127.0.0.1", token;
    int port = 8080, max_age = 0;
    Options options("index serve", kPageIndexServe);
    options.argument(directory, "directory", "where the files are and uploads go", Presence::Required);
    options.value(host, "--host", "ADDRESS", "address to listen on (default: 127.0.0.1)");
    options.number(port, "--port", "N", "port (default: 8080; 0 takes a free one)");
    options.value(token, "--token", "TOKEN",
                  "what uploads must bring as password; without it there are none (ADDER_TOKEN)");
    options.number(max_age, "--max-age", "SECONDS",
                   "how long clients may use a page without asking again (default: 0, so that uploads are seen at once)");
    context.add_output_options(options);
    if (!TRY(options.parse(arguments, context.defaults("index serve").get()))) return 0;
    if (port > 65535) return base::Error(base::ErrorKind::Usage, "--port: " + std::to_string(port) + " is no port, they end at 65535");
    pkg::Registry registry(base::absolute_path(directory), token, max_age);
    std::vector<std::string> problems;
    TRY(registry.load(&problems));
    for (const std::string& problem : problems)
        context.warn(problem);
    std::unique_ptr<base::HttpServer> server = TRY(base::HttpServer::listen(host, port, registry));
    running_server = server.get();
    struct sigaction action = {};
    action.sa_handler = stop_running_server;
    sigaction(SIGINT, &action, nullptr);
    sigaction(SIGTERM, &action, nullptr);
    bool colons = host.find(':') != std::string::npos;  // of IPv6, which URLs have in brackets
    context.note("serving " + std::to_string(registry.file_count()) + " files at http://" + (colons ? "[" + host + "]" : host) + ":" +
                 std::to_string(server->port()) + "/simple/");
    server->run();
    running_server = nullptr;
    context.note("stopped");
    return 0;
}

}  // namespace cli
