// auth_type = ldap and the HBA method, with Debian's slapd as a throw-away directory.
#include <netinet/in.h>
#include <sys/socket.h>
#include <unistd.h>

#include <optional>

#include "tests/integration/compat/compat.h"
#include "tests/integration/scene.h"
#include "tests/support/contains.h"
#include "tests/support/free_port.h"
#include "tests/support/process.h"
#include "tests/support/temp_dir.h"

using namespace support;

namespace {

constexpr const char* kEntries = R"(dn: dc=example,dc=com
objectClass: dcObject
objectClass: organization
o: example
dc: example

dn: uid=ann,dc=example,dc=com
objectClass: account
objectClass: simpleSecurityObject
uid: ann
userPassword: ldap:ann

dn: uid=bob,dc=example,dc=com
objectClass: account
objectClass: simpleSecurityObject
uid: bob
userPassword: ldap:bob
description: staff

dn: uid=reader,dc=example,dc=com
objectClass: account
objectClass: simpleSecurityObject
uid: reader
userPassword: ldap:reader
)";

/// slapd on loopback with a few entries; anonymous clients may bind and see nothing.
class Directory {
 public:
    Directory() : port_(free_port()) {
        const std::string conf = folder_.write("slapd.conf", configuration());
        folder_.write("entries.ldif", kEntries);
        Command add;
        add.argv = {"/usr/sbin/slapadd", "-f", conf, "-l", folder_.path("entries.ldif")};
        add.directory = folder_.path();
        add.as_account = true;
        const auto added = run(add);
        if (added.status != 0) FAIL("slapadd failed:\n" << added.output);
        Command serve;
        serve.argv = {"/usr/sbin/slapd", "-d", "0", "-h", url(), "-f", conf};
        serve.directory = folder_.path();
        serve.as_account = true;
        process_ = std::make_unique<Process>(serve);
        if (!eventually([this] { return !process_->running() || answers(); }) || !process_->running())
            FAIL("slapd does not start:\n" << process_->output());
    }
    ~Directory() {
        process_->signal(SIGTERM);
        static_cast<void>(process_->wait());
    }
    Directory(const Directory&) = delete;
    Directory& operator=(const Directory&) = delete;

    [[nodiscard]] std::string server() const {
        return "ldapserver=127.0.0.1 ldapport=" + std::to_string(port_);
    }
    [[nodiscard]] std::string url() const { return "ldap://127.0.0.1:" + std::to_string(port_); }

 private:
    [[nodiscard]] bool answers() const {
        const int descriptor = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
        sockaddr_in address{};
        address.sin_family = AF_INET;
        address.sin_port = htons(port_);
        address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
        const bool connected =
            ::connect(descriptor, reinterpret_cast<const sockaddr*>(&address), sizeof address) == 0;
        ::close(descriptor);
        return connected;
    }
    [[nodiscard]] std::string configuration() const {
        return "include /etc/ldap/schema/core.schema\ninclude /etc/ldap/schema/cosine.schema\n"
               "modulepath /usr/lib/ldap\nmoduleload back_mdb\npidfile " +
               folder_.path("pid") +
               "\ndatabase mdb\nmaxsize 10485760\nsuffix dc=example,dc=com\ndirectory " +
               folder_.path().string() +
               "\naccess to attrs=userPassword by anonymous auth by * none\n"
               "access to * by users read by * none\n";
    }

    TempDir folder_;
    std::uint16_t port_;
    std::unique_ptr<Process> process_;
};

/// Null, and a visible note, where there is no slapd.
const Directory* directory() {
    if (!std::filesystem::exists("/usr/sbin/slapd")) return nullptr;
    static const Directory started;
    return &started;
}

#define REQUIRES_DIRECTORY()                                        \
    do {                                                            \
        if (support::postgres_programs().empty() || !directory()) { \
            WARN("skipped: PostgreSQL or slapd is not installed");  \
            return;                                                 \
        }                                                           \
    } while (false)

/// The console stays reachable: its users are asked by another rule of the HBA file.
Weir& start(std::optional<Weir>& weir, const TempDir& folder, const std::string& options) {
    auto config = scene::before(Postgres::shared(), "user=app").set("auth_type", "hba");
    config.set("auth_hba_file", folder.write("hba", "host pgbouncer admin all trust\nhost all all all ldap " +
                                                        options + "\n"));
    config.userlist = {{"admin", ""}};
    return weir.emplace(std::move(config));
}

