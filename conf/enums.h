// The words of the configuration as enum classes, and one table of spellings per enum.
// The first spelling of a value is what SHOW CONFIG prints; words of a file are matched in any letter case.
#pragma once

#include <array>
#include <cstddef>
#include <optional>
#include <string_view>

namespace conf {

enum class PoolMode { kSession, kTransaction, kStatement };
enum class AuthType { kAny, kTrust, kPlain, kMd5, kCert, kHba, kLdap, kPam, kScramSha256, kPassthrough };
enum class LoadBalanceHosts { kRoundRobin, kDisable };
enum class SslMode { kDisable, kAllow, kPrefer, kRequire, kVerifyCa, kVerifyFull };
/// How TLS with a server begins, in libpq's words: after an SSLRequest, or at once.
enum class SslNegotiation { kPostgres, kDirect };
/// Who is shown to servers with the certificate of server_tls_cert_file: only the user it names, or
/// everybody.
enum class CertUsers { kOwn, kAny };
/// What SIGTERM does: wait until the clients are gone (PgBouncer's way), or end sessions at transaction
/// borders.
enum class SigtermAction { kWaitForClients, kDrain };
enum class LogFormat { kText, kJson };
/// What happens to a server connection whose session state can no longer be known.
enum class HiddenState { kReset, kPin };
/// What happens to a client that needs one server connection for itself outside session pooling.
enum class PinAction { kAllow, kWarn, kRefuse };
/// What the replicas of a database are: nodes of the same cluster that read in the past (CockroachDB), a
/// cluster that another one is replicated to (CockroachDB), or standbys (PostgreSQL).
enum class ReplicaKind { kFollower, kStandby, kStreaming };
/// Whose writes keep a read away from the replicas until they show them.
enum class ReadAfterWrite { kUser, kSession, kDatabase, kTime, kOff };

/// Who finds out whether a COMMIT took effect whose server was lost: nobody, or weir, by the transaction's
/// xid.
enum class CommitResolution { kOff, kXid };

/// Who decides that clients move to the secondary.
enum class FailoverChoice { kManual, kAuto };
/// Who decides that they move back: the operator, a command that says that the data is in sync, or the health
/// of the primary alone, where both are the same cluster.
enum class FailbackChoice { kManual, kGate, kAuto };

template <class E>
struct EnumWord {
    E value;
    std::string_view word;
};

/// The spellings of E, specialised below.
template <class E>
inline constexpr std::array<EnumWord<E>, 0> kEnumWords{};

template <>
inline constexpr std::array<EnumWord<PoolMode>, 3> kEnumWords<PoolMode>{{
    {PoolMode::kSession, "session"},
    {PoolMode::kTransaction, "transaction"},
    {PoolMode::kStatement, "statement"},
}};
template <>
inline constexpr std::array<EnumWord<AuthType>, 10> kEnumWords<AuthType>{{
    {AuthType::kAny, "any"},
    {AuthType::kTrust, "trust"},
    {AuthType::kPlain, "plain"},
    {AuthType::kMd5, "md5"},
    {AuthType::kCert, "cert"},
    {AuthType::kHba, "hba"},
    {AuthType::kLdap, "ldap"},
    {AuthType::kPam, "pam"},
    {AuthType::kScramSha256, "scram-sha-256"},
    {AuthType::kPassthrough, "passthrough"},
}};
template <>
inline constexpr std::array<EnumWord<LoadBalanceHosts>, 2> kEnumWords<LoadBalanceHosts>{{
    {LoadBalanceHosts::kRoundRobin, "round-robin"},
    {LoadBalanceHosts::kDisable, "disable"},
}};
template <>
inline constexpr std::array<EnumWord<SslMode>, 6> kEnumWords<SslMode>{{
    {SslMode::kDisable, "disable"},
    {SslMode::kAllow, "allow"},
    {SslMode::kPrefer, "prefer"},
    {SslMode::kRequire, "require"},
    {SslMode::kVerifyCa, "verify-ca"},
    {SslMode::kVerifyFull, "verify-full"},
}};
template <>
inline constexpr std::array<EnumWord<SslNegotiation>, 2> kEnumWords<SslNegotiation>{{
    {SslNegotiation::kPostgres, "postgres"},
    {SslNegotiation::kDirect, "direct"},
}};
template <>
inline constexpr std::array<EnumWord<CertUsers>, 2> kEnumWords<CertUsers>{{
    {CertUsers::kOwn, "own"},
    {CertUsers::kAny, "any"},
}};
template <>
inline constexpr std::array<EnumWord<SigtermAction>, 2> kEnumWords<SigtermAction>{{
    {SigtermAction::kWaitForClients, "wait_for_clients"},
    {SigtermAction::kDrain, "drain"},
}};
template <>
inline constexpr std::array<EnumWord<LogFormat>, 2> kEnumWords<LogFormat>{{
    {LogFormat::kText, "text"},
    {LogFormat::kJson, "json"},
}};
template <>
inline constexpr std::array<EnumWord<HiddenState>, 2> kEnumWords<HiddenState>{{
    {HiddenState::kReset, "reset"},
    {HiddenState::kPin, "pin"},
}};
template <>
inline constexpr std::array<EnumWord<PinAction>, 3> kEnumWords<PinAction>{{
    {PinAction::kAllow, "allow"},
    {PinAction::kWarn, "warn"},
    {PinAction::kRefuse, "refuse"},
}};
template <>
inline constexpr std::array<EnumWord<ReplicaKind>, 3> kEnumWords<ReplicaKind>{{
    {ReplicaKind::kFollower, "follower"},
    {ReplicaKind::kStandby, "standby"},
    {ReplicaKind::kStreaming, "streaming"},
}};
template <>
inline constexpr std::array<EnumWord<ReadAfterWrite>, 5> kEnumWords<ReadAfterWrite>{{
    {ReadAfterWrite::kUser, "user"},
    {ReadAfterWrite::kSession, "session"},
    {ReadAfterWrite::kDatabase, "database"},
    {ReadAfterWrite::kTime, "time"},
    {ReadAfterWrite::kOff, "off"},
}};

template <>
inline constexpr std::array<EnumWord<CommitResolution>, 2> kEnumWords<CommitResolution>{{
    {CommitResolution::kOff, "off"},
    {CommitResolution::kXid, "xid"},
}};
template <>
inline constexpr std::array<EnumWord<FailoverChoice>, 2> kEnumWords<FailoverChoice>{{
    {FailoverChoice::kManual, "manual"},
    {FailoverChoice::kAuto, "auto"},
}};
template <>
inline constexpr std::array<EnumWord<FailbackChoice>, 3> kEnumWords<FailbackChoice>{{
    {FailbackChoice::kManual, "manual"},
    {FailbackChoice::kGate, "gate"},
    {FailbackChoice::kAuto, "auto"},
}};

/// ASCII letters compared without case; anything else byte by byte. Independent of the locale.
constexpr bool same_word(std::string_view a, std::string_view b) {
    if (a.size() != b.size()) return false;
    const auto lower = [](char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c; };
    for (std::size_t i = 0; i < a.size(); ++i)
        if (lower(a[i]) != lower(b[i])) return false;
    return true;
}

/// The word for a value, as SHOW CONFIG and SHOW DATABASES print it.
template <class E>
constexpr std::string_view to_word(E value) {
    for (const auto& row : kEnumWords<E>)
        if (row.value == value) return row.word;
    return {};
}

/// The value for a word in any letter case; nothing if it is none of the enum's words.
template <class E>
constexpr std::optional<E> from_word(std::string_view word) {
    for (const auto& row : kEnumWords<E>)
        if (same_word(row.word, word)) return row.value;
    return std::nullopt;
}

static_assert(from_word<AuthType>("SCRAM-sha-256") == AuthType::kScramSha256);
static_assert(!from_word<PoolMode>("transact"));
static_assert(to_word(SslMode::kVerifyCa) == "verify-ca");

}  // namespace conf
