// Replaces what changes from run to run.
#include "tests/wire/volatile_bytes.h"

#include <array>
#include <regex>

#include "protocol/byte_reader.h"

namespace recording {
namespace {

struct Replacement {
    const char* pattern;
    const char* by;
};

std::string replaced(std::string text, const Replacement& replacement) {
    return std::regex_replace(text, std::regex(replacement.pattern), replacement.by);
}

std::string field_text(char kind, std::string value) {
    // Identity, place, priority and times of the transaction in a 40001.
    constexpr std::array kRetry{
        Replacement{
            "meta=\\{id=[0-9a-f]{8} (key=)?(/Table/[0-9/]+ )?pri=[0-9.]+ epo=[0-9]+ ts=[0-9.,]+ min=[0-9.,]+",
            "meta={<id> $1<times>"},
        Replacement{"rts=[0-9.,]+ wto=([a-z]+) gul=[0-9.,]+", "<times> wto=$1"},
        Replacement{"write at timestamp [0-9.,]+ too old; wrote at [0-9.]+,[0-9]+", "<times>"}};
    constexpr Replacement kCluster{"cluster=[0-9a-f-]{36}", "cluster=<uuid>"};
    if (kind == 'M' && value.find("meta={") != std::string::npos) {
        for (const auto& replacement : kRetry) value = replaced(std::move(value), replacement);
    }
    if (kind == 'M' && value.find("cluster=") != std::string::npos)
        value = replaced(std::move(value), kCluster);
    return std::string(1, kind) + '=' + value + ' ';
}

std::string fields(const std::string& body) {
    std::string text;
    std::size_t at = 0;
    while (at < body.size() && body[at] != '\0') {
        const auto end = body.find('\0', at);
        text += field_text(body[at], body.substr(at + 1, end - at - 1));
        at = end + 1;
    }
    return text + std::to_string(body.size() - at);
}

std::string value_text(const std::string& value) {
    constexpr std::array kValues{
        Replacement{"^[0-9]{4}-[0-9]{2}-[0-9]{2} [0-9:]{8}(\\.[0-9]{1,6})?\\+00:00$", "<time>"},
        Replacement{"^[0-9a-f]{32}$", "<id>"},
        Replacement{"^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$", "<uuid>"}};
    std::string text = value;
    for (const auto& replacement : kValues) text = replaced(std::move(text), replacement);
    return text;
}

std::string row_text(const support::wire::Message& message) {
    std::string text;
    const auto rows = support::wire::rows({message});
    for (const auto& value : rows.front()) text += value_text(value) + " | ";
    return text;
}

std::string columns_text(const std::string& body) {
    constexpr std::uint32_t kFirstUserTable = 52;
    constexpr std::uint32_t kFirstVirtualTable = 4294960000U;
    protocol::ByteReader reader(body);
    std::string text;
    for (int left = reader.int16(); left > 0; --left) {
        text += std::string(reader.cstring()) + '(';
        const auto table = reader.uint32();
        const bool user = table >= kFirstUserTable && table < kFirstVirtualTable;
        text += (user ? "<table>" : std::to_string(table)) + ',';
        text += std::to_string(reader.int16()) + ',' + std::to_string(reader.uint32()) + ',';
        text += std::to_string(reader.int16()) + ',' + std::to_string(reader.int32()) + ',';
        text += std::to_string(reader.int16()) + ") ";
    }
    return text + (reader.failed() || reader.remaining() != 0 ? "malformed" : "");
}

std::string printable(const std::string& bytes) {
    std::string text;
    for (const char byte : bytes) {
        const auto value = static_cast<unsigned char>(byte);
        const bool plain = value >= ' ' && value < 0x7f;
        text += plain ? std::string(1, byte) : '<' + std::to_string(value) + '>';
    }
    return text;
}

}  // namespace

std::string without_volatile(const support::wire::Message& message) {
    std::string text(1, message.type);
    text += ' ';
    if (message.type == 'E' || message.type == 'N') return text + fields(message.body);
    if (message.type == 'D') return text + row_text(message);
    if (message.type == 'T') return text + columns_text(message.body);
    return text + printable(message.body);
}

std::string without_date(const std::string& http) {
    return replaced(http, {"Date: [^\r\n]+", "Date: <date>"});
}

}  // namespace recording
