// What weir knows of an SQL text without parsing it fully: for each statement its kind, its names and options
// as spans of the text, and flags. Values without pointers: they stay true for every equal text, and a text
// read in pieces gives the same. Pure; any thread.
//
// What cannot be read is kUnknown, and unknown is the dangerous case: it may write, commit, change the
// session and take locks. A script that is not `understood` is unknown as a whole, whatever its statements
// say.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <string_view>
#include <vector>

namespace pooler {

enum class StatementKind : std::uint8_t {
    kUnknown,
    kSelect,  ///< SELECT, VALUES, TABLE, WITH ... SELECT; may write all the same: see
              ///< StatementFlag::kReadOnly
    kInsert,
    kUpdate,
    kDelete,
    kMerge,
    kUpsert,    ///< CockroachDB
    kBegin,     ///< BEGIN, START TRANSACTION
    kCommit,    ///< COMMIT, END
    kRollback,  ///< ROLLBACK, ABORT
    kPrepareTransaction,
    kCommitPrepared,
    kRollbackPrepared,
    kSavepoint,
    kRelease,
    kRollbackTo,
    kSet,             ///< every form that sets one variable; see SetForm
    kSetTransaction,  ///< SET TRANSACTION, with or without SESSION / LOCAL
    kSetSessionCharacteristics,
    kSetConstraints,  ///< for the current transaction only
    kReset,           ///< one variable
    kResetAll,
    kDiscardAll,
    kDiscardPlans,
    kDiscardSequences,
    kDiscardTemp,
    kPrepare,
    kExecute,
    kDeallocate,
    kDeallocateAll,
    kListen,
    kUnlisten,
    kUnlistenAll,
    kNotify,
    kDeclare,
    kDeclareHold,  ///< a cursor that outlives its transaction
    kFetch,        ///< FETCH, MOVE
    kClose,
    kCloseAll,
    kCopy,
    kDdl,  ///< CREATE, ALTER, DROP, TRUNCATE, GRANT, COMMENT, ...; temporary objects:
           ///< StatementFlag::kTempObject
    kCall,
    kDo,
    kLock,
    kShow,
    kExplain,
    kUtility,  ///< VACUUM, ANALYZE, CHECKPOINT, LOAD, BACKUP, SET CLUSTER SETTING, CANCEL QUERY, ...
};

enum class StatementFlag : std::uint32_t {
    /// Provably reads only: may run on a replica, may be repeated. Never set without proof.
    kReadOnly = 1U << 0U,
    /// Calls a function that is not on the list of built-in ones, or one that runs a text: hidden state.
    kUnlistedFunction = 1U << 1U,
    kRowLocking = 1U << 2U,  ///< FOR UPDATE / SHARE / KEY SHARE / NO KEY UPDATE
    kAsOfSystemTime = 1U << 3U,
    kAdvisoryLock = 1U << 4U,    ///< takes a session-level advisory lock (or tries to)
    kAdvisoryUnlock = 1U << 5U,  ///< gives one back
    kAdvisoryUnlockAll = 1U << 6U,
    kTempObject = 1U << 7U,    ///< creates something temporary, or names pg_temp
    kSequence = 1U << 8U,      ///< nextval, setval, currval, lastval: state of the session
    kHintPrimary = 1U << 9U,   ///< a comment /* weir: primary */
    kHintReplica = 1U << 10U,  ///< a comment /* weir: replica */
    /// Commits or may commit on its own: SHOW COMMIT TIMESTAMP.
    kCommits = 1U << 11U,
    /// Depends on the session or the node (SHOW, pg_backend_pid(), current_setting(), pg_is_in_recovery()):
    /// never routed to another server.
    kSessionBound = 1U << 12U,
};

/// Bytes [begin, end) of the text that was classified.
struct TextSpan {
    std::uint32_t begin = 0;
    std::uint32_t end = 0;

