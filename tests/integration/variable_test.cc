// Session variables follow their client over one shared server, whether the server reports them or not, and
// leave nothing for the next one.
#include "tests/integration/scene.h"
#include "tests/support/fault_proxy.h"

using namespace support;

namespace {

WeirConfig one_server(const std::string& keys = "") {
    return scene::before(Postgres::shared(), keys).set("default_pool_size", "1");
}

/// A value that differs from the present one and that the server takes; empty if none was found.
std::string other_value(Client& direct, const Row& variable) {
    const std::string& name = variable[0];
    const std::string& type = variable[1];
    std::vector<std::string> candidates;
    if (type == "bool") candidates = {"on", "off"};
    if (type == "integer" || type == "real") candidates = {"100000", "3", "2", "1", "0.5", "0"};
    if (type == "enum") {
        for (const Row& row :
             direct.query("SELECT unnest(enumvals) FROM pg_settings WHERE name = '" + name + "'").rows)
            candidates.push_back(row[0]);
    }
    if (type == "string")
        candidates = {"LATIN1", "Asia/Tokyo", "SQL, DMY", "POSIX", "pg_catalog.english",
                      "India",  "app",        "a, b"};
    const std::string before = direct.value("SHOW " + name);
    std::string found;
    for (const std::string& candidate : candidates) {
        const bool taken = direct.try_query("SET " + name + " = '" + candidate + "'").ok;
        const auto shown = taken ? direct.try_query("SHOW " + name) : Outcome{};
        static_cast<void>(direct.try_query("RESET " + name));
        if (taken && shown.ok && shown.rows[0][0] != before) return candidate;
    }
    return found;
}

/// Variables that a user may set, those of the transaction left out: nothing of them outlives it.
Rows user_variables(Client& direct) {
    return direct
        .query(
            "SELECT name, vartype FROM pg_settings WHERE context = 'user' AND name NOT LIKE 'transaction_%' "
            "ORDER BY name")
        .rows;
}

std::string shown(WireClient& client, const std::string& name) {
    const auto rows = wire::rows(client.exchange(wire::query("SHOW " + name)));
    return rows.empty() ? "(error)" : rows[0][0];
}

}  // namespace

TEST_CASE("variables: whatever a user may set is its client's alone", "[pg]") {
    REQUIRES_POSTGRES();
    Weir weir(one_server());
    auto direct = Client::connect(Postgres::shared().login());
    auto a = Client::connect(weir.login());
    auto b = Client::connect(weir.login());
    int tried = 0;
    int without_value = 0;
    for (const Row& variable : user_variables(direct)) {
        const std::string& name = variable[0];
        CAPTURE(name);
        const std::string value = other_value(direct, variable);
        if (value.empty()) {
            ++without_value;
            continue;
        }
        ++tried;
        const std::string show = "SHOW " + name;
        const std::string before = b.value(show);
        a.query("SET " + name + " = '" + value + "'");
        const std::string after = a.value(show);
        CHECK(after != before);
        CHECK(b.value(show) == before);
        CHECK(b.value(show) == before);
        CHECK(a.value(show) == after);
        a.query("RESET " + name);
        CHECK(b.value(show) == before);
        CHECK(a.value(show) == before);
    }
    CHECK(tried > 100);
    CHECK(without_value < 10);
}

TEST_CASE("variables: all of them at once, in two clients with other values each", "[pg]") {
    REQUIRES_POSTGRES();
    Weir weir(one_server());
    auto direct = Client::connect(Postgres::shared().login());
    auto a = Client::connect(weir.login());
    auto plain = Client::connect(weir.login());
    const std::string all =
        "SELECT name, setting FROM pg_settings WHERE name NOT IN ('application_name') ORDER BY 1";
    const Rows before = plain.query(all).rows;
    for (const Row& variable : user_variables(direct)) {
        const std::string value = other_value(direct, variable);
        if (!value.empty() && variable[0] != "client_encoding" && variable[0] != "application_name")
            a.query("SET " + variable[0] + " = '" + value + "'");
    }
    const Rows changed = a.query(all).rows;
    CHECK(changed != before);
    CHECK(plain.query(all).rows == before);
    CHECK(a.query(all).rows == changed);
    a.query("RESET ALL");
    CHECK(a.query(all).rows == before);
    CHECK(plain.query(all).rows == before);
}

