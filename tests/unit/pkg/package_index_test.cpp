// pkg/index: pages, the metadata ladder, downloads, credentials; against a server in this process.
#include "pkg/index/package_index.h"

#include <gtest/gtest.h>

#include <map>
#include <mutex>
#include <thread>

#include "base/hash.h"
#include "base/http_server.h"
#include "base/url.h"
#include "pkg/index/local_digests.h"
#include "pkg/index/page_image.h"
#include "pkg/index/promises.h"
#include "pkg/index/simple_page.h"
#include "tests/unit/pkg/wheel_fixture.h"

using namespace pkg;

TEST(SimplePage, FileNamesAreNoPaths) {
    auto page = MUST(parse_simple_json(
        R"({"meta": {"api-version": "1.1"}, "name": "demo", "files": [
            {"filename": "demo-1.0-py3-none/x-any.whl", "url": "a.whl", "hashes": {}}, {"filename": "demo-1.0/2.tar.gz", "url": "b.tar.gz", "hashes": {}}]})",
        "https://host/simple/demo/", "demo", "https://host/simple"));
    EXPECT_EQ(page.files.size(), 0u);
    EXPECT_EQ(page.skipped.size(), 2u);
}

TEST(PageImage, SaysWhatThePageSaid) {
    auto page = MUST(parse_simple_json(
        R"({"meta": {"api-version": "1.1"}, "name": "demo", "project-status": {"status": "archived", "reason": "done"}, "files": [
            {"filename": "demo-1.0-py3-none-any.whl", "url": "https://files/1/demo-1.0-py3-none-any.whl", "size": 7, "yanked": "broken",
             "hashes": {"sha256": "ab12"}, "requires-python": ">=3.8", "core-metadata": {"sha256": "cd34"}, "upload-time": "2023-01-01T00:00:00Z"},
            {"filename": "demo-1!2.0+local.1.tar.gz", "url": "https://files/elsewhere", "hashes": {}},
            {"filename": "demo-1.0.tar.gz", "url": "demo-1.0.tar.gz", "hashes": {"md5": "ef"}},
            {"filename": "notes.txt", "url": "notes.txt", "hashes": {}}]})",
        "https://host/simple/demo/", "demo", "https://host/simple"));
    Project written;
    written.name = "demo";
    written.found = true;
    written.status = page.status;
    written.status_reason = page.status_reason;
    written.skipped = page.skipped;
    add_files(written, page.files);
    std::string bytes = PageImage::write(written, "https://host/simple", 1234);
    auto image = PageImage::open(bytes);
    ASSERT_TRUE(image);
    EXPECT_EQ(image->fresh_until(), 1234);
    Project read;
    read.name = "demo";
    image->fill(read);
    EXPECT_EQ(read.status + read.status_reason, "archiveddone");
    EXPECT_EQ(read.skipped, std::vector<std::string>{"notes.txt"});
    ASSERT_EQ(read.releases.size(), 2u);
    EXPECT_EQ(read.releases[1].version.text(), "1!2.0+local.1");
    for (size_t i = 0; i < 2; i++) {
        ASSERT_EQ(read.releases[i].files().size(), written.releases[i].files().size());
        for (size_t j = 0; j < read.releases[i].files().size(); j++) {
            const DistFile &a = read.releases[i].files()[j], &b = written.releases[i].files()[j];
            EXPECT_EQ(a.file_name + a.url + a.index + a.upload_time + a.yanked_reason, b.file_name + b.url + b.index + b.upload_time + b.yanked_reason);
            EXPECT_EQ(a.version, b.version);
            EXPECT_EQ(a.size, b.size);
            EXPECT_EQ(a.hashes, b.hashes);
            EXPECT_EQ(a.metadata_hashes, b.metadata_hashes);
            EXPECT_EQ(a.kind, b.kind);
            EXPECT_EQ(a.tags.size(), b.tags.size());
            EXPECT_EQ(a.yanked, b.yanked);
            EXPECT_EQ(a.has_metadata, b.has_metadata);
            EXPECT_EQ(a.requires_python.has_value(), b.requires_python.has_value());
        }
    }
    for (size_t size = 0; size < bytes.size(); size++) EXPECT_FALSE(PageImage::open(bytes.substr(0, size)));
    for (size_t i = 0; i < bytes.size(); i++) {
        std::string damaged = bytes;
        damaged[i] ^= 0x20;
        EXPECT_FALSE(PageImage::open(damaged));
    }
}

