// The SQLSTATEs the pooler sends or acts on. Sources: PostgreSQL docs, "PostgreSQL Error Codes"; CockroachDB
// docs, "Error Handling".
#pragma once

#include <string_view>

namespace protocol::sqlstate {

inline constexpr std::string_view kSuccessfulCompletion = "00000";

// Class 08: connection.
inline constexpr std::string_view kConnectionFailure = "08006";
inline constexpr std::string_view kTransactionResolutionUnknown = "08007";
inline constexpr std::string_view kProtocolViolation = "08P01";

inline constexpr std::string_view kFeatureNotSupported = "0A000";

// Class 25: transaction state.
inline constexpr std::string_view kInvalidTransactionState = "25000";
inline constexpr std::string_view kActiveSqlTransaction = "25001";
inline constexpr std::string_view kReadOnlySqlTransaction = "25006";
inline constexpr std::string_view kNoActiveSqlTransaction = "25P01";
inline constexpr std::string_view kInFailedSqlTransaction = "25P02";

inline constexpr std::string_view kInvalidSqlStatementName = "26000";
inline constexpr std::string_view kInvalidAuthorization = "28000";
inline constexpr std::string_view kInvalidPassword = "28P01";
inline constexpr std::string_view kInvalidCursorName = "34000";
inline constexpr std::string_view kInvalidSavepoint = "3B001";
inline constexpr std::string_view kUndefinedDatabase = "3D000";

// Class 40: transaction rollback.
inline constexpr std::string_view kSerializationFailure = "40001";
inline constexpr std::string_view kStatementCompletionUnknown = "40003";
inline constexpr std::string_view kDeadlockDetected = "40P01";

// Class 42: the text or what it names.
inline constexpr std::string_view kInsufficientPrivilege = "42501";
inline constexpr std::string_view kSyntaxError = "42601";
inline constexpr std::string_view kUndefinedObject = "42704";
inline constexpr std::string_view kDuplicatePreparedStatement = "42P05";

// Class 53: resources.
inline constexpr std::string_view kOutOfMemory = "53200";
inline constexpr std::string_view kTooManyConnections = "53300";

// Class 57: operator intervention.
inline constexpr std::string_view kQueryCanceled = "57014";
inline constexpr std::string_view kAdminShutdown = "57P01";
inline constexpr std::string_view kCrashShutdown = "57P02";
inline constexpr std::string_view kCannotConnectNow = "57P03";

inline constexpr std::string_view kInternalError = "XX000";
/// CockroachDB: the transaction was committed, a schema change after it failed.
inline constexpr std::string_view kCommittedWithSchemaChangeFailure = "XXA00";

/// The first two characters of a code, or fewer.
[[nodiscard]] constexpr std::string_view class_of(std::string_view code) { return code.substr(0, 2); }

}  // namespace protocol::sqlstate
