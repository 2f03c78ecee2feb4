#include "tests/model/program.h"

#include <array>
#include <random>

#include "tests/support/wire_message.h"

namespace model {

namespace wire = support::wire;

namespace {

/// Statements for a Query or a Parse without parameters; # stands for the client's table.
constexpr std::array kTexts{
    "SELECT 'constant', 7",
    "SELECT count(*), sum(x), min(who) FROM #",
    "SELECT x FROM # ORDER BY x LIMIT 3",
    "INSERT INTO # SELECT count(*), 'w' FROM #",
    "UPDATE # SET x = x + 1 WHERE x % 3 = 0",
    "DELETE FROM # WHERE x > 40",
    "SELECT 1/0",
    "SELEC",
    "SELECT * FROM nowhere",
    "",
    "SHOW application_name",
    "SHOW DateStyle",
    "SHOW work_mem",
    "SHOW search_path",
    "SHOW transaction_read_only",
    "SHOW transaction_isolation",
    "SELECT g FROM generate_series(1, 5) g",
};

constexpr std::array kBlocks{"BEGIN",
                             "BEGIN",
                             "START TRANSACTION",
                             "BEGIN NOT DEFERRABLE",
                             "COMMIT",
                             "COMMIT",
                             "ROLLBACK",
                             "SAVEPOINT a",
                             "ROLLBACK TO a",
                             "RELEASE a",
                             "COMMIT AND CHAIN",
                             "END",
                             "ABORT",
                             "BEGIN READ ONLY",
                             "BEGIN ISOLATION LEVEL REPEATABLE READ"};

/// Only in a simple Query: several statements, or what a batch would not take.
constexpr std::array kQueries{
    "SELECT 1; SELECT 2",
    "INSERT INTO # VALUES (1, 'm'); SELECT 1/0; SELECT 3",
    "BEGIN; INSERT INTO # VALUES (2, 'm'); COMMIT",
    "BEGIN; SELECT 4",
    "COMMIT; SELECT 5",
    ";",
    "SET application_name = 'one'",
    "SET application_name = 'two'",
    "RESET application_name",
    "SET DateStyle = 'SQL, DMY'",
    "SET LOCAL application_name = 'local'",
    "SET work_mem = '5MB'",
    "SET work_mem = '6MB'",
    "RESET work_mem",
    "SET LOCAL work_mem = '7MB'",
    "BEGIN; SET work_mem = '8MB'",
    "SAVEPOINT a; SET work_mem = '9MB'",
    "BEGIN; SAVEPOINT a; SET work_mem = '10MB'; ROLLBACK TO a; COMMIT",
    "BEGIN; SET work_mem = '11MB'; ROLLBACK",
    "BEGIN; SET LOCAL work_mem = '12MB'; COMMIT",
    "RESET ALL",
    "DEALLOCATE a",
    "DEALLOCATE ALL",
    "DEALLOCATE ALL",
    "DISCARD ALL",
    "COPY # TO STDOUT",
};

/// The rest of the SET family, and what ties a client to its server until it is gone.
constexpr std::array kSessions{
    "SET TIME ZONE 'Europe/Berlin'",
    "SET TIME ZONE LOCAL",
    "SHOW TimeZone",
    "SET NAMES 'UTF8'",
    "SET ROLE app",
    "SET ROLE other",
    "SET ROLE NONE",
    "RESET ROLE",
    "SHOW role",
    "SET SESSION AUTHORIZATION app",
    "RESET SESSION AUTHORIZATION",
    "SELECT session_user, current_user",
    "SET SESSION CHARACTERISTICS AS TRANSACTION ISOLATION LEVEL REPEATABLE READ",
    "SET SESSION CHARACTERISTICS AS TRANSACTION ISOLATION LEVEL READ COMMITTED",
    "SHOW default_transaction_isolation",
    "SELECT set_config('work_mem', '13MB', false)",
    "SELECT set_config('work_mem', '14MB', true)",
    "SET search_path = public, pg_catalog",
    "SET SESSION search_path TO DEFAULT",
    "SET my.own = 'x'; SHOW my.own",
    "DISCARD PLANS",
    "DISCARD SEQUENCES",
    "DISCARD TEMP",
    "PREPARE q AS SELECT 10",
    "EXECUTE q",
    "DEALLOCATE q",
    "CREATE TEMP TABLE tt (x int)",
    "INSERT INTO tt VALUES (1)",
    "SELECT count(*) FROM tt",
    "DROP TABLE tt",
    "DECLARE c CURSOR WITH HOLD FOR SELECT 11",
    "FETCH c",
    "CLOSE c",
    "SELECT pg_advisory_lock(hashtext('#'))",
    "SELECT pg_advisory_unlock(hashtext('#'))",
    "LISTEN #",
    "UNLISTEN *",
};

constexpr std::array kDefinitions{
    "ALTER TABLE # ADD COLUMN extra int",
    "ALTER TABLE # DROP COLUMN extra",
    "CREATE INDEX #_index ON # (x)",
    "DROP INDEX IF EXISTS #_index",
    "TRUNCATE #",
    "CREATE TABLE #_other (y int)",
    "DROP TABLE IF EXISTS #_other",
    "SELECT count(*) FROM #_other",
};

/// In a batch also what changes the session.
constexpr std::array kBatchTexts{
    "DEALLOCATE a",
    "DEALLOCATE PREPARE b",
    "DEALLOCATE ALL",
    "SET work_mem = '15MB'",
    "SET LOCAL work_mem = '16MB'",
    "SET application_name = 'three'",
    "SELECT set_config('work_mem', '17MB', false)",
};

constexpr std::array kNames{"", "", "a", "b", "c"};

class Author {
 public:
    Author(std::uint32_t seed, int client) : random_{seed}, table_{table_of(client)} {}