TEST(SimplePage, ReadsJson) {
    SimplePage page = MUST(parse_simple_json(
        R"({"meta":{"api-version":"1.4"},"name":"demo","project-status":{"status":"archived","reason":"old"},
      "files":[{"filename":"demo-1.0-py3-none-any.whl","url":"../../f/demo-1.0-py3-none-any.whl","hashes":{"md5":"aa","sha256":"BB"},
                "requires-python":">=3.8","core-metadata":{"sha256":"cc"},"yanked":"bad","size":12,"upload-time":"2024-01-01T00:00:00Z"},
               {"filename":"demo-0.9.tar.gz","url":"https://x/demo-0.9.tar.gz","hashes":{},"dist-info-metadata":true,"yanked":false},
               {"filename":"other-1.0.tar.gz","url":"x","hashes":{}},{"filename":"demo-1.0.exe","url":"x","hashes":{}}]})",
        "https://h/simple/demo/", "demo", "https://h/simple"));
    ASSERT_EQ(page.files.size(), 2u);
    const DistFile& file = page.files[0];
    EXPECT_EQ(file.url, "https://h/f/demo-1.0-py3-none-any.whl");
    EXPECT_EQ(file.hashes.at(0), (Hash{"sha256", "bb"}));
    EXPECT_EQ(file.metadata_hashes.at(0).hex, "cc");
    EXPECT_TRUE(file.yanked && file.has_metadata);
    EXPECT_EQ(file.yanked_reason, "bad");
    EXPECT_EQ(file.size, 12u);
    EXPECT_FALSE(page.files[1].yanked);
    EXPECT_TRUE(page.files[1].has_metadata);
    EXPECT_EQ(page.status, "archived");
    EXPECT_EQ(page.skipped.size(), 2u);
    EXPECT_FALSE(parse_simple_json(R"({"meta":{"api-version":"2.0"},"files":[]})", "u", "demo", "i").ok());
    EXPECT_FALSE(parse_simple_json("[", "u", "demo", "i").ok());
}

TEST(SimplePage, ReadsHtml) {
    SimplePage page = MUST(parse_simple_html(
        R"(<!DOCTYPE html><html><head><meta name="pypi:repository-version" content="1.3"><base href="https://files/x/">
      </head><body><!-- <a href="demo-9.tar.gz"> --><A HREF='demo-1.0-py3-none-any.whl#sha256=ab' data-requires-python="&gt;=3.7,&lt;4" data-core-metadata="sha256=ef">demo</a>
      <a href="/abs/demo-1.1.tar.gz" data-yanked>x</a><a data-dist-info-metadata=true href=demo-1.2-py3-none-any.whl>y</a></body>)",
        "https://h/simple/demo/", "demo", "i"));
    ASSERT_EQ(page.files.size(), 3u);
    EXPECT_EQ(page.files[0].url, "https://files/x/demo-1.0-py3-none-any.whl");
    EXPECT_EQ(page.files[0].hashes.at(0).hex, "ab");
    EXPECT_EQ(page.files[0].requires_python->text(), ">=3.7,<4");
    EXPECT_EQ(page.files[0].metadata_hashes.at(0).hex, "ef");
    EXPECT_EQ(page.files[1].url, "https://files/abs/demo-1.1.tar.gz");
    EXPECT_TRUE(page.files[1].yanked);
    EXPECT_TRUE(page.files[2].has_metadata);
    EXPECT_FALSE(parse_simple_html("<meta name='pypi:repository-version' content='2.0'>", "u", "demo", "i").ok());
    EXPECT_FALSE(parse_simple_html("no tag at all", "u", "demo", "i").ok());
    EXPECT_EQ(MUST(parse_simple_html("<p>1 < 2, don't<a href=demo-1.tar.gz></a>", "https://h/", "demo", "i")).files.size(), 1u);
    EXPECT_EQ(MUST(parse_simple_html("<!DOCTYPE html '><html></html>", "u", "demo", "i")).files.size(), 0u);
    // A page that was cut is no page with fewer files.
    for (const char* page_cut : {"<a href=\"unclosed", "<a href=\"demo-1.tar.gz\">x</a><a href=\"demo-2.ta", "<html><a href=demo-1.tar.gz>x</a><!-- <a", "<html></a", "<html><"}) {
        auto read = parse_simple_html(page_cut, "u", "demo", "i");
        ASSERT_FALSE(read.ok()) << page_cut;
        EXPECT_NE(read.error().message.find("in the middle of a tag"), std::string::npos) << read.error().message;
    }
}