TEST_CASE("variables: every form of SET is followed", "[pg]") {
    REQUIRES_POSTGRES();
    struct Form {
        const char* set;
        const char* show;
        const char* value;
    };
    const Form forms[] = {
        {"SET work_mem TO 1234", "SHOW work_mem", "1234kB"},
        {"SET SESSION work_mem = '2MB'", "SHOW work_mem", "2MB"},
        {"SELECT set_config('work_mem', '3MB', false)", "SHOW work_mem", "3MB"},
        {"SELECT pg_catalog.set_config('search_path', 'a, \"B c\"', false)", "SHOW search_path",
         "a, \"B c\""},
        {"SET search_path = \"$user\", public, 'x y', \"Q\"", "SHOW search_path",
         "\"$user\", public, \"x y\", \"Q\""},
        {"SET SCHEMA 'it''s'", "SHOW search_path", "\"it's\""},
        {"SET seq_page_cost = 1.5", "SHOW seq_page_cost", "1.5"},
        {"SET extra_float_digits = -3", "SHOW extra_float_digits", "-3"},
        {"SET enable_seqscan = FALSE", "SHOW enable_seqscan", "off"},
        {"set \"App\".\"Tenant\" to 'Ünïcode \\ \"x\"'", "SELECT current_setting('app.tenant')",
         "Ünïcode \\ \"x\""},
        {"SET myapp.json = $${\"a\": 'b'}$$", "SHOW myapp.json", "{\"a\": 'b'}"},
        {"SET SESSION CHARACTERISTICS AS TRANSACTION ISOLATION LEVEL SERIALIZABLE, READ ONLY, DEFERRABLE",
         "SHOW default_transaction_isolation", "serializable"},
        {"SET XML OPTION DOCUMENT", "SHOW xmloption", "document"},
        {"SET TIME ZONE 'Asia/Tokyo'", "SHOW timezone", "Asia/Tokyo"},
        {"SET TIME ZONE INTERVAL '-08:00' HOUR TO MINUTE", "SHOW timezone", "<-08>+08"},
        {"SET NAMES 'LATIN1'", "SHOW client_encoding", "LATIN1"},
        {"SET work_mem = '4MB'; SET maintenance_work_mem = '5MB'", "SHOW maintenance_work_mem", "5MB"},
    };
    Weir weir(one_server());
    auto other = Client::connect(weir.login());
    for (const Form& form : forms) {
        CAPTURE(form.set);
        auto client = Client::connect(weir.login());
        const auto normal = other.try_query(form.show);
        client.query(form.set);
        CHECK(client.value(form.show) == form.value);
        const auto theirs = other.try_query(form.show);
        // A name of an application stays known on the server, without a value.
        const bool unset = theirs.rows == Rows{{""}} && !normal.ok;
        CAPTURE(theirs.message);
        if (!unset) CHECK(theirs.rows == normal.rows);
        CHECK(client.value(form.show) == form.value);
    }
}

