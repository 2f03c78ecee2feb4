#include "pooler/sql/reviewed_functions.h"

#include <algorithm>
#include <array>

namespace pooler {

namespace {

using Names = std::span<const std::string_view>;

// clang-format off
// Volatile, but they change nothing and run nothing of a user's.
constexpr auto kReads = std::to_array<std::string_view>({
    "clock_timestamp", "current_query", "gen_random_uuid", "pg_collation_actual_version",
    "pg_database_collation_actual_version", "pg_database_size", "pg_indexes_size", "pg_partition_ancestors",
    "pg_partition_tree", "pg_relation_size", "pg_table_size", "pg_tablespace_size", "pg_total_relation_size",
    "random", "timeofday",
});

// What they say is true of this session or this server only.
constexpr auto kSessionReads = std::to_array<std::string_view>({
    "current_setting", "inet_client_addr", "inet_client_port", "inet_server_addr", "inet_server_port",
    "pg_backend_pid", "pg_blocking_pids", "pg_conf_load_time", "pg_current_snapshot",
    "pg_current_wal_flush_lsn", "pg_current_wal_insert_lsn", "pg_current_wal_lsn",
    "pg_current_xact_id_if_assigned", "pg_cursor", "pg_get_replication_slots", "pg_is_in_recovery",
    "pg_is_wal_replay_paused", "pg_last_wal_receive_lsn", "pg_last_wal_replay_lsn",
    "pg_last_xact_replay_timestamp", "pg_listening_channels", "pg_lock_status", "pg_my_temp_schema",
    "pg_notification_queue_usage", "pg_postmaster_start_time", "pg_prepared_statement", "pg_prepared_xact",
    "pg_show_all_settings", "pg_trigger_depth", "pg_visible_in_snapshot", "pg_walfile_name",
    "pg_walfile_name_offset", "pg_xact_status", "txid_current_if_assigned", "txid_current_snapshot",
    "txid_status", "txid_visible_in_snapshot",
});

// They write, wait, signal, assign a transaction id, read files of the server, or run the input function of a
// type they are given; none changes a variable of the session.
constexpr auto kEffects = std::to_array<std::string_view>({
    "brin_desummarize_range", "brin_summarize_new_values", "brin_summarize_range", "gin_clean_pending_list",
    "json_populate_record", "json_populate_recordset", "jsonb_populate_record", "jsonb_populate_recordset",
    "lo_close", "lo_creat", "lo_create", "lo_export", "lo_from_bytea", "lo_get", "lo_import", "lo_lseek",
    "lo_lseek64", "lo_open", "lo_put", "lo_tell", "lo_tell64", "lo_truncate", "lo_truncate64", "lo_unlink",
    "loread", "lowrite", "pg_advisory_xact_lock", "pg_advisory_xact_lock_shared", "pg_cancel_backend",
    "pg_create_restore_point", "pg_current_xact_id", "pg_export_snapshot", "pg_logical_emit_message",
    "pg_ls_archive_statusdir", "pg_ls_dir", "pg_ls_logdir", "pg_ls_tmpdir", "pg_ls_waldir", "pg_notify",
    "pg_promote", "pg_read_binary_file", "pg_read_file", "pg_reload_conf", "pg_rotate_logfile",
    "pg_sequence_last_value", "pg_sleep", "pg_sleep_for", "pg_sleep_until", "pg_stat_clear_snapshot",
    "pg_stat_file", "pg_stat_force_next_flush", "pg_stat_reset", "pg_stat_reset_shared",
    "pg_stat_reset_single_function_counters", "pg_stat_reset_single_table_counters", "pg_stat_reset_slru",
    "pg_switch_wal", "pg_terminate_backend", "pg_try_advisory_xact_lock", "pg_try_advisory_xact_lock_shared",
    "pg_wal_replay_pause", "pg_wal_replay_resume", "setseed", "txid_current",
});

constexpr auto kSequences = std::to_array<std::string_view>({
    "currval", "lastval", "nextval", "setval",
});

constexpr auto kAdvisoryLocks = std::to_array<std::string_view>({
    "pg_advisory_lock", "pg_advisory_lock_shared", "pg_try_advisory_lock", "pg_try_advisory_lock_shared",
});

constexpr auto kAdvisoryUnlockAlls = std::to_array<std::string_view>({"pg_advisory_unlock_all"});
constexpr auto kSetConfigs = std::to_array<std::string_view>({"set_config"});

constexpr auto kAdvisoryUnlocks = std::to_array<std::string_view>({
    "pg_advisory_unlock", "pg_advisory_unlock_shared",
});

// Stable in the catalogue, but they run queries over whatever the schema holds, views included. The ones that run
// a text they are given are volatile, and so on no list.
constexpr auto kRunners = std::to_array<std::string_view>({
    "database_to_xml", "database_to_xml_and_xmlschema", "database_to_xmlschema", "schema_to_xml",
    "schema_to_xml_and_xmlschema", "schema_to_xmlschema", "table_to_xml", "table_to_xml_and_xmlschema",
    "table_to_xmlschema",
});

// Source: CockroachDB docs, "Functions and Operators"; without those in the list of PostgreSQL.
constexpr auto kCockroachReads = std::to_array<std::string_view>({
    "cluster_logical_timestamp", "compress", "concat_agg", "crc32c", "crc32ieee", "current_date",
    "decompress", "difference", "digest", "experimental_follower_read_timestamp", "experimental_strftime",
    "experimental_strptime", "experimental_uuid_v4", "extract_duration", "fnv32", "fnv32a", "fnv64", "fnv64a",
    "follower_read_timestamp", "from_ip", "from_uuid", "gen_random_ulid", "hmac", "if", "iferror", "ifnull",
    "iserror", "isnan", "json_remove_path", "json_set", "json_valid", "jsonb_array_to_string_array",
    "levenshtein", "metaphone", "nvl", "parse_date", "parse_interval", "parse_time", "parse_timestamp",
    "parse_timetz", "pow", "regexp_extract", "sha1", "show_trgm", "similarity", "soundex", "sqrdiff",
    "st_area", "st_asbinary", "st_asgeojson", "st_astext", "st_buffer", "st_centroid", "st_contains",
    "st_covers", "st_distance", "st_dwithin", "st_equals", "st_geogfromtext", "st_geomfromtext",
    "st_intersects", "st_length", "st_makepoint", "st_point", "st_setsrid", "st_srid", "st_transform",
    "st_within", "st_x", "st_y", "strftime", "strptime", "to_char_with_style", "to_english", "to_ip",
    "to_uuid", "ulid_to_uuid", "unaccent", "unique_rowid", "unordered_unique_rowid", "uuid_generate_v1",
    "uuid_generate_v1mc", "uuid_generate_v3", "uuid_generate_v4", "uuid_generate_v5", "uuid_nil",
    "uuid_to_ulid", "uuid_v4", "with_max_staleness", "with_min_timestamp", "word_similarity", "xor_agg",
});

constexpr auto kTypeSpellings = std::to_array<std::string_view>({
    "bigint", "boolean", "box", "bytea", "character", "dec", "decimal", "double", "float", "int", "integer",
    "line", "lseg", "national", "nchar", "real", "smallint",
});

constexpr auto kCockroachTypes = std::to_array<std::string_view>({
    "_bytes", "_string", "blob", "box2d", "bytes", "geography", "geometry", "int64", "string", "vector",
});
// clang-format on

struct Reviewed {
    std::string_view name;
    FunctionClass function = FunctionClass::kUnlisted;
};

struct Group {
    Names names;
    FunctionClass function;
};

constexpr std::array kGroups{
    Group{kReads, FunctionClass::kRead},
    Group{kSessionReads, FunctionClass::kSessionRead},
    Group{kEffects, FunctionClass::kEffect},
    Group{kSequences, FunctionClass::kSequence},
    Group{kAdvisoryLocks, FunctionClass::kAdvisoryLock},
    Group{kAdvisoryUnlocks, FunctionClass::kAdvisoryUnlock},
    Group{kAdvisoryUnlockAlls, FunctionClass::kAdvisoryUnlockAll},
    Group{kSetConfigs, FunctionClass::kSetConfig},
    Group{kRunners, FunctionClass::kUnlisted},
};

constexpr std::size_t kReviewedCount = [] {
    std::size_t count = 0;
    for (const Group& group : kGroups) count += group.names.size();
    return count;
}();

// All groups in one table, sorted.
constexpr std::array<Reviewed, kReviewedCount> kReviewed = [] {
    std::array<Reviewed, kReviewedCount> all{};
    std::size_t at = 0;
    for (const Group& group : kGroups) {
        for (const std::string_view name : group.names) all[at++] = {name, group.function};
    }
    std::sort(all.begin(), all.end(), [](const auto& a, const auto& b) { return a.name < b.name; });
    return all;
}();

bool holds(Names sorted, std::string_view name) {
    return std::binary_search(sorted.begin(), sorted.end(), name);
}

}  // namespace

std::optional<FunctionClass> reviewed_function(std::string_view name, Dialect dialect) {
    const auto found =
        std::lower_bound(kReviewed.begin(), kReviewed.end(), name,
                         [](const Reviewed& item, std::string_view key) { return item.name < key; });
    if (found != kReviewed.end() && found->name == name) return found->function;
    // Statistics are those of one server.
    if (name.substr(0, 12) == "pg_stat_get_") return FunctionClass::kSessionRead;
    if (dialect != Dialect::kCockroach) return std::nullopt;
    if (name == "gateway_region") return FunctionClass::kSessionRead;
    return holds(kCockroachReads, name) ? std::optional{FunctionClass::kRead} : std::nullopt;
}

std::span<const std::string_view> type_spellings() { return kTypeSpellings; }

std::span<const std::string_view> cockroach_types() { return kCockroachTypes; }

}  // namespace pooler
