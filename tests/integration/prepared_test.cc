// Named and unnamed prepared statements in transaction pooling: every client has its own, whatever server it
// gets.
#include <random>

#include "tests/integration/scene.h"

using namespace support;
using namespace support::wire;

namespace {

WeirConfig one_server() { return scene::before(Postgres::shared()).set("default_pool_size", "1"); }

std::string run_named(const std::string& name, const std::vector<std::optional<std::string>>& values = {}) {
    return bind_portal("", name, values) + execute("") + sync_message();
}

}  // namespace

TEST_CASE("prepared: the same name means another text for each of many clients", "[pg]") {
    REQUIRES_POSTGRES();
    Weir weir(scene::before(Postgres::shared()).set("default_pool_size", "3"));
    constexpr int kClients = 12;
    std::vector<Client> clients;
    for (int i = 0; i < kClients; ++i) {
        clients.push_back(Client::connect(weir.login()));
        clients.back().prepare("s", "SELECT $1::int * " + std::to_string(i));
    }
    const auto seed = std::random_device{}();
    INFO("seed " << seed);
    std::mt19937 random(seed);
    for (int round = 0; round < 300; ++round) {
        const auto who = random() % kClients;
        const auto answer = clients[who].prepared("s", {std::to_string(round)});
        REQUIRE(answer.rows == Rows{{std::to_string(round * static_cast<int>(who))}});
    }
}

TEST_CASE("prepared: the unnamed statement survives other clients on the same server", "[pg]") {
    REQUIRES_POSTGRES();
    Weir weir(one_server());
    auto first = WireClient::logged_in(weir.login());
    auto second = WireClient::logged_in(weir.login());
    CHECK(types(first.exchange(parse("", "SELECT 'first ' || $1") + sync_message())) == "1Z");
    CHECK(types(second.exchange(parse("", "SELECT 'second ' || $1") + describe_statement("") +
                                sync_message())) == "1tTZ");
    for (int i = 0; i < 3; ++i) {
        CHECK(rows(first.exchange(run_named("", {"a"}))) == Rows{{"first a"}});
        CHECK(rows(second.exchange(run_named("", {"b"}))) == Rows{{"second b"}});
    }
    CHECK(types(first.exchange(query("SELECT 1"))) == "TDCZ");
    // PostgreSQL docs, "Extended Query": a simple Query destroys the unnamed statement.
    CHECK(sqlstate(first.exchange(run_named("", {"a"}))) == "26000");
    CHECK(rows(second.exchange(run_named("", {"b"}))) == Rows{{"second b"}});
}

TEST_CASE("prepared: Parse of a name in use is 42P05 and leaves the statement as it was", "[pg]") {
    REQUIRES_POSTGRES();
    const auto* mode = GENERATE("transaction", "session");
    Weir weir(one_server().set("pool_mode", mode));
    auto client = WireClient::logged_in(weir.login());
    client.exchange(parse("s", "SELECT 1") + sync_message());
    const auto again = client.exchange(parse("s", "SELECT 2") + run_named("s"));
    CHECK(types(again) == "EZ");
    CHECK(sqlstate(again) == "42P05");
    CHECK(transaction_status(again) == 'I');
    CHECK(rows(client.exchange(run_named("s"))) == Rows{{"1"}});
    CHECK(types(client.exchange(close_statement("s") + parse("s", "SELECT 2") + run_named("s"))) == "312DCZ");
}

TEST_CASE("prepared: Bind and Describe of an unknown name are 26000, Close of one is fine", "[pg]") {
    REQUIRES_POSTGRES();
    const auto* mode = GENERATE("transaction", "session");
    Weir weir(one_server().set("pool_mode", mode));
    auto client = WireClient::logged_in(weir.login());
    CHECK(types(client.exchange(close_statement("nowhere") + sync_message())) == "3Z");
    const auto bound = client.exchange(run_named("nowhere"));
    CHECK(types(bound) == "EZ");
    CHECK(sqlstate(bound) == "26000");
    CHECK(sqlstate(client.exchange(describe_statement("nowhere") + sync_message())) == "26000");
    client.exchange(query("BEGIN"));
    client.exchange(query("SELECT 1"));
    CHECK(transaction_status(client.exchange(run_named("nowhere"))) == 'E');
    CHECK(sqlstate(client.exchange(query("SELECT 1"))) == "25P02");
    CHECK(transaction_status(client.exchange(query("ROLLBACK"))) == 'I');
}

