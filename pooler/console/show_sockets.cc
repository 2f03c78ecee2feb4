#include "pooler/console/show_sockets.h"

#include <algorithm>
#include <charconv>
#include <string>
#include <string_view>
#include <vector>

#include "pooler/console/columns.h"

namespace pooler {
namespace {

enum class Naming {
    kPlain,   ///< CLIENTS and SERVERS
    kPrefix,  ///< SOCKETS: cl_ and sv_ before the state
};

std::string_view name_of(Replication replication) {
    switch (replication) {
        case Replication::kNone: return "none";
        case Replication::kLogical: return "logical";
        case Replication::kPhysical: return "physical";
    }
    return "";
}

std::string_view name_of(ClientRowState state) {
    switch (state) {
        case ClientRowState::kLogin: return "login";
        case ClientRowState::kActive: return "active";
        case ClientRowState::kIdle: return "idle";
        case ClientRowState::kWaiting: return "waiting";
        case ClientRowState::kActiveCancelReq: return "active_cancel_req";
        case ClientRowState::kWaitingCancelReq: return "waiting_cancel_req";
    }
    return "";
}

std::string_view name_of(ServerRowState state, Naming naming) {
    switch (state) {
        case ServerRowState::kLogin: return naming == Naming::kPlain ? "new" : "login";
        case ServerRowState::kActive: return "active";
        case ServerRowState::kIdle: return "idle";
        case ServerRowState::kUsed: return "used";
        case ServerRowState::kTested: return "tested";
        case ServerRowState::kActiveCancel: return "active_cancel";
        case ServerRowState::kBeingCanceled: return "being_canceled";
    }
    return "";
}

/// PgBouncer's word for a side that is active but has no partner is `idle`, without prefix even in SOCKETS.
std::string state_text(const ClientRow& row, Naming naming) {
    const std::string name(name_of(row.state));
    return naming == Naming::kPlain || row.state == ClientRowState::kIdle ? name : "cl_" + name;
}

std::string state_text(const ServerRow& row, Naming naming) {
    if (row.state == ServerRowState::kActive && row.socket.link == 0) return "idle";
    const std::string name(name_of(row.state, naming));
    return naming == Naming::kPlain ? name : "sv_" + name;
}

/// Opaque to the reader, but the same for `ptr` here and `link` there. Empty for none.
std::string pointer_text(std::uint64_t address) {
    if (address == 0) return {};
    char digits[16];
    const auto end = std::to_chars(digits, digits + sizeof digits, address, 16).ptr;
    return "0x" + std::string(digits, end);
}

std::string_view address_text(const SocketEnd& end) {
    return end.unix_socket ? std::string_view("unix") : std::string_view(end.address);
}

void add_base(ResultSet& set, std::string_view type, std::string_view state, const SocketRow& socket) {
    const auto wait = std::max(socket.wait, Microseconds{0});
    const auto whole = std::chrono::duration_cast<std::chrono::seconds>(wait);
    set.row().text(type);
    set.text(socket.user.value_or("(nouser)")).text(socket.database.value_or("(nodb)"));
    set.text(name_of(socket.replication)).text(state);
    set.text(address_text(socket.remote)).integer(socket.remote.port);
    set.text(address_text(socket.local)).integer(socket.local.port);
    set.time(socket.connect_time).time(socket.request_time);
    set.integer(std::int64_t{whole.count()}).integer(std::int64_t{(wait - whole).count()});
    set.boolean(socket.close_needed);
    set.text(pointer_text(socket.address)).text(pointer_text(socket.link));
    set.integer(socket.remote_pid).text(socket.tls).text(socket.application_name);
    set.integer(socket.prepared_statements).integer(socket.id);
}

void add_buffers(ResultSet& set, const BufferUse& use) {
    set.integer(use.recv_pos).integer(use.pkt_pos).integer(use.pkt_remain);
    set.integer(use.send_pos).integer(use.send_remain).integer(use.pkt_avail).integer(use.send_avail);
}

template <class RowType>
std::vector<const RowType*> by_id(const std::vector<RowType>& rows) {
    std::vector<const RowType*> sorted;
    sorted.reserve(rows.size());
    for (const RowType& row : rows) sorted.push_back(&row);
    std::sort(sorted.begin(), sorted.end(),
              [](const RowType* a, const RowType* b) { return a->socket.id < b->socket.id; });
    return sorted;
}

template <class RowType>
void add_sockets(ResultSet& set, const std::vector<RowType>& rows, std::string_view type,
                 SocketFilter filter) {
    for (const RowType* row : by_id(rows)) {
        if (filter == SocketFilter::kActive && !row->socket.buffers.any()) continue;
        add_base(set, type, state_text(*row, Naming::kPrefix), row->socket);
        add_buffers(set, row->socket.buffers);
    }
}

}  // namespace

ResultSet show_clients(const Report& report) {
    ResultSet set(columns::kClients);
    for (const ClientRow* row : by_id(report.clients)) {
        if (row->state == ClientRowState::kLogin) continue;
        add_base(set, "C", state_text(*row, Naming::kPlain), row->socket);
        set.integer(row->socket.worker).text(row->pin_reason);
    }
    return set;
}

ResultSet show_servers(const Report& report) {
    ResultSet set(columns::kServers);
    for (const ServerRow* row : by_id(report.servers)) {
        add_base(set, "S", state_text(*row, Naming::kPlain), row->socket);
        set.integer(row->socket.worker).text(row->endpoint).text(row->endpoint_role).text(row->pin_reason);
    }
    return set;
}

ResultSet show_sockets(const Report& report, SocketFilter filter) {
    ResultSet set(columns::kSockets);
    add_sockets(set, report.clients, "C", filter);
    add_sockets(set, report.servers, "S", filter);
    return set;
}

}  // namespace pooler
