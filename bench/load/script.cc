#include "bench/load/script.h"

#include <array>
#include <random>
#include <span>
#include <string_view>

#include "bench/wire.h"

namespace bench {

namespace {

// Many enough that no pooler meets the same text of a simple Query soon again: pgbench's differ each time.
constexpr std::size_t kTpcbTransactions = 4096;

/// One statement of a transaction; $1, $2 ... in `sql` stand for `values`.
struct Command {
    std::string_view sql;
    std::span<const std::string> values;
};

std::string startup_packet(const LoadOptions& options) {
    std::string out;
    MessageWriter{out, 0}
        .int32(kProtocolVersion3)
        .cstring("user")
        .cstring(options.user)
        .cstring("database")
        .cstring(options.database)
        .cstring("application_name")
        .cstring("load_generator")
        .cstring("client_encoding")
        .cstring("UTF8")
        .byte('\0');
    return out;
}

std::string statement_name(std::size_t index) { return "bench_" + std::to_string(index + 1); }

// With its values in place of $1 to $9, as pgbench sends it.
std::string with_values(const Command& command) {
    std::string out;
    for (std::size_t i = 0; i < command.sql.size(); ++i) {
        const bool value = command.sql[i] == '$' && !command.values.empty();
        if (value) {
            out += command.values[static_cast<std::size_t>(command.sql[++i] - '1')];
        } else {
            out.push_back(command.sql[i]);
        }
    }
    return out;
}

void parse(std::string& out, std::string_view name, std::string_view sql) {
    MessageWriter{out, 'P'}.cstring(name).cstring(sql).int16(0);
}

// What libpq sends to run a statement: Bind, Describe of the portal, Execute, Sync.
void bind_execute_sync(std::string& out, std::string_view name, std::span<const std::string> values) {
    {
        MessageWriter bind{out, 'B'};
        bind.cstring("").cstring(name).int16(0).int16(static_cast<std::uint16_t>(values.size()));
        for (const auto& value : values) bind.int32(static_cast<std::uint32_t>(value.size())).bytes(value);
        bind.int16(0);
    }
    MessageWriter{out, 'D'}.byte('P').cstring("");
    MessageWriter{out, 'E'}.cstring("").int32(0);
    MessageWriter{out, 'S'};
}

std::string step(LoadMode mode, const Command& command, std::size_t index) {
    std::string out;
    switch (mode) {
        case LoadMode::kExtended:
            parse(out, "", command.sql);
            bind_execute_sync(out, "", command.values);
            return out;
        case LoadMode::kPrepared: bind_execute_sync(out, statement_name(index), command.values); return out;
        case LoadMode::kSimple:
        case LoadMode::kConnect:
        case LoadMode::kIdle: break;
    }
    MessageWriter{out, 'Q'}.cstring(with_values(command));
    return out;
}

std::vector<std::string> steps(LoadMode mode, std::span<const Command> commands) {
    std::vector<std::string> out;
    for (std::size_t i = 0; i < commands.size(); ++i) out.push_back(step(mode, commands[i], i));
    return out;
}

std::string prepare_all(std::span<const Command> commands) {
    std::string out;
    for (std::size_t i = 0; i < commands.size(); ++i) parse(out, statement_name(i), commands[i].sql);
    MessageWriter{out, 'S'};
    return out;
}

// pgbench's built-in tpcb-like script with the values of one transaction: delta, account, teller, branch.
class TpcbTransaction {
 public:
    explicit TpcbTransaction(std::minstd_rand& random)
        : values_{draw(random, -5000, 5000), draw(random, 1, 1000000), draw(random, 1, 100),
                  draw(random, 1, 10)},
          teller_{values_[0], values_[2]},
          branch_{values_[0], values_[3]},
          history_{values_[2], values_[3], values_[1], values_[0]} {}

    [[nodiscard]] std::array<Command, 7> commands() const {
        const auto account = std::span{values_}.first(2);
        return {{{"BEGIN;", {}},
                 {"UPDATE pgbench_accounts SET abalance = abalance + $1 WHERE aid = $2;", account},
                 {"SELECT abalance FROM pgbench_accounts WHERE aid = $1;", account.last(1)},
                 {"UPDATE pgbench_tellers SET tbalance = tbalance + $1 WHERE tid = $2;", teller_},
                 {"UPDATE pgbench_branches SET bbalance = bbalance + $1 WHERE bid = $2;", branch_},
                 {"INSERT INTO pgbench_history (tid, bid, aid, delta, mtime) VALUES ($1, $2, $3, $4, "
                  "CURRENT_TIMESTAMP);",
                  history_},
                 {"END;", {}}}};
    }

 private:
    static std::string draw(std::minstd_rand& random, int low, int high) {
        return std::to_string(std::uniform_int_distribution{low, high}(random));
    }

    std::array<std::string, 4> values_;
    std::array<std::string, 2> teller_;
    std::array<std::string, 2> branch_;
    std::array<std::string, 4> history_;
};

void build_tpcb(LoadMode mode, Script& out) {
    std::minstd_rand random{1};  // NOLINT(cert-msc51-cpp): the same load on both sides of a pair
    for (std::size_t i = 0; i < kTpcbTransactions; ++i) {
        const TpcbTransaction one{random};
        out.transactions.push_back(steps(mode, one.commands()));
        if (i == 0 && mode == LoadMode::kPrepared) out.prepare = prepare_all(one.commands());
    }
}

void build_single(const LoadOptions& options, Script& out) {
    const std::array commands{Command{options.sql, {}}};
    if (options.mode == LoadMode::kPrepared) out.prepare = prepare_all(commands);
    auto transaction = steps(options.mode, commands);
    if (options.in_transaction) {
        transaction.insert(transaction.begin(), step(LoadMode::kSimple, {"BEGIN", {}}, 0));
        transaction.push_back(step(LoadMode::kSimple, {"COMMIT", {}}, 0));
    }
    out.transactions.push_back(std::move(transaction));
}

}  // namespace

Script build_script(const LoadOptions& options) {
    Script out;
    MessageWriter{out.ssl_request, 0}.int32(kSslRequest);
    out.startup = startup_packet(options);
    options.tpcb ? build_tpcb(options.mode, out) : build_single(options, out);
    MessageWriter{out.terminate, 'X'};
    return out;
}

}  // namespace bench
