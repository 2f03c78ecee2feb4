#include "tls/connection.h"

#include <openssl/err.h>
#include <sys/ioctl.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>

#include "tests/support/catch.h"
#include "tests/unit/tls/tls_pair.h"

using namespace tls_test;
using support::CertificateRequest;
using tls::PeerCheck;
using tls::Status;

namespace {

const tls::ServerName kHost{.host = "db.example.com"};

/// Empty if a client that checks so much accepts the server, else why not.
std::string refusal(Files& files, const support::Credentials& shown, PeerCheck check,
                    const std::string& host = "db.example.com", const std::string& crl = "") {
    tls::Options client = files.client(check);
    if (!crl.empty()) client.crl_file = files.folder.write("ca.crl", crl);
    Pair pair{context(files.server(shown)), context(client), {.host = host}};
    return pair.handshake() ? std::string{} : pair.client->error();
}

std::string pattern(std::size_t size) {
    std::string bytes(size, '\0');
    for (std::size_t i = 0; i < size; ++i) bytes[i] = static_cast<char>('a' + i % 23 + i / 997 % 3);
    return bytes;
}

/// In records of this size, as many as it takes.
void write_all(tls::Connection& to, const std::string& text, std::size_t record) {
    for (std::size_t at = 0; at < text.size();) {
        const auto progress = to.write(text.data() + at, text.size() - at);
        REQUIRE(progress.bytes == std::min(record, text.size() - at));
        at += progress.bytes;
    }
}

bool has(const std::string& text, const std::string& part) { return text.find(part) != std::string::npos; }

}  // namespace

TEST_CASE("tls: each fault of a server's certificate is refused with its reason") {
    Files files;
    support::Authority other{"another authority"};
    const auto chain = [&](const support::Credentials& shown) {
        return refusal(files, shown, PeerCheck::kChain);
    };
    CHECK(chain(files.authority.issue(files.request)).empty());
    CHECK(has(chain(files.authority.issue(files.request.expired())), "has expired"));
    CHECK(has(chain(files.authority.issue(files.request.not_yet())), "not yet valid"));
    CHECK(has(chain(other.issue(files.request)), "certificate verify failed"));
    CHECK(has(chain(support::self_signed(files.request)), "self-signed"));
    CHECK(refusal(files, support::self_signed(files.request), PeerCheck::kNone).empty());
    CHECK(refusal(files, files.authority.issue(files.request.expired()), PeerCheck::kNone).empty());
}

TEST_CASE("tls: the name counts only where it is asked for") {
    Files files;
    const auto shown = files.authority.issue({.common_name = "x", .dns = {"other.example.com"}});
    CHECK(refusal(files, shown, PeerCheck::kChain).empty());
    CHECK(has(refusal(files, shown, PeerCheck::kName), "it is not for host \"db.example.com\""));
    CHECK(refusal(files, shown, PeerCheck::kName, "other.example.com").empty());
    const auto address = files.authority.issue({.common_name = "x", .addresses = {"192.0.2.1"}});
    CHECK(refusal(files, address, PeerCheck::kName, "192.0.2.1").empty());
    CHECK_FALSE(refusal(files, address, PeerCheck::kName).empty());
}

TEST_CASE("tls: a revoked certificate is refused, its neighbour not") {
    Files files;
    const auto good = files.authority.issue(files.request);
    const auto bad = files.authority.issue(files.request);
    const std::string list = files.authority.revocations({bad});
    CHECK(refusal(files, good, PeerCheck::kName, "db.example.com", list).empty());
    CHECK(has(refusal(files, bad, PeerCheck::kName, "db.example.com", list), "revoked"));
}

TEST_CASE("tls: a client's certificate is asked for and judged as the context says") {
    Files files;
    support::Authority other{"another authority"};
    struct Case {
        PeerCheck check;
        bool bare, good, foreign;
    };
    for (const Case& row :
         {Case{PeerCheck::kNone, true, true, true}, Case{PeerCheck::kIfGiven, true, true, false},
          Case{PeerCheck::kChain, false, true, false}}) {
        tls::Options server = files.good_server();
        server.check = row.check;
        if (row.check != PeerCheck::kNone) server.ca_file = files.ca;
        const auto accepted = [&](const support::Credentials* shown) {
            tls::Options client = files.client(PeerCheck::kName);
            if (shown != nullptr) {
                client.cert_file = files.folder.write("client.crt", shown->certificate);
                client.key_file = files.folder.write("client.key", shown->key);
            }
            Pair pair{context(server), context(client), kHost};
            static_cast<void>(pair.handshake());
            // In TLS 1.3 the client is done before the server has judged it.
            const bool served = pair.server->write("x", 1).status == Status::kDone;
            if (served && shown != nullptr && row.check != PeerCheck::kNone)
                CHECK(pair.server->peer_names() == std::vector<std::string>{"app"});
            if (row.check == PeerCheck::kNone || shown == nullptr) CHECK(pair.server->peer_names().empty());
            return served;
        };
        const auto mine = files.authority.issue({.common_name = "app"});
        const auto foreign = other.issue({.common_name = "app"});
        CHECK(accepted(nullptr) == row.bare);
        CHECK(accepted(&mine) == row.good);
        CHECK(accepted(&foreign) == row.foreign);
    }
}