TEST_CASE("prepared: a name of one client is unknown to every other", "[pg]") {
    REQUIRES_POSTGRES();
    Weir weir(one_server());
    auto owner = WireClient::logged_in(weir.login());
    auto other = WireClient::logged_in(weir.login());
    owner.exchange(parse("mine", "SELECT 'secret'") + sync_message());
    CHECK(rows(owner.exchange(run_named("mine"))) == Rows{{"secret"}});
    CHECK(sqlstate(other.exchange(run_named("mine"))) == "26000");
    CHECK(rows(owner.exchange(run_named("mine"))) == Rows{{"secret"}});
}

TEST_CASE("prepared: the same text with other parameter types is another statement", "[pg]") {
    REQUIRES_POSTGRES();
    Weir weir(one_server());
    auto numbers = WireClient::logged_in(weir.login());
    auto texts = WireClient::logged_in(weir.login());
    constexpr std::uint32_t kInt4 = 23;
    constexpr std::uint32_t kText = 25;
    constexpr const char* kSql = "SELECT pg_typeof($1)::text";
    numbers.exchange(parse("s", kSql, {kInt4}) + sync_message());
    texts.exchange(parse("s", kSql, {kText}) + sync_message());
    for (int i = 0; i < 3; ++i) {
        CHECK(rows(numbers.exchange(run_named("s", {"1"}))) == Rows{{"integer"}});
        CHECK(rows(texts.exchange(run_named("s", {"1"}))) == Rows{{"text"}});
    }
}

TEST_CASE("prepared: with room for a single statement per server all of them still work", "[pg]") {
    REQUIRES_POSTGRES();
    Weir weir(one_server().set("max_prepared_statements", "1"));
    auto one = WireClient::logged_in(weir.login());
    auto two = WireClient::logged_in(weir.login());
    one.exchange(parse("a", "SELECT 'a'") + parse("b", "SELECT 'b'") + sync_message());
    two.exchange(parse("a", "SELECT 'c'") + sync_message());
    for (int i = 0; i < 5; ++i) {
        const auto both = one.exchange(bind_portal("", "a") + execute("") + bind_portal("", "b") +
                                       execute("") + sync_message());
        CHECK(types(both) == "2DC2DCZ");
        CHECK(rows(both) == Rows{{"a"}, {"b"}});
        CHECK(rows(two.exchange(run_named("a"))) == Rows{{"c"}});
    }
    CHECK(sqlstate(one.exchange(bind_portal("", "a") + parse("d", "SELEC") + bind_portal("", "b") +
                                sync_message())) == "42601");
    CHECK(rows(one.exchange(run_named("b"))) == Rows{{"b"}});
    CHECK(rows(one.exchange(run_named("a"))) == Rows{{"a"}});
    CHECK(rows(one.exchange(query("SELECT count(*) <= 1 FROM pg_prepared_statements"))) == Rows{{"t"}});
}

TEST_CASE("prepared: a server never holds more than max_prepared_statements", "[pg]") {
    REQUIRES_POSTGRES();
    Weir weir(one_server().set("max_prepared_statements", "4"));
    auto client = Client::connect(weir.login());
    for (int i = 0; i < 20; ++i) {
        const auto name = "s" + std::to_string(i);
        client.prepare(name, "SELECT " + std::to_string(i));
        CHECK(client.prepared(name, {}).rows == Rows{{std::to_string(i)}});
        CHECK(std::stoi(client.value("SELECT count(*) FROM pg_prepared_statements")) <= 4);
    }
    for (int i = 0; i < 20; ++i)
        CHECK(client.prepared("s" + std::to_string(i), {}).rows[0][0] == std::to_string(i));
}

