// Loads configurations from texts instead of files.
#pragma once

#include <map>
#include <string>
#include <string_view>

#include "conf/load.h"

namespace texts {

/// Texts by path; what is not there cannot be read.
using Files = std::map<std::string, std::string>;

inline conf::FileReader reader_of(Files files) {
    return [files = std::move(files)](const std::string& path) -> conf::Result<std::string> {
        const auto found = files.find(path);
        if (found != files.end()) return found->second;
        return tl::make_unexpected(conf::Error{"cannot read " + path + ": No such file or directory"});
    };
}

/// Loads the text as "weir.ini", with other files and variables it may refer to.
inline conf::Result<conf::Configuration> load(std::string_view ini, Files files = {},
                                              const conf::Environment& environment = {},
                                              const conf::Settings& start = {}) {
    files["weir.ini"] = ini;
    return conf::load("weir.ini", environment, reader_of(std::move(files)), start);
}

/// The error of a text that must not load, or "" if it does.
inline std::string error_of(std::string_view ini, Files files = {},
                            const conf::Environment& environment = {}) {
    const auto loaded = load(ini, std::move(files), environment);
    return loaded ? std::string{} : loaded.error().text;
}

/// The configuration of a text that must load; an empty one and a failed test if it does not.
conf::Configuration loaded(std::string_view ini, Files files = {}, const conf::Environment& environment = {});

/// True if one of the warnings holds the text.
inline bool warns(const conf::Configuration& configuration, std::string_view text) {
    for (const std::string& warning : configuration.warnings)
        if (warning.find(text) != std::string::npos) return true;
    return false;
}

}  // namespace texts