    [[nodiscard]] bool empty() const { return begin == end; }
    [[nodiscard]] std::string_view in(std::string_view text) const { return text.substr(begin, end - begin); }
    bool operator==(const TextSpan&) const = default;
};

enum class Isolation : std::uint8_t {
    kUnset,
    kReadUncommitted,
    kReadCommitted,
    kRepeatableRead,
    kSnapshot,
    kSerializable
};
enum class AccessMode : std::uint8_t { kUnset, kReadOnly, kReadWrite };
enum class Deferrable : std::uint8_t { kUnset, kDeferrable, kNotDeferrable };
enum class Priority : std::uint8_t { kUnset, kLow, kNormal, kHigh };  ///< CockroachDB
enum class Chain : std::uint8_t { kUnset, kChain, kNoChain };

/// Of BEGIN, START TRANSACTION, SET TRANSACTION, SET SESSION CHARACTERISTICS; `chain` of COMMIT and ROLLBACK.
struct TransactionOptions {
    Isolation isolation = Isolation::kUnset;
    AccessMode access = AccessMode::kUnset;
    Deferrable deferrable = Deferrable::kUnset;
    Priority priority = Priority::kUnset;
    Chain chain = Chain::kUnset;
    bool as_of = false;     ///< AS OF SYSTEM TIME
    bool snapshot = false;  ///< SET TRANSACTION SNAPSHOT
    bool unknown = false;   ///< holds an option that we do not know, or one option twice
    bool operator==(const TransactionOptions&) const = default;
};

/// How a variable is named. With kName the statement's `name` is the variable; the others have a fixed one.
enum class SetForm : std::uint8_t {
    kName,
    kTimeZone,              ///< SET TIME ZONE x: timezone
    kNames,                 ///< SET NAMES x: client_encoding
    kSchema,                ///< SET SCHEMA x: search_path
    kCatalog,               ///< SET CATALOG x (PostgreSQL refuses it)
    kRole,                  ///< SET ROLE x: role
    kSessionAuthorization,  ///< SET SESSION AUTHORIZATION x: session_authorization
    kXmlOption,             ///< SET XML OPTION x: xmloption
    kDatabase,              ///< USE x: database (CockroachDB)
    kIsolation,             ///< RESET TRANSACTION ISOLATION LEVEL: transaction_isolation
};

enum class SetValue : std::uint8_t {
    kText,         ///< `value` is what stands there, a list included: quoted as in the statement
    kDefault,      ///< DEFAULT; also SET TIME ZONE LOCAL, SET SESSION AUTHORIZATION DEFAULT, SET NAMES alone
    kNone,         ///< SET ROLE NONE
    kFromCurrent,  ///< FROM CURRENT (only in CREATE FUNCTION)
};

enum class SetScope : std::uint8_t { kSession, kLocal };

/// The set_config() calls of a statement.
enum class SetConfig : std::uint8_t {
    kNone,
    kLocalOnly,   ///< every call says is_local = true: nothing outlives the transaction
    kReadable,    ///< the statement is nothing but SELECT set_config('name', 'value', true | false):
                  ///< `name` and `value` are the two literals with their quotes, `scope` the third
    kUnreadable,  ///< arguments that we cannot see, or a call that may not run
};

struct SqlStatement {
    StatementKind kind = StatementKind::kUnknown;
    SetForm form = SetForm::kName;
    SetValue set_value = SetValue::kText;
    SetScope scope = SetScope::kSession;
    SetConfig set_config = SetConfig::kNone;
    TransactionOptions transaction;
    std::uint32_t flags = 0;
    TextSpan text;  ///< from its first token to its last, without the semicolon
    /// As spelled, quotes included, dotted if it is: variable, savepoint, prepared statement, cursor,
    /// channel, transaction id, (COPY: nothing). See identifier_value() in literal.h.
    TextSpan name;
    TextSpan value;  ///< of SET, and of set_config: see SetValue, SetConfig

