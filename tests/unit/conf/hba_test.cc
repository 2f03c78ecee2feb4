#include "conf/hba.h"

#include <arpa/inet.h>

#include "tests/support/catch.h"
#include "tests/unit/conf/texts.h"

namespace {

struct Read {
    conf::Hba hba;
    std::vector<std::string> warnings;
};

Read read(std::string_view text, texts::Files files = {}, std::string_view ident = "") {
    Read result;
    const conf::IdentMaps idents = conf::parse_ident(ident, "ident", result.warnings);
    result.hba =
        conf::parse_hba(text, "etc/hba", texts::reader_of(std::move(files)), idents, result.warnings);
    return result;
}

std::string raw(const char* text) {
    std::string bytes(16, '\0');
    if (inet_pton(AF_INET, text, bytes.data()) == 1)
        bytes.resize(4);
    else
        REQUIRE(inet_pton(AF_INET6, text, bytes.data()) == 1);
    return bytes;
}

/// The number of the line that fits, 0 if none does. `from`: an address, "local" or "ssl ADDRESS".
int line_for(const conf::Hba& hba, const std::string& from, std::string_view database,
             std::string_view user) {
    conf::HbaClient client;
    client.unix_socket = from == "local";
    client.tls = from.starts_with("ssl ");
    const std::string address = client.unix_socket ? "" : raw(from.substr(client.tls ? 4 : 0).c_str());
    client.address = address;
    client.database = database;
    client.user = user;
    const conf::HbaRule* rule = hba.find(client);
    return rule == nullptr ? 0 : rule->origin.line;
}

/// The warning for a single bad line, without the place; it must be the only one and name file and line.
std::string refusal(const std::string& line, texts::Files files = {}) {
    const Read result = read("# first\n" + line + "\n", std::move(files));
    CHECK(result.hba.rules.empty());
    REQUIRE(result.warnings.size() == 1);
    CHECK(result.warnings[0].starts_with("etc/hba:2: "));
    return result.warnings[0];
}

}  // namespace

TEST_CASE("hba: the first line that fits counts, in the order of the file") {
    const auto hba = read(
                         "host db1 ann 192.0.2.0/24 md5\n"
                         "host db1 all 192.0.2.0/24 reject\n"
                         "host all all 0.0.0.0/0 trust\n")
                         .hba;
    CHECK(line_for(hba, "192.0.2.9", "db1", "ann") == 1);
    CHECK(line_for(hba, "192.0.2.9", "db1", "bob") == 2);
    CHECK(line_for(hba, "192.0.2.9", "db2", "bob") == 3);
    CHECK(line_for(hba, "198.51.100.1", "db1", "ann") == 3);
    CHECK(line_for(hba, "2001:db8::1", "db1", "ann") == 0);
    CHECK(line_for(hba, "local", "db1", "ann") == 0);
    REQUIRE(hba.rules.size() == 3);
    CHECK(hba.rules[0].method == conf::HbaMethod::kMd5);
    CHECK(hba.rules[1].method == conf::HbaMethod::kReject);
}

TEST_CASE("hba: local, host, hostssl and hostnossl tell connections apart") {
    const auto hba = read(
                         "local all all peer\nhostssl all a all trust\nhostnossl all b all trust\n"
                         "host all c all trust\n")
                         .hba;
    CHECK(line_for(hba, "local", "d", "a") == 1);
    CHECK(line_for(hba, "ssl 192.0.2.1", "d", "a") == 2);
    CHECK(line_for(hba, "192.0.2.1", "d", "a") == 0);
    CHECK(line_for(hba, "192.0.2.1", "d", "b") == 3);
    CHECK(line_for(hba, "ssl 192.0.2.1", "d", "b") == 0);
    CHECK(line_for(hba, "192.0.2.1", "d", "c") == 4);
    CHECK(line_for(hba, "ssl 192.0.2.1", "d", "c") == 4);
}

