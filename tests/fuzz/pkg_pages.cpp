// Pages of package indexes, and URLs.
#include "base/json.h"
#include "base/url.h"
#include "pkg/index/simple_page.h"
#include "tests/fuzz/input.h"
#include "tests/fuzz/pkg_targets.h"

namespace pkg::fuzz {

namespace {

constexpr std::string_view kPage = "https://index.example/simple/demo/";

void look_at(base::Result<SimplePage> page) {
    if (!accepted(page)) return;
    for (const DistFile& file : page->files) {
        CHECK(!file.file_name.empty() && file.file_name.find('/') == std::string::npos && file.index == "main");
        CHECK(base::redact_url(file.url).size() <= file.url.size() + 8);
    }
    Project project;
    add_files(project, page->files);
    for (const Release& release : project.releases) CHECK(!release.files().empty());
}

}  // namespace

void fuzz_simple_json(std::string_view data) {
    base::Result<base::JsonDocument> document = base::parse_json(data, "page");
    if (accepted(document)) {
        // NOTE: not the same bytes: fractions are read to within their last bit.
        CHECK(base::parse_json(document->root().text()).ok());
    }
    look_at(parse_simple_json(data, kPage, "demo", "main"));
}

void fuzz_simple_html(std::string_view data) { look_at(parse_simple_html(data, kPage, "demo", "main")); }

void fuzz_url(std::string_view data) {
    size_t middle = std::min(data.find('\n'), data.size());
    std::string_view first = data.substr(0, middle), second = data.substr(std::min(middle + 1, data.size()));
    (void)base::resolve_url(first, second);
    (void)base::redact_url(data);
    (void)base::file_url_path(first);
    CHECK(base::percent_decode(base::percent_encode(data)) == data);
    std::string name = base::url_file_name(first);
    CHECK(name.find('/') == std::string::npos && name.find('\0') == std::string::npos);
    base::Result<base::Url> url = base::parse_url(first);
    if (!accepted(url)) return;
    base::Result<base::Url> again = base::parse_url(url->text_with_user());
    CHECK(again.ok() && again->host == url->host && again->user == url->user && again->password == url->password &&
          again->path == url->path && again->query == url->query);
    CHECK(url->origin() == again->origin());
}

}  // namespace pkg::fuzz