TEST_CASE("variables: transactions, savepoints and errors decide as on a direct connection", "[pg]") {
    REQUIRES_POSTGRES();
    const std::vector<std::vector<const char*>> programs = {
        {"BEGIN", "SET work_mem = '1MB'", "ROLLBACK"},
        {"BEGIN", "SET work_mem = '1MB'", "COMMIT"},
        {"BEGIN", "SET LOCAL work_mem = '1MB'", "COMMIT"},
        {"SET work_mem = '1MB'", "BEGIN", "SET work_mem = '2MB'", "SELECT 1/0", "COMMIT"},
        {"BEGIN", "SET work_mem = '1MB'", "SAVEPOINT s", "SET work_mem = '2MB'", "ROLLBACK TO s", "COMMIT"},
        {"BEGIN", "SAVEPOINT s", "SET work_mem = '2MB'", "SELECT 1/0", "ROLLBACK TO SAVEPOINT S", "COMMIT"},
        {"BEGIN", "SAVEPOINT \"S\"", "SET work_mem = '2MB'", "RELEASE \"S\"", "COMMIT"},
        {"SET work_mem = '1MB'; SELECT 1/0"},
        {"SET work_mem = '1MB'; COMMIT; SET work_mem = '2MB'; SELECT 1/0"},
        {"BEGIN; SET work_mem = '1MB'; COMMIT; SET work_mem = 'x'"},
        {"SET work_mem = 'nonsense'"},
        {"SET work_mem = '1MB'", "RESET work_mem"},
        {"SET work_mem = '1MB'", "SET work_mem TO DEFAULT"},
        {"SET work_mem = '1MB'", "BEGIN", "RESET ALL", "ROLLBACK"},
        {"SET work_mem = '1MB'", "DISCARD ALL"},
        {"BEGIN", "SET work_mem = '1MB'", "COMMIT AND CHAIN", "SET work_mem = '2MB'", "ROLLBACK"},
        {"BEGIN", "SELECT set_config('work_mem', '1MB', true)", "COMMIT"},
        {"BEGIN", "SET work_mem = '1MB'", "SET LOCAL work_mem = '2MB'", "COMMIT"},
    };
    Weir weir(one_server());
    auto other = Client::connect(weir.login());
    for (const auto& program : programs) {
        CAPTURE(program[0], program.size());
        auto client = Client::connect(weir.login());
        auto direct = Client::connect(Postgres::shared().login());
        const auto normal = other.value("SHOW work_mem");
        for (const char* statement : program)
            CHECK(client.try_query(statement).sqlstate == direct.try_query(statement).sqlstate);
        CHECK(other.value("SHOW work_mem") == normal);
        CHECK(client.value("SHOW work_mem") == direct.value("SHOW work_mem"));
    }
}

TEST_CASE("variables: pipelines decide as on a direct connection", "[pg]") {
    REQUIRES_POSTGRES();
    const auto step = [](const char* sql) {
        return wire::parse("", sql) + wire::bind_portal("", "") + wire::execute("");
    };
    const std::string pipelines[] = {
        step("SET work_mem = '1MB'") + step("SELECT 1/0") + wire::sync_message(),
        step("SET work_mem = '1MB'") + wire::sync_message() + step("SELECT 1/0") + wire::sync_message(),
        step("BEGIN") + step("SET work_mem = '1MB'") + step("COMMIT") + step("SET work_mem = '2MB'") +
            step("SELECT 1/0") + wire::sync_message(),
        wire::parse("p", "SET work_mem = '3MB'") + wire::bind_portal("q", "p") + wire::execute("q") +
            wire::sync_message() + step("SELECT 1") + wire::sync_message(),
        step("BEGIN") + step("SAVEPOINT s") + step("SET work_mem = '1MB'") + step("ROLLBACK TO s") +
            step("COMMIT") + wire::sync_message(),
        wire::query("SET work_mem = '1MB'") + step("SET work_mem = '2MB'") + step("SELECT 1/0") +
            wire::sync_message() + wire::query("SELECT 1"),
        step("SET work_mem = '1MB'") + step("RESET work_mem") + wire::sync_message(),
    };
    Weir weir(one_server());
    auto other = Client::connect(weir.login());
    const std::string normal = other.value("SHOW work_mem");
    for (const std::string& pipeline : pipelines) {
        CAPTURE(pipeline);
        auto client = WireClient::logged_in(weir.login());
        auto direct = WireClient::logged_in(Postgres::shared().login());
        client.send(pipeline + wire::query("SELECT 'end'"));
        direct.send(pipeline + wire::query("SELECT 'end'"));
        while (wire::rows(client.read_answer()) != Rows{{"end"}}) continue;
        while (wire::rows(direct.read_answer()) != Rows{{"end"}}) continue;
        CHECK(other.value("SHOW work_mem") == normal);
        CHECK(shown(client, "work_mem") == shown(direct, "work_mem"));
    }
}

