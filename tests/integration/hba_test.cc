// auth_type = hba with real libpq clients: which rule counts for whom, and that a RELOAD changes it.
#include <pwd.h>
#include <unistd.h>

#include "tests/integration/scene.h"
#include "tests/support/contains.h"
#include "tests/support/temp_dir.h"

using namespace support;

namespace {

constexpr const char* kPassword = "open sesame";

struct Files {
    Files(const std::string& hba, const std::string& ident = "") : folder{} {
        write(hba);
        folder.write("ident", ident);
    }
    void write(const std::string& hba) const { folder.write("hba", hba); }
    TempDir folder;
};

WeirConfig with_rules(const Files& files) {
    auto config = scene::before(Postgres::shared()).set("auth_type", "hba");
    config.set("auth_hba_file", files.folder.path("hba")).set("auth_ident_file", files.folder.path("ident"));
    config.database(Postgres::shared().port(), "", "second");
    for (const char* user : {"app", "other"}) config.userlist[user] = kPassword;
    return config;
}

/// How a login ends: "in", or the error.
std::string end_of(Login login, const std::string& user, const std::string& password,
                   const std::string& database = "app") {
    Client client(login.with_user(user, password).with_database(database));
    if (!client.connected()) return client.error();
    return client.try_query("SELECT 1").rows == Rows{{"1"}} ? "in" : "no answer";
}

std::string system_user() {
    const passwd* entry = ::getpwuid(::geteuid());
    return entry == nullptr ? "" : entry->pw_name;
}

/// kPassword in this form, as a userlist holds it.
std::string stored(const std::string& kind, const std::string& user) {
    if (kind == "plain") return kPassword;
    char* text =
        PQencryptPasswordConn(Postgres::shared().control().raw(), kPassword, user.c_str(), kind.c_str());
    REQUIRE(text != nullptr);
    std::string copy = text;
    PQfreemem(text);
    return copy;
}

constexpr const char* kConsole = "host pgbouncer admin 127.0.0.1/32 trust\n";

}  // namespace

TEST_CASE("hba: each method is asked for by its rule, with the right and with a wrong password", "[pg]") {
    REQUIRES_POSTGRES();
    const std::string method = GENERATE("md5", "password", "scram-sha-256");
    CAPTURE(method);
    const Files files(std::string(kConsole) + "host app app 127.0.0.1/32 " + method + "\n");
    Weir weir(with_rules(files));
    CHECK(end_of(weir.login(), "app", kPassword) == "in");
    CHECK(contains(end_of(weir.login(), "app", "wrong"), "authentication failed"));
    CHECK(contains(end_of(weir.login(), "app", kPassword, "second"), "no authentication method"));
    CHECK(contains(end_of(weir.login(), "other", kPassword), "no authentication method"));
}

TEST_CASE("hba: methods and kinds of secrets are mixed in one file, and each rule takes what it can check",
          "[pg]") {
    REQUIRES_POSTGRES();
    const struct {
        const char* method;
        const char* secret;
        bool possible;
    } cases[] = {{"md5", "plain", true},
                 {"md5", "md5", true},
                 {"md5", "scram-sha-256", true},
                 {"scram-sha-256", "plain", true},
                 {"scram-sha-256", "md5", false},
                 {"scram-sha-256", "scram-sha-256", true},
                 {"password", "plain", true},
                 {"password", "md5", true},
                 {"password", "scram-sha-256", true}};
    const Files files(
        std::string(kConsole) +
        "host app all all md5\nhost second all all scram-sha-256\nhost third all all password\n");
    auto config = with_rules(files);
    for (const char* database : {"app", "second", "third"})
        config.database(Postgres::shared().port(), "user=app", database);
    for (const std::string kind : {"plain", "md5", "scram-sha-256"})
        config.userlist["with " + kind] = stored(kind, "with " + kind);
    Weir weir(config);
    // Twice, since keys and caches of one login must not decide another one.
    for (int turn = 0; turn < 2; ++turn) {
        for (const auto& one : cases) {
            CAPTURE(turn, one.method, one.secret);
            const std::string method = one.method;
            const std::string database = method == "md5" ? "app" : method == "password" ? "third" : "second";
            const std::string user = std::string("with ") + one.secret;
            CHECK((end_of(weir.login(), user, kPassword, database) == "in") == one.possible);
            CHECK(contains(end_of(weir.login(), user, "wrong", database), "authentication failed"));
        }
    }
}

