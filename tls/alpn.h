// The protocol name of PostgreSQL in TLS's application-layer negotiation, in its wire form.
// Source: PostgreSQL docs, "Message Flow", SSL Session Encryption.
#pragma once

#include <array>

namespace tls {

inline constexpr std::array<unsigned char, 11> kAlpnList{10,  'p', 'o', 's', 't', 'g',
                                                         'r', 'e', 's', 'q', 'l'};

}  // namespace tls