TEST_CASE("variables: the server gets only what differs, and nothing from equal clients", "[pg]") {
    REQUIRES_POSTGRES();
    Weir weir(one_server());
    const auto waits = [&] {
        std::uint64_t sum = 0;
        for (const auto& row : weir.show("PREFIXES")) sum += std::stoull(row.at("prefix_waits"));
        return sum;
    };
    std::vector<Client> clients;
    for (int i = 0; i < 4; ++i) {
        clients.push_back(
            Client::connect(weir.login().with("application_name=same options='-c work_mem=7MB'")));
        clients.back().query("SET lock_timeout = '9s'");
    }
    for (Client& client : clients) CHECK(client.value("SHOW work_mem") == "7MB");
    const auto before = waits();
    CHECK(before > 0);
    for (int round = 0; round < 5; ++round)
        for (Client& client : clients) CHECK(client.value("SHOW lock_timeout") == "9s");
    CHECK(waits() == before);
    auto different = Client::connect(weir.login().with("application_name=same"));
    CHECK(different.value("SHOW lock_timeout") == "0");
    CHECK(waits() == before + 1);
}

TEST_CASE("variables: a free server that fits is preferred", "[pg]") {
    REQUIRES_POSTGRES();
    Weir weir(scene::before(Postgres::shared()).set("default_pool_size", "2").set("workers", "1"));
    auto a = Client::connect(weir.login());
    auto b = Client::connect(weir.login());
    scene::begin(a);
    b.query("SET work_mem = '9MB'");  // over the second server
    a.query("COMMIT");
    const std::string first = a.value("SELECT pg_backend_pid()");
    const std::string second = b.value("SELECT pg_backend_pid()");
    CHECK(first != second);
    for (int i = 0; i < 5; ++i) {
        CHECK(b.value("SELECT pg_backend_pid()") == second);
        CHECK(a.value("SELECT pg_backend_pid()") == first);
    }
}

TEST_CASE("variables: start-up values hold from the first statement and are what RESET goes back to",
          "[pg]") {
    REQUIRES_POSTGRES();
    Weir weir(one_server());
    auto other = Client::connect(weir.login());
    auto client = Client::connect(weir.login().with(
        "application_name=mine options='-c work_mem=7MB -cseq_page_cost=2 --geqo=off -c my.text=a\\\\ b "
        "-c search_path=x,\"Y\" -c timezone=Asia/Tokyo'"));
    const auto check_start = [&] {
        CHECK(other.value("SHOW work_mem") != "7MB");
        CHECK(client.value("SHOW work_mem") == "7MB");
        CHECK(client.value("SHOW seq_page_cost") == "2");
        CHECK(client.value("SHOW geqo") == "off");
        CHECK(client.value("SHOW my.text") == "a b");
        CHECK(client.value("SHOW search_path") == "x,\"Y\"");
        CHECK(client.value("SHOW timezone") == "Asia/Tokyo");
        CHECK(client.value("SHOW application_name") == "mine");
    };
    check_start();
    for (const char* reset : {"RESET ALL", "DISCARD ALL"}) {
        CAPTURE(reset);
        client.query("SET work_mem = '1MB'");
        client.query("SET my.text = 'z'");
        client.query("SET timezone = 'America/Lima'");
        client.query("SET application_name = 'changed'");
        CHECK(client.parameter("TimeZone") == "America/Lima");
        client.query(reset);
        check_start();
        CHECK(client.parameter("TimeZone") == "Asia/Tokyo");
        CHECK(client.parameter("application_name") == "mine");
    }
    for (const char* reset :
         {"RESET work_mem", "SET work_mem TO DEFAULT", "SET SESSION work_mem = DEFAULT"}) {
        client.query("SET work_mem = '1MB'");
        client.query(reset);
        check_start();
    }
    client.query("SET TIME ZONE 'America/Lima'");
    client.query("SET TIME ZONE LOCAL");
    check_start();
}

