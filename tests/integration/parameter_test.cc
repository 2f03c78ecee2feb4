// Session parameters that the server reports follow their client over shared servers.
#include "tests/integration/scene.h"

using namespace support;

namespace {

WeirConfig one_server(Postgres& postgres) { return scene::before(postgres).set("default_pool_size", "1"); }

struct Parameter {
    const char* name;
    const char* startup;  ///< value one client asks for at login
    const char* set;      ///< and another by SET
};

constexpr Parameter kTracked[] = {
    {"client_encoding", "LATIN1", "UTF8"},
    {"DateStyle", "German, DMY", "SQL, MDY"},
    {"TimeZone", "Asia/Tokyo", "America/Lima"},
    {"IntervalStyle", "iso_8601", "sql_standard"},
    {"application_name", "first of them", "second of them"},
    {"standard_conforming_strings", "off", "on"},
};

}  // namespace

TEST_CASE("parameters: each client sees its own value over one shared server", "[pg]") {
    REQUIRES_POSTGRES();
    const auto parameter = GENERATE(from_range(std::begin(kTracked), std::end(kTracked)));
    CAPTURE(parameter.name);
    Weir weir(one_server(Postgres::shared()));
    auto at_login = WireClient::logged_in(weir.login(), {{parameter.name, parameter.startup}});
    auto by_set = Client::connect(weir.login());
    auto plain = Client::connect(weir.login());
    const auto show = std::string("SHOW ") + parameter.name;
    const auto normal = plain.value(show);
    by_set.query(std::string("SET ") + parameter.name + " = '" + parameter.set + "'");
    for (int i = 0; i < 3; ++i) {
        CHECK(wire::rows(at_login.exchange(wire::query(show))) == Rows{{parameter.startup}});
        CHECK(by_set.value(show) == parameter.set);
        CHECK(plain.value(show) == normal);
    }
    CHECK(by_set.parameter(parameter.name) == parameter.set);
    CHECK(plain.parameter(parameter.name) == normal);
}

TEST_CASE("parameters: a start-up DateStyle of one part takes the other from the server's default", "[pg]") {
    REQUIRES_POSTGRES();
    auto& postgres = Postgres::shared();
    const auto* startup = GENERATE("ISO", "german", "DMY", "sql");
    CAPTURE(startup);
    Weir weir(one_server(postgres));
    auto other = Client::connect(weir.login());
    auto client = WireClient::logged_in(weir.login(), {{"DateStyle", startup}});
    auto direct = WireClient::logged_in(postgres.login(), {{"DateStyle", startup}});
    const auto show = wire::query("SHOW DateStyle");
    const auto expected = wire::rows(direct.exchange(show));
    for (const char* theirs : {"SQL, DMY", "German, YMD", "Postgres, MDY"}) {
        other.query(std::string("SET DateStyle = '") + theirs + "'");
        CHECK(wire::rows(client.exchange(show)) == expected);
        CHECK(other.value("SHOW DateStyle") == theirs);
        client.exchange(wire::query("SET DateStyle = 'Postgres, YMD'"));
        client.exchange(wire::query("RESET DateStyle"));
        CHECK(wire::rows(client.exchange(show)) == expected);
    }
}

TEST_CASE("parameters: the login reports the server's own and the client's wishes", "[pg]") {
    REQUIRES_POSTGRES();
    Weir weir(one_server(Postgres::shared()));
    auto direct = Client::connect(Postgres::shared().login());
    auto client = Client::connect(weir.login().with("options='-c TimeZone=Asia/Tokyo' application_name=me"));
    for (const char* name :
         {"server_version", "server_encoding", "integer_datetimes", "standard_conforming_strings"}) {
        CHECK(client.parameter(name) == direct.parameter(name));
    }
    CHECK(client.parameter("TimeZone") == "Asia/Tokyo");
    CHECK(client.parameter("application_name") == "me");
    CHECK(client.value("SHOW TimeZone") == "Asia/Tokyo");
}

TEST_CASE("parameters: a SET that is rolled back is not carried on", "[pg]") {
    REQUIRES_POSTGRES();
    Weir weir(one_server(Postgres::shared()));
    auto client = Client::connect(weir.login());
    auto other = Client::connect(weir.login().with("options='-c TimeZone=Asia/Tokyo'"));
    client.query("SET TimeZone = 'America/Lima'");
    client.query("BEGIN");
    client.query("SET TimeZone = 'Europe/Paris'");
    client.query("ROLLBACK");
    CHECK(client.parameter("TimeZone") == "America/Lima");
    CHECK(other.value("SHOW TimeZone") == "Asia/Tokyo");
    CHECK(client.value("SHOW TimeZone") == "America/Lima");
}