namespace {
struct IndexServer : testing::Test, base::HttpHandler {
    std::map<std::string, std::string> pages;
    std::map<std::string, int> hits;
    std::string types = "application/vnd.pypi.simple.v1+json", authorization;
    bool ranges = true;
    std::mutex mutex;
    std::unique_ptr<base::HttpServer> server = base::HttpServer::listen("127.0.0.1", 0, *this).value();
    std::thread thread = std::thread([this] { server->run(); });
    base::TemporaryDirectory folder = base::TemporaryDirectory::create().value();
    std::unique_ptr<Cache> cache = Cache::open(folder.path() + "/cache");

    // The server's threads have to be gone before the destructor begins.
    void TearDown() override {
        server->stop();
        thread.join();
    }
    base::HttpOutgoing handle(const base::HttpIncoming& request) override {
        std::lock_guard<std::mutex> guard(mutex);
        hits[request.path + (request.header("range").empty() ? "" : " range")]++;
        authorization = request.header("authorization");
        auto found = pages.find(request.path);
        if (found == pages.end()) return base::HttpOutgoing::text(404, "none");
        bool page = request.path.starts_with("/simple/");
        base::HttpOutgoing out{200, {{"Content-Type", page ? types : "application/octet-stream"}}, found->second};
        if (page) out.headers.emplace_back("Cache-Control", "max-age=600");
        if (!ranges && !request.header("range").empty()) out.status = 201;
        return out;
    }
    std::string url(const std::string& path) { return "http://127.0.0.1:" + std::to_string(server->port()) + path; }
    std::unique_ptr<PackageIndex> index(bool offline = false) {
        IndexSettings settings;
        settings.indexes = {{"", url("/simple/")}};
        settings.offline = offline;
        settings.http.netrc_file = "/dev/null";
        settings.http.retries = 0;
        return std::make_unique<PackageIndex>(settings, *cache, nullptr);
    }
    std::string add(const std::string& version, bool metadata, const std::string& extra_json = "") {
        std::string file = "demo-" + version + "-py3-none-any.whl";
        std::string text = "Requires-Dist: dep" + version.substr(0, 1) + "\n";
        std::string bytes =
            make_wheel("demo", version, {{"demo.py", version}, {"big.bin", std::string(40000, 'x')}}, text);
        pages["/f/" + file] = bytes;
        if (metadata)
            pages["/f/" + file + ".metadata"] = "Metadata-Version: 2.1\nName: demo\nVersion: " + version + "\n" + text;
        std::string hash = base::sha256_hex(bytes);
        files += (files.empty() ? "" : ",") + std::string("{\"filename\":\"") + file + "\",\"url\":\"/f/" + file +
                 "\",\"hashes\":{\"sha256\":\"" + hash + "\"},\"core-metadata\":" + (metadata ? "true" : "false") +
                 extra_json + "}";
        pages["/simple/demo/"] = "{\"meta\":{\"api-version\":\"1.0\"},\"files\":[" + files + "]}";
        return hash;
    }
    std::string files;
};
}  // namespace

