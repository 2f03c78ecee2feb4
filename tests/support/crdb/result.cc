// Rows on the wire, always in text form.
#include "tests/support/crdb/result.h"

#include "protocol/byte_writer.h"

namespace support::crdb {
namespace {

std::int16_t size_of(std::uint32_t type) {
    switch (type) {
        case kOidBool: return 1;
        case kOidInt8: return 8;
        case kOidTimestampTz: return 24;
        case kOidUuid: return 16;
        case kOidUnknown: return 0;
        default: return -1;
    }
}

}  // namespace

void encode_row_description(std::string& out, const Columns& columns) {
    protocol::MessageWriter message(out, protocol::BackendType::kRowDescription);
    message.int16(static_cast<std::int16_t>(columns.size()));
    for (const auto& column : columns) {
        message.cstring(column.name).uint32(column.table);
        message.int16(static_cast<std::int16_t>(column.attribute)).uint32(column.type);
        message.int16(size_of(column.type)).int32(-1).int16(0);
    }
}

void encode_data_row(std::string& out, const Row& row) {
    protocol::MessageWriter message(out, protocol::BackendType::kDataRow);
    message.int16(static_cast<std::int16_t>(row.size()));
    for (const auto& value : row) {
        message.int32(value ? static_cast<std::int32_t>(value->size()) : -1);
        if (value) message.bytes(*value);
    }
}

}  // namespace support::crdb