std::string end_of(const Weir& weir, const std::string& user, const std::string& password) {
    Client client(weir.login().with_user(user, password));
    if (!client.connected()) return client.error();
    return client.try_query("SELECT 1").rows == Rows{{"1"}} ? "in" : "no answer";
}

}  // namespace

TEST_CASE("ldap: a bind as prefix, user and suffix", "[pg]") {
    REQUIRES_DIRECTORY();
    const TempDir folder;
    std::optional<Weir> started;
    auto& weir = start(started, folder,
                       directory()->server() + " ldapprefix=\"uid=\" ldapsuffix=\",dc=example,dc=com\"");
    CHECK(end_of(weir, "ann", "ldap:ann") == "in");
    CHECK(contains(end_of(weir, "ann", "wrong"), "LDAP authentication failed"));
    CHECK(contains(end_of(weir, "ann", ""), "password"));
    CHECK(compat::refusal(weir, "ann", "wrong") == "FATAL 08P01 LDAP authentication failed");
    CHECK(contains(end_of(weir, "nobody", "ldap:ann"), "LDAP authentication failed"));
    CHECK(contains(end_of(weir, "ann,dc=example,dc=com+uid=x", "ldap:ann"), "LDAP authentication failed"));
    CHECK_FALSE(contains(weir.log(), "ldap:ann"));
}

TEST_CASE("ldap: a search for the entry, then a bind as that", "[pg]") {
    REQUIRES_DIRECTORY();
    const std::string base = " ldapbasedn=\"dc=example,dc=com\"";
    const std::string reader = " ldapbinddn=\"uid=reader,dc=example,dc=com\" ldapbindpasswd=\"ldap:reader\"";
    struct Row {
        std::string options;
        bool ann;
        bool bob;
    };
    const std::string url = "ldapurl=\"" + directory()->url() + "/dc=example,dc=com?uid?sub\"";
    const auto row = GENERATE_COPY(
        Row{directory()->server() + base + reader, true, true},
        Row{directory()->server() + base + reader + " ldapsearchattribute=uid", true, true},
        Row{directory()->server() + base + reader +
                " ldapsearchfilter=\"(&(uid=$username)(description=staff))\"",
            false, true},
        Row{url + reader, true, true}, Row{directory()->server() + base, false, false},
        Row{directory()->server() + base + " ldapbinddn=\"uid=reader,dc=example,dc=com\" ldapbindpasswd=no",
            false, false});
    CAPTURE(row.options);
    const TempDir folder;
    std::optional<Weir> started;
    auto& weir = start(started, folder, row.options);
    CHECK((end_of(weir, "ann", "ldap:ann") == "in") == row.ann);
    CHECK((end_of(weir, "bob", "ldap:bob") == "in") == row.bob);
    CHECK(contains(end_of(weir, "bob", "ldap:ann"), "LDAP authentication failed"));
    CHECK(contains(end_of(weir, "*", "ldap:bob"), "LDAP authentication failed"));
    CHECK_FALSE(contains(weir.log(), "ldap:reader"));
}

TEST_CASE("ldap: options that make no sense and a directory that is away let nobody in", "[pg]") {
    REQUIRES_DIRECTORY();
    const std::string options = GENERATE(as<std::string>{}, "ldapprefix=a",
                                         "ldapserver=127.0.0.1 ldapport=1 ldapprefix=a", "nonsense=1");
    CAPTURE(options);
    const TempDir folder;
    std::optional<Weir> started;
    auto& weir = start(started, folder, options);
    CHECK(contains(end_of(weir, "ann", "ldap:ann"), "LDAP authentication failed"));
    CHECK(weir.logged("login of user=ann refused: "));
    const bool away = options.find("ldapport=1 ") != std::string::npos;
    CHECK(contains(weir.log(), "; it lets nobody in") != away);  // told at the start
}

TEST_CASE("ldap: as auth_type, with auth_ldap_options, which SHOW CONFIG masks", "[pg]") {
    REQUIRES_DIRECTORY();
    auto config = scene::before(Postgres::shared(), "user=app").set("auth_type", "trust");
    config.set("auth_ldap_options",
               directory()->server() + " ldapprefix=\"uid=\" ldapsuffix=\",dc=example,dc=com\"");
    Weir weir(config);
    for (const auto& row : weir.show("CONFIG"))
        if (row.at("key") == "auth_ldap_options") CHECK(row.at("value") == "********");
    weir.console("SET auth_type = 'ldap'");
    CHECK(end_of(weir, "ann", "ldap:ann") == "in");
    CHECK(contains(end_of(weir, "ann", "wrong"), "LDAP authentication failed"));
}