TEST_CASE("hba: databases and users are keywords, names and lists") {
    const auto hba = read(
                         "host sameuser all all md5\n"
                         "host \"all\" all all md5\n"
                         "host one,two , \"th ree\" x,y all md5\n"
                         "host replication all all md5\n"
                         "host \"say \"\"hi\"\"\" \"a,b\" all md5\n")
                         .hba;
    REQUIRE(hba.rules.size() == 5);
    CHECK(line_for(hba, "192.0.2.1", "ann", "ann") == 1);
    CHECK(line_for(hba, "192.0.2.1", "all", "ann") == 2);
    CHECK(line_for(hba, "192.0.2.1", "two", "y") == 3);
    CHECK(line_for(hba, "192.0.2.1", "th ree", "x") == 3);
    CHECK(line_for(hba, "192.0.2.1", "two", "z") == 0);
    CHECK(line_for(hba, "192.0.2.1", "replication", "x") == 0);
    CHECK(line_for(hba, "192.0.2.1", "say \"hi\"", "a,b") == 5);
}

TEST_CASE("hba: the word replication is for what the pooler does not serve, and fits nobody") {
    const auto hba = read("host replication,app rep all md5\nhost replication all all trust\n").hba;
    CHECK(hba.rules.size() == 2);
    CHECK(line_for(hba, "192.0.2.1", "app", "rep") == 1);
    CHECK(line_for(hba, "192.0.2.1", "replication", "rep") == 0);
    CHECK(line_for(hba, "192.0.2.1", "other", "rep") == 0);
}

TEST_CASE("hba: addresses have a length or a mask of their own") {
    const auto hba = read(
                         "host all all 192.0.2.128/25 md5\n"
                         "host all all 198.51.100.0 255.255.255.0 md5\n"
                         "host all all 2001:db8::/33 md5\n"
                         "host all all 2001:db8:ffff::1 ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff md5\n"
                         "host all all 203.0.113.7/32 md5\n"
                         "host all all 203.0.113.0/24 md5\n")
                         .hba;
    REQUIRE(hba.rules.size() == 6);
    CHECK(line_for(hba, "192.0.2.128", "d", "u") == 1);
    CHECK(line_for(hba, "192.0.2.127", "d", "u") == 0);
    CHECK(line_for(hba, "198.51.100.255", "d", "u") == 2);
    CHECK(line_for(hba, "2001:db8:7fff::9", "d", "u") == 3);
    CHECK(line_for(hba, "2001:db8:8000::9", "d", "u") == 0);
    CHECK(line_for(hba, "2001:db8:ffff::1", "d", "u") == 4);
    CHECK(line_for(hba, "203.0.113.7", "d", "u") == 5);
    CHECK(line_for(hba, "203.0.113.8", "d", "u") == 6);
    CHECK(line_for(hba, "::ffff:203.0.113.8", "d", "u") == 6);
}

TEST_CASE("hba: an address with bits beyond its mask is warned of and fits nobody") {
    const Read result = read("host all all 192.0.2.1/24 trust\n");
    REQUIRE(result.warnings.size() == 1);
    CHECK(result.warnings[0] == "etc/hba:1: the address has bits beyond its mask and matches nobody");
    CHECK(line_for(result.hba, "192.0.2.1", "d", "u") == 0);
}

TEST_CASE("hba: every method of PgBouncer is known, and no other") {
    for (const char* method :
         {"trust", "reject", "md5", "password", "peer", "cert", "scram-sha-256", "ldap"}) {
        CAPTURE(method);
        CHECK(read(std::string{"local all all "} + method).hba.rules.size() == 1);
    }
    for (const char* method : {"any", "pam", "gss", "MD5", "\"md5\"", "ident", ""}) {
        CAPTURE(method);
        CHECK(refusal(std::string{"local all all "} + method).find("is not a method") != std::string::npos);
    }
}