    Step step() {
        Step made;
        const int units = chance(15) ? 2 + pick(4) : 1;
        for (int i = 0; i < units; ++i) unit(made);
        if (chance(15)) made.pieces = 1U + static_cast<std::uint32_t>(pick(1000));
        if (chance(2)) return abandoned();
        return made;
    }

 private:
    bool chance(int percent) { return pick(100) < percent; }
    int pick(int count) { return static_cast<int>(random_() % static_cast<std::uint32_t>(count)); }
    template <class Choices>
    std::string choose(const Choices& choices) {
        std::string text = choices[static_cast<std::size_t>(pick(static_cast<int>(choices.size())))];
        for (auto at = text.find('#'); at != std::string::npos; at = text.find('#', at))
            text.replace(at, 1, table_);
        return text;
    }

    void say(Step& step, const std::string& bytes, const std::string& text) {
        step.bytes += bytes;
        step.text += text + " | ";
    }

    /// What no SET shows: hidden state keeps its client on its server.
    static constexpr const char* kHiddenSet =
        "DO $$BEGIN PERFORM set_config('search_path', 'public, pg_catalog', false); END$$";

    void unit(Step& step) {
        ++step.answers;
        const int kind = pick(100);
        if (kind < 20) return query(step, choose(kTexts));
        if (kind < 38) return some_query(step, choose(kBlocks));
        if (kind < 48) return some_query(step, choose(kQueries));
        if (kind < 50) return query(step, choose(kSessions));
        if (kind < 52) return query(step, choose(kDefinitions));
        if (kind < 54) return copy_in(step);
        if (kind < 55) return chance(40) ? query(step, kHiddenSet) : call(step);
        if (kind < 57) return copy_in_batch(step);
        const int messages = 1 + pick(6);
        for (int i = 0; i < messages; ++i) message(step);
        say(step, wire::sync_message(), "Sync");
    }

    /// BEGIN with options that a transaction takes before its first snapshot only.
    static bool must_come_first(const std::string& sql) {
        return sql.find("DEFERRABLE") != std::string::npos || sql.find("ISOLATION") != std::string::npos;
    }

    void query(Step& step, const std::string& sql) { say(step, wire::query(sql), "Query " + sql); }

    /// The pooler answers a Parse, and a DEALLOCATE of what was prepared in the protocol, so that only
    /// PostgreSQL itself would have a snapshot behind it, and refuse a second BEGIN with options: there is
    /// one before.
    void some_query(Step& step, const std::string& sql) {
        if (sql == "DEALLOCATE a" || must_come_first(sql)) {
            query(step, "SELECT 12");
            ++step.answers;
        }
        query(step, sql);
    }

    /// abs(int4), as a function call of the protocol.
    void call(Step& step) { say(step, wire::function_call(1397, {chance(80) ? "-5" : "five"}), "abs(-5)"); }

    /// Under a name of its own: bound by chance, what follows would be read as COPY data, and PostgreSQL ends
    /// the connection.
    void copy_in_batch(Step& step) {
        const std::string sql = "COPY " + table_ + " (x, who) FROM STDIN";
        say(step,
            wire::close_statement("copy") + wire::parse("copy", sql) + wire::bind_portal("", "copy") +
                wire::execute(""),
            "batch of " + sql);
        copy_data(step);
        say(step, wire::sync_message(), "Sync");
    }

    void copy_in(Step& step) {
        query(step, "COPY " + table_ + " (x, who) FROM STDIN");
        copy_data(step);
    }