TEST_CASE("hba: user, database, address and kind of connection choose the first rule that fits", "[pg]") {
    REQUIRES_POSTGRES();
    const Files files(std::string(kConsole) +
                      "host app all 192.0.2.0/24 trust\n"
                      "host app app 127.0.0.0/8 trust\n"
                      "host second app 127.0.0.1 255.255.255.255 reject\n"
                      "hostssl all all all trust\n"
                      "hostnossl second all 127.0.0.1/32 md5\n"
                      "local all app reject\n"
                      "local all other trust\n");
    Weir weir(with_rules(files));
    CHECK(end_of(weir.login(), "app", "") == "in");
    CHECK(contains(end_of(weir.login(), "app", kPassword, "second"), "login rejected"));
    CHECK(end_of(weir.login(), "other", kPassword, "second") == "in");
    CHECK(contains(end_of(weir.login(), "other", "wrong", "second"), "password authentication failed"));
    CHECK(contains(end_of(weir.login(), "other", ""), "no authentication method"));
    CHECK(contains(end_of(weir.unix_login(), "app", kPassword), "login rejected"));
    CHECK(end_of(weir.unix_login(), "other", "") == "in");
}

TEST_CASE("hba: a user nobody knows is refused as one with a wrong password is", "[pg]") {
    REQUIRES_POSTGRES();
    const std::string method = GENERATE("md5", "password", "scram-sha-256");
    CAPTURE(method);
    const Files files(std::string(kConsole) + "host all all all " + method + "\n");
    Weir weir(with_rules(files));
    CHECK(end_of(weir.login(), "nobody_knows", "x") == end_of(weir.login(), "app", "x"));
}

TEST_CASE("hba: peer lets in whom the system or a map names, on Unix sockets only", "[pg]") {
    REQUIRES_POSTGRES();
    const std::string me = system_user();
    REQUIRE_FALSE(me.empty());
    const Files files(
        std::string(kConsole) + "local app app peer map=m\nlocal app all peer\nhost app all all peer\n",
        "m /^(" + me + ")$ app\n");
    auto config = with_rules(files);
    config.userlist[me] = "";
    config.databases["app"] += " user=other";
    Weir weir(config);
    CHECK(end_of(weir.unix_login(), "app", "") == "in");
    CHECK(end_of(weir.unix_login(), me, "") == "in");
    CHECK(contains(end_of(weir.unix_login(), "other", ""), "unix socket login rejected"));
    CHECK(contains(end_of(weir.login(), me, ""), "unix socket login rejected"));
}

TEST_CASE("hba: a RELOAD brings other rules, and bad lines are named in the log", "[pg]") {
    REQUIRES_POSTGRES();
    const Files files(std::string(kConsole) + "host all app all trust\n");
    Weir weir(with_rules(files));
    auto inside = Client::connect(weir.login());
    files.write(std::string(kConsole) + "host all app all oops\nhost all app all reject\n");
    weir.reload();
    CHECK(weir.logged("hba:2: 'oops' is not a method; this line is ignored"));
    CHECK(contains(end_of(weir.login(), "app", ""), "login rejected"));
    CHECK(inside.value("SELECT 1") == "1");
}

TEST_CASE("hba: SET names another file, which counts at once", "[pg]") {
    REQUIRES_POSTGRES();
    const Files files(std::string(kConsole) + "host all app all trust\n");
    files.folder.write("strict", std::string(kConsole) + "host all app all reject\n");
    Weir weir(with_rules(files));
    CHECK(end_of(weir.login(), "app", "") == "in");
    weir.console("SET auth_hba_file = '" + files.folder.path("strict") + "'");
    CHECK(contains(end_of(weir.login(), "app", ""), "login rejected"));
}

TEST_CASE("hba: without a file, or without rules, nobody gets in", "[pg]") {
    REQUIRES_POSTGRES();
    const std::string name = GENERATE("gone", "hba");  // the second is there, and empty
    CAPTURE(name);
    const Files files("");
    auto config = with_rules(files);
    config.set("auth_hba_file", files.folder.path(name));
    config.set("auth_type", "trust");
    Weir weir(config);
    weir.console("SET auth_type = 'hba'");
    CHECK(contains(end_of(weir.login(), "app", kPassword), "no authentication method"));
    CHECK(contains(end_of(weir.unix_login(), "app", kPassword), "no authentication method"));
    CHECK(contains(Client(weir.admin_login()).error(), "no authentication method"));
    CHECK((name == "gone") == contains(weir.log(), "nobody is let in"));
}
