// How a session begins: start-up packets, passwords, SCRAM, the greeting.
#include <algorithm>
#include <array>
#include <utility>

#include "protocol/auth.h"
#include "protocol/byte_reader.h"
#include "protocol/session_status.h"
#include "tests/support/crdb/session.h"
#include "tests/support/crdb/token.h"

namespace support::crdb {
namespace {

constexpr std::size_t kCodeAt = 4;
/// What a v21.2 node's HTTP/2 server writes to a peer that does not speak it: SETTINGS and WINDOW_UPDATE.
constexpr std::array<char, 40> kHttp2Settings{'\x00', '\x00', '\x12', '\x04', '\x00', '\x00', '\x00', '\x00',
                                              '\x00', '\x00', '\x05', '\x00', '\x00', '\x40', '\x00', '\x00',
                                              '\x03', '\x7f', '\xff', '\xff', '\xff', '\x00', '\x04', '\x00',
                                              '\x1f', '\xff', '\xe0', '\x00', '\x00', '\x04', '\x08', '\x00',
                                              '\x00', '\x00', '\x00', '\x00', '\x01', '\xfe', '\xfe', '\x01'};

/// The first word of `options` that is neither -c nor --.
std::string bad_word(std::string_view options) {
    while (!options.empty()) {
        const auto end = std::min(options.find(' '), options.size());
        const auto word = options.substr(0, end);
        if (!word.empty() && word.substr(0, 2) != "-c" && word.substr(0, 2) != "--") return std::string(word);
        options.remove_prefix(std::min(end + 1, options.size()));
    }
    return {};
}

}  // namespace

bool Session::take_startup() {
    if (in_.size() < protocol::kMinStartupBytes) return false;
    const auto bytes = protocol::startup_packet_bytes(in_);
    if (!bytes) {
        finished_ = Cut::kFin;
        return false;
    }
    if (in_.size() < *bytes) return false;
    const std::string packet = in_.substr(0, *bytes);
    in_.erase(0, *bytes);
    const auto code = protocol::read_uint32(packet.data() + kCodeAt);
    if (door_ == Door::kRpc) {
        finished_ = Cut::kReset;
        return true;
    }
    if (code == protocol::kSslRequestCode) {
        const bool able = !node_.options().certificate.empty();
        if (node_.options().secure && (!able || secured_ || !in_.empty())) {
            finished_ = Cut::kFin;
        } else {
            out_ += node_.options().secure ? 'S' : 'N';
            tls_due_ = node_.options().secure;
        }
        return true;
    }
    if (code == protocol::kGssEncRequestCode) return refuse(errors::gss_unsupported()), true;
    if (code == protocol::kCancelRequestCode) {
        cancel_request_ = true;
        node_.on_cancel_request(std::string_view(packet).substr(protocol::kMinStartupBytes));
        finished_ = Cut::kFin;
        return true;
    }
    if (code != protocol::kProtocol30) {
        if (door_ == Door::kSql) return refuse(errors::unknown_protocol(code)), true;
        out_.append(kHttp2Settings.begin(), kHttp2Settings.end());
        finished_ = Cut::kFin;
        return true;
    }
    const auto decoded = protocol::decode_startup_packet(packet);
    const auto* startup = decoded ? std::get_if<protocol::StartupMessage>(&*decoded) : nullptr;
    if (startup == nullptr)
        finished_ = Cut::kFin;
    else
        on_startup(*startup);
    return true;
}

void Session::on_startup(const protocol::StartupMessage& startup) {
    if (node_.options().secure && !secured_) return refuse(errors::tls_required());
    for (const auto& [name, value] : startup.parameters) startup_.emplace_back(lower(name), value);
    const auto* user = startup.find("user");
    user_ = user == nullptr ? "" : lower(*user);
    const auto* options = startup.find("options");
    if (options != nullptr) {
        const auto words = protocol::parse_options(*options);
        if (!words) return refuse(errors::bad_option(bad_word(*options)));
        startup_.insert(startup_.end(), words->begin(), words->end());
    }
    const auto from = node_.drains_from();
    if (from && node_.now() >= *from) return refuse(errors::not_accepting());
    authenticate();
}

void Session::authenticate() {
    const auto& options = node_.options();
    if (options.auth == Auth::kTrust) return log_in();
    if (!certified_.empty())
        return certified_ == user_ ? log_in() : refuse(errors::foreign_certificate(user_, certified_));
    const auto known = options.users.find(user_);
    if (known == options.users.end()) return refuse(errors::unknown_user(user_));
    if (options.auth == Auth::kPassword) {
        step_ = Step::kPassword;
        return protocol::encode_authentication_cleartext(out_);
    }
    constexpr std::string_view kSalt = "a fake node salt";
    const auto verifier = protocol::build_scram_verifier(known->second, kSalt, options.scram_iterations);
    auto nonce = protocol::make_scram_nonce();
    if (!verifier || !nonce) return refuse({"XX000", "no randomness"});
    scram_.emplace(*verifier, true, std::move(*nonce));
    step_ = Step::kScramFirst;
    const std::array mechanisms{protocol::kScramSha256};
    protocol::encode_authentication_sasl(out_, mechanisms);
}

void Session::on_password(std::string_view body) {
    const auto password = protocol::decode_password(body);
    if (!password || *password != node_.options().users.at(user_))
        return refuse(errors::wrong_password(user_));
    log_in();
}

void Session::on_scram_first(std::string_view body) {
    const auto initial = protocol::decode_sasl_initial(body);
    if (!initial || initial->mechanism != protocol::kScramSha256)
        return refuse(errors::wrong_password(user_));
    const auto answer = scram_->first(initial->data);
    if (!answer) return refuse(errors::wrong_password(user_));
    step_ = Step::kScramFinal;
    protocol::encode_authentication_sasl_continue(out_, *answer);
}

void Session::on_scram_final(std::string_view body) {
    const auto answer = scram_->final(body);
    if (!answer) return refuse(errors::wrong_password(user_));
    protocol::encode_authentication_sasl_final(out_, *answer);
    log_in();
}

Variables::Fixed Session::fixed_variables() const {
    const auto& options = node_.options();
    return {{"crdb_version", options.crdb_version},
            {"integer_datetimes", "on"},
            {"locality", ""},
            {"node_id", std::to_string(node_.node_id())},
            {"server_encoding", "UTF8"},
            {"server_version", options.server_version},
            {"server_version_num", "130000"},
            {"session_id", id_},
            {"transaction_isolation", "serializable"},
            {"transaction_priority", "normal"}};
}

std::optional<Error> Session::startup_variables(Variables& variables) const {
    if (node_.options().autocommit_before_ddl) variables.add("autocommit_before_ddl", "on");
    auto error =
        variables.set_default("results_buffer_size", std::to_string(node_.options().results_buffer_bytes));
    for (const auto& [name, value] : startup_) {
        if (auto failed = variables.set_default(name, value)) error = std::move(failed);
    }
    return error;
}

void Session::log_in() {
    step_ = Step::kReady;
    protocol::encode_authentication_ok(out_);
    Variables variables(fixed_variables());
    const auto error = startup_variables(variables);
    if (error) {
        // Seen: the error comes behind AuthenticationOk, and the connection stays open without a session.
        step_ = Step::kDead;
        encode(out_, *error);
        return;
    }
    greet(variables);
    Facts facts;
    facts.version = node_.options().crdb_version;
    facts.cluster_id = node_.options().cluster_id;
    facts.user = user_;
    facts.node_id = node_.node_id();
    executor_ = std::make_unique<Executor>(node_, std::move(facts), std::move(variables));
    ready();
}

void Session::greet(const Variables& variables) {
    const auto& options = node_.options();
    const std::array<std::pair<const char*, std::string>, 12> statuses{
        {{"server_version", options.server_version},
         {"server_encoding", "UTF8"},
         {"client_encoding", variables.value("client_encoding")},
         {"application_name", variables.value("application_name")},
         {"DateStyle", variables.value("datestyle")},
         {"IntervalStyle", variables.value("intervalstyle")},
         {"TimeZone", variables.value("timezone")},
         {"integer_datetimes", "on"},
         {"standard_conforming_strings", "on"},
         {"crdb_version", options.crdb_version},
         {"session_authorization", user_},
         {"is_superuser", user_ == "root" ? "on" : "off"}}};
    for (const auto& [name, value] : statuses) protocol::encode_parameter_status(out_, name, value);
    protocol::encode_backend_key_data(out_, key_);
}

}  // namespace support::crdb
