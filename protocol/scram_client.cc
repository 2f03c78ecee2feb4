#include <charconv>

#include "protocol/scram.h"
#include "protocol/scram_text.h"

namespace protocol {
namespace {

tl::unexpected<ScramError> failed(ScramError error) { return tl::make_unexpected(error); }

/// saslname: comma and equals sign are escaped.
std::string escape_user(std::string_view user) {
    std::string escaped;
    for (const char c : user) {
        if (c == ',') {
            escaped += "=2C";
        } else if (c == '=') {
            escaped += "=3D";
        } else {
            escaped.push_back(c);
        }
    }
    return escaped;
}

std::string_view gs2_header(ScramClient::Binding binding) {
    switch (binding) {
        case ScramClient::Binding::kNone: return "n,,";
        case ScramClient::Binding::kNotOffered: return "y,,";
        case ScramClient::Binding::kEndPoint: return "p=tls-server-end-point,,";
    }
    return "n,,";
}

ScramResult<int> read_iterations(std::string_view text) {
    int iterations = 0;
    const char* const end = text.data() + text.size();
    const auto [stop, error] = std::from_chars(text.data(), end, iterations);
    if (error == std::errc::result_out_of_range) return failed(ScramError::kTooLarge);
    if (error != std::errc{} || stop != end || iterations < 1) return failed(ScramError::kMalformed);
    if (iterations > kMaxScramIterations) return failed(ScramError::kTooLarge);
    return iterations;
}

ScramResult<std::string> read_salt(std::string_view text) {
    if (text.size() > kMaxScramSaltBytes * 2) return failed(ScramError::kTooLarge);
    auto salt = base64_decode(text);
    if (!salt || salt->empty()) return failed(ScramError::kMalformed);
    if (salt->size() > kMaxScramSaltBytes) return failed(ScramError::kTooLarge);
    return std::move(*salt);
}

}  // namespace

ScramClient::ScramClient(std::string nonce, std::string_view user)
    : ScramClient(std::move(nonce), Binding::kNone, {}, user) {}

ScramClient::ScramClient(std::string nonce, Binding binding, std::string_view end_point,
                         std::string_view user)
    : gs2_header_(gs2_header(binding)),
      binding_data_(gs2_header_ +
                    std::string{binding == Binding::kEndPoint ? end_point : std::string_view{}}),
      first_bare_("n=" + escape_user(user) + ",r=" + nonce),
      nonce_(std::move(nonce)) {}

std::string ScramClient::first() const { return gs2_header_ + first_bare_; }

ScramResult<ScramChallenge> ScramClient::read_challenge(ByteView server_first) {
    if (step_ != Step::kChallenge) return failed(ScramError::kMalformed);
    step_ = Step::kDone;
    if (server_first.size() > kMaxScramMessageBytes) return failed(ScramError::kTooLarge);
    scram_text::AttributeReader in{server_first};
    if (in.peek() == 'm') return failed(ScramError::kUnsupported);
    const auto nonce = in.take('r');
    const auto salt_text = in.take('s');
    const auto iterations_text = in.take('i');
    if (!nonce || !salt_text || !iterations_text || !in.only_extensions())
        return failed(ScramError::kMalformed);
    if (nonce->size() > kMaxScramNonceBytes) return failed(ScramError::kTooLarge);
    if (!scram_text::is_nonce(*nonce)) return failed(ScramError::kMalformed);
    // The server must add something of its own, else it could replay an old dialogue.
    if (nonce->size() <= nonce_.size() || nonce->substr(0, nonce_.size()) != nonce_) {
        return failed(ScramError::kNonceMismatch);
    }
    auto salt = read_salt(*salt_text);
    if (!salt) return failed(salt.error());
    const auto iterations = read_iterations(*iterations_text);
    if (!iterations) return failed(iterations.error());
    nonce_ = *nonce;
    server_first_ = server_first;
    step_ = Step::kAnswer;
    return ScramChallenge{std::move(*salt), *iterations};
}

ScramResult<std::string> ScramClient::answer(const ScramKeys& keys) {
    if (step_ != Step::kAnswer) return failed(ScramError::kMalformed);
    step_ = Step::kVerify;
    std::string message = "c=" + base64_encode(binding_data_) + ",r=" + nonce_;
    const std::string auth_message = first_bare_ + ',' + server_first_ + ',' + message;
    const ScramKey signature = hmac_sha256(view_of(stored_key_of(keys.client_key)), auth_message);
    server_signature_ = hmac_sha256(view_of(keys.server_key), auth_message);
    message += ",p=" + base64_encode(view_of(scram_text::exclusive_or(keys.client_key, signature)));
    return message;
}

tl::expected<void, ScramError> ScramClient::verify(ByteView server_final) {
    if (step_ != Step::kVerify) return failed(ScramError::kMalformed);
    step_ = Step::kDone;
    if (server_final.size() > kMaxScramMessageBytes) return failed(ScramError::kTooLarge);
    scram_text::AttributeReader in{server_final};
    if (in.take('e')) return failed(ScramError::kRefused);
    const auto signature_text = in.take('v');
    if (!signature_text || !in.only_extensions()) return failed(ScramError::kMalformed);
    const auto signature = base64_decode(*signature_text);
    if (!signature) return failed(ScramError::kMalformed);
    if (!equal_constant_time(*signature, view_of(server_signature_)))
        return failed(ScramError::kServerSignature);
    return {};
}

}  // namespace protocol
