#include "protocol/scram.h"
#include "protocol/scram_text.h"

namespace protocol {
namespace {

constexpr std::size_t kNonceBytes = 18;
constexpr std::string_view kEndPointFlag = "p=tls-server-end-point";

tl::unexpected<ScramError> failed(ScramError error) { return tl::make_unexpected(error); }

}  // namespace

std::string_view name_of(ScramError error) {
    switch (error) {
        case ScramError::kMalformed: return "malformed SCRAM message";
        case ScramError::kUnsupported: return "unsupported SCRAM feature";
        case ScramError::kChannelBinding: return "channel binding mismatch";
        case ScramError::kNonceMismatch: return "nonce mismatch";
        case ScramError::kTooLarge: return "SCRAM message beyond limits";
        case ScramError::kWrongPassword: return "wrong password";
        case ScramError::kRefused: return "refused by the server";
        case ScramError::kServerSignature: return "wrong server signature";
        case ScramError::kCrypto: return "cryptographic library failed";
    }
    return "unknown SCRAM error";
}

ScramResult<std::string> make_scram_nonce() {
    const auto raw = random_bytes(kNonceBytes);
    if (!raw) return failed(ScramError::kCrypto);
    return base64_encode(*raw);
}

ScramServer::ScramServer(ScramVerifier verifier, bool user_exists, std::string nonce,
                         std::optional<std::string> channel_binding)
    : verifier_(std::move(verifier)),
      user_exists_(user_exists),
      nonce_(std::move(nonce)),
      channel_binding_(std::move(channel_binding)) {}

void ScramServer::complete(ScramVerifier verifier) {
    verifier_ = std::move(verifier);
    user_exists_ = true;
}

tl::expected<void, ScramError> ScramServer::check_gs2_flag(std::string_view flag, bool plus) const {
    if (plus) {
        if (!channel_binding_ || flag != kEndPointFlag) return failed(ScramError::kChannelBinding);
        return {};
    }
    if (flag == "n") return {};
    // 'y': the client could bind and saw no offer. If we made one, somebody in between took it away.
    if (flag == "y" && !channel_binding_) return {};
    const bool known = flag == "y" || flag.substr(0, 2) == "p=";
    return failed(known ? ScramError::kChannelBinding : ScramError::kMalformed);
}

ScramResult<std::string> ScramServer::first(ByteView client_first, bool plus) {
    if (step_ != Step::kFirst) return failed(ScramError::kMalformed);
    step_ = Step::kDone;
    if (client_first.size() > kMaxScramMessageBytes) return failed(ScramError::kTooLarge);
    const std::size_t flag_end = client_first.find(',');
    if (flag_end == ByteView::npos) return failed(ScramError::kMalformed);
    if (const auto flag = check_gs2_flag(client_first.substr(0, flag_end), plus); !flag)
        return failed(flag.error());
    const ByteView identity = client_first.substr(flag_end + 1);
    if (identity.empty()) return failed(ScramError::kMalformed);
    if (identity[0] != ',')
        return failed(identity[0] == 'a' ? ScramError::kUnsupported : ScramError::kMalformed);
    const ByteView bare = identity.substr(1);
    gs2_header_ = client_first.substr(0, flag_end + 2);

    scram_text::AttributeReader in{bare};
    if (in.peek() == 'm') return failed(ScramError::kUnsupported);
    if (!in.take('n')) return failed(ScramError::kMalformed);
    const auto client_nonce = in.take('r');
    if (!client_nonce || !scram_text::is_nonce(*client_nonce)) return failed(ScramError::kMalformed);
    if (client_nonce->size() > kMaxScramNonceBytes) return failed(ScramError::kTooLarge);
    if (!in.only_extensions()) return failed(ScramError::kMalformed);

    bound_ = plus;
    nonce_.insert(0, *client_nonce);
    std::string reply =
        "r=" + nonce_ + ",s=" + base64_encode(verifier_.salt) + ",i=" + std::to_string(verifier_.iterations);
    auth_message_ = std::string{bare} + ',' + reply + ',';
    step_ = Step::kFinal;
    return reply;
}

ScramResult<std::string> ScramServer::final(ByteView client_final) {
    if (step_ != Step::kFinal) return failed(ScramError::kMalformed);
    step_ = Step::kDone;
    if (client_final.size() > kMaxScramMessageBytes) return failed(ScramError::kTooLarge);
    const std::size_t proof_at = client_final.rfind(",p=");
    if (proof_at == ByteView::npos) return failed(ScramError::kMalformed);
    const ByteView without_proof = client_final.substr(0, proof_at);
    const ByteView proof = client_final.substr(proof_at + 3);

    scram_text::AttributeReader in{without_proof};
    const auto binding = in.take('c');
    const auto nonce = in.take('r');
    if (!binding || !nonce || !in.only_extensions()) return failed(ScramError::kMalformed);
    const std::string expected_binding = bound_ ? gs2_header_ + *channel_binding_ : gs2_header_;
    if (*binding != base64_encode(expected_binding)) return failed(ScramError::kChannelBinding);
    if (!equal_constant_time(*nonce, nonce_)) return failed(ScramError::kNonceMismatch);
    auth_message_ += without_proof;

    const auto raw_proof = base64_decode(proof);
    if (!raw_proof || raw_proof->size() != client_key_.size()) return failed(ScramError::kMalformed);
    if (!proof_fits(*raw_proof)) return failed(ScramError::kWrongPassword);
    return "v=" + base64_encode(view_of(hmac_sha256(view_of(verifier_.server_key), auth_message_)));
}

bool ScramServer::proof_fits(std::string_view proof) {
    ScramKey received{};
    std::copy(proof.begin(), proof.end(), received.begin());
    const ScramKey signature = hmac_sha256(view_of(verifier_.stored_key), auth_message_);
    const ScramKey candidate = scram_text::exclusive_or(received, signature);
    const bool fits = equal_constant_time(view_of(stored_key_of(candidate)), view_of(verifier_.stored_key));
    if (!fits || !user_exists_) return false;
    client_key_ = candidate;
    return true;
}

}  // namespace protocol