    [[nodiscard]] bool has(StatementFlag flag) const {
        return (flags & static_cast<std::uint32_t>(flag)) != 0;
    }
    void add(StatementFlag flag) { flags |= static_cast<std::uint32_t>(flag); }
    [[nodiscard]] bool read_only() const { return has(StatementFlag::kReadOnly); }
    bool operator==(const SqlStatement&) const = default;
};

/// The statements of one text in order. Empty ones are left out: a text of blanks has none.
class SqlScript {
 public:
    static constexpr std::size_t kInline = 2;           ///< up to here no allocation
    static constexpr std::size_t kMaxStatements = 256;  ///< a longer script is not understood

    [[nodiscard]] std::size_t size() const { return size_; }
    [[nodiscard]] bool empty() const { return size_ == 0; }
    [[nodiscard]] const SqlStatement& operator[](std::size_t i) const {
        return i < kInline ? inline_[i] : more_[i - kInline];
    }
    /// False: nothing may be assumed of this text, the statements listed are only what it looks like.
    [[nodiscard]] bool understood() const { return understood_; }
    /// True if it was understood and is exactly this one statement.
    [[nodiscard]] bool is_only(StatementKind kind) const {
        return understood_ && size_ == 1 && inline_[0].kind == kind;
    }
    /// Understood, not empty, and every statement provably reads only.
    [[nodiscard]] bool read_only() const;
    /// Whether any statement has it. Meaningless if not understood.
    [[nodiscard]] bool any(StatementFlag flag) const;
    /// Whether running it may end a transaction in a commit; true if not understood.
    [[nodiscard]] bool may_commit() const;
    /// Whether it may leave something in the session that is not followed: see hidden_state() below; true if
    /// not understood.
    [[nodiscard]] bool hidden_state() const;

    void add(const SqlStatement& statement);
    void mark_not_understood() { understood_ = false; }
    bool operator==(const SqlScript&) const = default;

 private:
    std::array<SqlStatement, kInline> inline_{};
    std::vector<SqlStatement> more_;
    std::size_t size_ = 0;
    bool understood_ = true;
};

/// Whether the statement may end the transaction in a commit: COMMIT, PREPARE TRANSACTION, RELEASE
/// (CockroachDB's cockroach_restart), DDL (CockroachDB's autocommit_before_ddl), CALL, DO, EXECUTE,
/// utilities, unknown.
[[nodiscard]] bool may_commit(const SqlStatement& statement);

/// Whether it may change variables of the session unseen: unlisted functions, DO, CALL, EXECUTE of what we
/// did not see, unreadable set_config, unknown.
[[nodiscard]] bool hidden_state(const SqlStatement& statement);

/// Whether a lone autocommit statement of this kind may be repeated after 40001: one that cannot commit
/// inside.
[[nodiscard]] bool repeatable_alone(const SqlStatement& statement);

/// Whose grammar and built-in functions: a function that only CockroachDB has may be a user's on PostgreSQL.
enum class Dialect : std::uint8_t { kPostgres, kCockroach };

/// The statements of a text. Linear in its length, allocates only for more than SqlScript::kInline
/// statements. The text must be in an encoding whose characters of several bytes hold no ASCII byte (UTF8,
/// EUC_*, LATIN*; not SJIS, BIG5, GBK, UHC, GB18030, JOHAB): for those the caller must take every text for
/// unknown.
[[nodiscard]] SqlScript classify(std::string_view text, Dialect dialect = Dialect::kPostgres);

/// Why statements of a text have StatementFlag::kUnlistedFunction.
class UnlistedUses {
 public:
    /// A function is called, or may be: its name as it stands in the text, with its schema and quotes.
    virtual void on_call(TextSpan name) = 0;
    /// pg_settings is written to.
    virtual void on_settings_write() = 0;

 protected:
    ~UnlistedUses() = default;
};

/// classify(), and tells each of them as it is met.
SqlScript classify(std::string_view text, Dialect dialect, UnlistedUses& uses);

}  // namespace pooler