TEST_CASE("hba: a line that cannot be read is left out with file, line and reason") {
    struct Row {
        const char* line;
        const char* reason;
    };
    for (const Row& row : {
             Row{"hosts all all all md5", "begins with local, host"},
             Row{"\"host\" all all all md5", "begins with local, host"},
             Row{"host", "the database is missing"},
             Row{"host all", "the user is missing"},
             Row{"host all all", "is not an address"},
             Row{"host all all example.com md5", "is not an address"},
             Row{"host all all samenet md5", "is not an address"},
             Row{"host all all 192.0.2.0/33 md5", "is not a mask"},
             Row{"host all all 192.0.2.0/x md5", "is not a mask"},
             Row{"host all all 192.0.2.0 md5", "is not an address"},
             Row{"host all all 192.0.2.0 ffff:: md5", "two kinds"},
             Row{"host samerole all all md5", "groups are not known"},
             Row{"host samegroup all all md5", "groups are not known"},
             Row{"host all +staff all md5", "groups are not known"},
             Row{"host a, all all md5", "is not an address"},
             Row{"host ,a all all md5", "comma"},
             Row{"host all \"a all md5", "quote"},
             Row{"host all all all md5 map=m", "map is for peer and cert"},
             Row{"local all all peer map=m", "does not exist"},
             Row{"local all all peer clientcert=1", "is not an option"},
             Row{"host @gone all all md5", "cannot read etc/gone"},
         }) {
        CAPTURE(row.line);
        const std::string warning = refusal(row.line);
        CAPTURE(warning);
        CHECK(warning.find(row.reason) != std::string::npos);
        CHECK(warning.ends_with("; this line is ignored"));
    }
}

TEST_CASE("hba: names may stand in a file, which may refer to others") {
    const texts::Files files{{"etc/dbs", "one two\n# no\nthree, @more\n"},
                             {"etc/more", "\"four 4\"\n"},
                             {"/abs/users", "ann\nbob\n"},
                             {"etc/loop", "@loop\n"}};
    const Read result = read("host @dbs @/abs/users all md5\n", files);
    CHECK(result.warnings.empty());
    for (const char* database : {"one", "two", "three", "four 4"})
        CHECK(line_for(result.hba, "192.0.2.1", database, "bob") == 1);
    CHECK(line_for(result.hba, "192.0.2.1", "no", "bob") == 0);
    CHECK(refusal("host @loop all all md5", files).find("too deeply") != std::string::npos);
    CHECK(line_for(read("host \"@dbs\" all all md5\n", files).hba, "192.0.2.1", "@dbs", "u") == 1);
}

TEST_CASE("hba: a map must exist, an ldap line keeps its options as written") {
    const Read result = read(
        "local all all peer map=m\n"
        "host all all all ldap ldapserver=h ldapbasedn=\"dc=a,dc=b\" # end\n",
        {}, "m root app\n");
    CHECK(result.warnings.empty());
    REQUIRE(result.hba.rules.size() == 2);
    CHECK(result.hba.rules[0].map == "m");
    CHECK(result.hba.rules[1].ldap_options.starts_with("ldapserver=h ldapbasedn=\"dc=a,dc=b\""));
}

TEST_CASE("hba: an ldap line whose options make no sense stays, lets nobody in and is told") {
    const Read result = read(
        "host all all all ldap ldapserver=h ldapprefix=a\n"
        "host all all all ldap\n"
        "host all all all ldap ldapserver=h ldapprefix=a ldapport=x\n"
        "host all all all trust\n");
    CHECK(result.hba.rules.size() == 4);
    REQUIRE(result.warnings.size() == 2);
    CHECK(result.warnings[0].ends_with(
        ":2: ldap: ldapprefix, ldapsuffix or ldapbasedn is needed; it lets nobody in"));
    CHECK(result.warnings[1].ends_with(":3: ldap: ldapport is out of range; it lets nobody in"));
}

TEST_CASE("hba: comments, empty lines and carriage returns are no rules") {
    const Read result = read("\n  # all\n\t\nhost all all all md5 # why\r\n\r\nlocal all all trust\r\n");
    CHECK(result.warnings.empty());
    CHECK(result.hba.rules.size() == 2);
}

TEST_CASE("hba: files are read with the configuration, whatever auth_type is") {
    const auto c = texts::loaded("[pgbouncer]\nauth_hba_file=etc/hba\nauth_ident_file=etc/ident\n",
                                 {{"etc/hba", "local all all peer map=m\n"}, {"etc/ident", "m root app\n"}});
    CHECK(c.warnings.empty());
    CHECK(c.hba.rules.size() == 1);
    CHECK(c.idents.contains("m"));
    const auto missing = texts::loaded("[pgbouncer]\nauth_type=hba\nauth_hba_file=gone\n");
    CHECK(texts::warns(missing, "auth_hba_file: cannot read gone"));
    CHECK(missing.hba.rules.empty());
    CHECK(texts::warns(texts::loaded("[pgbouncer]\nauth_type=hba\n"), "without auth_hba_file"));
}