TEST_CASE("variables: start-up values return inside a transaction, and leave with it", "[pg]") {
    REQUIRES_POSTGRES();
    Weir weir(one_server());
    auto other = Client::connect(weir.login());
    auto client = Client::connect(weir.login().with("options='-c work_mem=7MB -c timezone=Asia/Tokyo'"));
    client.query("SET work_mem = '1MB'");
    client.query("SET timezone = 'America/Lima'");
    client.query("BEGIN");
    client.query("RESET ALL");
    CHECK(client.value("SHOW work_mem") == "7MB");
    CHECK(client.value("SHOW timezone") == "Asia/Tokyo");
    client.query("ROLLBACK");
    CHECK(client.value("SHOW work_mem") == "1MB");
    CHECK(client.value("SHOW timezone") == "America/Lima");
    CHECK(client.parameter("TimeZone") == "America/Lima");
    client.query("BEGIN");
    client.query("SAVEPOINT s");
    client.query("RESET work_mem");
    CHECK_FALSE(client.try_query("SELECT 1/0").ok);
    client.query("ROLLBACK TO s");
    CHECK(client.value("SHOW work_mem") == "1MB");
    client.query("RESET work_mem");
    client.query("COMMIT");
    CHECK(other.value("SHOW work_mem") != "7MB");
    CHECK(client.value("SHOW work_mem") == "7MB");
}

TEST_CASE("variables: start-up values return before the next request of a pipeline", "[pg]") {
    REQUIRES_POSTGRES();
    Weir weir(one_server());
    auto client = WireClient::logged_in(weir.login(), {{"work_mem", "7MB"}, {"TimeZone", "Asia/Tokyo"}});
    const auto step = [](const char* sql) {
        return wire::parse("", sql) + wire::bind_portal("", "") + wire::execute("");
    };
    client.send(wire::query("SET work_mem = '1MB'") + wire::query("DISCARD ALL") +
                wire::query("SHOW work_mem") + wire::query("SHOW timezone") + step("SET work_mem = '2MB'") +
                wire::sync_message() + step("RESET work_mem") + wire::sync_message() + step("SHOW work_mem") +
                wire::sync_message());
    client.read_answer();
    client.read_answer();
    CHECK(wire::rows(client.read_answer()) == Rows{{"7MB"}});
    CHECK(wire::rows(client.read_answer()) == Rows{{"Asia/Tokyo"}});
    client.read_answer();
    client.read_answer();
    CHECK(wire::rows(client.read_answer()) == Rows{{"7MB"}});
}

TEST_CASE("variables: what the server refuses at the start is the client's error, and nothing runs", "[pg]") {
    REQUIRES_POSTGRES();
    Postgres& postgres = Postgres::shared();
    postgres.control().query("CREATE TABLE IF NOT EXISTS never (n int); GRANT ALL ON never TO PUBLIC");
    Weir weir(one_server());
    const std::pair<const char*, const char*> wrong[] = {{"no_such_variable", "42704"}, {"role", "22023"}};
    for (const auto& [name, sqlstate] : wrong) {
        CAPTURE(name);
        auto simple = WireClient::logged_in(weir.login(), {{name, "nosuch"}});
        simple.send(wire::query("INSERT INTO never VALUES (1)"));
        CHECK(wire::sqlstate(simple.read_to_end()) == sqlstate);
        auto extended = WireClient::logged_in(weir.login(), {{name, "nosuch"}});
        extended.send(wire::parse("", "INSERT INTO never VALUES (1)") + wire::bind_portal("", "") +
                      wire::execute("") + wire::sync_message());
        CHECK(wire::sqlstate(extended.read_to_end()) == sqlstate);
    }
    CHECK(postgres.control().value("SELECT count(*) FROM never") == "0");
    auto good = Client::connect(weir.login());
    CHECK(good.value("SELECT 1") == "1");
}

