// A console client that may send anything: the first byte is its role and how commands end, the rest a stream
// of messages. Replies must be whole messages, and no command comes out that the role may not run.
#include <cstdint>
#include <string>

#include "fuzz/check.h"
#include "pooler/console/columns.h"
#include "pooler/console/dialogue.h"
#include "protocol/frame.h"
#include "protocol/message_type.h"

namespace {

using pooler::Command;
using protocol::ByteView;

/// Rows that fit the columns promised: words and numbers by turns, then NULL.
pooler::CommandAnswer answer_to(const Command& command, bool fails) {
    if (fails) return pooler::answer_error({"refused"});
    const auto columns = pooler::columns_of(command);
    if (columns.empty()) return pooler::answer_done();
    pooler::ResultSet set(columns);
    for (const int number : {0, 10000, -123456789}) {
        set.row();
        for (std::size_t i = 0; i < columns.size(); ++i) set.integer(std::int32_t{number});
    }
    set.row();
    for (std::size_t i = 0; i < columns.size(); ++i) set.null();
    return pooler::answer_rows(std::move(set));
}

void check_replies(ByteView bytes) {
    while (!bytes.empty()) {
        fuzz::require(bytes.size() >= protocol::kHeaderBytes, "a reply has its header");
        const auto header = protocol::read_header(bytes);
        fuzz::require(header.valid() && header.total_bytes() <= bytes.size(), "a reply is whole");
        fuzz::require(protocol::known_backend(header.type), "a reply is of a known type");
        bytes.remove_prefix(header.total_bytes());
    }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    ByteView input{reinterpret_cast<const char*>(data), size};
    if (input.empty()) return 0;
    const auto role = (input[0] & 1) != 0 ? pooler::ConsoleRole::kAdmin : pooler::ConsoleRole::kStats;
    const bool fails = (input[0] & 2) != 0;
    input.remove_prefix(1);
    pooler::ConsoleDialogue dialogue(role);
    while (input.size() >= protocol::kHeaderBytes) {
        const auto header = protocol::read_header(input);
        if (!header.valid() || header.total_bytes() > input.size()) break;
        std::string out;
        const ByteView body = input.substr(protocol::kHeaderBytes, header.body_bytes());
        const pooler::DialogueStep step = dialogue.on_message(header.type, body, out);
        if (step.run) {
            fuzz::require(dialogue.busy(), "a command handed out is awaited");
            fuzz::require(pooler::allowed(role, *step.run), "the role may run what comes out");
            dialogue.answer(answer_to(*step.run, fails), out);
        }
        fuzz::require(!dialogue.busy(), "an answer ends the command");
        check_replies(out);
        if (step.close) break;
        input.remove_prefix(header.total_bytes());
    }
    return 0;
}