TEST_F(IndexServer, ClimbsTheMetadataLadder) {
    add("1.0", true);
    add("2.0", false);
    std::unique_ptr<PackageIndex> source = index();
    const Project* project = MUST(source->project("demo"));
    ASSERT_EQ(project->releases.size(), 2u);
    EXPECT_EQ(MUST(source->metadata(project->releases[0].files()[0]))->requires_dist.at(0).name, "dep1");
    EXPECT_EQ(hits["/f/demo-1.0-py3-none-any.whl.metadata"], 1);
    EXPECT_EQ(hits["/f/demo-1.0-py3-none-any.whl"], 0);
    EXPECT_EQ(MUST(source->metadata(project->releases[1].files()[0]))->requires_dist.at(0).name, "dep2");
    EXPECT_GE(hits["/f/demo-2.0-py3-none-any.whl range"], 1);
    EXPECT_FALSE(MUST(source->project("absent"))->found);
    // Everything is in the cache now: no request, and offline works.
    hits.clear();
    std::unique_ptr<PackageIndex> again = index(true);
    project = MUST(again->project("demo"));
    EXPECT_EQ(MUST(again->metadata(project->releases[1].files()[0]))->requires_dist.at(0).name, "dep2");
    EXPECT_EQ(hits.size(), 0u);
    EXPECT_EQ(again->project("unknown").error().kind, base::ErrorKind::Network);
}

TEST_F(IndexServer, FetchesWheelsOnce) {
    add("1.0", true);
    std::unique_ptr<PackageIndex> source = index();
    WheelSource wanted {
        "demo", MUST(source->project("demo"))
        ->releases[0].files()[0], "", false
    };
    std::vector<StoredWheel> wheels = MUST(source->fetch_wheels({wanted, wanted}));
    EXPECT_EQ(wheels.at(0).name, "demo");
    EXPECT_EQ(wheels.at(0).path, wheels.at(1).path);
    hits.clear();
    EXPECT_TRUE(source->fetch_wheels({wanted}).ok());
    EXPECT_EQ(hits.size(), 0u);
    EXPECT_EQ(MUST(base::list_directory(cache->directory() + "/tmp")).size(), 0u);
}

TEST_F(IndexServer, FetchesAhead) {
    for (int i = 1; i <= 30; i++) {
        std::string version = std::to_string(i) + ".0";
        add(version, true, ",\"size\":" + std::to_string(make_wheel("demo", version, {{"demo.py", version}, {"big.bin", std::string(40000, 'x')}},
                                                                    "Requires-Dist: dep" + version.substr(0, 1) + "\n").size()));
    }
    pages["/f/demo-7.0-py3-none-any.whl"] = "another";
    pages.erase("/f/demo-8.0-py3-none-any.whl");
    auto asked = [&](const std::string& version) {
        std::lock_guard<std::mutex> guard(mutex);
        return hits["/f/demo-" + version + "-py3-none-any.whl"];
    };
    std::unique_ptr<PackageIndex> source = index();
    const Project* project = MUST(source->project("demo"));
    std::vector<WheelSource> wanted;
    for (const Release& release : project->releases) {
        const DistFile& file = release.files()[0];
        source->fetch_ahead("demo", file);
        EXPECT_TRUE(source->metadata(file).ok());
        bool wrong = release.version.text() == "7.0" || release.version.text() == "8.0" || release.version.text() == "30.0";
        if (!wrong) wanted.push_back({"demo", file, "", false, {}});
    }
    std::vector<StoredWheel> wheels = MUST(source->fetch_wheels(wanted));
    ASSERT_EQ(wheels.size(), wanted.size());
    for (size_t i = 0; i < wheels.size(); i++) {
        EXPECT_EQ(wheels[i].version, wanted[i].file.version.text());
        EXPECT_EQ(asked(wheels[i].version), 1);
    }
    EXPECT_EQ(MUST(base::list_directory(cache->directory() + "/tmp")).size(), 0u);
    // What went wrong is told when it is asked for, of several the first.
    std::vector<WheelSource> wrong = {{"demo", project->releases[0].files()[0], "", false, {}}, {"seven", project->releases[6].files()[0], "", false, {}},
                                      {"eight", project->releases[7].files()[0], "", false, {}}};
    for (bool ahead : {false, true}) {
        for (const WheelSource& one : wrong)
            if (ahead) source->fetch_ahead(one.name, one.file);
        base::Result<std::vector<StoredWheel>> none = source->fetch_wheels(wrong);
        ASSERT_FALSE(none.ok());
        EXPECT_EQ(none.error().kind, base::ErrorKind::Integrity);
        EXPECT_EQ(none.error().contexts.back(), "while fetching `seven`");
    }
    // Begun and never asked for.
    source.reset();
    EXPECT_TRUE(base::remove_tree(cache->directory()).ok());
    source = index();
    for (const Release& release : MUST(source->project("demo"))->releases) source->fetch_ahead("demo", release.files()[0]);
}

