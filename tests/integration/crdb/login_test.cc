// Logging in to a CockroachDB cluster in the forms it knows, and what a client sees when that fails.
#include "tests/integration/crdb/scene.h"

using namespace support;
using namespace support::crdb;

namespace {

Options asking(Auth auth) {
    Options options;
    options.auth = auth;
    options.users = {{"app", "secret"}};
    return options;
}

}  // namespace

TEST_CASE("crdb login: weir logs in with trust, a clear-text password and SCRAM of 10,610 rounds") {
    FakeCluster cluster{asking(GENERATE(Auth::kTrust, Auth::kPassword, Auth::kScram))};
    auto config = scene::before(cluster);
    config.userlist["app"] = "secret";
    Weir weir(config);
    auto login = weir.login();
    login.password = "secret";
    auto client = Client::connect(login);
    CHECK(client.value("SELECT current_user") == "app");
    CHECK(client.parameter("crdb_version").find("CockroachDB") == 0);
    CHECK(client.parameter("server_version") == "13.0.0");
}

TEST_CASE(
    "crdb login: a refusal with severity ERROR and SQLSTATE XXUUU ends the login with the node's words") {
    FakeCluster cluster{asking(Auth::kPassword)};
    auto config = scene::before(cluster);
    config.userlist["app"] = "not the one of the server";
    Weir weir(config);
    auto login = weir.login();
    login.password = "not the one of the server";
    const Client client(login);
    CHECK_FALSE(client.connected());
    CHECK(client.error().find("password authentication failed for user app") != std::string::npos);
    CHECK(weir.logged("password authentication failed for user app"));
}

TEST_CASE(
    "crdb login: a node that accepts nobody any more is no reason to refuse a client; another node is "
    "tried") {
    Options options{2};
    options.balancer_asks_health = false;  // the balancer has not noticed yet
    FakeCluster cluster{options};
    cluster.node(1).drain();
    Weir weir(scene::before(cluster).set("server_login_retry", "0.05"));
    CHECK(Client(weir.login()).try_query("SHOW node_id").rows == Rows{{"2"}});
    CHECK(weir.logged("server is not accepting clients"));
}