    void copy_data(Step& step) {
        const int lines = pick(3);
        for (int i = 0; i < lines; ++i)
            say(step, wire::copy_data(std::to_string(i) + "\tcopied\n"), "CopyData");
        if (chance(20)) say(step, wire::copy_data("not a number\tcopied\n"), "bad CopyData");
        if (chance(15))
            say(step, wire::copy_fail("changed my mind"), "CopyFail");
        else
            say(step, wire::copy_done(), "CopyDone");
    }

    /// Mostly whole rounds of Parse, Bind, Execute; sometimes a message that does not belong.
    void message(Step& step) {
        const std::string name = kNames[static_cast<std::size_t>(pick(kNames.size()))];
        const int kind = pick(100);
        if (kind < 40) return whole_round(step, name);
        if (kind < 55) return bind_and_execute(step, name, chance(30));
        if (kind < 65) return parse(step, name);
        // No Describe without its Parse: in a failed transaction a server that lacks the statement cannot be
        // given it, where one's own could still tell its parameters.
        if (kind < 83) return say(step, wire::close_statement(name), "Close " + name);
        if (kind < 88) return say(step, wire::describe_portal(""), "Describe portal");
        if (kind < 95) return say(step, wire::close_portal(""), "Close portal");
        return say(step, wire::flush_message(), "Flush");
    }

    void parse(Step& step, const std::string& name) {
        // A broken text only without a name: with one that is in use, it matters in a failed transaction
        // whether the server still has the statement of that name.
        std::string sql = chance(15) ? choose(kBlocks) : chance(12) ? choose(kBatchTexts) : choose(kTexts);
        if (must_come_first(sql)) sql = "BEGIN READ ONLY";
        if (sql == "SELEC" && !name.empty()) sql = "SELECT 8";
        say(step, wire::parse(name, sql), "Parse " + name + " = " + sql);
    }

    void whole_round(Step& step, const std::string& name) {
        if (!name.empty() && chance(70)) say(step, wire::close_statement(name), "Close " + name);
        if (chance(25)) {
            const std::string sql = "SELECT $1::int + 1, '" + table_ + "'";
            say(step, wire::parse(name, sql), "Parse " + name + " = " + sql);
            if (chance(50)) say(step, wire::describe_statement(name), "Describe " + name);
            bind_and_execute(step, name, true);
        } else {
            parse(step, name);
            bind_and_execute(step, name, false);
        }
    }

    void bind_and_execute(Step& step, const std::string& name, bool parameter) {
        if (parameter)
            say(step, wire::bind_portal("", name, {std::to_string(pick(100))}), "Bind " + name + "(n)");
        else
            say(step, wire::bind_portal("", name), "Bind " + name);
        if (chance(30)) say(step, wire::describe_portal(""), "Describe portal");
        // No Execute without its Bind: in a failed transaction that crashes PostgreSQL 15.
        const int executes = chance(15) ? 2 : 1;
        for (int i = 0; i < executes; ++i) say(step, wire::execute("", executes == 2 ? 2 : 0), "Execute");
    }

    /// What the server never sees the end of: nothing of it may stay.
    Step abandoned() {
        Step made;
        made.kind = Step::Kind::kAbandon;
        const std::string insert = "INSERT INTO " + table_ + " VALUES (99, 'abandoned')";
        const int kind = pick(4);
        if (kind == 0)
            say(made, wire::parse("", insert) + wire::bind_portal("", "") + wire::execute(""),
                "batch without end");
        else if (kind == 1)
            say(made, wire::query(insert).substr(0, 12), "part of a Query");
        else if (kind == 2)
            say(made, wire::query("BEGIN") + wire::query(insert), "block without end");
        else
            say(made, wire::query("COPY " + table_ + " FROM STDIN") + wire::copy_data("99\tabandoned\n"),
                "COPY without end");
        if (kind != 1 && chance(50)) say(made, wire::terminate(), "Terminate");
        return made;
    }

    std::mt19937 random_;
    std::string table_;
};

}  // namespace

std::string table_of(int client) { return "model_" + std::to_string(client); }

support::wire::Parameters startup_of(int client) {
    support::wire::Parameters parameters{{"application_name", "start_" + std::to_string(client)}};
    if (client % 2 == 1) parameters.emplace_back("options", "-c work_mem=3MB");
    return parameters;
}

std::vector<Step> random_program(std::uint32_t seed, int client, int steps) {
    Author author(seed, client);
    std::vector<Step> program;
    for (int i = 0; i < steps; ++i) program.push_back(author.step());
    return program;
}

}  // namespace model
