// What a changed configuration does to those who are connected, by RELOAD and by SIGHUP.
#include "tests/integration/scene.h"
#include "tests/support/contains.h"

using namespace support;

namespace {

std::string backend(Client& client) { return client.value("SELECT pg_backend_pid()"); }

std::string config_value(Weir& weir, const std::string& key) {
    for (auto& row : weir.show("CONFIG")) {
        if (row["key"] == key) return row["value"];
    }
    return "missing";
}

}  // namespace

TEST_CASE("reload: settings, databases and users of the files count at once", "[pg]") {
    REQUIRES_POSTGRES();
    auto& postgres = Postgres::shared();
    Weir weir(scene::before(postgres));
    auto present = Client::connect(weir.login());
    present.query("SELECT 1");
    weir.config().set("max_client_conn", "77").database(postgres.port(), "", "added");
    weir.config().userlist["new_user"] = "";
    weir.reload();
    CHECK(Client::connect(weir.login().with_database("added")).value("SELECT 2") == "2");
    CHECK(config_value(weir, "max_client_conn") == "77");
    CHECK(contains(Client(weir.login("new_user")).error(), "role \"new_user\" does not exist"));
    CHECK(present.value("SELECT 3") == "3");
}

TEST_CASE("reload: a database that is gone closes its clients, a changed one its servers", "[pg]") {
    REQUIRES_POSTGRES();
    auto& postgres = scene::settled(Postgres::shared());
    auto config = scene::before(postgres);
    config.database(postgres.port(), "", "going");
    Weir weir(config);
    auto stays = Client::connect(weir.login());
    const auto pid = backend(stays);
    auto goes = WireClient::logged_in(weir.login().with_database("going"));
    goes.exchange(wire::query("SELECT 1"));
    weir.config().databases.erase("going");
    weir.config().databases["app"] += " connect_query='SELECT 1'";
    weir.reload();
    CHECK(wire::error_text(goes.read_to_end()) == "database removed");
    CHECK(eventually([&] { return postgres.connections("pid = " + pid) == 0; }));
    CHECK(backend(stays) != pid);
    CHECK(contains(Client(weir.login().with_database("going")).error(), "no such database: going"));
}

TEST_CASE("reload: SIGHUP does it too", "[pg]") {
    REQUIRES_POSTGRES();
    Weir weir(Postgres::shared());
    weir.config().set("default_pool_size", "9");
    weir.write_files();
    CHECK(config_value(weir, "default_pool_size") == "5");
    weir.process().signal(SIGHUP);
    CHECK(eventually([&] { return config_value(weir, "default_pool_size") == "9"; }));
    CHECK(Client::connect(weir.login()).value("SELECT 1") == "1");
}

TEST_CASE("reload: SHOW EVENTS has each that took effect, by the console or a signal, and no other", "[pg]") {
    REQUIRES_POSTGRES();
    Weir weir(Postgres::shared());
    const auto reloads = [&] {
        int found = 0;
        for (auto& event : weir.show("EVENTS")) {
            if (event["kind"] != "reload") continue;
            CHECK(event["event"] == "the configuration was read again");
            CHECK(event["database"].empty());
            CHECK(event["number"] == std::to_string(++found));
        }
        return found;
    };
    CHECK(reloads() == 0);
    weir.reload();
    CHECK(reloads() == 1);
    weir.process().signal(SIGHUP);
    CHECK(eventually([&] { return reloads() == 2; }));
    const auto databases = weir.config().databases;
    weir.config().databases["app"] = "host=127.0.0.1 port=none";
    weir.write_files();
    CHECK_FALSE(Client::connect(weir.admin_login()).try_query("RELOAD").ok);
    CHECK(reloads() == 2);
    weir.config().databases = databases;
    weir.write_files();
}