TEST_F(IndexServer, LooksAheadInTheCache) {
    for (const char* version : {"1.0", "2.0", "3.0"}) add(version, true);
    std::vector<WheelSource> wanted;
    {
        std::unique_ptr<PackageIndex> source = index();
        for (const Release& release : MUST(source->project("demo"))->releases) wanted.push_back({"demo", release.files()[0], "", false, {}});
        ASSERT_TRUE(source->fetch_wheels(wanted).ok());
    }
    auto fetched_ahead = [&](bool offline) {
        std::unique_ptr<PackageIndex> source = index(offline);
        for (const WheelSource& one : wanted) source->fetch_ahead(one.name, one.file);
        hits.clear();
        return source->fetch_wheels(wanted);
    };
    EXPECT_EQ(MUST(fetched_ahead(true)).at(1).version, "2.0");
    // A damaged entry is none.
    std::string manifest = cache->find(Bucket::Wheels, promised_sha256(wanted[1].file)) + "/manifest";
    ASSERT_TRUE(base::write_file(manifest, "adder wheel 2\n").ok());
    base::Result<std::vector<StoredWheel>> none = fetched_ahead(true);
    ASSERT_FALSE(none.ok());
    EXPECT_EQ(none.error().kind, base::ErrorKind::Network);
    EXPECT_EQ(none.error().contexts.back(), "while fetching `demo`");
    std::vector<StoredWheel> wheels = MUST(fetched_ahead(false));
    ASSERT_EQ(wheels.size(), 3u);
    EXPECT_EQ(wheels[1].version, "2.0");
    EXPECT_EQ(hits.size(), 1u);
    EXPECT_EQ(hits["/f/demo-2.0-py3-none-any.whl"], 1);
}

TEST_F(IndexServer, RefusesAnotherFile) {
    add("1.0", true);
    std::unique_ptr<PackageIndex> source = index();
    WheelSource wanted {
        "demo", MUST(source->project("demo"))
        ->releases[0].files()[0], "", false
    };
    pages["/f/demo-1.0-py3-none-any.whl"] += "x";
    base::Result<std::vector<StoredWheel>> wheels = source->fetch_wheels({wanted});
    ASSERT_FALSE(wheels.ok());
    EXPECT_EQ(wheels.error().kind, base::ErrorKind::Integrity);
    EXPECT_EQ(wheels.error().contexts.at(0).substr(0, 9), "expected ");
    EXPECT_EQ(cache->find(Bucket::Wheels, promised_sha256(wanted.file)), "");
}

TEST_F(IndexServer, CredentialsGoToTheirOriginOnly) {
    add("1.0", true);
    IndexSettings settings;
    settings.indexes = {{"", "http://me:pw@127.0.0.1:" + std::to_string(server->port()) + "/simple"}};
    settings.http.netrc_file = "/dev/null";
    settings.http.retries = 0;
    PackageIndex source(settings, *cache, nullptr);
    EXPECT_TRUE(MUST(source.project("demo"))->found);
    EXPECT_EQ(authorization, "Basic bWU6cHc=");
    EXPECT_EQ(source.settings().indexes[0].url, url("/simple"));
    MUST(source.fetcher().perform({.url = "http://localhost:" + std::to_string(server->port()) + "/f/x"}));
    EXPECT_EQ(authorization, "");
}

TEST_F(IndexServer, SaysWhatIsWrongWithAnIndex) {
    types = "image/png";
    add("1.0", true);
    base::Result<const Project*> project = index()->project("demo");
    ASSERT_FALSE(project.ok());
    EXPECT_EQ(project.error().kind, base::ErrorKind::Network);
    EXPECT_NE(project.error().message.find("image/png"), std::string::npos);
}

