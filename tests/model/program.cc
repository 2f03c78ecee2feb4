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

constexpr std::array kNames{"", "", "a", "b", "c"};

class Author {
 public:
    Author(std::uint32_t seed, int client) : random_{seed}, table_{table_of(client)} {}

    Step step() {
        Step made;
        const int units = chance(15) ? 2 + pick(4) : 1;
        for (int i = 0; i < units; ++i) unit(made);
        if (chance(15)) made.piece_bytes = 1 + static_cast<std::size_t>(pick(40));
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
        if (kind < 38) return query(step, choose(kBlocks));
        if (kind < 50) return query(step, choose(kQueries));
        if (kind < 54) return copy_in(step);
        if (kind < 55 && chance(40)) return query(step, kHiddenSet);
        const int messages = 1 + pick(6);
        for (int i = 0; i < messages; ++i) message(step);
        say(step, wire::sync_message(), "Sync");
    }

    void query(Step& step, const std::string& sql) { say(step, wire::query(sql), "Query " + sql); }

    void copy_in(Step& step) {
        query(step, "COPY " + table_ + " FROM STDIN");
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
        std::string sql = chance(15) ? choose(kBlocks) : choose(kTexts);
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

    /// A batch without its Sync, or a part of a message: neither may leave anything behind.
    Step abandoned() {
        Step made;
        made.kind = Step::Kind::kAbandon;
        const std::string insert = "INSERT INTO " + table_ + " VALUES (99, 'abandoned')";
        if (chance(50))
            say(made, wire::parse("", insert) + wire::bind_portal("", "") + wire::execute(""),
                "batch without end");
        else
            say(made, wire::query(insert).substr(0, 12), "part of a Query");
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