TEST_CASE("prepared: DEALLOCATE ALL and DISCARD ALL forget one client's statements and no other's", "[pg]") {
    REQUIRES_POSTGRES();
    const auto* command = GENERATE("DEALLOCATE ALL", "DISCARD ALL");
    CAPTURE(command);
    Weir weir(one_server());
    auto forgetful = WireClient::logged_in(weir.login());
    auto other = WireClient::logged_in(weir.login());
    forgetful.exchange(parse("s", "SELECT 'mine'") + sync_message());
    other.exchange(parse("s", "SELECT 'theirs'") + sync_message());
    CHECK(command_tag(forgetful.exchange(query(command))) == command);
    CHECK(sqlstate(forgetful.exchange(run_named("s"))) == "26000");
    CHECK(rows(other.exchange(run_named("s"))) == Rows{{"theirs"}});
    CHECK(types(forgetful.exchange(parse("s", "SELECT 'new'") + run_named("s"))) == "12DCZ");
    CHECK(rows(other.exchange(run_named("s"))) == Rows{{"theirs"}});
}

TEST_CASE("prepared: a Parse behind DEALLOCATE ALL in the same pipeline is kept", "[pg]") {
    REQUIRES_POSTGRES();
    Weir weir(one_server());
    auto client = WireClient::logged_in(weir.login());
    client.exchange(parse("old", "SELECT 'old'") + sync_message());
    const auto answer = client.exchange(parse("", "DEALLOCATE ALL") + bind_portal("", "") + execute("") +
                                        parse("new", "SELECT 'new'") + sync_message());
    CHECK(types(answer) == "12C1Z");
    CHECK(rows(client.exchange(run_named("new"))) == Rows{{"new"}});
    CHECK(sqlstate(client.exchange(run_named("old"))) == "26000");
}

TEST_CASE("prepared: DEALLOCATE of a name prepared in the protocol forgets it", "[pg]") {
    REQUIRES_POSTGRES();
    Weir weir(one_server());
    auto client = WireClient::logged_in(weir.login());
    client.exchange(parse("s", "SELECT 1") + sync_message());
    CHECK(command_tag(client.exchange(query("DEALLOCATE s"))) == "DEALLOCATE");
    CHECK(types(client.exchange(parse("s", "SELECT 2") + run_named("s"))) == "12DCZ");
    CHECK(sqlstate(client.exchange(query("DEALLOCATE nowhere"))) == "26000");
}

TEST_CASE("prepared: only the Execute of a DEALLOCATE takes the statement away", "[pg]") {
    REQUIRES_POSTGRES();
    Weir weir(one_server());
    auto client = WireClient::logged_in(weir.login());
    auto other = WireClient::logged_in(weir.login());
    const auto bound = bind_portal("", "") + execute("");
    client.exchange(parse("s", "SELECT $1::int") + sync_message());
    const std::vector<std::pair<std::string, std::string>> without = {
        {"1Z", parse("", "DEALLOCATE s")},
        {"1tnZ", parse("", "DEALLOCATE s") + describe_statement("")},
        {"12Z", parse("", "DEALLOCATE s") + bind_portal("", "")},
        {"12nZ", parse("", "DEALLOCATE s") + bind_portal("", "") + describe_portal("")},
        {"1EZ", parse("", "DEALLOCATE s") + bind_portal("", "s", {"x"}) + bound},
        {"12EZ",
         parse("", "DEALLOCATE s") + bind_portal("p", "") + bind_portal("", "s", {"x"}) + execute("p")},
        {"EZ", parse("", "SELECT nothing") + parse("", "DEALLOCATE s") + bound},
    };
    for (const auto& [answer, batch] : without) {
        CAPTURE(answer);
        CHECK(types(client.exchange(batch + sync_message())) == answer);
        // Neither the client has lost its name, nor is the server taken for one without the statement.
        CHECK(rows(client.exchange(run_named("s", {"7"}))) == Rows{{"7"}});
        CHECK(types(other.exchange(parse("t", "SELECT $1::int") + run_named("t", {"8"}))) == "12DCZ");
        CHECK(types(other.exchange(wire::close_statement("t") + sync_message())) == "3Z");
        CHECK(sqlstate(client.exchange(parse("s", "SELECT 9") + sync_message())) == "42P05");
    }
    CHECK(types(client.exchange(parse("", "DEALLOCATE s") + bind_portal("", "") + describe_portal("") +
                                execute("") + sync_message())) == "12nCZ");
    CHECK(sqlstate(client.exchange(run_named("s", {"7"}))) == "26000");
    CHECK(types(other.exchange(parse("t", "SELECT $1::int") + run_named("t", {"8"}))) == "12DCZ");
    CHECK(types(client.exchange(parse("s", "SELECT 9") + run_named("s"))) == "12DCZ");
}

