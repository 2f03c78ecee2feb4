#include "pooler/server/server_login.h"

#include <algorithm>

#include "protocol/auth.h"
#include "protocol/crypto.h"
#include "protocol/error_notice.h"
#include "protocol/md5.h"
#include "protocol/session_status.h"
#include "protocol/startup.h"

namespace pooler {

using protocol::AuthCode;
using protocol::BackendType;
using protocol::SecretKind;
using Step = ServerLogin::Step;

namespace {

constexpr std::string_view kWrongType = "server login failed: wrong password type";
constexpr std::string_view kCleartext =
    "server login failed: it asks for the password in clear, which needs verified TLS (or "
    "server_allow_cleartext)";

}  // namespace

ServerLogin::~ServerLogin() {
    if (request_.secret) protocol::wipe(*request_.secret);
    protocol::wipe(derivation_.password);
}

void ServerLogin::start(std::string& out) const {
    std::vector<protocol::ParameterView> parameters{{"user", request_.user}, {"database", request_.database}};
    for (const auto& [name, value] : request_.parameters) parameters.emplace_back(name, value);
    protocol::encode_startup(out, protocol::kProtocol30, parameters);
}

Step ServerLogin::on_message(BackendType type, protocol::ByteView body, std::string& out) {
    switch (type) {
        case BackendType::kAuthentication: return on_authentication(body, out);
        case BackendType::kParameterStatus:
            if (const auto status = protocol::decode_parameter_status(body)) {
                parameters_.emplace_back(status->name, status->value);
                return Step::kContinue;
            }
            break;
        case BackendType::kBackendKeyData:
            if (const auto key = protocol::decode_backend_key_data(body)) {
                backend_key_ = *key;
                return Step::kContinue;
            }
            break;
        case BackendType::kErrorResponse: return fail_as_server(body);
        case BackendType::kNoticeResponse:
        case BackendType::kNotificationResponse:
        case BackendType::kNegotiateProtocolVersion: return Step::kContinue;
        case BackendType::kReadyForQuery:
            if (authenticated_ &&
                protocol::decode_ready_for_query(body) == protocol::TransactionStatus::kIdle)
                return Step::kReady;
            break;
        case BackendType::kBindComplete:
        case BackendType::kCloseComplete:
        case BackendType::kCommandComplete:
        case BackendType::kCopyBothResponse:
        case BackendType::kCopyData:
        case BackendType::kCopyDone:
        case BackendType::kCopyInResponse:
        case BackendType::kCopyOutResponse:
        case BackendType::kDataRow:
        case BackendType::kEmptyQueryResponse:
        case BackendType::kFunctionCallResponse:
        case BackendType::kNoData:
        case BackendType::kParameterDescription:
        case BackendType::kParseComplete:
        case BackendType::kPortalSuspended:
        case BackendType::kRowDescription: break;
    }
    return fail("unexpected message during server login");
}

Step ServerLogin::on_authentication(protocol::ByteView body, std::string& out) {
    const auto message = protocol::decode_authentication(body);
    if (!message) return fail("broken authentication request from server");
    switch (message->code) {
        case AuthCode::kOk:
            if (scram_ && !scram_verified_) return fail("server skipped the end of its SCRAM exchange");
            authenticated_ = true;
            return Step::kContinue;
        case AuthCode::kCleartextPassword: return send_cleartext(out);
        case AuthCode::kMd5Password: return send_md5(message->salt(), out);
        case AuthCode::kSasl: return start_sasl(message->data, out);
        case AuthCode::kSaslContinue: return continue_sasl(message->data, out);
        case AuthCode::kSaslFinal: return finish_sasl(message->data);
        case AuthCode::kKerberosV5:
        case AuthCode::kScmCredential:
        case AuthCode::kGss:
        case AuthCode::kGssContinue:
        case AuthCode::kSspi: break;
    }
    return fail("server asks for an authentication method that is not supported");
}

Step ServerLogin::send_cleartext(std::string& out) {
    if (!request_.secret || request_.secret->empty()) return fail(kWrongType);
    if (!request_.cleartext_allowed) return fail(kCleartext);
    secret_sent_ = true;
    protocol::encode_password(out, *request_.secret);
    return Step::kContinue;
}

Step ServerLogin::send_md5(const protocol::Md5Salt& salt, std::string& out) {
    const SecretKind kind = kind_of_secret();
    if (kind != SecretKind::kMd5 && kind != SecretKind::kPlain) return fail(kWrongType);
    const std::string hash = kind == SecretKind::kMd5
                                 ? *request_.secret
                                 : protocol::md5_password_hash(*request_.secret, request_.user);
    secret_sent_ = true;
    protocol::encode_password(out, protocol::md5_response(hash, salt));
    return Step::kContinue;
}

Step ServerLogin::start_sasl(protocol::ByteView mechanisms, std::string& out) {
    const auto list = protocol::decode_sasl_mechanisms(mechanisms);
    if (!list) return fail("broken authentication request from server");
    const auto offered = [&list](std::string_view mechanism) {
        return std::find(list->begin(), list->end(), mechanism) != list->end();
    };
    const bool plus = end_point_ && offered(protocol::kScramSha256Plus);
    if (!plus && !offered(protocol::kScramSha256))
        return fail("server asks for an authentication method that is not supported");
    auto nonce = protocol::make_scram_nonce();
    if (!nonce) return fail("no randomness for the SCRAM nonce");
    // Where we could bind and see no offer we say so: a server that made one knows then that it was taken
    // away.
    using Binding = protocol::ScramClient::Binding;
    const Binding binding = plus ? Binding::kEndPoint : end_point_ ? Binding::kNotOffered : Binding::kNone;
    scram_.emplace(std::move(*nonce), binding, end_point_.value_or(""));
    protocol::encode_sasl_initial(out, plus ? protocol::kScramSha256Plus : protocol::kScramSha256,
                                  scram_->first());
    return Step::kContinue;
}

Step ServerLogin::continue_sasl(protocol::ByteView data, std::string& out) {
    if (!scram_) return fail("SCRAM message out of order from server");
    const auto challenge = scram_->read_challenge(data);
    if (!challenge)
        return fail(std::string{"SCRAM with server failed: "} + std::string{name_of(challenge.error())});
    if (kind_of_secret() == SecretKind::kPlain) {
        derivation_ = {*request_.secret, challenge->salt, challenge->iterations};
        const auto known = key_cache_->find(derivation_);
        if (!known) return Step::kDeriveKeys;
        derived_ = known;
        return answer_challenge(*known, out);
    }
    const auto& captured = request_.captured;
    if (captured && captured->salt == challenge->salt && captured->iterations == challenge->iterations)
        return answer_challenge(captured->keys, out);
    return fail(kWrongType);
}

Step ServerLogin::on_keys(const std::optional<protocol::ScramKeys>& keys, std::string& out) {
    if (!keys) return fail("the keys for the server's SCRAM challenge cannot be derived");
    derived_ = keys;
    return answer_challenge(*keys, out);
}

Step ServerLogin::answer_challenge(const protocol::ScramKeys& keys, std::string& out) {
    const auto answer = scram_->answer(keys);
    if (!answer)
        return fail(std::string{"SCRAM with server failed: "} + std::string{name_of(answer.error())});
    secret_sent_ = true;
    protocol::encode_sasl_response(out, *answer);
    return Step::kContinue;
}

Step ServerLogin::finish_sasl(protocol::ByteView data) {
    if (!scram_) return fail("SCRAM message out of order from server");
    if (const auto verified = scram_->verify(data); !verified)
        return fail(std::string{"SCRAM with server failed: "} + std::string{name_of(verified.error())});
    scram_verified_ = true;
    // Only the keys of right passwords are remembered: wrong ones would push them out.
    if (derived_) key_cache_->store(derivation_, *derived_);
    return Step::kContinue;
}

SecretKind ServerLogin::kind_of_secret() const {
    if (!request_.secret || request_.secret->empty()) return SecretKind::kNone;
    return request_.typed ? SecretKind::kPlain : protocol::classify_secret(*request_.secret);
}

std::optional<CapturedKeys> ServerLogin::keys_for_next() const {
    if (!scram_verified_ || !derived_) return std::nullopt;
    return CapturedKeys{*derived_, derivation_.salt, derivation_.iterations};
}

Step ServerLogin::fail(std::string_view message) {
    failure_ = {"", std::string{message}, !authenticated_, true};
    return Step::kFailed;
}

Step ServerLogin::fail_as_server(protocol::ByteView body) {
    const auto fields = protocol::decode_error_fields(body);
    if (!fields) return fail("broken error message from server");
    failure_ = {std::string{fields->code}, std::string{fields->message}, !authenticated_, true};
    if (failure_.sqlstate.size() != 5) failure_.sqlstate = "08P01";
    return Step::kFailed;
}

}  // namespace pooler
