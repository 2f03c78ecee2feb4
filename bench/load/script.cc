#include "bench/load/script.h"

#include <string_view>

#include "bench/wire.h"

namespace bench {

namespace {

constexpr std::string_view kStatementName = "bench_1";

std::string startup_packet(const LoadOptions& options) {
    std::string out;
    MessageWriter{out, 0}
        .int32(kProtocolVersion3)
        .cstring("user")
        .cstring(options.user)
        .cstring("database")
        .cstring(options.database)
        .cstring("application_name")
        .cstring("load_generator")
        .cstring("client_encoding")
        .cstring("UTF8")
        .byte('\0');
    return out;
}

std::string simple_query(std::string_view sql) {
    std::string out;
    MessageWriter{out, 'Q'}.cstring(sql);
    return out;
}

void parse(std::string& out, std::string_view name, std::string_view sql) {
    MessageWriter{out, 'P'}.cstring(name).cstring(sql).int16(0);
}

// What libpq sends to run a statement: Bind, Describe of the portal, Execute, Sync.
void bind_execute_sync(std::string& out, std::string_view name) {
    MessageWriter{out, 'B'}.cstring("").cstring(name).int16(0).int16(0).int16(0);
    MessageWriter{out, 'D'}.byte('P').cstring("");
    MessageWriter{out, 'E'}.cstring("").int32(0);
    MessageWriter{out, 'S'};
}

std::string statement(LoadMode mode, std::string_view sql) {
    std::string out;
    switch (mode) {
        case LoadMode::kExtended:
            parse(out, "", sql);
            bind_execute_sync(out, "");
            return out;
        case LoadMode::kPrepared: bind_execute_sync(out, kStatementName); return out;
        case LoadMode::kSimple:
        case LoadMode::kConnect:
        case LoadMode::kIdle: break;
    }
    return simple_query(sql);
}

}  // namespace

Script build_script(const LoadOptions& options) {
    Script out;
    out.startup = startup_packet(options);
    if (options.mode == LoadMode::kPrepared) {
        parse(out.prepare, kStatementName, options.sql);
        MessageWriter{out.prepare, 'S'};
    }
    if (options.in_transaction) out.steps.push_back(simple_query("BEGIN"));
    out.steps.push_back(statement(options.mode, options.sql));
    if (options.in_transaction) out.steps.push_back(simple_query("COMMIT"));
    MessageWriter{out.terminate, 'X'};
    return out;
}

}  // namespace bench