TEST_CASE("prepared: a portal of a DEALLOCATE whose statement has gone or come meanwhile ends as on a server",
          "[pg]") {
    REQUIRES_POSTGRES();
    Weir weir(one_server());
    const auto answers = [](const Login& login) {
        auto client = WireClient::logged_in(login);
        std::vector<std::string> seen;
        const auto ask = [&](const std::string& request) {
            const auto answer = client.exchange(request);
            seen.push_back(types(answer) + " " + sqlstate(answer));
            for (const auto& message : answer)
                if (message.type == 'E') seen.push_back(message.body);
        };
        for (const bool dropped : {true, false}) {
            ask(query("BEGIN"));
            ask(parse("s", "SELECT 1") + parse("d", "DEALLOCATE s") + bind_portal("p", "d") + sync_message());
            if (dropped) ask(query("DEALLOCATE s"));
            ask(execute("p") + sync_message());
            ask(execute("p") + sync_message());
            ask(query("ROLLBACK"));
            ask(run_named("s"));
            ask(query("DEALLOCATE d"));
        }
        for (const std::string portal : {"p", ""}) {  // bound before there is such a statement
            ask(query("BEGIN"));
            ask(parse("d", "DEALLOCATE s") + bind_portal(portal, "d") + parse("s", "SELECT 1") +
                execute(portal) + sync_message());
            ask(run_named("s"));
            ask(query("ROLLBACK"));
            ask(query("DEALLOCATE d"));
        }
        return seen;
    };
    CHECK(answers(weir.login()) == answers(Postgres::shared().login()));
}

TEST_CASE("prepared: an unnamed statement of the pooler's own is never left for a client to bind", "[pg]") {
    REQUIRES_POSTGRES();
    Weir weir(one_server());
    const auto answer = [](const Login& login) {
        // The Close that the pooler puts in front of the first Bind without a statement is skipped.
        auto client = WireClient::logged_in(login);
        const auto none = bind_portal("", "") + execute("") + sync_message();
        client.send(parse("b", "DEALLOCATE b") + bind_portal("", "b") + execute("") + execute("nowhere") +
                    none + none);
        const auto first = client.read_answer();
        const auto second = client.read_answer();
        return types(first) + " " + sqlstate(first) + " " + types(second) + " " + sqlstate(second);
    };
    CHECK(answer(Postgres::shared().login()) == "12CEZ 34000 EZ 26000");
    CHECK(answer(weir.login()) == "12CEZ 34000 EZ 26000");
}

TEST_CASE(
    "prepared: DEALLOCATE runs from any statement and portal, on whatever server, and again after an error",
    "[pg]") {
    REQUIRES_POSTGRES();
    auto& postgres = scene::settled(Postgres::shared());
    Weir weir(one_server());
    auto client = WireClient::logged_in(weir.login());
    const auto gone = [&] { return sqlstate(client.exchange(run_named("s"))) == "26000"; };
    const auto again = parse("s", "SELECT 1") + sync_message();
    SECTION("parsed in one batch, run in another, on another server") {
        client.exchange(parse("", "DEALLOCATE s") + sync_message());
        client.exchange(again);
        scene::kill_idle_servers(weir, postgres);
        CHECK(command_tag(client.exchange(parse("", "DEALLOCATE s") + sync_message())).empty());
        scene::kill_idle_servers(weir, postgres);
        CHECK(command_tag(client.exchange(run_named(""))) == "DEALLOCATE");
        CHECK(gone());
    }
    SECTION("itself a named statement, more than once") {
        client.exchange(parse("d", "DEALLOCATE PREPARE \"s\"") + sync_message());
        for (int i = 0; i < 2; ++i) {
            client.exchange(again);
            CHECK(command_tag(client.exchange(run_named("d"))) == "DEALLOCATE");
            CHECK(gone());
            CHECK(sqlstate(client.exchange(run_named("d"))) == "26000");
        }
    }
    SECTION("a portal that is bound with others and run last") {
        client.exchange(again);
        const auto answer = client.exchange(
            parse("", "DEALLOCATE s") + bind_portal("p", "") + bind_portal("", "s") + execute("") +
            execute("p") + parse("s", "SELECT 2") + bind_portal("", "s") + execute("") + sync_message());
        CHECK(types(answer) == "122DCC12DCZ");
        CHECK(rows(client.exchange(run_named("s"))) == Rows{{"2"}});
    }
    SECTION("in a transaction that is rolled back: it is gone all the same") {
        client.exchange(again);
        client.exchange(query("BEGIN"));
        client.exchange(parse("", "DEALLOCATE s") + run_named(""));
        client.exchange(query("ROLLBACK"));
        CHECK(gone());
    }
}