TEST_F(IndexServer, ReadsDirectories) {
    std::string bytes = make_wheel("demo", "3.0", {});
    ASSERT_TRUE(base::make_directories(folder.path() + "/links").ok());
    ASSERT_TRUE(base::write_file(folder.path() + "/links/demo-3.0-py3-none-any.whl", bytes).ok());
    ASSERT_TRUE(base::write_file(folder.path() + "/links/readme.txt", "no").ok());
    IndexSettings settings;
    settings.find_links = {folder.path() + "/links"};
    PackageIndex source(settings, *cache, nullptr);
    const Project* project = MUST(source.project("demo"));
    ASSERT_TRUE(project->found);
    EXPECT_EQ(MUST(source.metadata(project->releases[0].files()[0]))->version.text(), "3.0");
    EXPECT_EQ(MUST(source.fetch_wheels({{"demo", project->releases[0].files()[0], "", false}})).size(), 1u);
    std::string url = base::file_url(folder.path() + "/links/demo-3.0-py3-none-any.whl");
    EXPECT_EQ(MUST(source.direct_metadata("demo", url))->version.text(), "3.0");
    EXPECT_EQ(MUST(source.direct_info("demo", url)).hashes.at(0).hex, base::sha256_hex(bytes));
    EXPECT_FALSE(source.direct_metadata("other", url).ok());
    EXPECT_FALSE(MUST(source.project("absent"))->found);
}

// A page of links that is an index is one of them, read once; the projects that it does not have are looked for in the next.
TEST_F(IndexServer, TakesAPageOfLinksForAnIndex) {
    add("2.0", true);
    types = "text/html";
    pages["/simple/links"] = "<a href='/f/demo-1.0-py3-none-any.whl'>x</a><a href='/f/own-1.0.tar.gz'>y</a>";
    pages["/simple/other/"] = "<a href='/f/other-1.0-py3-none-any.whl'>z</a>";
    IndexSettings settings;
    settings.indexes = {{"links", url("/simple/links"), false, true}, {"", url("/simple"), false, false}};
    settings.http.netrc_file = "/dev/null";
    settings.http.retries = 0;
    settings.pins = {{"pinned", "links"}};
    {
        PackageIndex source(settings, *cache, nullptr);
        for (const char* name : {"demo", "own", "other", "pinned"}) source.prefetch_project(name);
        const Project* demo = MUST(source.project("demo"));
        ASSERT_EQ(demo->releases.size(), 1u);
        EXPECT_EQ(demo->releases[0].version.text(), "1.0");
        EXPECT_EQ(demo->releases[0].files()[0].index, url("/simple/links"));
        EXPECT_TRUE(source.at_hand("own"));
        EXPECT_TRUE(MUST(source.project("own"))->found);
        EXPECT_TRUE(MUST(source.project("other"))->found);
        EXPECT_FALSE(MUST(source.project("pinned"))->found);
        EXPECT_EQ(hits["/simple/links"], 1);
        EXPECT_EQ(hits["/simple/other/"], 1);
        for (const char* page : {"/simple/demo/", "/simple/own/", "/simple/pinned/", "/simple/links/", "/simple/links/demo/"})
            EXPECT_EQ(hits[page], 0) << page;
    }
    // An explicit one is asked for what is pinned to it.
    settings.indexes[0].explicit_only = true;
    PackageIndex source(settings, *cache, nullptr);
    EXPECT_FALSE(MUST(source.project("own"))->found);
    EXPECT_TRUE(MUST(source.project_of("own", "links"))->found);
}

TEST(LocalDigests, AreOfAFileWhileItStaysAsItWas) {
    auto folder = MUST(base::TemporaryDirectory::create());
    std::unique_ptr<Cache> cache = Cache::open(folder.path() + "/cache");
    std::string one = folder.path() + "/one", two = folder.path() + "/two", odd = folder.path() + "/tab\there";
    std::string digest(64, 'a');
    for (const std::string& path : {one, two, odd})
        MUST(base::write_file(path, "text"));
    base::FileStatus status = base::file_status(one);
    {
        LocalDigests digests(*cache);
        EXPECT_EQ(digests.find(one, status), "");
        digests.add(one, status, digest);
        digests.add(two, base::file_status(two), digest);
        digests.add(odd, base::file_status(odd), digest);
        EXPECT_EQ(digests.find(odd, base::file_status(odd)), digest);
        MUST(base::remove_file(two));
    }
    LocalDigests digests(*cache);
    EXPECT_EQ(digests.find(odd, base::file_status(odd)), "");
    EXPECT_EQ(digests.find(one, status), digest);
    EXPECT_EQ(digests.find(two, status), "");
    base::FileStatus longer = status, later = status;
    longer.size++;
    later.mtime_ns++;
    EXPECT_EQ(digests.find(one, longer), "");
    EXPECT_EQ(digests.find(one, later), "");
}

