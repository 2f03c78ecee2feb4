#include "tests/integration/failover/failover_scene.h"

namespace failover {

using support::Postgres;

namespace {

void clean(Postgres& side) {
    scene::settled(side);
    side.control().query("ALTER SYSTEM RESET default_transaction_read_only");
    side.control().query("SELECT pg_reload_conf()");
    side.control().query("SET default_transaction_read_only = off");
    side.control().query(
        "DROP TABLE IF EXISTS t; CREATE TABLE t (id BIGINT PRIMARY KEY, v TEXT, updated_at TIMESTAMPTZ "
        "DEFAULT "
        "clock_timestamp()); GRANT ALL ON t TO app; ALTER DATABASE app RESET default_transaction_read_only");
}

}  // namespace

Postgres& primary() { return Postgres::shared(); }

Postgres& secondary() {
    static Postgres server;
    return server;
}

Pair::Pair(const std::string& keys) : to_primary_{primary().port()}, to_secondary_{secondary().port()} {
    clean(primary());
    clean(secondary());
    config_.database(to_primary_.port(),
                     "secondary='host=127.0.0.1 port=" + std::to_string(to_secondary_.port()) + "' " + keys);
    // Scaled down: what takes 3, 5 and 30 seconds with the defaults.
    config_.set("health_check_user", "app")
        .set("health_check_interval", "0.2")
        .set("health_check_retry", "0.05")
        .set("health_check_timeout", "0.5")
        .set("failback_threshold", "3")
        .set("failover_drain_timeout", "0.3");
}

void Pair::name_primary(const std::string& name, const DnsResponder& names) {
    std::string& entry = config_.databases["app"];
    entry.replace(entry.find("127.0.0.1"), std::string{"127.0.0.1"}.size(), name);
    const auto host = names.address().substr(0, names.address().find(':'));
    config_.set("resolv_conf", folder_.write("resolv.conf", "nameserver " + host + "\n"));
    config_.set("dns_max_ttl", "0");
}

support::Weir& Pair::start() {
    weir_ = std::make_unique<support::Weir>(config_);
    REQUIRE(support::eventually(
        [&] { return endpoint("primary", "state") == "up" && endpoint("secondary", "state") == "up"; }));
    return *weir_;
}

std::string Pair::endpoint(const std::string& role, const std::string& column) {
    for (auto& row : weir_->show("ENDPOINTS"))
        if (row["role"] == role) return row[column];
    return "(no such endpoint)";
}

bool Pair::served_by(Postgres& side) {
    const std::string port = std::to_string(side.port());
    return support::eventually([&] {
        support::Client client(weir_->login());
        return client.connected() && client.try_query("SHOW port").rows == support::Rows{{port}};
    });
}

int Pair::pooled(Postgres& side) { return side.connections("application_name <> 'weir health check'"); }

support::Rows ids(Postgres& side) { return side.control().query("SELECT id FROM t ORDER BY id").rows; }

}  // namespace failover