TEST_CASE(
    "tls: a certificate is asked for only where it is wanted, and authorities are named if they are few") {
    Files files;
    const tls::Options good = files.good_server();
    const auto client = context(files.client(PeerCheck::kName));
    const auto said = [&](PeerCheck check, const std::string& authorities) {
        tls::Options server = good;
        server.check = check;
        if (check != PeerCheck::kNone) server.ca_file = files.folder.write("clients.crt", authorities);
        Pair pair{context(server), client, kHost};
        REQUIRE(pair.client->handshake() == Status::kWantRead);
        REQUIRE(pair.server->handshake() == Status::kWantRead);
        int bytes = 0;
        REQUIRE(::ioctl(pair.client_fd, FIONREAD, &bytes) == 0);
        return bytes;
    };
    const std::string one = files.authority.certificate();
    std::string many;
    for (int n = 0; n < 40; ++n) many += support::Authority{"authority " + std::to_string(n)}.certificate();
    constexpr int kSignature = 8;  // its length differs by so much at most
    const int bare = said(PeerCheck::kNone, "");
    const int asking = said(PeerCheck::kIfGiven, one);
    CHECK(asking > bare + 40);
    CHECK(asking <
          bare + 700);  // with the authority's own certificate, which is found among those of clients
    CHECK(said(PeerCheck::kChain, many) < asking + kSignature);
}

TEST_CASE("tls: direct TLS needs a server that speaks PostgreSQL") {
    Files files;
    const auto client = context(files.client(PeerCheck::kName));
    Pair good{context(files.good_server()), client, {.host = "db.example.com", .sni = true, .direct = true}};
    CHECK(good.handshake());
    Pair without{context(files.good_server()), client, kHost};
    CHECK(without.handshake());
}

