// The list of commands that SHOW HELP prints. Constant data.
#pragma once

#include <string_view>

namespace pooler {

inline constexpr std::string_view kHelpDetail =
    "\n"
    "\tSHOW HELP|CONFIG|DATABASES|POOLS|CLIENTS|SERVERS|USERS|VERSION\n"
    "\tSHOW PEERS|PEER_POOLS\n"
    "\tSHOW SOCKETS|ACTIVE_SOCKETS|LISTS|MEM|STATE\n"
    "\tSHOW DNS_HOSTS|DNS_ZONES\n"
    "\tSHOW STATS|STATS_TOTALS|STATS_AVERAGES|TOTALS\n"
    "\tSHOW ENDPOINTS|NODES|EVENTS|HANDOVERS|PREFIXES|REPLAYS|ROUTES\n"
    "\tSET key = arg\n"
    "\tRELOAD\n"
    "\tPAUSE [<db>]\n"
    "\tRESUME [<db>]\n"
    "\tDISABLE <db>\n"
    "\tENABLE <db>\n"
    "\tRECONNECT [<db>]\n"
    "\tKILL [<db>]\n"
    "\tKILL_CLIENT <client_id>\n"
    "\tFAILOVER <db>\n"
    "\tFAILBACK <db>\n"
    "\tEXPLAIN ROUTE '<sql>' [FOR <db>] [AS <user>]\n"
    "\tSUSPEND\n"
    "\tSHUTDOWN\n"
    "\tSHUTDOWN WAIT_FOR_SERVERS|WAIT_FOR_CLIENTS|DRAIN\n"
    "\tWAIT_CLOSE [<db>]";

}  // namespace pooler