TEST_CASE("parameters: a server that already fits gets no further statement", "[pg]") {
    REQUIRES_POSTGRES();
    Postgres postgres({{"log_statement = all"}, {}});
    Weir weir(one_server(postgres));
    auto client = Client::connect(weir.login().with("options='-c DateStyle=iso' application_name=steady"));
    client.query("SELECT 'warm'");
    const auto statements = [&] {
        const auto log = postgres.log();
        int count = 0;
        for (auto at = log.find("LOG:  statement: SET"); at != std::string::npos;
             at = log.find("LOG:  statement: SET", at + 1)) {
            ++count;
        }
        return count;
    };
    const int before = statements();
    for (int i = 0; i < 10; ++i) client.query("SELECT 1");
    CHECK(statements() == before);
}

TEST_CASE("parameters: a value the server refuses ends that client and no other", "[pg]") {
    REQUIRES_POSTGRES();
    Weir weir(one_server(Postgres::shared()));
    auto good = Client::connect(weir.login());
    WireClient bad(weir.port());
    bad.send(wire::startup({{"user", "app"}, {"database", "app"}, {"TimeZone", "Nowhere/Land"}}));
    bad.read_until('Z');
    bad.send(wire::query("SELECT 1"));
    const auto answer = bad.read_to_end();
    CHECK(wire::error_text(answer) == "invalid server parameter");
    CHECK(good.value("SELECT 1") == "1");
}

TEST_CASE("parameters: the login takes what is tracked, ignored or to be asked of the server", "[pg]") {
    REQUIRES_POSTGRES();
    Weir weir(one_server(Postgres::shared()).set("ignore_startup_parameters", "extra_float_digits,geqo"));
    const auto refuse = [&](const wire::Parameters& more) {
        WireClient client(weir.port());
        wire::Parameters all{{"user", "app"}, {"database", "app"}};
        all.insert(all.end(), more.begin(), more.end());
        client.send(wire::startup(all));
        return wire::error_text(client.read_answer());
    };
    CHECK(refuse({{"work_mem", "1MB"}}).empty());
    CHECK(refuse({{"options", "-c work_mem=1MB"}}).empty());
    CHECK(refuse({{"options", "-B 1"}}).find("unsupported options startup parameter") == 0);
    CHECK(refuse({{"extra_float_digits", "2"}}).empty());
    CHECK(refuse({{"options", "-c geqo=off -c datestyle=iso"}}).empty());
    CHECK(refuse({{"datestyle", "ISO"}, {"TIMEZONE", "UTC"}}).empty());
    // What is ignored does not reach the server.
    auto client = Client::connect(weir.login().with("options='-c geqo=off'"));
    CHECK(client.value("SHOW geqo") == "on");
}

TEST_CASE("parameters: application_name_add_host tells where the client sits", "[pg]") {
    REQUIRES_POSTGRES();
    Weir weir(one_server(Postgres::shared()).set("application_name_add_host", "1"));
    auto named = Client::connect(weir.login().with("application_name=me"));
    CHECK(named.value("SHOW application_name").find("me - 127.0.0.1:") == 0);
    auto unnamed = Client::connect(weir.login());
    CHECK(unnamed.value("SHOW application_name").find("app - 127.0.0.1:") == 0);
}

TEST_CASE("parameters: the database line's own values are the servers' start", "[pg]") {
    REQUIRES_POSTGRES();
    Weir weir(scene::before(Postgres::shared(), "timezone='America/Lima' datestyle='German, DMY'")
                  .set("default_pool_size", "1"));
    auto client = Client::connect(weir.login());
    CHECK(client.value("SHOW TimeZone") == "America/Lima");
    CHECK(client.parameter("TimeZone") == "America/Lima");
    CHECK(client.value("SHOW DateStyle") == "German, DMY");
}

TEST_CASE("parameters: defaults that changed at the server hold for whoever logs in after its reconnect",
          "[pg]") {
    REQUIRES_POSTGRES();
    auto& postgres = scene::settled(Postgres::shared());
    Weir weir(scene::before(postgres).set("default_pool_size", "1"));
    CHECK(Client::connect(weir.login()).value("SHOW DateStyle") == "ISO, MDY");
    postgres.control().query("ALTER ROLE app SET DateStyle = 'German'; ALTER ROLE app SET work_mem = '9MB'");
    weir.console("RECONNECT app");
    Client::connect(weir.login()).query("SELECT 1");
    auto late = Client::connect(weir.login());
    CHECK(late.parameter("DateStyle") == "German, DMY");
    CHECK(late.value("SHOW DateStyle") == "German, DMY");
    CHECK(late.value("SHOW work_mem") == "9MB");
    postgres.control().query("ALTER ROLE app RESET ALL");
}