TEST_CASE("tls: bytes go both ways, and a record to a client is at most 8 KiB") {
    Files files;
    Pair pair{context(files.good_server()), context(files.client(PeerCheck::kName)), kHost};
    REQUIRE(pair.handshake());
    CHECK(has(pair.server->description(), "TLSv1.3/TLS_AES_256_GCM_SHA384/ECDH=X25519"));
    const std::string large(60'000, 'r');
    write_all(*pair.server, large, tls::Connection::kClientRecordBytes);
    CHECK(pair.read_at_client().size() == tls::Connection::kClientRecordBytes);
    write_all(*pair.client, large, tls::Connection::kMaxRecordBytes);
    CHECK(pair.read_at_server().size() == tls::Connection::kMaxRecordBytes);
}

TEST_CASE("tls: records that are written one behind the other leave together, the last ones with the last") {
    Files files;
    Pair pair{context(files.good_server()), context(files.client(PeerCheck::kName)), kHost};
    REQUIRE(pair.handshake());
    pair.server->secrets_are_over();
    REQUIRE(pair.server->write("x", 1).status == Status::kDone);
    CHECK(pair.read_at_client() == "x");
    const auto arrived = [&] {
        int bytes = 0;
        REQUIRE(::ioctl(pair.client_fd, FIONREAD, &bytes) == 0);
        return static_cast<std::size_t>(bytes);
    };
    const std::string text = pattern(30'000);
    std::size_t at = 0;
    for (std::size_t left = 3; left > 0; --left) {
        at += pair.server->write(text.data() + at, text.size() - at).bytes;
        CHECK(arrived() == 0);
    }
    CHECK(pair.server->write(text.data() + at, text.size() - at).bytes == text.size() - at);
    CHECK(arrived() > text.size());
    std::string got;
    while (got.size() < text.size()) got += pair.read_at_client();
    CHECK(got == text);
}

TEST_CASE("tls: what is held back leaves in front of all that is sent later, also by a read") {
    Files files;
    Pair pair{context(files.good_server()), context(files.client(PeerCheck::kName)), kHost};
    REQUIRE(pair.handshake());
    const std::string text = pattern(3'000'000);
    std::string got;
    std::string into(65536, '\0');
    std::size_t taken = 0;
    int blocked = 0;
    while (taken < text.size()) {
        const std::string offered = text.substr(taken, 100'000);  // other memory each time
        const auto progress = pair.server->write(offered.data(), offered.size());
        taken += progress.bytes;
        if (progress.status == Status::kDone) {
            if (offered.size() > progress.bytes || taken < text.size()) continue;
            break;
        }
        REQUIRE(progress.status == Status::kWantWrite);
        ++blocked;
        // A read at the server, while its records wait, and one at the client, which makes room.
        CHECK(pair.server->read(into.data(), into.size()).status == Status::kWantRead);
        for (;;) {
            const auto read = pair.client->read(into.data(), into.size());
            if (read.status != Status::kDone) break;
            got.append(into, 0, read.bytes);
        }
    }
    while (got.size() < text.size()) got += pair.read_at_client();
    CHECK(got == text);
    CHECK(blocked > 3);
    pair.server->shutdown();
    CHECK(pair.client->read(into.data(), 1).status == Status::kClosed);
}

TEST_CASE("tls: a write that was not taken goes on from other memory with more behind it") {
    Files files;
    Pair pair{context(files.good_server()), context(files.client(PeerCheck::kName)), kHost};
    REQUIRE(pair.handshake());
    const std::string record(8192, 'w');
    std::size_t taken = 0;
    tls::Progress last{Status::kDone, 0};
    while (last.status == Status::kDone) {
        last = pair.server->write(record.data(), record.size());
        taken += last.bytes;
    }
    REQUIRE(last.status == Status::kWantWrite);
    std::size_t got = 0;
    const auto drain = [&] {
        std::string into(65536, '\0');
        for (;;) {
            const auto progress = pair.client->read(into.data(), into.size());
            if (progress.status != Status::kDone) return;
            CHECK(into.find_first_not_of('w') >= progress.bytes);
            got += progress.bytes;
        }
    };
    drain();
    const std::string longer(9000, 'w');
    write_all(*pair.server, longer, tls::Connection::kClientRecordBytes);
    taken += longer.size();
    drain();
    CHECK(got == taken);
}

TEST_CASE("tls: an error that others left in the queue is not taken for one of this connection") {
    Files files;
    Pair pair{context(files.good_server()), context(files.client(PeerCheck::kName)), kHost};
    REQUIRE(pair.handshake());
    char byte = 0;
    ERR_raise(ERR_LIB_USER, 1);
    CHECK(pair.server->read(&byte, 1).status == Status::kWantRead);
    ERR_raise(ERR_LIB_USER, 1);
    CHECK(pair.server->peek(byte) == Status::kWantRead);
    ERR_raise(ERR_LIB_USER, 1);
    CHECK(pair.server->write("x", 1).status == Status::kDone);
    CHECK(pair.server->error().empty());
    ERR_clear_error();
}

TEST_CASE("tls: an orderly end and a truncated one are told apart") {
    Files files;
    const auto server = context(files.good_server());
    const auto client = context(files.client(PeerCheck::kName));
    char byte = 0;
    Pair orderly{server, client, kHost};
    REQUIRE(orderly.handshake());
    CHECK(orderly.client->peek(byte) == Status::kWantRead);
    orderly.server->shutdown();
    CHECK(orderly.client->peek(byte) == Status::kClosed);
    CHECK(orderly.client->read(&byte, 1).status == Status::kClosed);
    Pair cut{server, client, kHost};
    REQUIRE(cut.handshake());
    REQUIRE(::shutdown(cut.server_fd, SHUT_RDWR) == 0);
    CHECK(cut.client->read(&byte, 1).status == Status::kError);
    CHECK(has(cut.client->error(), "unexpected eof"));
}

TEST_CASE("tls: what is no TLS at all is an error, not a wait") {
    Files files;
    Pair pair{context(files.good_server()), context(files.client(PeerCheck::kName)), kHost};
    const std::string nonsense = "GET / HTTP/1.1\r\n\r\n";
    REQUIRE(::send(pair.client_fd, nonsense.data(), nonsense.size(), 0) > 0);
    CHECK(pair.server->handshake() == Status::kError);
    CHECK_FALSE(pair.server->error().empty());
}

TEST_CASE("tls: a server's session is resumed once per ticket") {
    Files files;
    const auto server = context(files.good_server());
    const auto client = context(files.client(PeerCheck::kName));
    const auto connect = [&] {
        Pair pair{server, client, kHost};
        REQUIRE(pair.handshake());
        REQUIRE(pair.server->write("x", 1).status == Status::kDone);
        pair.read_at_client();
        pair.client->shutdown();  // a session that ends in another way is not resumed
        return pair.client->resumed();
    };
    CHECK_FALSE(connect());
    CHECK(connect());
    CHECK(connect());
    Pair elsewhere{server, context(files.client(PeerCheck::kName)), kHost};
    REQUIRE(elsewhere.handshake());
    CHECK_FALSE(elsewhere.client->resumed());
}

TEST_CASE("tls: versions that have nothing in common do not meet") {
    Files files;
    tls::Options old = files.good_server();
    old.protocols = "tlsv1.2";
    tls::Options modern = files.client(PeerCheck::kName);
    modern.protocols = "tlsv1.3";
    Pair apart{context(old), context(modern), kHost};
    CHECK_FALSE(apart.handshake());
    modern.protocols = "secure";
    Pair together{context(old), context(modern), kHost};
    REQUIRE(together.handshake());
    CHECK(has(together.client->description(), "TLSv1.2/"));
}
