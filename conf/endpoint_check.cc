// Keys about replicas and the secondary that do not go together.
#include <algorithm>

#include "conf/configuration.h"
#include "conf/endpoint.h"
#include "conf/http_address.h"

namespace conf {
namespace {

std::string need_replicas(const Database& entry) {
    if (entry.replica_kind) return "replica_kind";
    if (entry.read_after_write) return "read_after_write";
    if (entry.replica_staleness) return "replica_staleness";
    if (entry.replica_max_lag) return "replica_max_lag";
    if (entry.replica_lag_query) return "replica_lag_query";
    if (entry.locality) return "locality";
    return entry.primary_reads ? "primary_reads" : "";
}

/// About an endpoint of either kind; empty: nothing is wrong.
std::string fault_of(const Database& entry, const Endpoint& endpoint) {
    if (endpoint.password && !endpoint.user && !entry.user)
        return "a password without user; write user:password@ in the URL, or leave the password to the "
               "userlist";
    const Database at = database_at(entry, endpoint, std::string{kSecondaryTarget});
    const auto weaker_than = [&at](SslMode least) { return at.sslmode && *at.sslmode < least; };
    if (at.sslrootcert == "system" && weaker_than(SslMode::kVerifyFull))
        return "sslrootcert=system needs sslmode=verify-full";
    if (at.sslnegotiation == SslNegotiation::kDirect && weaker_than(SslMode::kRequire))
        return "sslnegotiation=direct needs sslmode=require or stronger";
    if (entry.dbname.empty() && endpoint.dbname)
        return "the entry '*' stands for many databases; leave dbname out";
    return {};
}

std::string fault_of_replica(const Database& entry, const Endpoint& endpoint) {
    if (endpoint.hosts.size() > 1) return "several hosts; write one URL for each replica";
    if (endpoint.dbname && *endpoint.dbname != entry.dbname)
        return "dbname '" + *endpoint.dbname +
               "' is not the primary's; a replica has the same database: leave it out";
    if (entry.hosts == endpoint.hosts && entry.port == endpoint.port &&
        endpoint.options == entry.login_options && entry.replica_kind != ReplicaKind::kFollower)
        return "this is the primary's own address; name the replica's, or write replica_kind=follower";
    return fault_of(entry, endpoint);
}

std::string need_secondary(const Database& entry) {
    if (entry.failover) return "failover";
    if (entry.failback) return "failback";
    if (entry.failback_command) return "failback_command";
    return entry.same_cluster ? "same_cluster" : "";
}

std::string fault_of_secondary(const Database& entry) {
    if (entry.name == "*")
        return "secondary does not go with '*'; write an entry for each database that fails over";
    if (entry.failback == FailbackChoice::kAuto && !entry.same_cluster.value_or(false))
        return "failback=auto loses what was written on the secondary, unless both are the same cluster: "
               "write "
               "same_cluster=1, or failback=gate with a failback_command";
    if (entry.failback == FailbackChoice::kGate && !entry.failback_command)
        return "failback=gate needs a failback_command that says whether the data is in sync";
    if (entry.failback_command && entry.failback_command->empty()) return "failback_command is empty";
    const Endpoint& secondary = *entry.secondary;
    if (secondary.locality) return "secondary: locality is for replicas; leave it out";
    if (entry.hosts == secondary.hosts && entry.port == secondary.port &&
        entry.login_options == secondary.options && secondary.dbname.value_or(entry.dbname) == entry.dbname)
        return "secondary: this is the primary's own address; name another server, or leave it out";
    const std::string fault = fault_of(entry, secondary);
    return fault.empty() ? "" : "secondary: " + fault;
}

/// Half a locality says nothing.
std::string fault_of_locality(const Database& entry) {
    const bool placed = std::any_of(entry.replicas.begin(), entry.replicas.end(),
                                    [](const Endpoint& endpoint) { return endpoint.locality.has_value(); });
    if (!entry.locality)
        return placed
                   ? "locality of a replica without one of the database; write locality=region, where weir is"
                   : "";
    if (const auto checked = check_locality(*entry.locality); !checked) return checked.error().text;
    return placed
               ? ""
               : "locality without one of any replica; write replicas='postgresql://host/?locality=region'";
}

std::string fault_of_kind(const Database& entry) {
    if (!entry.replica_kind)
        return "replicas needs replica_kind=follower, standby or streaming: it decides when a read may go "
               "there";
    if (entry.replica_staleness && entry.replica_kind != ReplicaKind::kFollower)
        return "replica_staleness is for replica_kind=follower; the lag of others is measured: write "
               "replica_max_lag";
    if (entry.replica_max_lag && entry.replica_kind == ReplicaKind::kFollower)
        return "replica_max_lag is for replica_kind=standby and streaming; for followers write "
               "replica_staleness";
    if (entry.replica_max_lag && entry.read_after_write == ReadAfterWrite::kOff)
        return "replica_max_lag has no effect with read_after_write=off; write read_after_write=time";
    if (entry.replica_lag_query && entry.replica_kind != ReplicaKind::kStandby)
        return "replica_lag_query is for replica_kind=standby; what others show is known without it: leave "
               "it out";
    if (entry.replica_kind == ReplicaKind::kStandby && !entry.replica_lag_query &&
        entry.read_after_write != ReadAfterWrite::kOff)
        return "replica_kind=standby needs replica_lag_query, which tells how many seconds it is behind; "
               "write one, or "
               "read_after_write=off";
    if (entry.pool_mode == PoolMode::kSession)
        return "replicas does not go with pool_mode=session, where a client keeps its server; write "
               "pool_mode=transaction";
    if (entry.primary_reads && *entry.primary_reads > 100) return "primary_reads is a percentage, 0 to 100";
    const bool weighty = std::any_of(entry.replicas.begin(), entry.replicas.end(),
                                     [](const Endpoint& endpoint) { return endpoint.weight > 0; });
    return weighty ? "" : "replicas: all weights are 0, no replica would get a read; leave one above 0";
}

/// One address of readiness for several servers would take all of them for what one of them is.
std::string fault_of_readiness(const Database& entry) {
    const std::string& text = *entry.readiness_url;
    if (entry.name == "*")
        return "readiness_url does not go with '*'; write an entry for each database whose servers drain";
    if (const auto url = parse_http_url(text, "192.0.2.1"); !url) return "readiness_url: " + url.error().text;
    const bool each = text.find(kHostPlace) != std::string::npos;
    if (!each && entry.hosts.size() > 1)
        return "readiness_url names one address for several hosts; write {host} in its place: "
               "http://{host}:8080/health?ready=1";
    const bool named = std::all_of(entry.hosts.begin(), entry.hosts.end(), [](const std::string& host) {
        return !host.empty() && host.front() != '/' && host.front() != '@';
    });
    if (each && (entry.hosts.empty() || !named))
        return "readiness_url with {host} needs host to be names or addresses; write the address itself";
    return "";
}

}  // namespace

Result<void> check_endpoints(const Database& entry, const std::string& where) {
    const auto failure = [&where](const std::string& text) -> Result<void> {
        return tl::make_unexpected(Error{where + text});
    };
    if (entry.readiness_url)
        if (const auto fault = fault_of_readiness(entry); !fault.empty()) return failure(fault);
    if (entry.secondary) {
        if (const auto fault = fault_of_secondary(entry); !fault.empty()) return failure(fault);
    } else if (const std::string key = need_secondary(entry); !key.empty()) {
        return failure(key + " without secondary; write secondary='postgresql://host/' or leave it out");
    }
    if (entry.replicas.empty()) {
        const std::string key = need_replicas(entry);
        return key.empty()
                   ? Result<void>{}
                   : failure(key + " without replicas; write replicas='postgresql://host/' or leave it out");
    }
    if (const auto fault = fault_of_kind(entry); !fault.empty()) return failure(fault);
    if (const auto fault = fault_of_locality(entry); !fault.empty()) return failure(fault);
    for (std::size_t i = 0; i < entry.replicas.size(); ++i)
        if (const auto fault = fault_of_replica(entry, entry.replicas[i]); !fault.empty())
            return failure("replicas: endpoint " + std::to_string(i + 1) + ": " + fault);
    return {};
}

}  // namespace conf
