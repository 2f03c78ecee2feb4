#include "bench/null_server/large_result.h"

#include "bench/wire.h"

namespace bench {

namespace {

constexpr std::size_t kBlockBytes = 256000;

}  // namespace

LargeBlock::LargeBlock() {
    std::size_t kilobytes = 1;
    while (bytes_.size() < kBlockBytes) {
        const std::string value(kilobytes * 1000, static_cast<char>('a' + rows_ % 26));
        MessageWriter message{bytes_, 'D'};
        message.int16(1).int32(static_cast<std::uint32_t>(value.size())).bytes(value);
        ++rows_;
        kilobytes = kilobytes == 8 ? 1 : kilobytes * 2;
    }
}

}  // namespace bench
