#include "pooler/worker/console_link.h"

#include "protocol/frame.h"

namespace pooler {

namespace {

/// Messages a console may send while its command runs, before it is taken for an attack.
constexpr std::size_t kMaxQueued = 1000;

}  // namespace

ConsoleLink::ConsoleLink(ClientSession& session, ConsoleRole role, Control& control,
                         ConsoleRegistry& registry, unsigned worker)
    : session_{&session}, control_{&control}, registry_{&registry}, worker_{worker}, dialogue_{role} {
    control_->console_opened(session.id());
}

ConsoleLink::~ConsoleLink() {
    registry_->console_closed(session_->id());
    control_->console_gone(session_->id());
}

bool ConsoleLink::on_message(char type, std::string_view body) {
    if (body.size() > ConsoleDialogue::kMaxMessageBytes || queued_.size() >= kMaxQueued) return false;
    if (dialogue_.busy() || !queued_.empty()) {
        queued_.emplace_back(type, body);
        return true;
    }
    return feed(type, body);
}

bool ConsoleLink::feed(char type, std::string_view body) {
    std::string out;
    const DialogueStep step = dialogue_.on_message(type, body, out);
    StatCounters& counters = registry_->console_counters();
    counters.received_bytes += protocol::kHeaderBytes + body.size();
    if (step.run) {
        ++counters.query_count;
        ++counters.xact_count;
    }
    if (!out.empty()) session_->send_console(out);
    if (step.run) control_->run_command(worker_, session_->id(), *step.run);
    return !step.close;
}

void ConsoleLink::answer(CommandAnswer answer) {
    std::string out;
    dialogue_.answer(std::move(answer), out);
    session_->send_console(out);
    while (!dialogue_.busy() && !queued_.empty() && session_->state() == SessionState::kConsole) {
        const auto [type, body] = std::move(queued_.front());
        queued_.pop_front();
        if (!feed(type, body)) return session_->close("console closed");
    }
}

void ConsoleLink::on_cancel() { control_->console_cancelled(session_->id()); }

}  // namespace pooler
