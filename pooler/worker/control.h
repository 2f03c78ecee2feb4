// The process, as its workers see it: console commands go up, answers come down. Implemented by the process;
// every function may be called from any worker's thread and only posts.
#pragma once

#include <cstdint>
#include <string>

#include "pooler/console/command.h"
#include "pooler/console/dialogue.h"

namespace pooler {

class Control {
 public:
    virtual void console_opened(std::uint64_t session) = 0;
    virtual void console_gone(std::uint64_t session) = 0;
    virtual void console_cancelled(std::uint64_t session) = 0;
    /// The answer is posted to `worker` for the console of `session`.
    /// A watched database could not be connected to, or lost connections. `target`: which of its endpoints,
    /// as conf::Database names it.
    virtual void report_trouble(std::string database, std::string target, std::string host,
                                std::string reason) = 0;
    /// A node of a cluster goes away; for the log.
    virtual void report_node(std::string database, std::string node, std::string reason) = 0;
    virtual void run_command(unsigned worker, std::uint64_t session, Command command) = 0;

 protected:
    ~Control() = default;
};

}  // namespace pooler
