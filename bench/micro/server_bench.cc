// What the pooler's own bookkeeping costs for each transaction: the ledger over a request and its replies,
// finding a prepared statement, comparing session variables.
#include <benchmark/benchmark.h>

#include <array>
#include <string>
#include <vector>

#include "pooler/server/ledger.h"
#include "pooler/server/parameters.h"
#include "pooler/server/server_statements.h"
#include "pooler/server/statement.h"
#include "protocol/extended_query.h"

namespace {

using pooler::Request;
using protocol::BackendType;
using Replies = std::vector<BackendType>;

// Pushes the requests and judges the replies; false if the ledger finds fault or is not empty afterwards.
bool pass(pooler::Ledger& ledger, std::uint64_t& sequence, const std::vector<Request>& requests,
          const Replies& replies) {
    for (const auto request : requests) {
        if (!ledger.push({request, pooler::Delivery::kForward, ++sequence})) return false;
    }
    for (const auto reply : replies) {
        if (ledger.on_reply(reply).action == pooler::Verdict::Action::kViolation) return false;
    }
    return ledger.empty();
}

void run_ledger(benchmark::State& state, const std::vector<Request>& requests, const Replies& replies) {
    pooler::Ledger ledger;
    std::uint64_t sequence = 0;
    for (auto _ : state) {
        if (!pass(ledger, sequence, requests, replies)) return state.SkipWithError("the ledger found fault");
    }
    state.SetItemsProcessed(state.iterations() * static_cast<std::int64_t>(replies.size()));
}

void ledger_simple_query(benchmark::State& state) {
    Replies replies{BackendType::kRowDescription};
    replies.insert(replies.end(), static_cast<std::size_t>(state.range(0)), BackendType::kDataRow);
    replies.insert(replies.end(), {BackendType::kCommandComplete, BackendType::kReadyForQuery});
    run_ledger(state, {Request::kQuery}, replies);
}
BENCHMARK(ledger_simple_query)->Arg(1)->Arg(100);

void ledger_extended_batch(benchmark::State& state) {
    run_ledger(state,
               {Request::kParse, Request::kBind, Request::kDescribePortal, Request::kExecute, Request::kSync},
               {BackendType::kParseComplete, BackendType::kBindComplete, BackendType::kRowDescription,
                BackendType::kDataRow, BackendType::kCommandComplete, BackendType::kReadyForQuery});
}
BENCHMARK(ledger_extended_batch);

std::string text_of(std::int64_t i) {
    return "SELECT abalance FROM pgbench_accounts WHERE aid = $1 AND bid = " + std::to_string(i);
}

// A client's Parse: the text is hashed and found among `range` others.
void statement_intern(benchmark::State& state) {
    pooler::StatementTable table;
    std::vector<pooler::StatementRef> kept;
    for (std::int64_t i = 0; i < state.range(0); ++i) {
        kept.push_back(table.intern(text_of(i), protocol::kNoTypes));
    }
    const auto text = text_of(state.range(0) / 2);
    for (auto _ : state) benchmark::DoNotOptimize(table.intern(text, protocol::kNoTypes));
    if (table.size() != kept.size()) state.SkipWithError("a known text was not found");
}
BENCHMARK(statement_intern)->Arg(1)->Arg(1000);

// A client's Bind: does this server have the statement?
void statement_on_server(benchmark::State& state) {
    pooler::StatementTable table;
    pooler::ServerStatements server;
    std::vector<pooler::StatementRef> kept;
    for (std::int64_t i = 0; i < state.range(0); ++i) {
        kept.push_back(table.intern(text_of(i), protocol::kNoTypes));
        server.add(kept.back(), static_cast<std::uint64_t>(i) + 1);
    }
    const auto settled = kept.size();
    server.on_settled(settled);
    std::size_t next = 0;
    for (auto _ : state) {
        const auto presence = server.find(kept[next], settled, settled + 1);
        if (presence != pooler::ServerStatements::Presence::kPresent) return state.SkipWithError("not found");
        next = next + 1 == kept.size() ? 0 : next + 1;
    }
}
BENCHMARK(statement_on_server)->Arg(1)->Arg(200);

// Before a client gets a server: are its variables those of the client? Shared: both have the very same set,
// as most have.
void parameters_fit(benchmark::State& state) {
    const pooler::TrackedNames names{{}};
    const bool shared = state.range(0) != 0;
    pooler::ParameterSet server;
    pooler::ParameterSet client;
    for (std::size_t i = 0; i < names.size(); ++i) server.set(i, "a value", names.size());
    for (std::size_t i = 0; i < names.size(); ++i) client.set(i, "a value", names.size());
    if (shared) client.adopt(server);
    for (auto _ : state) {
        if (!server.fits(client)) return state.SkipWithError("equal sets do not fit");
    }
}
BENCHMARK(parameters_fit)->ArgName("shared")->Arg(1)->Arg(0);

}  // namespace
