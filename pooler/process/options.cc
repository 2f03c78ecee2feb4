#include "pooler/process/options.h"

#include <ares.h>
#include <openssl/crypto.h>
#include <uv.h>

#include <CLI/CLI.hpp>
#include <cstdio>
#include <iostream>

#include "pooler/console/show.h"

namespace pooler {

namespace {

std::string version_lines() {
    return version_text(weir_version()) + "\nlibuv " + uv_version_string() + "\nc-ares " +
           ares_version(nullptr) + "\n" + OpenSSL_version(OPENSSL_VERSION) + "\nsystemd: yes\n";
}

}  // namespace

std::string_view weir_version() { return WEIR_VERSION; }

std::optional<Options> parse_command_line(int argc, char** argv, int& exit_code) {
    Options options;
    bool version = false;
    bool reboot = false;
    CLI::App app{"weir: a connection pooler for CockroachDB and PostgreSQL", "weir"};
    app.set_help_flag("-h,--help", "show this text and leave");
    app.add_flag("-d,--daemon", options.daemon, "run in the background (needs the setting pidfile)");
    app.add_flag("-q,--quiet", options.quiet, "do not log to stderr");
    app.add_flag("-v,--verbose", options.verbose, "log more; may be repeated");
    app.add_option("-u,--user", options.user, "run as this OS user");
    app.add_flag("-R,--reboot", reboot, "take over from a running process (not supported; see so_reuseport)");
    app.add_flag("-V,--version", version, "show the version and leave");
    app.add_flag("--check", options.check, "check the configuration and leave");
    app.add_option("config", options.config, "configuration file");
    try {
        app.parse(argc, argv);
    } catch (const CLI::CallForHelp&) {
        std::cout << app.help();
        exit_code = 0;
        return std::nullopt;
    } catch (const CLI::Error& error) {
        std::cerr << "weir: " << error.what() << "\nTry \"weir --help\" for more information.\n";
        exit_code = 1;
        return std::nullopt;
    }
    exit_code = 1;
    if (version) {
        std::cout << version_lines();
        exit_code = 0;
    } else if (reboot) {
        std::cerr << "weir: -R is not supported: start the new process beside the old one with so_reuseport "
                     "= 1 and stop the "
                     "old one with SIGTERM\n";
    } else if (options.config.empty()) {
        std::cerr << "weir: no configuration file given\nTry \"weir --help\" for more information.\n";
    } else {
        return options;
    }
    return std::nullopt;
}

}  // namespace pooler
