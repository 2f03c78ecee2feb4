// What the protocol library costs on the path of a query: walking headers, decoding what the pooler must
// read, writing what it says itself. Run with --benchmark_filter=NAME.
#include <benchmark/benchmark.h>

#include <array>
#include <cstdlib>
#include <optional>
#include <string>
#include <string_view>

#include "protocol/byte_writer.h"
#include "protocol/extended_query.h"
#include "protocol/frame.h"
#include "protocol/result.h"
#include "protocol/session_status.h"
#include "protocol/simple_query.h"

namespace {

constexpr std::string_view kSql = "SELECT abalance FROM pgbench_accounts WHERE aid = $1;";
constexpr std::string_view kStatement = "P_0";

// A result of `rows` short rows, as a server sends it.
std::string result_stream(std::int64_t rows) {
    std::string out;
    const std::array<std::optional<std::string_view>, 2> values{"123456", "a text of some length"};
    for (std::int64_t i = 0; i < rows; ++i) protocol::encode_data_row(out, values);
    protocol::encode_command_complete(out, "SELECT 100");
    protocol::encode_ready_for_query(out, protocol::TransactionStatus::kIdle);
    return out;
}

void walk_headers(benchmark::State& state) {
    const auto stream = result_stream(state.range(0));
    for (auto _ : state) {
        std::size_t messages = 0;
        for (std::size_t at = 0; at < stream.size(); ++messages) {
            const auto header = protocol::read_header(protocol::ByteView{stream}.substr(at));
            if (!header.valid()) return state.SkipWithError("invalid header");
            at += header.total_bytes();
        }
        benchmark::DoNotOptimize(messages);
    }
    state.SetItemsProcessed(state.iterations() * (state.range(0) + 2));
    state.SetBytesProcessed(state.iterations() * static_cast<std::int64_t>(stream.size()));
}
BENCHMARK(walk_headers)->Arg(1)->Arg(100)->Arg(1000);

// The body of a message, after `decodes` has accepted it: a benchmark of the error path would look fast.
template <class Decode>
std::string body_of(const std::string& message, Decode decodes) {
    auto body = message.substr(protocol::kHeaderBytes);
    if (!decodes(body)) std::abort();
    return body;
}

void decode_parse(benchmark::State& state) {
    std::string message;
    protocol::encode_parse(message, kStatement, kSql, protocol::kNoTypes);
    const auto body = body_of(message, protocol::decode_parse);
    for (auto _ : state) benchmark::DoNotOptimize(protocol::decode_parse(body));
}
BENCHMARK(decode_parse);

void decode_bind(benchmark::State& state) {
    std::string message;
    {
        protocol::MessageWriter bind{message, protocol::FrontendType::kBind};
        bind.cstring("").cstring(kStatement).int16(0).int16(1).int32(6).bytes("123456").int16(0);
    }
    const auto body = body_of(message, protocol::decode_bind);
    for (auto _ : state) benchmark::DoNotOptimize(protocol::decode_bind(body));
}
BENCHMARK(decode_bind);

void encode_query(benchmark::State& state) {
    std::string out;
    for (auto _ : state) {
        out.clear();
        protocol::encode_query(out, kSql);
        benchmark::DoNotOptimize(out.data());
    }
}
BENCHMARK(encode_query);

// A new Parse with the server's name for a statement, and the Sync behind it.
void encode_parse_and_sync(benchmark::State& state) {
    std::string out;
    for (auto _ : state) {
        out.clear();
        protocol::encode_parse(out, "weir_0123456789abcdef0123456789abcdef", kSql, protocol::kNoTypes);
        protocol::encode_sync(out);
        benchmark::DoNotOptimize(out.data());
    }
}
BENCHMARK(encode_parse_and_sync);

void encode_ready_for_query(benchmark::State& state) {
    std::string out;
    for (auto _ : state) {
        out.clear();
        protocol::encode_ready_for_query(out, protocol::TransactionStatus::kIdle);
        benchmark::DoNotOptimize(out.data());
    }
}
BENCHMARK(encode_ready_for_query);

}  // namespace