TEST_CASE("prepared: a Parse that fails or is skipped leaves its name free", "[pg]") {
    REQUIRES_POSTGRES();
    Weir weir(one_server());
    auto client = WireClient::logged_in(weir.login());
    CHECK(sqlstate(client.exchange(parse("s", "SELEC 1") + sync_message())) == "42601");
    CHECK(sqlstate(client.exchange(run_named("s"))) == "26000");
    CHECK(types(client.exchange(parse("s", "SELECT 1") + run_named("s"))) == "12DCZ");
    const auto skipped =
        client.exchange(bind_portal("", "s", {"too", "many"}) + parse("t", "SELECT 2") + sync_message());
    CHECK(types(skipped) == "EZ");
    CHECK(sqlstate(client.exchange(run_named("t"))) == "26000");
    CHECK(types(client.exchange(parse("t", "SELECT 3") + run_named("t"))) == "12DCZ");
}

TEST_CASE("prepared: statements live on when their server is lost", "[pg]") {
    REQUIRES_POSTGRES();
    auto& postgres = scene::settled(Postgres::shared());
    Weir weir(one_server());
    auto client = Client::connect(weir.login());
    client.prepare("s", "SELECT $1::text || '!'");
    CHECK(client.prepared("s", {"before"}).rows == Rows{{"before!"}});
    scene::kill_idle_servers(weir, postgres);
    CHECK(client.prepared("s", {"after"}).rows == Rows{{"after!"}});
}

TEST_CASE("prepared: Describe gives every client the shape of its own statement", "[pg]") {
    REQUIRES_POSTGRES();
    Weir weir(one_server());
    auto narrow = WireClient::logged_in(weir.login());
    auto wide = WireClient::logged_in(weir.login());
    narrow.exchange(parse("s", "SELECT 1 AS one") + sync_message());
    wide.exchange(parse("s", "SELECT $1::int AS a, $2::text AS b") + sync_message());
    const auto of_narrow = narrow.exchange(describe_statement("s") + sync_message());
    const auto of_wide = wide.exchange(describe_statement("s") + sync_message());
    REQUIRE(types(of_narrow) == "tTZ");
    REQUIRE(types(of_wide) == "tTZ");
    CHECK(of_narrow[0].body == int16(0));
    CHECK(of_narrow[1].body.substr(0, 6) == int16(1) + cstring("one"));
    CHECK(of_wide[0].body == int16(2) + int32(23) + int32(25));
    CHECK(of_wide[1].body.substr(0, 4) == int16(2) + cstring("a"));
}

TEST_CASE("prepared: with tracking off names reach the server as they are in session pooling", "[pg]") {
    REQUIRES_POSTGRES();
    Weir weir(one_server().set("max_prepared_statements", "0").set("pool_mode", "session"));
    auto client = Client::connect(weir.login());
    client.prepare("as_it_is", "SELECT 1");
    CHECK(client.value("SELECT name FROM pg_prepared_statements") == "as_it_is");
    CHECK(client.prepared("as_it_is", {}).rows == Rows{{"1"}});
}