TEST_CASE("variables: a value that became wrong keeps the statement from running", "[pg]") {
    REQUIRES_POSTGRES();
    Postgres& postgres = Postgres::shared();
    postgres.control().query("CREATE TABLE IF NOT EXISTS never (n int); GRANT ALL ON never TO PUBLIC");
    postgres.control().query("CREATE ROLE fleeting; GRANT fleeting TO app");
    Weir weir(one_server());
    auto client = Client::connect(weir.login());
    auto other = Client::connect(weir.login());
    client.query("SET ROLE fleeting");
    CHECK(other.value("SELECT current_user") == "app");
    postgres.control().query("DROP ROLE fleeting");
    CHECK(client.try_query("INSERT INTO never VALUES (1)").sqlstate == "22023");
    CHECK(postgres.control().value("SELECT count(*) FROM never") == "0");
    CHECK(other.value("SELECT current_user") == "app");
}

TEST_CASE("variables: SET ROLE nosuch before INSERT, in one text and in one batch", "[pg]") {
    REQUIRES_POSTGRES();
    Postgres& postgres = Postgres::shared();
    postgres.control().query("CREATE TABLE IF NOT EXISTS never (n int); GRANT ALL ON never TO PUBLIC");
    Weir weir(one_server());
    auto client = WireClient::logged_in(weir.login());
    CHECK(wire::sqlstate(client.exchange(wire::query("SET ROLE nosuch; INSERT INTO never VALUES (1)"))) ==
          "22023");
    const auto step = [](const char* sql) {
        return wire::parse("", sql) + wire::bind_portal("", "") + wire::execute("");
    };
    CHECK(wire::sqlstate(client.exchange(step("SET ROLE nosuch") + step("INSERT INTO never VALUES (1)") +
                                         wire::sync_message())) == "22023");
    CHECK(postgres.control().value("SELECT count(*) FROM never") == "0");
}

TEST_CASE("variables: role and session authorization are nobody else's", "[pg]") {
    REQUIRES_POSTGRES();
    Weir weir(one_server("user=postgres"));
    auto a = Client::connect(weir.login());
    auto b = Client::connect(weir.login());
    const std::string who = "SELECT session_user || ' ' || current_user";
    a.query("SET ROLE app");
    CHECK(a.value(who) == "postgres app");
    CHECK(b.value(who) == "postgres postgres");
    b.query("SET SESSION AUTHORIZATION other");
    CHECK(a.value(who) == "postgres app");
    CHECK(b.value(who) == "other other");
    a.query("SET SESSION AUTHORIZATION app");
    CHECK(a.value(who) == "app app");
    CHECK(b.value(who) == "other other");
    b.query("RESET SESSION AUTHORIZATION");
    CHECK(a.value(who) == "app app");
    CHECK(b.value(who) == "postgres postgres");
    a.query("DISCARD ALL");
    CHECK(a.value(who) == "postgres postgres");
    a.query("SET ROLE app");
    a.query("SET work_mem = '1MB'");
    a.query("RESET ALL");  // leaves the role
    CHECK(b.value(who) == "postgres postgres");
    CHECK(a.value(who) == "postgres app");
    a.query("SET ROLE NONE");
    CHECK(a.value(who) == "postgres postgres");
    a.query("BEGIN; SET ROLE other; ROLLBACK");
    CHECK(b.value(who) == "postgres postgres");
    CHECK(a.value(who) == "postgres postgres");
}

TEST_CASE("variables: a client that dies in the middle of its SETs leaves nothing", "[pg]") {
    REQUIRES_POSTGRES();
    Weir weir(one_server());
    auto witness = Client::connect(weir.login());
    const std::string normal = witness.value("SHOW work_mem");
    for (const char* last : {"SET work_mem = '1MB'", "BEGIN; SET work_mem = '1MB'",
                             "SET work_mem = '1MB'; SELECT pg_sleep(0)"}) {
        CAPTURE(last);
        auto client = WireClient::logged_in(weir.login(), {{"work_mem", "7MB"}});
        client.send(wire::query(last));
        client.reset();
        CHECK(witness.value("SHOW work_mem") == normal);
    }
}

