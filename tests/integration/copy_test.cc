// COPY in every form: simple and extended, finished, failed and given up, alone and among other statements.
#include "tests/integration/scene.h"

using namespace support;
using namespace support::wire;

namespace {

/// One server, so that a server left in a wrong state shows with the next client.
struct CopyScene {
    CopyScene() : weir(scene::before(Postgres::shared()).set("default_pool_size", "1")) {
        Client::connect(weir.login())
            .query("DROP TABLE IF EXISTS copy_t; CREATE TABLE copy_t (x int, note text)");
    }
    ~CopyScene() { Postgres::shared().control().try_query("DROP TABLE copy_t"); }
    CopyScene(const CopyScene&) = delete;
    CopyScene& operator=(const CopyScene&) = delete;

    std::string count() { return Postgres::shared().control().value("SELECT count(*) FROM copy_t"); }
    void check_server_is_usable() {
        auto next = WireClient::logged_in(weir.login());
        CHECK(rows(next.exchange(query("SELECT 'usable'"))) == Rows{{"usable"}});
        CHECK(Postgres::shared().connections("pid <> 0 AND state <> 'idle'") == 0);
    }

    Weir weir;
};

std::string start_extended(const std::string& sql) {
    return parse("", sql) + bind_portal("", "") + execute("");
}

constexpr const char* kCopyIn = "COPY copy_t FROM STDIN";

}  // namespace

TEST_CASE("copy: ten megabytes go in and come out unchanged", "[pg]") {
    REQUIRES_POSTGRES();
    CopyScene scene;
    auto client = Client::connect(scene.weir.login());
    std::string text;
    constexpr std::size_t kBytes = 10U << 20U;
    for (int i = 0; text.size() < kBytes; ++i)
        text += std::to_string(i) + "\t" + std::string(1000, 'n') + "\n";
    const auto in = client.copy_in(kCopyIn, text);
    CHECK(in.ok);
    const auto out = client.copy_out("COPY (SELECT * FROM copy_t ORDER BY x) TO STDOUT");
    CHECK(out.ok);
    CHECK((out.message == text));  // without the expansion of both
    CHECK(out.tag == in.tag);
    scene.check_server_is_usable();
}

TEST_CASE("copy: in the extended protocol one Sync after CopyDone ends it", "[pg]") {
    REQUIRES_POSTGRES();
    CopyScene scene;
    auto client = WireClient::logged_in(scene.weir.login());
    client.send(start_extended(kCopyIn) + flush_message());
    CHECK(types(client.read_until('G')) == "12G");
    CHECK(types(client.exchange(copy_data("1\ta\n") + copy_done() + sync_message())) == "CZ");
    CHECK(types(client.exchange(start_extended("COPY copy_t TO STDOUT") + sync_message())) == "12HdcCZ");
    CHECK(scene.count() == "1");
    scene.check_server_is_usable();
}

TEST_CASE("copy: Syncs sent before the data ends are not answered", "[pg]") {
    REQUIRES_POSTGRES();
    CopyScene scene;
    auto client = WireClient::logged_in(scene.weir.login());
    client.send(start_extended(kCopyIn) + sync_message());  // as libpq does
    CHECK(types(client.read_until('G')) == "12G");
    client.send(copy_data("1\ta\n") + sync_message() + flush_message() + copy_data("2\tb\n"));
    CHECK(types(client.exchange(copy_done() + sync_message())) == "CZ");
    CHECK(client.silent(std::chrono::milliseconds(20)));
    CHECK(scene.count() == "2");
    scene.check_server_is_usable();
    CHECK(rows(client.exchange(query("SELECT 1"))) == Rows{{"1"}});
}

TEST_CASE("copy: everything in one write, data included, is answered once", "[pg]") {
    REQUIRES_POSTGRES();
    CopyScene scene;
    auto client = WireClient::logged_in(scene.weir.login());
    CHECK(types(client.exchange(start_extended(kCopyIn) + sync_message() + copy_data("1\ta\n") + copy_done() +
                                sync_message())) == "12GCZ");
    CHECK(types(client.exchange(query(kCopyIn) + copy_data("2\tb\n") + copy_done())) == "GCZ");
    CHECK(client.silent(std::chrono::milliseconds(20)));
    CHECK(scene.count() == "2");
    scene.check_server_is_usable();
}