// Of a directory's files a project has those that bear its name up to a separator, however the name is spelled.
TEST(PackageIndex, FindsAProjectsFilesInADirectory) {
    auto folder = MUST(base::TemporaryDirectory::create());
    for (const char* name : {"a_b-1.0-py3-none-any.whl", "A.B-2.0-py3-none-any.whl", "a__b-3.0.tar.gz", "a-1.0-py3-none-any.whl", "a-b-c-1.0.tar.gz",
                             "ab-1.0-py3-none-any.whl", "a_bc-1.0-py3-none-any.whl", "a_b.whl", "b-1.0.tar.gz"})
        MUST(base::write_file(folder.path() + "/" + name, "x"));
    std::unique_ptr<Cache> cache = Cache::open(folder.path() + "/cache");
    IndexSettings settings;
    settings.find_links = {folder.path()};
    PackageIndex index(settings, *cache, nullptr);
    auto versions = [&](const char* name) {
        std::string out;
        for (const Release& release : MUST(index.project(name))->releases) out += release.version.text() + " ";
        return out;
    };
    EXPECT_EQ(versions("a-b"), "1.0 2.0 3.0 ");
    EXPECT_EQ(versions("a"), "1.0 ");
    EXPECT_EQ(versions("ab"), "1.0 ");
}

// What was read ahead is held to the promised hash like any other file.
TEST(PackageIndex, ComparesWhatItReadAhead) {
    auto folder = MUST(base::TemporaryDirectory::create());
    for (const char* name : {"one", "two"})
        MUST(base::write_file(folder.path() + "/" + name + "-1.0-py3-none-any.whl", make_wheel(name, "1.0", {})));
    for (const char* algorithm : {"sha256", "sha512", "md5"}) {
        std::unique_ptr<Cache> cache = Cache::open(folder.path() + "/cache-" + algorithm);
        IndexSettings settings;
        settings.find_links = {folder.path()};
        PackageIndex index(settings, *cache, nullptr);
        index.prefetch_project("one");
        index.prefetch_project("two");
        DistFile file = MUST(index.project("one"))->releases[0].files()[0];
        file.hashes.push_back({algorithm, std::string(64, '0')});
        base::Result<std::vector<StoredWheel>> refused = index.fetch_wheels({{"one", file, "", false, {}}});
        ASSERT_FALSE(refused.ok());
        EXPECT_EQ(refused.error().kind, base::ErrorKind::Integrity);
    }
}

// Wheels of a directory are read, checked and hashed when they are announced: what is there afterwards is not looked at.
TEST(PackageIndex, UnpacksWhatItReadAhead) {
    auto folder = MUST(base::TemporaryDirectory::create());
    std::string place = folder.path() + "/wheels";
    MUST(base::make_directories(place));
    for (const char* name : {"one", "two"})
        MUST(base::write_file(place + "/" + name + "-1.0-py3-none-any.whl", make_wheel(name, "1.0", {{std::string(name) + ".py", "right"}})));
    std::unique_ptr<Cache> cache = Cache::open(folder.path() + "/cache");
    IndexSettings settings;
    settings.find_links = {place};
    PackageIndex index(settings, *cache, nullptr);
    index.prefetch_project("one");
    index.prefetch_project("two");
    const Project* project = MUST(index.project("one"));
    ASSERT_EQ(project->releases.size(), 1u);
    const DistFile& file = project->releases[0].files()[0];
    MUST(base::write_file(place + "/one-1.0-py3-none-any.whl", make_wheel("one", "1.0", {{"one.py", "wrong"}})));
    std::vector<StoredWheel> wheels = MUST(index.fetch_wheels({{"one", file, "", false, {}}}));
    ASSERT_EQ(wheels.size(), 1u);
    EXPECT_EQ(wheels[0].sha256, file.hashes[0].hex);
    EXPECT_EQ(MUST(base::read_file(wheels[0].path_of(*wheels[0].find("one.py")))), "right");
}