TEST_CASE("variables: parameters that only a proxy may set are refused", "[pg]") {
    REQUIRES_POSTGRES();
    Weir weir(one_server());
    for (const char* name : {"crdb:remote_addr", "CRDB:session_revival_token_base64"}) {
        WireClient client(weir.port());
        client.send(wire::startup({{"user", "app"}, {"database", "app"}, {name, "203.0.113.7:1"}}));
        CHECK(wire::error_text(client.read_to_end()) ==
              "unsupported startup parameter: " + std::string{name});
    }
    WireClient client(weir.port());
    client.send(wire::startup(
        {{"user", "app"}, {"database", "app"}, {"options", "-c crdb:remote_addr=203.0.113.7"}}));
    CHECK(wire::error_text(client.read_to_end()).find("unsupported startup parameter") == 0);
}

TEST_CASE("variables: without tracked statements, names of the client's own are followed all the same",
          "[pg]") {
    REQUIRES_POSTGRES();
    Weir weir(one_server().set("max_prepared_statements", "0"));
    auto client = Client::connect(weir.login());
    auto other = Client::connect(weir.login());
    const std::string normal = other.value("SHOW work_mem");
    CHECK(client.try_params("SET work_mem = '1MB'", {}).ok);
    CHECK(other.value("SHOW work_mem") == normal);
    CHECK(client.value("SHOW work_mem") == "1MB");
}

TEST_CASE("variables: a start-up value that the server spells in its own way is asked for once", "[pg]") {
    REQUIRES_POSTGRES();
    Weir weir(one_server());
    Client::connect(weir.login()).query("SET DateStyle = 'SQL'");
    auto client = WireClient::logged_in(weir.login(), {{"DateStyle", "ISO"}, {"my.text", "sch\u00e9ma"}});
    CHECK(shown(client, "DateStyle") == "ISO, MDY");
    CHECK(shown(client, "my.text") == "sch\u00e9ma");
    client.exchange(wire::query("RESET DateStyle"));
    CHECK(shown(client, "DateStyle") == "ISO, MDY");
}

TEST_CASE("variables: the data of a COPY passes while start-up values wait for their return", "[pg]") {
    REQUIRES_POSTGRES();
    Weir weir(one_server());
    auto client = WireClient::logged_in(weir.login(), {{"work_mem", "7MB"}});
    client.exchange(wire::query("DROP TABLE IF EXISTS copied_t; CREATE TABLE copied_t (x int)"));
    client.send(wire::query("RESET work_mem; COPY copied_t FROM STDIN"));
    REQUIRE(client.read_until('G').back().type == 'G');
    client.send(wire::copy_data("1\n2\n") + wire::copy_done());
    CHECK(wire::command_tag(client.read_answer()) == "COPY 2");
    CHECK(shown(client, "work_mem") == "7MB");
    client.exchange(wire::query("DROP TABLE copied_t"));
}

TEST_CASE("variables: what is in flight when a client leaves is not taken for known", "[pg]") {
    REQUIRES_POSTGRES();
    FaultProxy proxy(Postgres::shared().port());
    Weir weir(WeirConfig{}.database(proxy.port()).set("default_pool_size", "1").set("workers", "1"));
    auto witness = Client::connect(weir.login());
    witness.query("SELECT 1");
    auto client = WireClient::logged_in(weir.login());
    Fault stall;
    stall.stall = true;
    proxy.from_target(stall);
    // With a backslash the value can be read in two ways.
    client.send(wire::query("SET my.tenant = 'a\\b'"));
    REQUIRE(eventually([&] { return weir.pool("sv_active") == 1; }));
    client.reset();
    REQUIRE(eventually([&] { return weir.show("CLIENTS").size() == 2; }));  // the witness and the console
    proxy.heal();
    CHECK(witness.value("SELECT coalesce(current_setting('my.tenant', true), '')") == "");
}

TEST_CASE("variables: what connect_query has set outlives every RESET", "[pg]") {
    REQUIRES_POSTGRES();
    Weir weir(one_server("connect_query='SET work_mem = 11000'"));
    auto other = Client::connect(weir.login());
    for (const char* change : {"SET work_mem = '1MB'", "RESET work_mem", "RESET ALL", "DISCARD ALL"}) {
        CAPTURE(change);
        auto client = Client::connect(weir.login());
        client.query(change);
        CHECK(other.value("SHOW work_mem") == "11000kB");
    }
}
