// What passes in clear before a session: a client's requests for encryption and what it glues behind them,
// its first byte if it begins with TLS at once, and a server's answer to our own request. The pooler's
// deciding functions run over the bytes as they would come from a socket, and are held against a second
// reading of the documents. Input: options, bytes of each read, length of the server's answer; that answer;
// the client's bytes.
#include <algorithm>
#include <cstdint>
#include <string>
#include <variant>

#include "fuzz/check.h"
#include "pooler/server/tls_request.h"
#include "pooler/session/opening.h"

namespace {

using pooler::Opening;
using Kind = Opening::Kind;

constexpr unsigned kOffersTls = 1;
constexpr unsigned kRequiresTls = 2;

std::uint32_t number_at(std::string_view data, std::size_t at) {
    std::uint32_t value = 0;
    for (std::size_t i = 0; i < 4; ++i) value = value << 8U | static_cast<unsigned char>(data[at + i]);
    return value;
}

/// The same question answered by the length and the code alone, where they are enough.
void check_kind(const Opening& opening, std::string_view data, bool offered, bool secured) {
    constexpr std::uint32_t kLargest = 65535;
    const bool known = data.size() >= 4;
    const std::uint32_t length = known ? number_at(data, 0) : 0;
    const bool sane = known && length >= 8 && length <= kLargest;
    const bool whole = sane && data.size() >= length;
    fuzz::require((opening.kind == Kind::kIncomplete) == (!known || (sane && !whole)),
                  "waits for what can come");
    if (!whole) return fuzz::require(opening.kind == Kind::kIncomplete || !opening.fault.empty(), "says why");
    const std::uint32_t code = number_at(data, 4);
    const bool ssl = code == protocol::kSslRequestCode && length == 8;
    const bool gss = code == protocol::kGssEncRequestCode && length == 8;
    const bool glued = data.size() > length;
    const bool answered = (ssl || gss) && !glued && !secured;
    fuzz::require((opening.kind == Kind::kTls) == (answered && ssl && offered), "TLS begins when it may");
    fuzz::require((opening.kind == Kind::kInClear) == (answered && !(ssl && offered)), "or is refused");
    fuzz::require(opening.refuse_encryption == ((ssl || gss) && glued && !secured),
                  "N before that error only");
    if (opening.kind == Kind::kMessage) fuzz::require(code >> 16U == 3, "only protocol 3 begins a session");
    if (opening.kind == Kind::kCancel) fuzz::require(code == protocol::kCancelRequestCode, "a cancel is one");
    fuzz::require((opening.kind == Kind::kFault) == (opening.bytes == 0), "what is taken is the packet");
    fuzz::require(opening.bytes == 0 || opening.bytes == length, "no byte more than the packet is taken");
}

bool inside(std::string_view part, std::string_view whole) {
    return part.empty() ||
           (part.data() >= whole.data() && part.data() + part.size() <= whole.data() + whole.size());
}

void check_views(const Opening& opening, std::string_view data) {
    const std::string_view packet = data.substr(0, opening.bytes);
    if (const auto* message = std::get_if<protocol::StartupMessage>(&opening.packet); message != nullptr)
        for (const auto& [name, value] : message->parameters)
            fuzz::require(opening.kind != Kind::kMessage || (inside(name, packet) && inside(value, packet)),
                          "parameters lie inside the packet");
    if (const auto* cancel = std::get_if<protocol::CancelRequest>(&opening.packet); cancel != nullptr)
        fuzz::require(opening.kind != Kind::kCancel || inside(cancel->key, packet), "so does a cancel key");
}

/// Reads as a session does: what was left over in front of what comes.
class Client {
 public:
    Client(std::string_view bytes, std::size_t read_bytes, bool offers)
        : bytes_{bytes}, read_bytes_{std::max<std::size_t>(read_bytes, 1)}, offers_{offers} {}

    void run() {
        if (offers_ && !bytes_.empty() && pooler::begins_handshake(bytes_.front())) {
            fuzz::require(pooler::read_opening(bytes_.substr(0, 4), true, false).kind != Kind::kTls,
                          "a handshake is no packet");
            return;  // the rest is OpenSSL's
        }
        while (open_ && !bytes_.empty()) {
            const std::size_t size = std::min(bytes_.size(), read_bytes_);
            rest_.append(bytes_.substr(0, size));
            bytes_.remove_prefix(size);
            walk();
        }
    }

 private:
    void walk() {
        for (std::size_t before = 0; open_ && before != rest_.size();) {
            before = rest_.size();
            const Opening opening = pooler::read_opening(rest_, offers_, secured_);
            check_kind(opening, rest_, offers_, secured_);
            check_views(opening, rest_);
            open_ = opening.kind == Kind::kIncomplete || opening.kind == Kind::kInClear ||
                    opening.kind == Kind::kTls;
            if (opening.kind == Kind::kTls) {
                fuzz::require(rest_.size() == opening.bytes, "nothing in clear gets into TLS");
                secured_ = true;  // what follows stands for what the handshake let through
            }
            rest_.erase(0, opening.bytes);
        }
        fuzz::require(!open_ || rest_.size() <= protocol::kMaxStartupBytes,
                      "nobody is waited for beyond the limit");
    }

    std::string_view bytes_;
    std::size_t read_bytes_;
    bool offers_;
    bool secured_ = false;
    bool open_ = true;
    std::string rest_;
};

void check_server(std::string_view answer, bool required) {
    using Next = pooler::TlsAnswer::Next;
    const auto judged = pooler::judge_tls_answer(answer, required);
    fuzz::require((judged.next == Next::kHandshake) == (answer == "S"), "an S alone begins TLS");
    fuzz::require((judged.next == Next::kPlain) == (answer == "N" && !required),
                  "clear only where it is allowed");
    fuzz::require((judged.next == Next::kFailed) == !judged.fault.empty(), "a failure says why");
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    constexpr std::size_t kHead = 3;
    if (size < kHead) return 0;
    const std::string_view input{reinterpret_cast<const char*>(data), size};
    const unsigned options = data[0];
    const std::string_view rest = input.substr(kHead);
    const std::string_view answer = rest.substr(0, data[2]);
    if (!answer.empty()) check_server(answer, (options & kRequiresTls) != 0);
    Client{rest.substr(answer.size()), data[1], (options & kOffersTls) != 0}.run();
    return 0;
}
