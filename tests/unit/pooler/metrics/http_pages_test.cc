#include "pooler/metrics/http_pages.h"

#include "tests/support/catch.h"

using pooler::HttpPages;
using pooler::HttpRequest;
using pooler::Readiness;
using pooler::Snapshot;
using pooler::SnapshotRef;

namespace {

struct Source final : pooler::SnapshotSource {
    Readiness readiness() const override { return ready; }
    SnapshotRef snapshot() override { return answer; }
    Readiness ready = Readiness::kReady;
    std::shared_ptr<Snapshot> answer = std::make_shared<Snapshot>();
};

struct Scene {
    Source source;
    HttpPages pages{source};

    int status(const std::string& path, const std::string& authorization = "", bool local = true) {
        return pages.answer({"GET", path, "", authorization, local}).status;
    }
};

}  // namespace

TEST_CASE("http pages: without a token only this machine may look, but anybody may see life") {
    Scene scene;
    CHECK(scene.status("/livez", "", false) == 200);
    for (const char* path : {"/readyz", "/health", "/metrics", "/other"}) {
        CAPTURE(path);
        CHECK(scene.status(path, "", false) == 403);
        CHECK(scene.status(path, "Bearer x", false) == 403);
        CHECK(scene.status(path, "", true) != 403);
    }
}

TEST_CASE("http pages: with a token everybody needs it, in full") {
    Scene scene;
    scene.pages.set_token("abc");
    CHECK(scene.status("/livez", "", false) == 200);
    CHECK(scene.status("/readyz") == 401);
    for (const char* wrong :
         {"Bearer", "Bearer ", "Bearer ab", "Bearer abcd", "Bearer ABC", "abc", "Basic abc", "Bearer abc "}) {
        CAPTURE(wrong);
        CHECK(scene.status("/readyz", wrong) == 401);
    }
    CHECK(scene.status("/readyz", "Bearer abc", false) == 200);
    CHECK(scene.status("/readyz", "bEARER  abc", false) == 200);
    scene.pages.set_token("");
    CHECK(scene.status("/readyz") == 200);
    CHECK(scene.status("/readyz", "Bearer ", false) == 403);
}

TEST_CASE("http pages: ready or why not") {
    Scene scene;
    CHECK(scene.status("/readyz") == 200);
    for (const Readiness readiness :
         {Readiness::kStarting, Readiness::kPaused, Readiness::kSuspended, Readiness::kShuttingDown}) {
        scene.source.ready = readiness;
        const auto reply = scene.pages.answer({"GET", "/readyz", "", "", true});
        CHECK(reply.status == 503);
        CHECK(reply.body == std::string{word_of(readiness)} + "\n");
        CHECK(scene.status("/livez") == 200);
    }
}

TEST_CASE("http pages: figures that do not come, or not from all, are no page of metrics") {
    Scene scene;
    CHECK(scene.status("/metrics") == 200);
    scene.source.answer->process.silent_workers = 1;
    CHECK(scene.status("/metrics") == 503);
    const auto partly = scene.pages.answer({"GET", "/health", "", "", true});
    CHECK(partly.status == 200);
    CHECK(partly.body.find("\"complete\": false") != std::string::npos);
    scene.source.answer = nullptr;
    CHECK(scene.status("/metrics") == 503);
    CHECK(scene.status("/health") == 503);
    CHECK(scene.status("/livez") == 200);
    scene.source.answer = std::make_shared<Snapshot>();
    const auto page = scene.pages.answer({"GET", "/metrics", "", "", true}).body;
    CHECK(page.find("weir_http_requests_total{result=\"unavailable\"} 3\n") != std::string::npos);
}