TEST_CASE("copy: CopyFail ends it with an error and nothing is stored", "[pg]") {
    REQUIRES_POSTGRES();
    CopyScene scene;
    auto client = WireClient::logged_in(scene.weir.login());
    client.send(query(kCopyIn));
    CHECK(types(client.read_until('G')) == "G");
    const auto simple = client.exchange(copy_data("1\ta\n") + copy_fail("changed my mind"));
    CHECK(types(simple) == "EZ");
    CHECK(sqlstate(simple) == "57014");
    CHECK(error_text(simple).find("changed my mind") != std::string::npos);
    client.send(start_extended(kCopyIn) + sync_message());
    client.read_until('G');
    CHECK(sqlstate(client.exchange(copy_fail("again") + sync_message())) == "57014");
    CHECK(client.silent(std::chrono::milliseconds(20)));
    CHECK(scene.count() == "0");
    scene.check_server_is_usable();
}

TEST_CASE("copy: data that still arrives after an error is swallowed and the server goes on", "[pg]") {
    REQUIRES_POSTGRES();
    CopyScene scene;
    auto client = WireClient::logged_in(scene.weir.login());
    client.send(query(kCopyIn));
    client.read_until('G');
    const auto failed = client.exchange(copy_data("not a number\ta\n"));
    CHECK(types(failed) == "EZ");
    CHECK(sqlstate(failed) == "22P02");
    scene.check_server_is_usable();
    client.send(copy_data("3\tlate\n") + copy_data("4\tlate\n") + copy_done());
    CHECK(rows(client.exchange(query("SELECT 'after'"))) == Rows{{"after"}});
    CHECK(scene.count() == "0");
    scene.check_server_is_usable();
}

TEST_CASE("copy: an error in the extended protocol waits for the Sync", "[pg]") {
    REQUIRES_POSTGRES();
    CopyScene scene;
    auto client = WireClient::logged_in(scene.weir.login());
    client.send(start_extended(kCopyIn) + flush_message());
    client.read_until('G');
    client.send(copy_data("not a number\ta\n"));
    CHECK(types(client.read_until('E')) == "E");
    client.send(copy_data("3\tlate\n") + copy_done());
    CHECK(types(client.exchange(sync_message())) == "Z");
    CHECK(rows(client.exchange(query("SELECT 'after'"))) == Rows{{"after"}});
    CHECK(scene.count() == "0");
    scene.check_server_is_usable();
}

TEST_CASE("copy: between other statements of one text each part is answered in turn", "[pg]") {
    REQUIRES_POSTGRES();
    CopyScene scene;
    auto client = WireClient::logged_in(scene.weir.login());
    client.send(
        query("SELECT 1; COPY copy_t FROM STDIN; COPY copy_t FROM STDIN; SELECT count(*) FROM copy_t"));
    CHECK(types(client.read_until('G')) == "TDCG");
    client.send(copy_data("1\ta\n") + copy_done());
    CHECK(types(client.read_until('G')) == "CG");
    const auto rest = client.exchange(copy_data("2\tb\n") + copy_done());
    CHECK(types(rest) == "CTDCZ");
    CHECK(rows(rest) == Rows{{"2"}});
    CHECK(types(client.exchange(query("COPY copy_t TO STDOUT; SELECT 1"))) == "HddcCTDCZ");
    scene.check_server_is_usable();
}

TEST_CASE("copy: inside a transaction it is undone by ROLLBACK and keeps its server", "[pg]") {
    REQUIRES_POSTGRES();
    CopyScene scene;
    auto client = Client::connect(scene.weir.login());
    client.query("BEGIN");
    CHECK(client.copy_in(kCopyIn, "1\ta\n").ok);
    CHECK(client.value("SELECT count(*) FROM copy_t") == "1");
    client.query("ROLLBACK");
    CHECK(scene.count() == "0");
    scene.check_server_is_usable();
}

TEST_CASE("copy: messages of COPY without a COPY are ignored as on PostgreSQL", "[pg]") {
    REQUIRES_POSTGRES();
    CopyScene scene;
    auto client = WireClient::logged_in(scene.weir.login());
    client.send(copy_data("1\ta\n") + copy_done() + copy_fail("none"));
    CHECK(rows(client.exchange(query("SELECT 1"))) == Rows{{"1"}});
    scene.check_server_is_usable();
}
