#include "tests/model/program.h"

#include <deque>
#include <random>
#include <utility>

#include "tests/model/texts.h"
#include "tests/support/wire_message.h"

namespace model {

namespace wire = support::wire;

namespace {

class Author {
 public:
    Author(std::uint32_t seed, int client, Hidden hidden)
        : random_{seed}, table_{table_of(client)}, hidden_{hidden} {}

    Step step() {
        if (story_.empty() && chance(2)) tell_of_portal();
        Step made;
        if (!story_.empty()) {
            made = std::move(story_.front());
            story_.pop_front();
        } else if (chance(2)) {
            return chance(50) ? abandoned() : cancelled();
        } else {
            const int units = chance(15) ? 2 + pick(4) : 1;
            for (int i = 0; i < units; ++i) unit(made);
        }
        if (chance(15)) made.pieces = 1U + static_cast<std::uint32_t>(pick(1000));
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

    /// What no SET shows.
    [[nodiscard]] const char* hidden_set() const {
        return hidden_ == Hidden::kAsked
                   ? "DO $$BEGIN PERFORM set_config('search_path', 'public, pg_catalog', false); END$$"
                   : "DO $$BEGIN PERFORM set_config('gin_fuzzy_search_limit', '7', false); END$$";
    }

    void unit(Step& step) {
        ++step.answers;
        const int kind = pick(100);
        if (kind < 20) return query(step, choose(kTexts));
        if (kind < 38) return some_query(step, choose(kBlocks));
        if (kind < 48) return some_query(step, choose(kQueries));
        if (kind < 50) return query(step, choose(kSessions));
        if (kind < 52) return query(step, choose(kDefinitions));
        if (kind < 54) return copy_in(step);
        if (kind < 55) return chance(40) ? query(step, hidden_set()) : call(step);
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
        if (kind < 88) return describe_portal(step, a_portal());
        if (kind < 95) return close_portal(step, a_portal());
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
        const std::string portal = a_portal();
        if (!portal.empty() && chance(80)) close_portal(step, portal);
        if (parameter)
            say(step, wire::bind_portal(portal, name, {std::to_string(pick(100))}),
                "Bind " + portal + " = " + name + "(n)");
        else
            say(step, wire::bind_portal(portal, name), "Bind " + portal + " = " + name);
        if (chance(30)) describe_portal(step, portal);
        // No Execute without its Bind: in a failed transaction that crashes PostgreSQL 15.
        const int executes = chance(15) ? 2 : 1;
        for (int i = 0; i < executes; ++i) execute(step, portal, executes == 2 ? 2 : 0);
    }

    std::string a_portal() { return kPortals[static_cast<std::size_t>(pick(kPortals.size()))]; }
    void describe_portal(Step& step, const std::string& portal) {
        say(step, wire::describe_portal(portal), "Describe portal " + portal);
    }
    void close_portal(Step& step, const std::string& portal) {
        say(step, wire::close_portal(portal), "Close portal " + portal);
    }
    void execute(Step& step, const std::string& portal, std::uint32_t rows) {
        say(step, wire::execute(portal, rows), "Execute " + portal + " " + std::to_string(rows));
    }

    /// A portal that outlives its batch, in a transaction that cannot have failed.
    void tell_of_portal() {
        const std::string name = chance(50) ? "" : "a";
        const bool at_once = chance(30);
        tell("ROLLBACK", at_once);
        tell("BEGIN", at_once);
        Step& first = chapter(at_once);
        if (!name.empty()) say(first, wire::close_statement(name), "Close " + name);
        const std::string sql = "SELECT g FROM generate_series(1, 9) g";
        say(first, wire::parse(name, sql), "Parse " + name + " = " + sql);
        say(first, wire::bind_portal("r", name), "Bind r = " + name);
        execute(first, "r", 2);
        say(first, wire::sync_message(), "Sync");
        if (chance(40)) tell(choose(kTexts), at_once);
        Step& second = chapter(at_once);
        if (chance(20)) close_portal(second, "r");
        execute(second, "r", chance(50) ? 3 : 0);
        if (chance(30)) describe_portal(second, "r");
        say(second, wire::sync_message(), "Sync");
        tell(chance(50) ? "COMMIT" : "ROLLBACK", at_once);
    }

    /// Where the next unit of a story goes.
    Step& chapter(bool at_once) {
        if (!at_once || story_.empty()) story_.emplace_back();
        ++story_.back().answers;
        return story_.back();
    }
    void tell(const std::string& sql, bool at_once) { query(chapter(at_once), sql); }

    /// A statement that would run for long, or nothing at all.
    Step cancelled() {
        Step made;
        made.kind = Step::Kind::kCancel;
        made.text = "Cancel";
        if (chance(40)) return made;
        made.answers = 1;
        if (chance(50)) {
            query(made, "SELECT pg_sleep(100)");
        } else {
            say(made, wire::parse("", "SELECT pg_sleep(100)") + wire::bind_portal("", "") + wire::execute(""),
                "batch of SELECT pg_sleep(100)");
            say(made, wire::sync_message(), "Sync");
            Step& closed = chapter(false);  // or a Bind would run it again, and nobody cancels that
            say(closed, wire::close_statement("") + wire::sync_message(), "Close  | Sync");
        }
        return made;
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
    Hidden hidden_;
    std::deque<Step> story_;  ///< steps that belong together and come next
};

}  // namespace

std::string table_of(int client) { return "model_" + std::to_string(client); }

support::wire::Parameters startup_of(int client) {
    support::wire::Parameters parameters{{"application_name", "start_" + std::to_string(client)}};
    if (client % 2 == 1) parameters.emplace_back("options", "-c work_mem=3MB");
    return parameters;
}

std::vector<Step> random_program(std::uint32_t seed, int client, int steps, Hidden hidden) {
    Author author(seed, client, hidden);
    std::vector<Step> program;
    for (int i = 0; i < steps; ++i) program.push_back(author.step());
    return program;
}

}  // namespace model
