// The packet that opens a connection, and the settings inside `options`.
#include "protocol/startup.h"

#include <cstdint>

#include "fuzz/check.h"

namespace {

/// Escapes every character, so that the words come apart exactly as they were.
std::string write_options(const std::vector<std::pair<std::string, std::string>>& settings) {
    std::string options;
    for (const auto& [name, value] : settings) {
        options += "-c ";
        std::string word = name;
        word.append("=").append(value);
        for (const char c : word) options.append({'\\', c});
        options += ' ';
    }
    return options;
}

void check_options(std::string_view text) {
    const auto settings = protocol::parse_options(text);
    if (!settings) {
        fuzz::require(settings.error().offset < text.size(), "the fault lies inside the options");
        return;
    }
    fuzz::require(protocol::parse_options(write_options(*settings)) == settings, "options come back");
}

void check_message(const protocol::StartupMessage& message, std::string_view packet) {
    std::string again;
    protocol::encode_startup(again, message.version, message.parameters);
    fuzz::require(again == packet, "a start-up message comes back byte for byte");
    if (const auto* options = message.find("options")) check_options(*options);
}

void check_packet(std::string_view packet) {
    const auto decoded = protocol::decode_startup_packet(packet);
    if (!decoded) {
        fuzz::require(decoded.error().offset <= packet.size(), "the fault lies inside the packet");
        return;
    }
    fuzz::require(protocol::startup_packet_bytes(packet).value() == packet.size(),
                  "the length is the packet's");
    if (const auto* message = std::get_if<protocol::StartupMessage>(&*decoded))
        check_message(*message, packet);
    if (const auto* cancel = std::get_if<protocol::CancelRequest>(&*decoded)) {
        std::string again;
        protocol::encode_cancel_request(again, cancel->key);
        fuzz::require(again == packet, "a cancel request comes back byte for byte");
    }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    const std::string_view input{reinterpret_cast<const char*>(data), size};
    check_packet(input);
    check_options(input);
    return 0;
}
