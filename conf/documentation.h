// docs/configuration.md and deploy/weir.sample.ini, made from the tables. Part of the build tool
// generate_docs only; the product does not hold it. Pure.
#pragma once

#include <string>
#include <string_view>

namespace conf {

/// The template with its lines "@settings@", "@databases@", "@users@" and "@peers@" replaced by tables.
std::string configuration_page(std::string_view page_template);

/// Every setting with its default as a comment, and an example of each section.
std::string sample_ini();

}  // namespace conf
