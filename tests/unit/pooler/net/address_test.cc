// Addresses: parsing, text, equality, and what the kernel says about real sockets.
#include "pooler/net/address.h"

#include <netinet/in.h>
#include <sys/un.h>
#include <unistd.h>

#include <array>
#include <string>

#include "tests/support/catch.h"

using pooler::Address;
using pooler::is_numeric;
using pooler::is_unix;
using pooler::local_address;
using pooler::parse_numeric;
using pooler::peer_address;
using pooler::peer_credentials;
using pooler::same_host;
using pooler::unix_address;

namespace {

struct Pair {
    std::array<int, 2> ends{-1, -1};
    Pair() { REQUIRE(::socketpair(AF_UNIX, SOCK_STREAM, 0, ends.data()) == 0); }
    ~Pair() {
        ::close(ends[0]);
        ::close(ends[1]);
    }
};

}  // namespace

TEST_CASE("address: numeric text comes back as it was written") {
    struct Row {
        const char* host;
        const char* text;
    };
    for (const Row& row : {Row{"192.0.2.1", "192.0.2.1:5432"}, Row{"2001:db8::1", "[2001:db8::1]:5432"},
                           Row{"::", "[::]:5432"}, Row{"0.0.0.0", "0.0.0.0:5432"}}) {
        CAPTURE(row.host);
        const auto address = parse_numeric(row.host, 5432);
        REQUIRE(address.has_value());
        CHECK(address->host() == row.host);
        CHECK(address->port() == 5432);
        CHECK(address->to_text() == row.text);
        CHECK_FALSE(address->is_unix());
    }
}

TEST_CASE("address: what is no complete numeric address is refused") {
    for (const std::string host :
         {"", "db.example.com", "192.0.2", "192.0.2.256", "1", "0x7f.1", "192.0.2.1 ", "2001:db8::1::2",
          "[2001:db8::1]", "fe80::1%", "fe80::1%no-such-interface", "fe80::1%99999999999", ":"}) {
        CAPTURE(host);
        CHECK_FALSE(parse_numeric(host, 1).has_value());
    }
    CHECK_FALSE(parse_numeric(std::string_view{"192.0.2.1\0x", 11}, 1).has_value());
}

TEST_CASE("address: an IPv6 scope is kept, by interface name") {
    const auto address = parse_numeric("fe80::1%lo", 1);
    REQUIRE(address.has_value());
    CHECK(address->host() == "fe80::1%lo");
    CHECK(*address != *parse_numeric("fe80::1", 1));
    CHECK(parse_numeric("fe80::1%999999", 1)->host() == "fe80::1%999999");
}

TEST_CASE("address: is_numeric and is_unix sort the hosts of a connect string") {
    CHECK(is_numeric("192.0.2.1"));
    CHECK(is_numeric("2001:db8::1"));
    CHECK(is_numeric("not:valid"));
    CHECK_FALSE(is_numeric("db.example.com"));
    CHECK_FALSE(is_numeric(""));
    CHECK(is_unix("/run/postgresql"));
    CHECK(is_unix("@abstract"));
    CHECK_FALSE(is_unix("db.example.com"));
    CHECK_FALSE(is_unix(""));
}

TEST_CASE("address: Unix sockets carry PostgreSQL's file name") {
    const auto file = unix_address("/tmp/x", 6432);
    REQUIRE(file.has_value());
    CHECK(file->to_text() == "unix:/tmp/x/.s.PGSQL.6432");
    CHECK(file->host() == "/tmp/x/.s.PGSQL.6432");
    CHECK(file->port() == 0);
    const auto abstract = unix_address("@weir", 6432);
    REQUIRE(abstract.has_value());
    CHECK(abstract->to_text() == "unix:@weir/.s.PGSQL.6432");
    CHECK(abstract->storage.ss_family == AF_UNIX);
    CHECK(*abstract != *file);
}

TEST_CASE("address: a Unix path that does not fit is refused, the longest that fits is not cut") {
    const std::string tail = "/.s.PGSQL.5432";
    const std::string longest = "/" + std::string(107 - 1 - tail.size(), 'x');
    REQUIRE(unix_address(longest, 5432).has_value());
    CHECK(unix_address(longest, 5432)->host() == longest + tail);
    CHECK_FALSE(unix_address(longest + "x", 5432).has_value());
}

TEST_CASE("address: equality sees the port, same_host does not") {
    const Address one = *parse_numeric("192.0.2.1", 1);
    Address two = *parse_numeric("192.0.2.1", 2);
    CHECK(one != two);
    CHECK(same_host(one, two));
    two.set_port(1);
    CHECK(one == two);
    CHECK(one != *parse_numeric("192.0.2.2", 1));
    CHECK_FALSE(same_host(one, *parse_numeric("::ffff:192.0.2.1", 1)));
    CHECK(Address{} == Address{});
    CHECK(one != Address{});
    CHECK(Address{}.to_text().empty());
}

TEST_CASE("address: the kernel's view of a connected Unix socket") {
    const Pair pair;
    REQUIRE(peer_address(pair.ends[0]).has_value());
    CHECK(peer_address(pair.ends[0])->is_unix());
    CHECK(peer_address(pair.ends[0])->host().empty());
    const auto who = peer_credentials(pair.ends[0]);
    REQUIRE(who.has_value());
    CHECK(who->pid == ::getpid());
    CHECK(who->uid == ::getuid());
    CHECK(who->gid == ::getgid());
}

TEST_CASE("address: a TCP socket knows its port and has no credentials") {
    const int listener = ::socket(AF_INET, SOCK_STREAM, 0);
    const Address any = *parse_numeric("127.0.0.1", 0);
    REQUIRE(::bind(listener, any.get(), any.length) == 0);
    REQUIRE(::listen(listener, 1) == 0);
    const auto bound = local_address(listener);
    REQUIRE(bound.has_value());
    CHECK(bound->port() != 0);
    CHECK(bound->host() == "127.0.0.1");
    CHECK_FALSE(peer_address(listener).has_value());
    CHECK_FALSE(peer_credentials(listener).has_value());
    ::close(listener);
    CHECK_FALSE(local_address(-1).has_value());
}
