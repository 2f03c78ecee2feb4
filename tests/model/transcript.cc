#include "tests/model/transcript.h"

#include <algorithm>
#include <optional>
#include <random>

#include "tests/support/wire_client.h"

namespace model {

namespace wire = support::wire;
using support::WireClient;

namespace {

/// Longer than a busy machine keeps anybody waiting.
constexpr std::chrono::milliseconds kPatience{45'000};
constexpr std::chrono::milliseconds kBetweenCancels{20};

std::string printable(const std::string& bytes) {
    std::string text;
    for (const char c : bytes) text += c >= ' ' && c <= '~' ? c : '.';
    return text;
}

/// Behind a column's name: OID of the table, number of the column. Source: PostgreSQL docs, "Message
/// Formats".
std::string without_tables(const std::string& description) {
    std::string text = description.substr(0, 2);
    for (std::size_t at = 2; at < description.size();) {
        const std::size_t end = description.find('\0', at);
        text += description.substr(at, end + 1 - at) + description.substr(end + 5, 14);
        at = end + 19;
    }
    return text;
}

std::string error_text(const wire::Message& message) {
    auto fields = wire::error_fields(message);
    return fields['S'] + " " + fields['C'] + " " + fields['M'] + " " + fields['P'] + " " + fields['D'];
}

/// Each is through before the next: the server closes the connection that carried it.
void cancel(const WireClient& client, const support::Login& login) {
    WireClient carrier(login.port);
    carrier.send(wire::cancel_request(client.backend_key()));
    static_cast<void>(carrier.read_to_end());
}

/// One answer; nothing if the next part of it does not come, as a mistake of the pooler's may have it. What
/// `cancels` is cancelled until all of it is there: what comes before its statement runs has no effect.
std::optional<wire::Messages> read_answer(WireClient& client, const support::Login& login, bool cancels) {
    const auto end = support::Clock::now() + kPatience;
    wire::Messages answer;
    while (answer.empty() || answer.back().type != 'Z') {
        if (client.silent(cancels ? kBetweenCancels : kPatience)) {
            if (support::Clock::now() >= end) return std::nullopt;
            cancel(client, login);
        } else if (auto message = client.read()) {
            answer.push_back(std::move(*message));
        } else {
            break;
        }
    }
    // What was cancelled while it waited for a server has not begun.
    const std::string_view left_out = cancels ? "12TS" : "S";
    std::erase_if(answer, [left_out](const wire::Message& message) {
        return left_out.find(message.type) != std::string_view::npos;
    });
    return answer;
}

bool send(WireClient& client, const Step& step) {
    if (step.pieces == 0) return client.send(step.bytes);
    std::mt19937 random(step.pieces);
    for (std::string_view rest = step.bytes; !rest.empty();) {
        const std::size_t bytes = std::min<std::size_t>(1 + random() % 60, rest.size());
        if (!client.send(rest.substr(0, bytes))) return false;
        rest.remove_prefix(bytes);
    }
    return true;
}

}  // namespace

std::string line_of(const wire::Messages& answer, bool failed) {
    std::string line;
    for (const auto& message : answer) {
        line += message.type;
        if (message.type == 'E' && failed)
            line += "[in a failed transaction]";
        else if (message.type == 'E' || message.type == 'N')
            line += "[" + error_text(message) + "]";
        else if (message.type == 'T')
            line += "[" + printable(without_tables(message.body)) + "]";
        else if (!message.body.empty())
            line += "[" + printable(message.body) + "]";
    }
    return line;
}

Transcript play(const support::Login& login, const support::wire::Parameters& startup,
                const std::vector<Step>& program) {
    Transcript lines;
    bool failed = false;
    std::string error;
    auto client = WireClient::log_in(login, startup, error);
    for (const Step& step : program) {
        if (!client) {
            lines.push_back(error);
            continue;
        }
        const bool sent = send(*client, step);
        if (step.kind == Step::Kind::kAbandon) {
            client.reset();
            if (auto again = WireClient::log_in(login, startup, error)) client.emplace(std::move(*again));
            lines.emplace_back("came back");
            failed = false;
            continue;
        }
        const bool cancels = step.kind == Step::Kind::kCancel;
        if (cancels && step.answers == 0) cancel(*client, login);
        std::string line = sent ? "" : "not taken ";
        for (int i = 0; i < step.answers; ++i) {
            const auto answer = read_answer(*client, login, cancels);
            if (!answer) {
                line += error = "no answer";
                client.reset();
                break;
            }
            line += line_of(*answer, failed) + " ";
            failed = wire::transaction_status(*answer) == 'E';
        }
        lines.push_back(line);
    }
    return lines;
}

}  // namespace model
