// The console of one session: the dialogue, and the way of its commands to the process and back. Owned by the
// session; its worker finds it by the session's id when an answer arrives.
#pragma once

#include <deque>
#include <string>
#include <string_view>

#include "pooler/console/dialogue.h"
#include "pooler/console/report.h"
#include "pooler/session/client_session.h"
#include "pooler/worker/control.h"

namespace pooler {

class ConsoleLink;

/// Keeps track of the open consoles of a worker and counts their traffic.
class ConsoleRegistry {
 public:
    virtual void console_closed(std::uint64_t session) = 0;
    [[nodiscard]] virtual StatCounters& console_counters() = 0;

 protected:
    ~ConsoleRegistry() = default;
};

class ConsoleLink final : public ConsoleSession {
 public:
    ConsoleLink(ClientSession& session, ConsoleRole role, Control& control, ConsoleRegistry& registry,
                unsigned worker);
    ~ConsoleLink() override;

    [[nodiscard]] bool on_message(char type, std::string_view body) override;
    void on_cancel() override;
    /// The command that was running has ended.
    void answer(CommandAnswer answer);

 private:
    [[nodiscard]] bool feed(char type, std::string_view body);

    ClientSession* session_;
    Control* control_;
    ConsoleRegistry* registry_;
    unsigned worker_;
    ConsoleDialogue dialogue_;
    std::deque<std::pair<char, std::string>> queued_;  ///< messages that came while a command ran
};

}  // namespace pooler
