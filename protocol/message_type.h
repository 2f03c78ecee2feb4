// The tag bytes of both directions and the request codes of untagged packets.
// Source: PostgreSQL docs, "Message Formats".
#pragma once

#include <cstdint>
#include <string_view>

namespace protocol {

enum class FrontendType : char {
    kBind = 'B',
    kClose = 'C',
    kCopyData = 'd',
    kCopyDone = 'c',
    kCopyFail = 'f',
    kDescribe = 'D',
    kExecute = 'E',
    kFlush = 'H',
    kFunctionCall = 'F',
    kParse = 'P',
    kPassword = 'p',  ///< also SASLInitialResponse, SASLResponse, GSSResponse
    kQuery = 'Q',
    kSync = 'S',
    kTerminate = 'X',
};

enum class BackendType : char {
    kAuthentication = 'R',
    kBackendKeyData = 'K',
    kBindComplete = '2',
    kCloseComplete = '3',
    kCommandComplete = 'C',
    kCopyBothResponse = 'W',
    kCopyData = 'd',
    kCopyDone = 'c',
    kCopyInResponse = 'G',
    kCopyOutResponse = 'H',
    kDataRow = 'D',
    kEmptyQueryResponse = 'I',
    kErrorResponse = 'E',
    kFunctionCallResponse = 'V',
    kNegotiateProtocolVersion = 'v',
    kNoData = 'n',
    kNoticeResponse = 'N',
    kNotificationResponse = 'A',
    kParameterDescription = 't',
    kParameterStatus = 'S',
    kParseComplete = '1',
    kPortalSuspended = 's',
    kReadyForQuery = 'Z',
    kRowDescription = 'T',
};

/// ReadyForQuery's status byte.
enum class TransactionStatus : char { kIdle = 'I', kInTransaction = 'T', kFailed = 'E' };

/// The message's name in the PostgreSQL docs; "unknown" for a value outside the enum.
[[nodiscard]] std::string_view name_of(FrontendType type);
[[nodiscard]] std::string_view name_of(BackendType type);

/// Whether a client, or a server, may send a message with this tag.
[[nodiscard]] bool known_frontend(char tag);
[[nodiscard]] bool known_backend(char tag);

}  // namespace protocol
